/** The stand-in refuses what Meta refuses, with Meta's codes. */
import { objectOf, type JsonObject } from '../kit/json.ts';
import { manualClock } from '../kit/clock.ts';
import { META_DEFAULTS } from './defaults.ts';
import { startMetaSandbox, type MetaSandbox } from './sandbox.ts';

const { pageId, pageAccessToken, igUserId, igAccessToken, appId, appSecret } = META_DEFAULTS;
const clock = manualClock(Date.UTC(2026, 10, 22));
let sandbox: MetaSandbox;

beforeAll(async () => {
  sandbox = await startMetaSandbox({ clock });
  await sandbox.messenger.customer.sends({ from: '1', text: 'Hi' });
  await sandbox.instagram.customer.sends({ from: '2', text: 'Hi' });
});
afterAll(() => sandbox.close());

interface Asked {
  token?: string | null;
  body?: unknown;
  query?: Record<string, string>;
}

async function graph(method: string, path: string, { token = pageAccessToken, body, query = {} }: Asked = {}) {
  const response = await fetch(`${sandbox.url}/v25.0${path}?${new URLSearchParams(query).toString()}`, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = objectOf(await response.json());
  const error = objectOf(answer['error']);
  return { status: response.status, answer, code: error['code'], subcode: error['error_subcode'] };
}

const TEXT = { message: { text: 'Hi' }, messaging_type: 'RESPONSE' };
const toPage = (more: JsonObject) => ({ recipient: { id: '1' }, ...TEXT, ...more });
const toAccount = (more: JsonObject) => ({ recipient: { id: '2' }, message: { text: 'Hi' }, ...more });
const file = (payload: JsonObject, type = 'image') => ({ message: { attachment: { type, payload } } });
const template = (payload: JsonObject) => file(payload, 'template');
const buttons = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ type: 'postback', title: `B${n}`, payload: 'x' }));

