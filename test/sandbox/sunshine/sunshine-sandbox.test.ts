/** The stand-in itself: as strict as the API, with its codes. */
import { signJwt } from '../kit/credentials.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../kit/webhook-receiver.ts';
import { SUNSHINE_DEFAULTS } from './defaults.ts';
import { startSunshineSandbox, type SunshineSandbox } from './sandbox.ts';

const { appId, keyId, secret } = SUNSHINE_DEFAULTS;
const BASIC = `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}`;
const jwt = (claims: Record<string, unknown>, kid: string = keyId) =>
  `Bearer ${signJwt(secret, claims, { kid, typ: 'JWT' })}`;

let sandbox: SunshineSandbox;
let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await startWebhookReceiver(() => ({ status: 200 }));
  sandbox = await startSunshineSandbox({ webhookRetryDelaysMs: [] });
  sandbox.subscribe(receiver.url);
  await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

async function ask(method: string, path: string, body?: unknown, authorization = BASIC) {
  const answer = await fetch(`${sandbox.url}/v2/apps/${appId}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const json = (await answer.json()) as { errors?: { code: string }[] };
  return { status: answer.status, code: json.errors?.[0]?.code, json };
}
const BUSINESS = { type: 'business' };
const reply = { type: 'reply', text: 'Yes', payload: 'yes' };
const send = (content: object, more: object = {}) =>
  ask('POST', `/conversations/${sandbox.conversations()[0]?.id}/messages`, { author: BUSINESS, content, ...more });

test.each([
  ['Basic', BASIC, 200],
  ['a JWT of the app', jwt({ scope: 'app' }), 200],
  ['a JWT of a user', jwt({ scope: 'user' }), 401],
  ['a JWT of another key', jwt({ scope: 'app' }, 'app_x'), 401],
  ['another secret', `Basic ${Buffer.from(`${keyId}:x`).toString('base64')}`, 401],
])('calls are made with %s', async (_name, authorization, status) => {
  expect((await ask('GET', '/integrations', undefined, authorization)).status).toBe(status);
});

test.each<[string, object, object, number]>([
  ['a text', { type: 'text', text: 'hi' }, {}, 201],
  ['no content', {}, {}, 400],
  ['a content that there is not', { type: 'video' }, {}, 400],
  ['a long text', { type: 'text', text: 'x'.repeat(4097) }, {}, 400],
  [
    'replies and links together',
    { type: 'text', text: 'x', actions: [reply, { type: 'link', text: 'a', uri: 'https://x.example' }] },
    {},
    400,
  ],
  ['an item without actions', { type: 'carousel', items: [{ title: 'x', actions: [] }] }, {}, 400],
  ['a reply on an item', { type: 'list', items: [{ title: 'x', actions: [reply] }] }, {}, 400],
  ['a template without its schema', { type: 'template', template: { name: 'a', language: { code: 'en' } } }, {}, 400],
  ['a list with a text above it', { type: 'list', text: 'x', items: [] }, {}, 400],
  ['a quote', { type: 'text', text: 'hi' }, { quotedMessage: { type: 'message', message: { id: '1' } } }, 400],
  ['metadata that nests', { type: 'text', text: 'hi' }, { metadata: { a: {} } }, 400],
  ['a member that there is not', { type: 'text', text: 'hi' }, { urgent: true }, 400],
])('%s', async (_name, content, more, status) => {
  const answer = await send(content, more);
  expect(answer.status).toBe(status);
  if (status === 400) expect(answer.code).toBe('bad_request');
});

test('what is not there has a code of its own', async () => {
  const code = async (path: string) => (await ask('GET', path)).code;
  expect(await code('/conversations/x/messages')).toBe('conversation_not_found');
  expect(await code('/users/x')).toBe('user_not_found');
  expect(await code('/integrations/x')).toBe('integration_not_found');
  expect(await code('/nothing')).toBe('not_found');
});

test('webhooks bring their secret and their version, for what they are set for', async () => {
  const [first] = receiver.received;
  expect(first?.headers['x-api-key']).toBe(sandbox.integrations().at(-1)?.webhooks[0]?.secret);
  expect(JSON.parse(String(first?.rawBody))).toMatchObject({
    webhook: { version: 'v2' },
    events: [{ type: 'conversation:message' }],
  });
  const made = { type: 'custom', displayName: 'x', webhooks: [{ target: receiver.url, triggers: ['user:remove'] }] };
  expect(await ask('POST', '/integrations', made)).toMatchObject({ status: 201 });
  const before = receiver.received.length;
  await sandbox.customer.types({ from: 'zoe' });
  expect(receiver.received.length).toBe(before + 1);
});

test('a webhook that is refused for good is not tried again', async () => {
  receiver.answers.push({ status: 401 });
  const { delivery } = await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
  await delivery?.done;
  expect(delivery?.attempts).toHaveLength(1);
});
