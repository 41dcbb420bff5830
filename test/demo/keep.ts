import type { Stage } from './stage.ts';
import type { Story } from './story.ts';
import { paint, print } from './terminal.ts';

/** What to try while everything stays up: commands that can be pasted. The transcript above goes on. */
export function printWhatToTry({ channel, provider, service }: Stage, { greetingId }: Story): void {
  const { url } = provider.standIn;
  const { people, stranger, choosing } = channel;
  const control = (path: string, body: object) =>
    `curl -s ${url}/_sandbox/${path} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
  const ask = (path: string) => `curl -s ${service.url}${path} -H "authorization: Bearer $(cat ${service.apiKeyFile})"`;
  const tries: [string, string][] = [
    ['Write as a customer', control(`${people}customer/sends`, { from: stranger, text: 'Hello' })],
    choosing === 'taps'
      ? ['Tap a button of the greeting', control(`${people}customer/taps`, { messageId: greetingId, choice: 'person' })]
      : ['Answer by number', control(`${people}customer/sends`, { from: stranger, text: '3' })],
    ['See what customers got', `curl -s ${url}/_sandbox/${people}messages`],
    ['Throttle the next send', control('faults', { kind: 'throttled' })],
    ['Lose the next answer', control('faults', { kind: 'answer_dropped' })],
    ['Ask the service', ask('/v1/accounts')],
  ];
  print(`\n${paint('bold', 'It all stays up.')} In another terminal, try:\n`);
  for (const [what, command] of tries) print(`  ${what}\n    ${paint('cyan', command)}`);
  print(`\n  API description  ${service.url}/docs`);
  print(`  API key          ${service.apiKeyFile}`);
  print(`  Service log      ${service.logFile}`);
  print(`\n${paint('bold', 'Ctrl-C')} stops everything and removes its files. The transcript goes on here:\n`);
}
