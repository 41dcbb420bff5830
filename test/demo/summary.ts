/** Holds what came against what was sent, by the provider's own books and by the service's API. */
import type { MessageView } from '../../contract/api.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';
import { paint, print, seconds } from './terminal.ts';

export interface Findings {
  /** What is wrong; empty when everything arrived once. */
  problems: string[];
  rows: [string, string][];
}

interface Counts {
  sent: MessageView[];
  /** How often each of them was accepted. */
  accepted: number[];
  /** How often each of the customer's messages was told to the demo's subscription. */
  received: number[];
  throttled: number;
  uncertain: number;
  providerCalls: number;
}

const over = (counts: number[]) => counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
const missing = (counts: number[]) => counts.filter((count) => count === 0).length;

/** By our id, or where the provider keeps none, by its own. */
function timesAccepted({ provider: { standIn } }: Stage, { id, providerMessageId }: MessageView): number {
  const byOurId = standIn.acceptedCountFor(id);
  return byOurId > 0 ? byOurId : standIn.accepted().filter((accepted) => accepted === providerMessageId).length;
}

function count(stage: Stage, { customerMessages }: Story): Counts {
  const { provider, follower, heard } = stage;
  const sent = follower.outbound();
  const outcomes = sent.flatMap(({ attempts = [] }) => attempts.map(({ outcome }) => outcome));
  const heardOf = (id: string) => heard.filter(({ event }) => event.message?.providerMessageId === id).length;
  return {
    sent,
    accepted: sent.map((message) => timesAccepted(stage, message)),
    received: customerMessages.map(heardOf),
    throttled: outcomes.filter((outcome) => outcome === 'throttled').length,
    uncertain: outcomes.filter((outcome) => outcome === 'uncertain').length,
    providerCalls: provider.standIn.requests().filter(({ operation }) => operation === 'send').length,
  };
}

function problemsOf({ channel, provider, engine }: Stage, { customerMessages }: Story, counts: Counts): string[] {
  const { sent, accepted, received, throttled, uncertain } = counts;
  const failed = engine.executions.filter(({ status }) => status !== 'success');
  const last = channel.steps.at(-1)?.[0];
  const onTheWay = sent.filter(({ status }) => status !== last);
  const atProvider = provider.standIn.accepted().length;
  const rules: [boolean, string][] = [
    [sent.length === 2, `The service holds ${String(sent.length)} messages to the customer instead of 2`],
    [atProvider === 2, `${channel.title} accepted ${String(atProvider)} messages instead of 2`],
    [accepted.every((times) => times === 1), `Messages were accepted ${accepted.join(' and ')} times instead of once`],
    [received.every((times) => times === 1), `The customer's messages were told ${received.join(' and ')} times`],
    [
      onTheWay.length === 0,
      `Not ${String(last)}: ${onTheWay.map(({ id, status }) => `${id} is ${status}`).join(', ')}`,
    ],
    [failed.length === 0, `Executions that did not succeed: ${failed.map(({ error }) => error?.message).join('; ')}`],
    [
      engine.executions.length === customerMessages.length,
      `${String(engine.executions.length)} executions for ${String(customerMessages.length)} messages`,
    ],
    [throttled === 1, `${String(throttled)} attempts were throttled instead of 1`],
    [uncertain === 1, `${String(uncertain)} attempts lost their answer instead of 1`],
    [provider.standIn.faults.pending() === 0, 'A fault of the sandbox hit nothing'],
  ];
  return rules.filter(([isRight]) => !isRight).map(([, problem]) => problem);
}

/** `tookMs`: from the customer's first word to the end. */
export function examine(stage: Stage, story: Story, tookMs: number): Findings {
  const counts = count(stage, story);
  const { sent, accepted, received, throttled, uncertain, providerCalls } = counts;
  const all = [...accepted, ...received];
  const { executions } = stage.engine;
  const events = stage.heard.length + executions.length;
  const succeeded = executions.filter(({ status }) => status === 'success').length;
  return {
    problems: problemsOf(stage, story, counts),
    rows: [
      [
        'messages',
        `${String(story.customerMessages.length)} from the customer, ${String(sent.length)} to the customer`,
      ],
      [
        'sends',
        `${String(providerCalls)} calls: ${String(throttled)} throttled, ${String(uncertain)} answer lost; accepted ${accepted.map((times) => `${String(times)}×`).join(' and ')}`,
      ],
      ['duplicates', String(over(all))],
      ['lost', String(missing(all))],
      [
        'events',
        `${String(events)} delivered: ${String(executions.length)} to the workflow, ${String(stage.heard.length)} to this transcript`,
      ],
      ['executions', `${String(succeeded)} of ${String(executions.length)} succeeded`],
      ['time', seconds(tookMs)],
    ],
  };
}

export function printSummary({ problems, rows }: Findings): void {
  print(`\n${paint('bold', 'Summary')}`);
  for (const [name, value] of rows) print(`  ${paint('dim', name.padEnd(12))}${value}`);
  print();
  if (problems.length === 0) return print(`  ${paint('green', '✓')} Every message arrived exactly once.`);
  for (const problem of problems) print(`  ${paint('red', '✗')} ${problem}`);
}
