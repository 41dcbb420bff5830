import { ParleyError, SendError } from '../../service/src/core/errors.ts';
import * as attempts from '../../service/src/store/attempt.store.ts';
import * as store from '../../service/src/store/subscription.store.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { EventsFixture, URL_OF_WORKFLOW, type Answer } from './fixture.ts';

const open = tempLedgers();
let flow: EventsFixture;
const text = (words: string) => ({ type: 'text' as const, text: words });

beforeEach(async () => {
  flow = await EventsFixture.make(await open());
});

const rowOf = (id: string) => store.find(flow.ledger.reader, id);

test('a delivery is a signed POST of the event to the workflow’s URL', async () => {
  const { secret } = await flow.subscribe();
  await flow.wrote('cnv', text('hello'));
  await flow.deliver();
  const [call] = flow.calls;
  expect(call).toMatchObject({ url: URL_OF_WORKFLOW, headers: { 'content-type': 'application/json' } });
  expect(call && flow.isSigned(call, secret)).toBe(true);
  expect(call?.events).toMatchObject([{ type: 'message.received', conversationId: 'cnv', channel: 'whatsapp' }]);
  expect(flow.delivered).toEqual(['taken 1']);
  expect(await flow.deliver()).toBe(0);
});

test.each<[number, string[][]]>([
  [1, [['a'], ['b'], ['c'], ['d'], ['e']]],
  [2, [['a', 'b'], ['c', 'd'], ['e']]],
  [500, [['a', 'b', 'c', 'd', 'e']]],
])('up to %i events go into a call, in order', async (maxBatch, calls) => {
  await flow.subscribe({ maxBatch });
  for (const words of ['a', 'b', 'c', 'd', 'e']) await flow.wrote('cnv', text(words));
  await flow.deliver();
  expect(flow.texts()).toEqual(calls);
});

describe('a call', () => {
  test('stays below half a megabyte, as it is sent, but holds one event at least', async () => {
    await flow.subscribe({ maxBatch: 500 });
    const sizes = [200_000, 200_000, 200_000, 5_000_000, 1];
    for (const size of sizes) await flow.wrote('cnv', text('x'.repeat(size)));
    await flow.deliver();
    expect(flow.texts().map((call) => call.map((words) => words.length))).toEqual([
      [200_000, 200_000],
      [200_000],
      [5_000_000],
      [1],
    ]);
  });

  test.each([
    ['Cyrillic', 'ж'.repeat(4_000)],
    ['Chinese', '字'.repeat(4_000)],
    ['emoji', '😀'.repeat(2_000)],
    ['what JSON escapes', '"\n\u0001'.repeat(1_500)],
  ])('counts the bytes of %s', async (_name, words) => {
    await flow.subscribe({ maxBatch: 500 });
    for (let i = 0; i < 150; i++) await flow.wrote('cnv', text(words));
    await flow.deliver();
    expect(flow.texts().flat()).toHaveLength(150);
    for (const { body } of flow.calls) expect(body.length).toBeLessThanOrEqual(512 * 1024);
    expect(flow.calls.length).toBeLessThan(8);
  });

  test('that is too large for a proxy is halved until it passes, at once, and those after it are no larger', async () => {
    await flow.subscribe({ maxBatch: 500 });
    for (let i = 0; i < 150; i++) await flow.wrote('cnv', text(`${i} ${'ж'.repeat(1_000)}`));
    const limit = 100_000;
    flow.answer = ({ body }) => (body.length > limit ? 413 : 200);
    await flow.deliver();
    const taken = flow.calls.filter(({ body }) => body.length <= limit);
    expect(taken.flatMap(({ events }) => events)).toHaveLength(150);
    expect(flow.calls.length - taken.length).toBe(2);
    const numbers = taken.flatMap(({ events }) =>
      events.map(({ message }) => (message?.content as { text: string }).text),
    );
    expect(numbers.map((words) => Number(words.split(' ')[0]))).toEqual(Array.from({ length: 150 }, (_, i) => i));
  });

  test('that is refused is halved, and grows again when calls are taken', async () => {
    await flow.subscribe({ maxBatch: 8 });
    for (let i = 0; i < 16; i++) await flow.wrote('cnv', text(String(i)));
    flow.answers = [500, 422];
    await flow.deliver();
    expect(flow.texts().map((call) => call.length)).toEqual([8, 4, 2, 4, 8, 2]);
    expect(flow.texts().slice(2).flat()).toEqual(Array.from({ length: 16 }, (_, i) => String(i)));
  });

  test('that nobody answers is followed by one event, later, and by full calls when somebody is there', async () => {
    await flow.subscribe({ maxBatch: 8 });
    for (let i = 0; i < 16; i++) await flow.wrote('cnv', text(String(i)));
    flow.answers = [503, 503];
    await flow.deliver();
    flow.clock.advance(1_000);
    await flow.deliver();
    flow.clock.advance(1_000);
    await flow.deliver();
    expect(flow.texts().map((call) => call.length)).toEqual([8, 1, 1, 2, 4, 8, 1]);
  });
});

