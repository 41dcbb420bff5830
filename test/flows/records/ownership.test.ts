/** Who answers a conversation, when people and programs say so at the same time. */
import type { ConversationView } from '../../../contract/api.ts';
import { ANA, closeApps, MINUTE, type App, type SendOptions, startApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

let app: App;
let id: string;
const path = () => `/v1/conversations/${id}`;
const read = async () => {
  const answer = await app.call('GET', path());
  return { ...(answer.body as ConversationView), etag: answer.headers.get('etag') ?? '' };
};
const set = (owner: string, ifMatch = '') => app.call('PATCH', path(), { owner }, { 'if-match': ifMatch });
const controls = async () =>
  (await app.read(`SELECT payload FROM events WHERE type = 'conversation.control' ORDER BY seq`)).map(
    ({ payload }) => (JSON.parse(String(payload)) as { data: unknown }).data,
  );

beforeEach(async () => {
  app = await startApp();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  const { data } = (await app.call('GET', '/v1/conversations')).body as { data: ConversationView[] };
  id = data[0]?.id ?? '';
});
afterEach(closeApps);

describe('a person who writes through the API', () => {
  test.each<[string, SendOptions]>([
    ['a person', { author: 'human' }],
    ['a person by name', { author: { type: 'agent', id: 'a1', name: 'Ana' } }],
    ['a person, to the conversation', { author: 'human', to: 'conversation' }],
    ['a person whose word waits for the contact', { author: 'human', ifSessionClosed: 'hold' }],
  ])('takes the conversation, once: %s', async (_name, options) => {
    const to = options.to === 'conversation' ? { to: { conversationId: id } } : {};
    for (const key of ['a', 'a', 'b']) {
      expect(await app.send('let me see', { ...options, ...to, key })).toMatchObject({ status: 202 });
    }
    expect(await read()).toMatchObject({ owner: 'human' });
    expect(await controls()).toEqual([{ owner: 'human', reason: 'author' }]);
    expect(await app.send('a program')).toMatchObject({ status: 409, body: { code: 'handed_off' } });
  });

  test.each<[string, SendOptions, number]>([
    ['a program', {}, 202],
    ['a campaign that a person wrote', { author: 'human', purpose: 'campaign' }, 202],
    ['a person who may not', { author: 'human', content: { type: 'coupon', code: 'X' } as never }, 400],
  ])('does not: %s', async (_name, options, status) => {
    expect(await app.send('hello', options)).toMatchObject({ status });
    expect(await read()).toMatchObject({ owner: 'bot' });
    expect(await controls()).toEqual([]);
  });

  test('keeps it when the provider tells the message as an echo, and hands it back when asked', async () => {
    const sent = await app.sent('let me see', { author: 'human' });
    await app.reaches(sent, 'read');
    expect(await set('bot')).toMatchObject({ status: 200, body: { owner: 'bot' } });
    expect(await controls()).toEqual([
      { owner: 'human', reason: 'author' },
      { owner: 'bot', reason: 'api' },
    ]);
  });

  test('stops what programs still had in the queue', async () => {
    app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 30 });
    const queued = await app.sent('a program, too slow');
    await eventually(() => app.sandbox.faults.pending() === 0, 'the first try');
    await app.idle();
    await app.sent('let me see', { author: 'human', key: 'quick' });
    app.advance(MINUTE);
    expect(await app.reaches(queued, 'failed')).toMatchObject({ error: { code: 'handed_off' } });
  });
});

describe('a change by what was seen', () => {
  test('is made when nothing changed since, and answers the next state', async () => {
    const before = await read();
    expect(before.etag).toBe(`"${before.version}"`);
    const changed = await set('human', before.etag);
    expect(changed).toMatchObject({ status: 200, body: { owner: 'human', version: before.version + 1 } });
    expect(changed.headers.get('etag')).toBe((await read()).etag);
    expect(await set('human', (await read()).etag)).toMatchObject({ body: { version: before.version + 1 } });
  });

  test('is refused when somebody changed it meanwhile, who is told', async () => {
    const { etag } = await read();
    const at = new Date(app.clock.now()).toISOString();
    await set('human');
    const refused = await set('bot', etag);
    expect(refused).toMatchObject({
      status: 412,
      body: { code: 'precondition_failed', owner: 'human', since: at, version: 2 },
    });
    expect(await read()).toMatchObject({ owner: 'human' });
    expect(await controls()).toHaveLength(1);
  });

  test('is refused although it went there and back', async () => {
    const { etag } = await read();
    await set('human');
    await set('bot');
    expect(await set('human', etag)).toMatchObject({ status: 412 });
    expect(await read()).toMatchObject({ owner: 'bot' });
  });

  test.each<[string, number, (etag: string) => string]>([
    ['nothing', 200, () => ''],
    ['anything', 200, () => '*'],
    ['one of several', 200, (etag) => `"77", ${etag}`],
    ['another one', 412, () => '"77"'],
    ['a weak one, which proves nothing', 412, (etag) => `W/${etag}`],
    ['one without quotes', 400, (etag) => etag.replaceAll('"', '')],
    ['something else', 400, () => 'yesterday'],
  ])('names %s: %d', async (_name, status, header) => {
    expect(await set('human', header((await read()).etag))).toMatchObject({ status });
  });

  test('of twenty at once, one is made and each other is told', async () => {
    const { etag } = await read();
    const answers = await Promise.all(Array.from({ length: 20 }, () => set('human', etag)));
    const made = answers.filter(({ status }) => status === 200);
    expect(made).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(19);
    expect(await controls()).toHaveLength(1);
  });
});