test.each<[string, JsonObject, number, number | undefined]>([
  ['no recipient', { ...TEXT }, 100, undefined],
  ['no type', toPage({ messaging_type: undefined }), 100, undefined],
  ['an unknown type', toPage({ messaging_type: 'PROMO' }), 100, undefined],
  ['a retired tag', toPage({ messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' }), 100, undefined],
  ['a tag without its type', toPage({ tag: 'HUMAN_AGENT' }), 100, undefined],
  ['an unknown member', toPage({ surplus: 1 }), 100, undefined],
  ['no message', { recipient: { id: '1' }, messaging_type: 'RESPONSE' }, 100, undefined],
  ['a message and an action', toPage({ sender_action: 'typing_on' }), 100, 2018014],
  ['a long text', toPage({ message: { text: 'x'.repeat(2001) } }), 100, undefined],
  [
    'text and file',
    toPage({ message: { text: 'x', attachment: { type: 'image', payload: { url: 'https://e' } } } }),
    100,
    undefined,
  ],
  ['a file of nowhere', toPage(file({})), 100, undefined],
  ["somebody else's file", toPage(file({ attachment_id: '9' })), 100, 2018074],
  ['four buttons', toPage(template({ template_type: 'button', text: 'x', buttons: buttons(4) })), 100, undefined],
  [
    'eleven cards',
    toPage(template({ template_type: 'generic', elements: Array.from({ length: 11 }, () => ({ title: 'x' })) })),
    100,
    undefined,
  ],
  ['an unknown template', toPage(template({ template_type: 'airline' })), 100, undefined],
  [
    'fourteen quick replies',
    toPage({
      message: {
        text: 'x',
        quick_replies: Array.from({ length: 14 }, () => ({ content_type: 'text', title: 'x', payload: 'x' })),
      },
    }),
    100,
    undefined,
  ],
  ['a heart on Messenger', toPage({ message: { attachment: { type: 'like_heart' } } }), 100, undefined],
  ['an unknown persona', toPage({ persona_id: '9' }), 100, undefined],
  [
    'an unknown template of its own',
    toPage({ messaging_type: 'UTILITY', message: { template: { name: 'x', language: { code: 'en' } } } }),
    100,
    undefined,
  ],
  ['nobody', toPage({ recipient: { id: '99' } }), 100, 2018001],
  ['a long text on Instagram', toAccount({ message: { text: '€'.repeat(334) } }), 100, 2534015],
  ['a receipt on Instagram', toAccount(template({ template_type: 'receipt' })), 100, undefined],
  ['metadata on Instagram', toAccount({ message: { text: 'x', metadata: 'y' } }), 100, undefined],
])('%s is refused', async (_what, body, code, subcode) => {
  const { status, ...refusal } = await graph('POST', `/${pageId}/messages`, { body });
  expect(refusal).toMatchObject({ code, subcode });
  expect(status).toBe(400);
});

test('what is right is accepted, on both, and `me` is whose token it is', async () => {
  const sent = [
    await graph('POST', `/${pageId}/messages`, { body: toPage({}) }),
    await graph('POST', '/me/messages', { body: toPage({ messaging_type: 'UPDATE' }) }),
    await graph('POST', `/${pageId}/messages`, { body: toAccount({}) }),
    await graph('POST', '/me/messages', { body: toAccount({}), token: igAccessToken }),
  ];
  expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(sent[0]?.answer).toEqual({ recipient_id: '1', message_id: expect.stringMatching(/^m_/) });
  expect(sent[3]?.answer).toEqual({ recipient_id: '2', message_id: expect.stringMatching(/^aWdf/) });
});

test.each<[string, string, Asked, number, number | undefined]>([
  ['no token', `/${pageId}`, { token: null }, 190, undefined],
  ['a wrong token', `/${pageId}`, { token: 'x' }, 190, undefined],
  ['a wrong proof', `/${pageId}`, { query: { appsecret_proof: 'x' } }, 104, undefined],
  ["the Page with Instagram's token", `/${pageId}`, { token: igAccessToken }, 100, 33],
  ['another object', '/12345', {}, 100, 33],
  ['a name', '/shop', {}, 803, undefined],
  ['an unknown field', `/${pageId}`, { query: { fields: 'id,secret' } }, 100, undefined],
  ["the app's subscriptions with the Page's token", `/${appId}/subscriptions`, {}, 15, undefined],
])('%s: refused', async (_what, path, asked, code, subcode) => {
  expect(await graph('GET', path, asked)).toMatchObject({ code, subcode });
});

test('a token without the permission may not send', async () => {
  const { scopes } = sandbox.settings;
  sandbox.settings.scopes = [];
  expect(await graph('POST', `/${pageId}/messages`, { body: toPage({}) })).toMatchObject({ status: 403, code: 10 });
  sandbox.settings.scopes = scopes;
});

test('a callback that does not prove itself is not taken', async () => {
  const body = { object: 'page', callback_url: `${sandbox.url}/none`, verify_token: 'x', fields: 'messages' };
  const token = `${appId}|${appSecret}`;
  expect(await graph('POST', `/${appId}/subscriptions`, { body, token })).toMatchObject({ code: 2200 });
  const unknown = { ...body, fields: 'messages,gossip' };
  expect(await graph('POST', `/${appId}/subscriptions`, { body: unknown, token })).toMatchObject({ code: 100 });
});

test('the window: 24 hours, 7 days for people, and who stopped being ours', async () => {
  clock.advance(24 * 3_600_000);
  const human = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
  expect(await graph('POST', `/${pageId}/messages`, { body: toPage({}) })).toMatchObject({
    code: 10,
    subcode: 2018278,
  });
  expect(await graph('POST', `/${pageId}/messages`, { body: toAccount({}) })).toMatchObject({
    code: 10,
    subcode: 2534022,
  });
  expect(await graph('POST', `/${pageId}/messages`, { body: toPage(human) })).toMatchObject({ status: 200 });
  sandbox.settings.hasHumanAgent = false;
  expect(await graph('POST', `/${pageId}/messages`, { body: toPage(human) })).toMatchObject({ code: 10 });
  expect(sandbox.messenger.windowEndsAt('1')).toBe(clock.now());
  expect(sandbox.messenger.windowEndsAt('99')).toBeUndefined();
});

test('driven over HTTP', async () => {
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${sandbox.url}/_sandbox${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: response.status, answer: (await response.json()) as unknown };
  };
  const sent = await control('POST', '/instagram/customer/sends', { from: '3', text: 'Hi' });
  expect(sent).toMatchObject({ status: 200, answer: { id: expect.stringMatching(/^aWdf/) } });
  await graph('POST', `/${igUserId}/messages`, {
    body: { recipient: { id: '3' }, message: { text: 'Hello' } },
    token: igAccessToken,
  });
  const { answer } = await control('GET', '/instagram/messages');
  expect(answer).toEqual(expect.arrayContaining([expect.objectContaining({ to: '3', body: expect.anything() })]));
  expect((await control('POST', '/instagram/customer/flies', {})).status).toBe(400);
  expect((await control('POST', '/telegram/customer/sends', {})).status).toBe(400);
  expect((await control('POST', '/settings', { surplus: 1 })).status).toBe(400);
  expect(await control('POST', '/faults', { kind: 'throttled' })).toMatchObject({ answer: { pending: 1 } });
  expect((await control('GET', '/nothing')).status).toBe(404);
});