describe('an answer that proves nothing', () => {
  const startsUp = { status: 200, headers: { 'content-type': 'text/html' }, body: 'n8n is starting up. Please wait' };
  const confirmed: Answer = ({ headers }) => ({
    status: 200,
    headers: { 'webhook-id': headers['webhook-id'] ?? '' },
    body: {},
  });

  test.each<[string, boolean, Answer, Answer]>([
    ['a page, of any receiver', false, startsUp, 200],
    ['a page, of one that confirms', true, startsUp, confirmed],
    ['a bare 200, of one that confirms', true, 200, confirmed],
    [
      'the confirmation of another delivery',
      true,
      { status: 200, headers: { 'webhook-id': 'dlv_x' }, body: {} },
      confirmed,
    ],
  ])('(%s) is a refusal that is repeated', async (_name, confirms, proofless, proof) => {
    await flow.subscribe({ confirms });
    await flow.wrote('cnv', text('a'));
    flow.answers = [proofless, proofless];
    flow.answer = proof;
    for (let i = 0; i < 3; i++) {
      await flow.deliver();
      flow.clock.advance(1_000);
    }
    expect(flow.texts()).toEqual([['a'], ['a'], ['a']]);
    expect(flow.delivered).toEqual(['unreachable 1', 'unreachable 1', 'taken 1']);
    expect(await flow.due()).toEqual([]);
  });
});

test.each<[boolean | undefined, unknown]>([
  [true, { entry: ['as it came'] }],
  [false, undefined],
  [undefined, undefined],
])('the provider’s own body is added when asked for: %s', async (includeRaw, raw) => {
  await flow.subscribe({ includeRaw });
  await flow.wrote('cnv', text('a'), { raw: { entry: ['as it came'] } });
  await flow.deliver();
  expect(flow.calls[0]?.events[0]?.raw).toEqual(raw);
});

describe('a workflow that does not take it', () => {
  const failures: [string, Answer, string][] = [
    ['answers 500', 500, 'refused'],
    ['answers 404', 404, 'unreachable'],
    ['redirects', 302, 'unreachable'],
    ['is unreachable', new SendError('unreachable', 'refused'), 'unreachable'],
    ['never answers', new SendError('uncertain', 'time out'), 'unreachable'],
    ['may not be called any more', new ParleyError(400, 'forbidden_url', 'private'), 'unreachable'],
  ];

  test.each(failures)(
    'because it %s gets the same again, later, before anything newer',
    async (_name, answer, outcome) => {
      await flow.subscribe();
      await flow.wrote('cnv', text('a'));
      flow.answers = [answer, answer];
      await flow.deliver();
      await flow.wrote('cnv', text('b'));
      expect(await flow.deliver()).toBe(0);
      flow.clock.advance(250);
      await flow.deliver();
      flow.clock.advance(500);
      await flow.deliver();
      expect(flow.texts()).toEqual([['a'], ['a'], ['a'], ['b']]);
      expect(new Set(flow.calls.slice(0, 3).map((call) => call.headers['webhook-id'])).size).toBe(1);
      expect(flow.delivered).toEqual([`${outcome} 1`, `${outcome} 1`, 'taken 1', 'taken 1']);
    },
  );

  test('is asked at least once a minute', async () => {
    await flow.subscribe();
    await flow.wrote('cnv');
    for (let i = 1; i <= 20; i++) {
      flow.answers = [500];
      await flow.deliver();
      expect(flow.calls).toHaveLength(i);
      flow.clock.advance(60_000);
    }
  });

  test('says 410: the subscription ends and what it had not taken is forgotten', async () => {
    const { id } = await flow.subscribe();
    for (const conversation of ['a', 'b']) await flow.wrote(conversation);
    flow.answers = [410];
    await flow.deliver();
    expect(flow.calls).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ endedReason: 'gone' });
    await expect(flow.subscriptions.get(id)).rejects.toMatchObject({ code: 'not_found' });
    await flow.wrote('c');
    expect(await flow.due()).toEqual([]);
  });

  test('holds up nobody else', async () => {
    await flow.subscribe();
    await flow.subscribe({ url: `${URL_OF_WORKFLOW}/other` });
    await flow.wrote('cnv', text('a'));
    flow.answers = [500];
    await flow.deliver();
    expect(flow.calls.map((call) => call.url).sort()).toEqual([URL_OF_WORKFLOW, `${URL_OF_WORKFLOW}/other`]);
    expect(flow.delivered.sort()).toEqual(['refused 1', 'taken 1']);
  });
});

