/** The channel against the strict stand-in, over real loopback HTTP and the service's own HTTP client. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { sunshine } from '../../../service/src/channels/sunshine/index.ts';
import { TRIGGERS } from '../../../service/src/channels/sunshine/parse.ts';
import type { ConnectorIo, Learned } from '../../../service/src/connectors/connector.ts';
import { systemClock } from '../../../service/src/core/clock.ts';
import { watchedClock } from '../../../service/src/core/watched-clock.ts';
import { GuardedHttp } from '../../../service/src/platform/guarded-http.ts';
import { SUNSHINE_DEFAULTS } from '../../sandbox/sunshine/defaults.ts';
import { startSunshineSandbox, type SunshineSandbox } from '../../sandbox/sunshine/sandbox.ts';
import { outgoing } from '../../support/outgoing.ts';
import { OUTBOUND } from './fixtures/outbound.ts';

const http = new GuardedHttp({ allow: { loopback: true, private: false, cidrs: [] } });
const log = { info: () => undefined, warn: () => undefined };
const io: ConnectorIo = { http, clock: watchedClock(systemClock), log };
const { appId, keyId, secret, integrations } = SUNSHINE_DEFAULTS;
const HOOK = 'http://127.0.0.1:1/webhooks/sunshine/e1';

let sandbox: SunshineSandbox;
beforeEach(async () => {
  sandbox = await startSunshineSandbox({ webhookRetryDelaysMs: [] });
  await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
});
afterEach(() => sandbox.close());
afterAll(() => http.close());

const settings = (change: object = {}) =>
  sunshine.settings.parse({
    appId,
    keyId,
    secret,
    integrationId: integrations.whatsapp,
    baseUrl: sandbox.url,
    ...change,
  });
const thread = () => sandbox.conversations()[0]?.id ?? '';
const message = (id: string, content: (typeof OUTBOUND)[number]['content']) =>
  outgoing({ id, to: { kind: 'external_id', address: 'zoe' }, thread: thread(), content });

test.each(OUTBOUND.map(({ name, content }) => [name, content] as const))('%s is accepted', async (name, content) => {
  await sunshine.send(message(name, content), settings(), io);
  expect(sandbox.acceptedCountFor(name)).toBe(1);
});

test('a lost answer is found by our id', async () => {
  sandbox.faults.next({ kind: 'answer_dropped' });
  const sent = message('msg_lost', { type: 'text', text: 'hello' });
  await expect(sunshine.send(sent, settings(), io)).rejects.toMatchObject({ kind: 'uncertain' });
  const sought = { ...sent, attemptedAt: Date.now(), isAnother: async () => false };
  const [accepted] = sandbox.listReceivedMessages();
  expect(await sunshine.lookup?.find(sought, settings(), io)).toMatchObject({
    ...{ status: 'sent', receipt: { providerMessageId: accepted?.id } },
  });
});

test('files go up and come down, conversations are found and made, control is passed, users are updated', async () => {
  const bytes = Buffer.from('png');
  const file = { stream: () => Readable.from([bytes]), filename: 'a.png', mimeType: 'image/png', bytes: bytes.length };
  const up = await sunshine.media?.upload?.(file, settings(), io);
  const down = await sunshine.media?.download({ providerId: up?.providerId ?? '' }, settings(), io);
  expect(down && (await text(down.stream))).toBe('png');
  const act = (name: string, input: Record<string, unknown>) => sunshine.actions?.[name]?.run(input, settings(), io);
  expect(await act('thread.open', { userId: 'zoe' })).toEqual({ thread: thread(), isNew: false });
  expect(await act('thread.open', { userId: 'zoe', anew: true })).toMatchObject({ isNew: true });
  await expect(act('thread.open', { userId: 'nobody' })).rejects.toMatchObject({ kind: 'rejected' });
  await act('control.offer', { thread: thread(), to: 'zd:agentWorkspace' });
  await act('control.accept', { thread: thread() });
  expect(sandbox.conversations()[0]?.active).toMatchObject({ name: 'zd:agentWorkspace' });
  await act('control.release', { thread: thread() });
  await expect(act('control.pass', { thread: thread(), to: 'nowhere' })).rejects.toMatchObject({ kind: 'rejected' });
  expect(await act('user.update', { userId: 'zoe', metadata: { crm: '7' } })).toMatchObject({
    user: { metadata: { crm: '7' } },
  });
  await act('notification.send', { to: '+12125552368', text: 'Hi' });
  expect(sandbox.listNotifications()).toHaveLength(1);
  await sunshine.presence?.markRead({ providerMessageId: '1', thread: thread() }, false, settings(), io);
  expect(sandbox.listActivities().map(({ type }) => type)).toEqual(['conversation:read', 'typing:stop']);
});

describe('the webhook', () => {
  const kept: Learned[] = [];
  const provision = (own = settings()) =>
    sunshine.provisioning?.provision(HOOK, own, io, async (learned) => {
      kept.push(learned);
      return learned;
    });
  const hooks = () => sandbox.integrations().flatMap(({ webhooks }) => webhooks);
  beforeEach(() => kept.splice(0));

  test('is made once, for every trigger, and its secret is learned before the first event', async () => {
    expect(await provision()).toEqual([
      { step: 'app', ok: true },
      { step: 'webhook', ok: true },
    ]);
    await provision();
    expect(hooks()).toMatchObject([{ target: HOOK, triggers: TRIGGERS }]);
    expect(kept).toEqual([{ webhookSecret: hooks()[0]?.secret }, { webhookSecret: hooks()[0]?.secret }]);
    const calls = sandbox.requests().filter(({ method }) => method === 'POST' || method === 'PATCH');
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH']);
  });

  test('a secret that Sunshine changed is learned anew', async () => {
    await provision();
    const [hook] = hooks();
    if (hook) hook.secret = 'changed-by-sunshine';
    await provision();
    expect(kept.at(-1)).toEqual({ webhookSecret: 'changed-by-sunshine' });
  });

  test('the eleventh is refused with what to do', async () => {
    sandbox.settings.maxWebhooks = 0;
    const [, step] = (await provision()) ?? [];
    expect(step).toMatchObject({ step: 'webhook', ok: false, blocking: true });
    expect(step?.detail).toMatch(/Webhook limit reached.*at most ten webhooks/);
  });

  test.each([
    ['a wrong key', { secret: 'another-secret' }, /key ID and secret/],
    ['an integration that there is not', { integrationId: '0'.repeat(24) }, /integration ID/],
  ])('%s stops it', async (_name, change, detail) => {
    const steps = await provision(settings(change));
    expect(steps).toMatchObject([{ step: 'app', ok: false, blocking: true, detail: expect.stringMatching(detail) }]);
    expect(hooks()).toEqual([]);
  });

  test('goes with the last account, and stays while another needs it; what is of others stays', async () => {
    await provision();
    sandbox.subscribe('https://other.example.com/hook');
    const remove = (others: never[]) =>
      sunshine.provisioning?.remove?.({ webhookUrls: [HOOK], others }, settings(), io);
    expect(await remove([settings() as never])).toEqual([]);
    expect(hooks()).toHaveLength(2);
    expect(await remove([])).toEqual([{ step: 'webhook', ok: true }]);
    expect(hooks().map(({ target }) => target)).toEqual(['https://other.example.com/hook']);
    expect(sandbox.integrations().some(({ displayName }) => displayName === 'Parley')).toBe(false);
  });
});
