import type { OutgoingMessage, SoughtMessage } from '../../../service/src/channels/channel.ts';
import { ERROR_TABLE } from '../../../service/src/channels/sunshine/errors.ts';
import { sunshine } from '../../../service/src/channels/sunshine/index.ts';
import { alwaysAnswering, inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { caught } from '../../conformance/probes.ts';
import { outgoing } from '../../support/outgoing.ts';
import { OUTBOUND } from './fixtures/outbound.ts';
import { API, CREDENTIAL, INTEGRATION, refusal, SETTINGS, settingsWith, taken, THREAD, ZOE } from './support.ts';

const text = { type: 'text', text: 'hello' } as const;
const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage =>
  outgoing({ id: 'msg_1', to: { kind: 'user_id', address: ZOE }, thread: THREAD, content: text, ...change });
const BASIC = `Basic ${Buffer.from(`${CREDENTIAL.keyId}:${CREDENTIAL.secret}`).toString('base64')}`;

test('the key goes as Basic, as published', () => {
  expect(BASIC).toBe('Basic YXBwXzVmMDAxMTIyMzM0NDU1NjY3Nzg4OTlhYTpaeC10ZXN0X3NlY3JldC0wMTIzNDU2Nzg5');
});

test.each(OUTBOUND.map(({ name, content, says, beside }) => [name, content, says, beside] as const))(
  '%s is one request',
  async (_name, content, says, beside) => {
    const { io, requests } = inOrder(taken());
    await expect(sunshine.send(message({ content }), SETTINGS, io)).resolves.toEqual({
      ...{ providerMessageId: '5f74c7d84a146f3abd72af20', sentAt: Date.parse('2026-02-03T18:00:57.000Z') },
    });
    const body = { content: says, author: { type: 'business' }, metadata: { parleyMessageId: 'msg_1' }, ...beside };
    expect(requests).toEqual([
      {
        ...{ method: 'POST', url: `${API}/conversations/${THREAD}/messages`, json: body },
        headers: { authorization: BASIC, accept: 'application/json' },
      },
    ]);
  },
);

test('several messages of one send are all known as it', async () => {
  const sent = await sunshine.send(message(), SETTINGS, alwaysAnswering(taken('a', 'b')).io);
  expect(sent).toMatchObject({ providerMessageId: 'a', providerMessageIds: ['a', 'b'] });
});

test('options are members of the body, a quote is none; an agent stands by name', async () => {
  const { io, requests } = inOrder(taken());
  const override = { whatsapp: { payload: { type: 'text' } } };
  const options = { ai: true, silent: true, avatarUrl: 'https://x.example/a.png', override };
  const author = { type: 'agent', id: '7', name: 'Ana' } as const;
  await sunshine.send(message({ options, author, replyToProviderId: 'm1' }), SETTINGS, io);
  expect(requests[0]?.json).toMatchObject({
    author: { type: 'business', displayName: 'Ana', avatarUrl: 'https://x.example/a.png', subtypes: ['AI'] },
    ...{ destination: { integrationType: 'none' }, override },
  });
  expect(requests[0]?.json).not.toHaveProperty('quotedMessage');
});

test.each([
  [{ subdomain: 'Shop' }, 'https://shop.zendesk.com/sc/v2'],
  [{ subdomain: undefined, region: 'us' }, 'https://api.smooch.io/v2'],
  [{ subdomain: undefined, region: 'eu' }, 'https://api.eu-1.smooch.io/v2'],
])('%j is called at %s', async (where, url) => {
  const { io, requests } = inOrder(taken());
  await sunshine.send(message(), settingsWith(where), io);
  expect(requests[0]?.url).toMatch(url);
});

test.each(Object.entries(ERROR_TABLE).map(([code, { kind }]) => [code, kind] as const))(
  '%s is %s',
  async (code, kind) => {
    const status = kind === 'throttled' ? 429 : 400;
    const sent = sunshine.send(message(), SETTINGS, alwaysAnswering(refusal(status, code)).io);
    await expect(sent).rejects.toMatchObject({ kind, details: { providerCode: code } });
  },
);

test.each([
  ['402', json(402, ''), { kind: 'settings' }],
  ['413', json(413, ''), { kind: 'invalid' }],
  ['423', json(423, ''), { kind: 'rejected' }],
  ['5xx, whatever it says', refusal(502, 'bad_request'), { kind: 'uncertain' }],
  [
    'a wait that is told',
    json(429, '', { 'retry-after': '7' }),
    { kind: 'throttled', details: { retryAfterMs: 7_000 } },
  ],
])('%s', async (_name, answer, expected) => {
  await expect(sunshine.send(message(), SETTINGS, alwaysAnswering(answer).io)).rejects.toMatchObject(expected);
});

const ROWS = Array.from({ length: 11 }, (_, index) => ({ id: `r${index}`, title: 'R' }));
const list = (change: object, section: object = {}) => ({
  ...{ type: 'list', text: 'x', buttonTitle: 'y', sections: [{ rows: ROWS.slice(0, 2), ...section }], ...change },
});
const form = (page: object) => ({
  type: 'form',
  text: 'x',
  buttonTitle: 'y',
  pages: [{ id: 'a', title: 'A', type: 'input', ...page }],
});
test.each<[string, object, string]>([
  ['a long text', { type: 'text', text: 'x'.repeat(4097) }, 'text'],
  ['a file without a link', { type: 'image' }, 'link'],
  ['a footer', { type: 'buttons', text: 'x', footer: 'y', buttons: ROWS.slice(0, 1) }, 'footer'],
  ['many rows', list({}, { rows: ROWS }), 'rows'],
  ['several picks', list({}, { multiple: true }), 'multiple'],
  ['a titled section', list({}, { title: 'S' }), 'title'],
  ['a product card', { type: 'carousel', cards: [{ productId: '1' }] }, 'productId'],
  ['a card without anything to tap', { type: 'carousel', cards: [{ title: 'x' }] }, 'buttons'],
  [
    'a text above cards',
    { type: 'carousel', text: 'x', cards: [{ title: 'x', link: { title: 'y', url: 'https://x.example' } }] },
    'text',
  ],
  ['pages that branch', form({ nextPage: 'b' }), 'nextPage'],
  ['what a list says in all', list({ text: 'x'.repeat(4091) }, { rows: [{ ...ROWS[0], description: 'd' }] }), 'text'],
  ['a long answer', form({ type: 'select', choices: [{ id: 'i'.repeat(129), title: 'T' }] }), 'choices[0].id'],
  ['a long value', form({ type: 'select', choices: [{ id: 'i', title: 'T', value: 'v'.repeat(129) }] }), 'value'],
  ['a long hint', form({ hint: 'h'.repeat(129) }), 'hint'],
  ['several answers', form({ type: 'select', multiple: true, choices: ROWS.slice(0, 1) }), 'multiple'],
  [
    'an uploaded header',
    { type: 'template', name: 'a', language: 'en', header: { type: 'image', mediaId: '1' } },
    'header.mediaId',
  ],
  ['a body without content', { type: 'native', body: {} }, 'body.content'],
])('refuses %s', (_name, content, field) => {
  const error = caught(() => sunshine.check(content as never, SETTINGS));
  expect(error).toMatchObject({ status: 400, code: 'invalid_content', message: expect.stringContaining(field) });
});

test('the channel behind decides about windows and templates', () => {
  const on = (surface?: string) => sunshine.capabilities(SETTINGS, surface === undefined ? undefined : { surface });
  expect(on('whatsapp').window).toEqual({ lengthMs: 86_400_000, outside: ['template'] });
  expect(on('wechat').window?.lengthMs).toBe(172_800_000);
  expect(on('telegram').window).toBeUndefined();
  expect([on(), on('whatsapp'), on('telegram')].map(({ kinds }) => kinds.includes('template'))).toEqual([
    true,
    true,
    false,
  ]);
});

const AT = NOW - 10 * 60_000;
const listed = (change: object = {}) => ({
  id: 'm7',
  received: new Date(AT + 200).toISOString(),
  metadata: {},
  ...change,
});
const sameClock = { date: new Date(NOW).toUTCString() };
const find = (messages: unknown, headers: Record<string, string> = sameClock, change: Partial<SoughtMessage> = {}) => {
  const sought = { ...message(), attemptedAt: AT, isAnother: async () => false, ...change };
  return sunshine.lookup?.find(sought, SETTINGS, inOrder(json(200, { messages }, headers)).io);
};
test.each([
  [
    'ours is there',
    [listed({ metadata: { parleyMessageId: 'msg_1' } })],
    { status: 'sent', receipt: { providerMessageId: 'm7', sentAt: AT + 200 } },
  ],
  ['another is there', [listed({ metadata: { parleyMessageId: 'msg_2' } })], 'absent'],
  ['nothing is there', [], 'absent'],
  ['a full page since then', Array.from({ length: 100 }, () => listed()), undefined],
  [
    'a full page that reaches back',
    [...Array.from({ length: 99 }, () => listed()), listed({ received: '2020-01-01T00:00:00Z' })],
    'absent',
  ],
  ['there is no list', undefined, undefined],
])('a lost answer: %s', async (_name, messages, expected) => {
  expect(await find(messages)).toEqual(expected);
});
test.each([
  ['the clocks differ', { date: new Date(NOW - 600_000).toUTCString() }, {}],
  ['it may still arrive', sameClock, { attemptedAt: NOW - 60_000 }],
])('nothing is absent while %s', async (_name, headers, change) => {
  expect(await find([], headers, change)).toBeUndefined();
});

const act = (name: string, input: Record<string, unknown>, ...answers: unknown[]) => {
  const { io, requests } = inOrder(...answers.map((answer) => json(200, answer)));
  return { done: sunshine.actions?.[name]?.run(input, SETTINGS, io), requests };
};
const CALLS = [
  [
    'thread.open',
    { userId: ZOE },
    [{ conversations: [{ id: 'c1', type: 'personal' }] }],
    { thread: 'c1', isNew: false },
    undefined,
  ],
  [
    ...([
      'thread.open',
      { userId: 'crm-7', anew: true },
      [{ conversation: { id: 'c2' } }],
      { thread: 'c2', isNew: true },
    ] as const),
    { type: 'personal', participants: [{ userExternalId: 'crm-7' }] },
  ],
  [
    ...(['control.pass', { thread: THREAD, to: 'next', metadata: { a: 1 } }, [{}], { done: true }] as const),
    { switchboardIntegration: 'next', metadata: { a: 1 } },
  ],
  ['control.release', { thread: THREAD }, [{}], { done: true }, {}],
  [
    'user.update',
    { userId: ZOE, metadata: { crm: '7' } },
    [{ user: { id: ZOE } }],
    { user: { id: ZOE } },
    { metadata: { crm: '7' } },
  ],
  [
    ...([
      'notification.send',
      { to: '+12125552368', text: 'Hi' },
      [{ notification: { _id: 'n1' } }],
      { notificationId: 'n1' },
    ] as const),
    {
      destination: { integrationId: INTEGRATION, destinationId: '+12125552368' },
      ...{ author: { role: 'appMaker' }, message: { type: 'text', text: 'Hi' } },
    },
  ],
] as const;
test.each(CALLS)('%s %j', async (name, input, answers, result, body) => {
  const { done, requests } = act(name, input, ...answers);
  expect(await done).toEqual(result);
  expect(requests.at(-1)?.json).toEqual(body);
});

test('a notification says one thing', async () => {
  await expect(act('notification.send', { to: '+1' }).done).rejects.toMatchObject({ kind: 'invalid' });
});

test('marks the conversation as read and shows typing', async () => {
  const { io, requests } = inOrder(json(200, {}), json(200, {}));
  await sunshine.presence?.markRead({ providerMessageId: '1', thread: THREAD }, true, SETTINGS, io);
  expect(requests.map(({ json: body }) => (body as { type: string }).type)).toEqual([
    'conversation:read',
    'typing:start',
  ]);
  const nowhere = sunshine.presence?.markRead({ providerMessageId: '1' }, true, SETTINGS, inOrder().io);
  await expect(nowhere).rejects.toMatchObject({ kind: 'rejected' });
});

test.each([
  ['no place', { subdomain: undefined }],
  ['an app ID that is none', { appId: 'x' }],
  ['a region that there is not', { region: 'moon' }],
])('refuses settings with %s', (_name, change) => {
  expect(sunshine.settings.safeParse({ ...CREDENTIAL, ...change }).success).toBe(false);
});

test('what was learned proves webhooks beside what is given', () => {
  expect(sunshine.learn?.(SETTINGS, { webhookSecret: 'learned' }).webhookSecret).toEqual([
    CREDENTIAL.webhookSecret,
    'learned',
  ]);
  expect(sunshine.learn?.(settingsWith({ webhookSecret: undefined }), {}).webhookSecret).toBeUndefined();
});
