/** What Sunshine and those who use its API get wrong: ids that are paths, words of others, halves of lists, refusals that mean something else. */
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { ConnectorIo } from '../../../service/src/connectors/connector.ts';
import { sunshine } from '../../../service/src/channels/sunshine/index.ts';
import type { HttpRequest } from '../../../service/src/core/http.ts';
import { inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import * as w from './fixtures/webhooks.ts';
import { API, APP_ID, INTEGRATION, parsed, refusal, SETTINGS, settingsWith, THREAD, ZOE } from './support.ts';

const act = (name: string, input: Record<string, unknown>, io: ConnectorIo) =>
  sunshine.actions?.[name]?.run(input, SETTINGS, io);
const said = { id: 'msg_1', to: { kind: 'user_id', address: ZOE }, content: { type: 'text', text: 'hi' } } as const;

describe.each(['.', '..'])('an ID "%s"', (id) => {
  test.each<[string, (io: ConnectorIo) => Promise<unknown> | undefined]>([
    ['a send', (io) => sunshine.send(outgoing({ ...said, thread: id }), SETTINGS, io)],
    ['a mark', (io) => sunshine.presence?.markRead({ providerMessageId: '1', thread: id }, true, SETTINGS, io)],
    ['a switch', (io) => act('control.pass', { thread: id, to: 'next' }, io)],
    ['a look at a user', (io) => act('user.get', { userId: id }, io)],
    // It would change the app.
    ['a change of a user', (io) => act('user.update', { userId: id, metadata: { a: '1' } }, io)],
  ])('%s is not asked for', async (_name, run) => {
    const { io, requests } = inOrder(json(200, {}));
    await expect(run(io)).rejects.toMatchObject({ name: 'SendError', kind: 'rejected' });
    expect(requests).toEqual([]);
  });
});

test.each(['unauthorized', 'app_not_found', 'payment_required', 'forbidden', 'bad_request', undefined])(
  'a delivery that fails with %s says nothing of the account',
  (code) => {
    const [status] = parsed(w.delivery('failure', { error: { code, message: 'The channel refused' } }));
    expect(status).toMatchObject({ status: 'failed', error: { kind: 'rejected', message: 'The channel refused.' } });
    expect(status).not.toHaveProperty('error.scope', 'account');
  },
);

test('an integration that a message names and that is not there stops this message only', async () => {
  const body = { content: { type: 'text', text: 'x' }, destination: { integrationId: 'x' } };
  const { io } = inOrder(refusal(404, 'integration_not_found'));
  const sent = sunshine.send(outgoing({ ...said, thread: THREAD, content: { type: 'native', body } }), SETTINGS, io);
  await expect(sent).rejects.toMatchObject({ kind: 'settings', details: { scope: 'message' } });
});

test('a form is known by what its answer quotes, wherever that stands', () => {
  const quotedMessage = { type: 'message', message: { id: 'm1' } };
  const [beside] = parsed(w.said(w.CONTENTS['form'], { quotedMessage }));
  const [within] = parsed(w.said({ ...w.CONTENTS['form'], quotedMessage }));
  for (const event of [beside, within]) expect(event).toMatchObject({ context: { replyToProviderId: 'm1' } });
});

test('half a page that has more after it is not everything', async () => {
  const headers = { date: new Date(NOW).toUTCString() };
  const find = (meta: object) => {
    const { io } = inOrder(json(200, { messages: [], meta }, headers));
    const sought = { ...outgoing({ ...said, thread: THREAD }), attemptedAt: NOW - 600_000 };
    return sunshine.lookup?.find({ ...sought, isAnother: async () => false }, SETTINGS, io);
  };
  expect(await find({ hasMore: true })).toBeUndefined();
  expect(await find({ hasMore: false })).toBe('absent');
});

/** A storage that answers by whether it is shown a key. */
function storage(withKey: number, without: number) {
  const asked: HttpRequest[] = [];
  const stream = async (request: HttpRequest) => {
    asked.push(request);
    const status = request.headers?.['authorization'] === undefined ? without : withKey;
    return { status, headers: { 'content-type': 'image/png' }, stream: Readable.from(['png']) };
  };
  const { io } = inOrder();
  return { io: { ...io, http: { ...io.http, stream } } as ConnectorIo, asked };
}
const SUNSHINES = 'https://media.smooch.io/a.png';
test.each([
  ['private', 200, 401, SUNSHINES, [true]],
  ['public, in a storage that refuses keys', 400, 200, SUNSHINES, [true, false]],
  ["somebody else's", 500, 200, 'https://files.example.com/a.png', [false]],
])('a file that is %s is fetched', async (_name, withKey, without, providerId, shown) => {
  const { io, asked } = storage(withKey, without);
  const file = await sunshine.media?.download({ providerId }, SETTINGS, io);
  expect(file && (await text(file.stream))).toBe('png');
  expect(asked.map(({ headers }) => headers?.['authorization'] !== undefined)).toEqual(shown);
});
test('a file that nobody shows is refused once it was asked for both ways', async () => {
  const { io, asked } = storage(401, 403);
  await expect(sunshine.media?.download({ providerId: SUNSHINES }, SETTINGS, io)).rejects.toThrow('403');
  expect(asked).toHaveLength(2);
});

describe('setting the webhook', () => {
  const HOOK = 'https://hooks.example.com/sunshine';
  const hook = { id: 'h1', target: HOOK, secret: 'learned', triggers: ['user:remove'] };
  const list = (...ids: string[]) => json(200, { integrations: ids.map((id) => ({ id, displayName: id })) });
  const provision = async (...answers: ReturnType<typeof json>[]) => {
    const { io, requests } = inOrder(json(200, { integration: { id: INTEGRATION, status: 'active' } }), ...answers);
    const [, step] = (await sunshine.provisioning?.provision(HOOK, SETTINGS, io, async (learned) => learned)) ?? [];
    return { step, asked: requests.slice(1).map(({ method, url }) => `${method} ${url.slice(API.length)}`) };
  };

  test.each([
    ['which the key may not read', refusal(403, 'forbidden')],
    ['which is gone by now', refusal(404, 'integration_not_found')],
  ])("a partner's integration %s is passed over", async (_name, refused) => {
    const { step, asked } = await provision(list('p', 'q'), refused, json(200, { webhooks: [hook] }), json(200, {}));
    expect(step).toEqual({ step: 'webhook', ok: true });
    expect(asked.at(-1)).toBe('PATCH /integrations/q/webhooks/h1');
  });

  test('a wrong key is not passed over', async () => {
    const { step } = await provision(list('p'), refusal(401, 'unauthorized'));
    expect(step).toMatchObject({ ok: false, blocking: true });
  });

  test.each([
    ['a webhook that cannot be made', [list(), refusal(400, 'bad_request', 'No')], true],
    [
      'a trigger that is refused',
      [list('q'), json(200, { webhooks: [hook] }), refusal(400, 'bad_request', 'No')],
      false,
    ],
  ])('%s is told as what it is', async (_name, answers, isLimit) => {
    const { step } = await provision(...answers);
    expect(step).toMatchObject({ ok: false, detail: expect.stringContaining('No.') });
    expect(step?.detail?.includes('ten webhooks')).toBe(isLimit);
  });
});

const merged = (mergedConversations: unknown) =>
  parsed(
    w.webhook('user:merge', {
      mergedUsers: { surviving: { id: ZOE }, discarded: { id: 'old' } },
      ...{ mergedConversations, reason: 'channelLinking' },
    }),
  );
test('a conversation that goes up in another is closed before the users are one, and says which it is now', () => {
  const events = merged({ surviving: { id: THREAD, type: 'personal' }, discarded: { id: 'c0', type: 'personal' } });
  expect(events).toMatchObject([
    {
      ...{ type: 'conversation.control', thread: 'c0', closes: true },
      contact: { identities: [{ kind: 'user_id', address: 'old' }] },
      data: { event: 'merged', metadata: JSON.stringify({ thread: THREAD }) },
    },
    { type: 'contact.identity_changed', merges: true },
  ]);
  expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
});
test.each([
  ['none', null],
  ['one without a name', { surviving: { id: THREAD }, discarded: {} }],
  ['itself', { surviving: { id: THREAD }, discarded: { id: THREAD } }],
  ['a list', [{ id: THREAD }]],
])('%s that went up in another closes nothing', (_name, mergedConversations) => {
  expect(merged(mergedConversations).map(({ type }) => type)).toEqual(['contact.identity_changed']);
});

const group = { id: THREAD, type: 'sdkGroup' };
test('a hundred who join are a hundred members of one thread, and what is told twice is told once', () => {
  const joined = Array.from({ length: 100 }, (_, index) =>
    w.webhook('conversation:join', { conversation: group, user: { id: `u${index}` } }),
  ).flatMap(({ events }) => events as object[]);
  const events = parsed({ app: { id: APP_ID }, events: [...joined, ...joined] });
  expect(events).toHaveLength(100);
  expect(new Set(events.map(({ contact }) => contact?.identities[0]?.address)).size).toBe(100);
  expect(events.every(({ thread }) => thread === THREAD)).toBe(true);
});

test.each([
  ['a channel that is new', { type: 'hologram', integrationId: INTEGRATION }, { surface: 'hologram' }, [INTEGRATION]],
  ['none', undefined, undefined, undefined],
  ['no object', 'whatsapp', undefined, undefined],
])('what comes from %s is heard', (_name, source, facts, first) => {
  const [event] = parsed(w.said(undefined, { source }));
  expect(event).toMatchObject({ type: 'message.received' });
  expect(event?.facts).toEqual(facts);
  expect(event?.address?.slice(0, 1)).toEqual(first);
});

test('the webhook of another app is refused, whatever secret it brings', () => {
  const { webhookSecret = '' } = settingsWith();
  const body = Buffer.from(JSON.stringify({ app: { id: '0'.repeat(24) }, events: [] }));
  const headers = { 'x-api-key': String([webhookSecret].flat()[0]) };
  const request = { method: 'POST', url: 'https://hooks.example.com/in', headers, query: {}, body };
  expect(() => sunshine.verify(request, NOW, SETTINGS)).toThrow(/another app/);
});
