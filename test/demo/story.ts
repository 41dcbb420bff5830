/** What happens: a customer writes and chooses, while the provider's stand-in throttles once and loses one answer. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './stage.ts';

/** For everything but what the provider wants to wait. */
const PATIENCE_MS = 30_000;
/** So long a wait is announced. */
const LONG_MS = 30_000;
const READING_MS = 800;
/** After the end it is watched this long whether anything comes twice. */
const AFTERMATH_MS = 1_200;

/** What was told, to be held against what came. */
export interface Story {
  /** The provider's ids of what the customer sent. */
  customerMessages: string[];
  /** The provider's id of the greeting. */
  greetingId: string;
}

async function until<T>(what: string, patienceMs: number, probe: () => T | undefined): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = probe();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`${what} within ${String(patienceMs / 1000)} s: it did not happen`);
    await pause(25);
  }
}

/** Waits until the n-th message has come as far as the channel tells, and the service has heard of it; answers the provider's id. */
async function arrived({ channel, provider, follower }: Stage, count: number): Promise<string> {
  const last = channel.steps.at(-1)?.[0];
  const what = `Message ${String(count)} of the workflow is ${String(last)}`;
  return await until(what, PATIENCE_MS + channel.throttledForMs, () => {
    const known = follower.outbound();
    const failed = known.find(({ status }) => status === 'failed' || status === 'unknown');
    if (failed) throw new Error(`Message ${failed.id} is ${failed.status}: ${failed.error?.message ?? ''}`);
    const hasArrived = known.filter(({ status }) => status === last).length >= count;
    return hasArrived ? provider.standIn.accepted()[count - 1] : undefined;
  });
}

/** Where the service has to ask, nobody tells it before it did. */
function holdUntilAsked({ channel, phones, follower }: Stage): void {
  if (!channel.isAsked) return;
  const isKnown = () => follower.outbound().some((message, index) => index > 0 && message.status === 'sent');
  const asked = until('The service asks what became of the message', PATIENCE_MS, () => isKnown() || undefined);
  phones.hold(asked.catch(() => undefined));
}

export async function tellStory(stage: Stage): Promise<Story> {
  const { provider, transcript } = stage;
  const { customer, standIn } = provider;
  const announce = (text: string) => transcript.noted(Date.now(), 'sandbox', text);
  const isLong = stage.channel.throttledForMs >= LONG_MS;
  announce(`will throttle the next send${isLong ? `: ${stage.channel.title} wants a minute's rest then` : ''}`);
  standIn.faults.next({ kind: 'throttled' });
  const hello = await customer.write('Hi! When are you open?');
  const greetingId = await arrived(stage, 1);
  await pause(READING_MS);
  announce('will accept the next send, then cut the connection before it answers');
  standIn.faults.next({ kind: 'answer_dropped' });
  holdUntilAsked(stage);
  const choice = await customer.choose('hours', 'Opening hours');
  await arrived(stage, 2);
  await pause(AFTERMATH_MS);
  transcript.flush();
  return { customerMessages: [hello.id, choice.id], greetingId };
}
