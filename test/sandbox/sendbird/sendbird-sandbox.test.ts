/** The stand-in itself: as strict as the Platform API, with its codes. */
import { manualClock } from '../kit/clock.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../kit/webhook-receiver.ts';
import { SENDBIRD_DEFAULTS } from './defaults.ts';
import { startSendbirdSandbox, type SendbirdSandbox } from './sandbox.ts';
import { signatureOf } from './webhooks.ts';

const { apiToken, senderId, botId } = SENDBIRD_DEFAULTS;
const NOW = Date.UTC(2026, 0, 1);
const clock = manualClock(NOW);
const THREAD = 'support_zoe';

let sandbox: SendbirdSandbox;
let receiver: WebhookReceiver;
beforeEach(async () => {
  clock.set(NOW);
  receiver = await startWebhookReceiver(() => ({ status: 200 }));
  sandbox = await startSendbirdSandbox({ clock, webhookUrl: receiver.url, webhookRetryDelaysMs: [] });
  await sandbox.customer.sends({ from: 'zoe', name: 'Zoë', text: 'hi' });
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

async function ask(method: string, path: string, body?: unknown, token: string = apiToken) {
  const answer = await fetch(`${sandbox.url}/v3${path}`, {
    method,
    headers: { 'api-token': token, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const json = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, json, code: json['code'] };
}
const send = (change: object = {}, url = THREAD) =>
  ask('POST', `/group_channels/${url}/messages`, { message_type: 'MESG', user_id: senderId, message: 'hi', ...change });

test.each<[string, object, number | undefined]>([
  ['a text', {}, undefined],
  ['no type', { message_type: undefined }, 400105],
  ['a type that there is not', { message_type: 'POLL' }, 400111],
  ['no text', { message: '' }, 400105],
  ['a text that is too long', { message: 'x'.repeat(5001) }, 400110],
  ['a member that there is not', { buttons: [] }, 400111],
  ['no sender', { user_id: undefined }, 400105],
  ['a sender that there is not', { user_id: 'nobody' }, 400201],
  ['a meta array of texts', { sorted_metaarray: ['a'] }, 400100],
  ['a file without a link', { message_type: 'FILE', message: undefined }, 400105],
  ['an admin message of nobody', { message_type: 'ADMM', user_id: undefined }, undefined],
])('%s', async (_name, change, code) => {
  const answer = await send(change);
  expect(answer).toMatchObject({ status: code === undefined ? 200 : 400, code });
});

test('other tokens, channels and strangers are refused', async () => {
  expect(await ask('POST', '/group_channels', { user_ids: ['zoe'] }, 'wrong')).toMatchObject({
    status: 400,
    code: 400401,
  });
  expect(await send({}, 'nowhere')).toMatchObject({ code: 400201 });
  await sandbox.customer.sends({ from: 'yan', text: 'hi' });
  expect(await send({ user_id: 'yan' })).toMatchObject({ code: 900020 });
  expect(await ask('GET', '/nothing')).toMatchObject({ status: 404 });
});

test('who blocks, a frozen channel, and too many at once', async () => {
  await sandbox.customer.blocks({ from: 'zoe', isBlocking: true });
  expect(await send()).toMatchObject({ code: 900080 });
  await sandbox.customer.blocks({ from: 'zoe', isBlocking: false });
  sandbox.settings.perSecond = 1;
  expect(await send()).toMatchObject({ status: 200 });
  expect(await send()).toMatchObject({ status: 429, code: 500910 });
  const channel = sandbox.channel(THREAD);
  if (channel) channel.isFrozen = true;
  clock.set(NOW + 5_000);
  expect(await send()).toMatchObject({ code: 900050 });
});

test('a repeat with the same dedup_id makes no second message', async () => {
  const [first, second] = [await send({ dedup_id: 'msg_1' }), await send({ dedup_id: 'msg_1' })];
  expect(second.json['message_id']).toBe(first.json['message_id']);
  expect(sandbox.acceptedCountFor('msg_1')).toBe(1);
});

test('only bots send by the call of bots', async () => {
  const body = { message_type: 'MESG', channel_url: THREAD, message: 'hi' };
  const payload = { extended_message_payload: { suggested_replies: ['Yes'] } };
  expect(await ask('POST', `/bots/${senderId}/send`, body)).toMatchObject({ code: 400201 });
  expect(await ask('POST', `/bots/${botId}/send`, body)).toMatchObject({ code: 900020 });
  sandbox.channel(THREAD)?.members.add(botId);
  expect(await ask('POST', `/bots/${botId}/send`, { ...body, ...payload })).toMatchObject({ status: 200 });
  expect(sandbox.listReceivedMessages().at(-1)?.suggestedReplies).toEqual(['Yes']);
});

test('a listing shows the meta array where it is asked for', async () => {
  await send({ sorted_metaarray: [{ key: 'k', value: ['v'] }] });
  const path = `/group_channels/${THREAD}/messages?message_ts=${NOW}&prev_limit=0&next_limit=200`;
  const plain = (await ask('GET', path)).json['messages'] as object[];
  expect(plain.at(-1)).not.toHaveProperty('sorted_metaarray');
  const whole = (await ask('GET', `${path}&with_sorted_meta_array=true`)).json['messages'] as object[];
  expect(whole.at(-1)).toMatchObject({ sorted_metaarray: [{ key: 'k', value: ['v'] }] });
  expect(await ask('GET', `/group_channels/${THREAD}/messages`)).toMatchObject({ code: 400105 });
});

test('webhooks are signed over their bytes, and members are told where that is on', async () => {
  const [first] = receiver.received;
  expect(first?.headers['x-sendbird-signature']).toBe(signatureOf(apiToken, first?.rawBody ?? Buffer.alloc(0)));
  expect(JSON.parse(String(first?.rawBody))).toMatchObject({ members: [{ user_id: 'zoe' }, {}] });
  sandbox.settings.includesMembers = false;
  await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
  expect(JSON.parse(String(receiver.received.at(-1)?.rawBody))).not.toHaveProperty('members');
});

test('files of people take the token', async () => {
  await sandbox.customer.sends({ from: 'zoe', file: { mimeType: 'image/png', content: 'png' } });
  const url = sandbox.channel(THREAD)?.messages.at(-1)?.file?.url ?? '';
  expect((await fetch(url)).status).toBe(400);
  expect(await (await fetch(url, { headers: { 'api-token': apiToken } })).text()).toBe('png');
});