test('a defect changes nothing: the job is still there', async () => {
  await flow.subscribe();
  await flow.wrote('cnv');
  flow.answers = [new TypeError('a defect')];
  await expect(flow.deliver()).rejects.toThrow('a defect');
  await flow.deliver();
  expect(flow.delivered).toEqual(['taken 1']);
});

describe('while the workflow is being called', () => {
  test('what is published is not lost', async () => {
    await flow.subscribe();
    await flow.wrote('cnv', text('a'));
    flow.duringCall = async () => {
      flow.duringCall = async () => undefined;
      await flow.wrote('cnv', text('b'));
    };
    await flow.deliver();
    expect(flow.texts()).toEqual([['a'], ['b']]);
  });

  test.each<Answer>([200, 500])('its subscription may be deleted (answer %s)', async (answer) => {
    const { id } = await flow.subscribe();
    await flow.wrote('cnv', text('a'));
    flow.answers = [answer];
    flow.duringCall = () => flow.subscriptions.remove(id, false).catch(() => undefined);
    await flow.deliver();
    flow.clock.advance(60_000);
    await flow.deliver();
    expect(flow.calls).toHaveLength(1);
    expect(await flow.due()).toEqual([]);
    expect((await rowOf(id))?.endedReason).toBe('deleted');
  });
});

describe('a waiting workflow', () => {
  const until = () => new Date(flow.clock.now() + 3_600_000).toISOString();
  const wait = (url = `${URL_OF_WORKFLOW}/waiting`) =>
    flow.ledger.write(async (tx) => {
      const question = { id: 'msg_q', accountId: flow.account.id, conversationId: 'cnv', byPerson: false };
      await flow.subscriptions.wait(tx, question, { url, until: until() });
      await attempts.open(tx, { id: 'att', messageId: 'msg_q', number: 1, openedAt: flow.clock.now() });
    });

  test('gets the next reply, once; triggers leave that one out and get those after it', async () => {
    await flow.subscribe();
    await wait();
    for (const words of ['yes', 'no']) await flow.wrote('cnv', text(words));
    await flow.deliver();
    const got = flow.calls.map((call, i) => [call.url, flow.texts()[i]]);
    expect(got).toEqual(
      expect.arrayContaining([
        [`${URL_OF_WORKFLOW}/waiting`, ['yes']],
        [URL_OF_WORKFLOW, ['no']],
      ]),
    );
    expect(got).toHaveLength(2);
  });

  test.each(['throttled', 'session_closed'])(
    'does not get what was written before its question could be seen (%s)',
    async (outcome) => {
      await wait();
      await flow.ledger.write((tx) => attempts.close(tx, 'att', flow.clock.now(), outcome, null));
      await flow.wrote('cnv', text('hello?'));
      await flow.deliver();
      expect(flow.calls).toEqual([]);
    },
  );

  test('gets a reply of its conversation only, and none after its time', async () => {
    await wait();
    await flow.wrote('other', text('a'));
    flow.clock.advance(3_600_000);
    await flow.wrote('cnv', text('b'));
    await flow.deliver();
    expect(flow.calls).toEqual([]);
  });

  test('hears that its question never arrived', async () => {
    await wait();
    const failed = (id: string) =>
      ({ type: 'message.status', status: { id, status: 'failed', kind: 'text' } }) as const;
    const conversation = flow.conversation('cnv');
    await flow.publish({ ...failed('msg_other'), conversation });
    await flow.publish({ ...failed('msg_q'), conversation });
    await flow.deliver();
    expect(flow.calls.map((call) => call.events.map((event) => event.status?.id))).toEqual([['msg_q']]);
  });

  test('is told again when it could not take the reply', async () => {
    await wait();
    await flow.wrote('cnv', text('yes'));
    flow.answers = [503];
    await flow.deliver();
    flow.clock.advance(60_000);
    await flow.deliver();
    expect(flow.texts()).toEqual([['yes'], ['yes']]);
    expect(await flow.due()).toEqual([]);
  });
});
