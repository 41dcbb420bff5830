/** The provider's handshake takes what anybody may type into a URL. */
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { closeApps, startApp } from '../../support/app.ts';

afterEach(closeApps);

const TOKEN = SANDBOX_DEFAULTS.verifyToken;
const RIGHT: [string, string][] = [
  ['hub.mode', 'subscribe'],
  ['hub.verify_token', TOKEN],
  ['hub.challenge', '1158201444'],
];

const ask = async (query: [string, string][]) => {
  const app = await startApp();
  const response = await fetch(`${app.account.webhookUrl}?${new URLSearchParams(query)}`);
  return { status: response.status, text: await response.text() };
};

test('is answered as Meta asks it', async () => {
  expect(await ask(RIGHT)).toEqual({ status: 200, text: '1158201444' });
});

const WRONG: [string, string] = ['hub.verify_token', 'wrong'];

test.each<[string, [string, string][], number]>([
  ['everything twice', [...RIGHT, ...RIGHT], 200],
  ['a wrong token after the right one', [...RIGHT, WRONG], 200],
  ['a wrong token before the right one', [WRONG, ...RIGHT], 401],
  ['another mode before the right one', [['hub.mode', 'unsubscribe'], ...RIGHT], 401],
  ['a part of a token', [...RIGHT.slice(0, 1), ['hub.verify_token[0]', TOKEN]], 401],
  ['nothing', [], 401],
])('with %s, only what stands first counts', async (_name, query, expected) => {
  const { status, text } = await ask(query);
  expect(status).toBe(expected);
  expect(text).not.toContain(TOKEN);
});
