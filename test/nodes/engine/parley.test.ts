/** The Parley node in n8n's real engine: what it asks of the service, and what comes out. */
import type { IDataObject } from 'n8n-workflow';
import { DEAD_LETTER_TYPES, type DeadLetter } from '../../../contract/dead-letter.ts';
import { type ActionFixture, problem, startActionFixture } from './action-fixture.ts';
import { PARLEY, parleyWorkflow } from './parley-fixture.ts';

let fixture: ActionFixture;

beforeAll(async () => {
  fixture = await startActionFixture(parleyWorkflow, PARLEY);
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => fixture.reset());

const deadLetter = (operation: string, more: IDataObject = {}) => ({ resource: 'deadLetter', operation, ...more });
const at = (place: string) => fixture.service.at(place);

const DEAD_LETTER: DeadLetter = {
  id: 'msg_1',
  type: 'message',
  account: { channel: 'whatsapp', externalId: '77' },
  code: 'unreachable',
  detail: 'Not available',
  providerCode: '131000',
  createdAt: '2026-01-01T12:00:00.000Z',
  deadAt: '2026-01-01T12:15:00.000Z',
  message: { status: 'failed', kind: 'text', conversationId: 'cnv_1', metadata: { order: 7 } },
};
const FLAT = {
  id: 'msg_1',
  type: 'message',
  channel: 'whatsapp',
  accountId: '77',
  code: 'unreachable',
  detail: 'Not available',
  providerCode: '131000',
  status: 'failed',
  kind: 'text',
  conversationId: 'cnv_1',
  metadata: { order: 7 },
  createdAt: DEAD_LETTER.createdAt,
  deadAt: DEAD_LETTER.deadAt,
};

/** So many dead letters in pages as asked for. */
function serveDeadLetters(count: number): void {
  fixture.service.answers.set('GET /v1/dead-letters', ({ query }) => {
    const start = Number(query['after'] ?? 0);
    const end = Math.min(count, start + Number(query['limit']));
    const data = Array.from({ length: end - start }, (_, i) => ({ ...DEAD_LETTER, id: `msg_${start + i}` }));
    return { body: { data, ...(end < count ? { next: String(end) } : {}) } };
  });
}

describe('Get Many', () => {
  test.each<[IDataObject, number, number]>([
    [{}, 50, 1],
    [{ limit: 120 }, 120, 2],
    [{ returnAll: true }, 230, 3],
  ])('%j gives %i in %i calls', async (more, count, calls) => {
    serveDeadLetters(230);
    const items = await fixture.output(deadLetter('getAll', more));
    expect(items).toHaveLength(count);
    expect(at('GET /v1/dead-letters')).toHaveLength(calls);
    expect(items.at(-1)).toMatchObject({ json: { id: `msg_${count - 1}` }, pairedItem: { item: 0 } });
  });

  test('is flat, or whole when asked for', async () => {
    fixture.service.answers.set('GET /v1/dead-letters', () => ({ body: { data: [DEAD_LETTER] } }));
    expect((await fixture.output(deadLetter('getAll')))[0]?.json).toEqual(FLAT);
    expect((await fixture.output(deadLetter('getAll', { simplify: false })))[0]?.json).toEqual(DEAD_LETTER);
  });

  test('says for which address an unrouted webhook is', async () => {
    const webhook = { bytes: 300, addresses: ['88'] };
    fixture.service.answers.set('GET /v1/dead-letters', () => ({
      body: { data: [{ ...DEAD_LETTER, type: 'unrouted', code: 'no_account', message: undefined, webhook }] },
    }));
    expect((await fixture.output(deadLetter('getAll')))[0]?.json).toMatchObject({ type: 'unrouted', ...webhook });
  });

  test('hands on every filter, times in UTC', async () => {
    serveDeadLetters(0);
    const filters = {
      type: 'message',
      channel: 'whatsapp',
      externalId: ' 77 ',
      code: 'expired',
      status: 'failed',
      address: ' 88 ',
      from: '2026-01-01T00:00:00+01:00',
      to: "={{ DateTime.fromISO('2026-01-02T00:00:00Z') }}",
    };
    expect(await fixture.output(deadLetter('getAll', { filters }))).toEqual([]);
    expect(at('GET /v1/dead-letters')[0]?.query).toEqual({
      type: 'message',
      channel: 'whatsapp',
      externalId: '77',
      code: 'expired',
      status: 'failed',
      address: '88',
      from: '2025-12-31T23:00:00.000Z',
      to: '2026-01-02T00:00:00.000Z',
      limit: '50',
    });
  });
});

test('Get tells the attempts', async () => {
  const attempts = [{ number: 1, openedAt: DEAD_LETTER.createdAt, outcome: 'unreachable' }];
  fixture.service.answers.set('GET /v1/dead-letters/msg_1', () => ({ body: { ...DEAD_LETTER, attempts } }));
  const [simple] = await fixture.output(deadLetter('get', { deadLetterId: 'msg_1' }));
  expect(simple?.json).toEqual({ ...FLAT, tries: 1 });
  const [whole] = await fixture.output(deadLetter('get', { deadLetterId: 'msg_1', simplify: false }));
  expect(whole?.json).toEqual({ ...DEAD_LETTER, attempts });
});

describe('Replay', () => {
  const one = (id: string, reply: IDataObject) =>
    fixture.service.answers.set(`POST /v1/dead-letters/${id}/replay`, () => ({ body: { id, ...reply } }));

  test('of one for each item', async () => {
    one('msg_1', { messageId: 'msg_8', status: 'queued' });
    one('rcp_2', {});
    const items = ['msg_1', 'rcp_2'].map((id) => ({ json: { id } }));
    const output = await fixture.output(deadLetter('replay', { deadLetterIds: '={{ $json.id }}' }), { items });
    expect(output).toEqual([
      { json: { id: 'msg_1', replayed: true, messageId: 'msg_8', status: 'queued' }, pairedItem: { item: 0 } },
      { json: { id: 'rcp_2', replayed: true }, pairedItem: { item: 1 } },
    ]);
    expect(at('POST /v1/dead-letters/msg_1/replay')[0]?.body).toEqual({ evenIfUnknown: false });
  });

  test('of several tells of each what became of it', async () => {
    fixture.service.answers.set('POST /v1/dead-letters/replay', ({ body }) => {
      const { ids } = body as { ids: string[] };
      const [gone, ...rest] = ids;
      return {
        body: {
          replayed: rest.length,
          deadLetters: rest.map((id) => ({ id, messageId: `${id}b`, status: 'queued', duplicate: true })),
          skipped: [{ id: gone, code: 'not_found', detail: 'None' }],
          remaining: 0,
        },
      };
    });
    const deadLetterIds = Array.from({ length: 101 }, (_, i) => `msg_${i}`).join(', ');
    const output = await fixture.output(deadLetter('replay', { deadLetterIds, options: { evenIfUnknown: true } }));
    expect(output).toHaveLength(101);
    expect(output.map(({ json }) => json)).toEqual(
      expect.arrayContaining([
        { id: 'msg_0', replayed: false, code: 'not_found', detail: 'None' },
        { id: 'msg_1', replayed: true, messageId: 'msg_1b', status: 'queued', duplicate: true },
        { id: 'msg_100', replayed: false, code: 'not_found', detail: 'None' },
      ]),
    );
    const calls = at('POST /v1/dead-letters/replay').map(
      ({ body }) => body as { ids: string[]; evenIfUnknown: boolean },
    );
    expect(calls.map(({ ids }) => ids.length)).toEqual([100, 1]);
    expect(calls.every(({ evenIfUnknown }) => evenIfUnknown)).toBe(true);
  });

  test('of all that match goes on until there is no more', async () => {
    fixture.service.answers.set('POST /v1/dead-letters/replay', ({ body }) => {
      const { after } = body as { after?: string };
      const deadLetters = [{ id: `msg_${after ?? 'first'}`, messageId: 'msg_x', status: 'queued' }];
      return { body: { replayed: 1, deadLetters, skipped: [], remaining: 0, ...(after ? {} : { next: 'second' }) } };
    });
    const output = await fixture.output(deadLetter('replay', { choose: 'filter', filters: { code: 'unreachable' } }));
    expect(output.map(({ json }) => json['id'])).toEqual(['msg_first', 'msg_second']);
    expect(at('POST /v1/dead-letters/replay').map(({ body }) => body)).toEqual([
      { filter: { code: 'unreachable' }, limit: 100, evenIfUnknown: false },
      { filter: { code: 'unreachable' }, limit: 100, after: 'second', evenIfUnknown: false },
    ]);
  });

  test.each<[string, IDataObject, () => void, RegExp, RegExp]>([
    [
      'an unknown id',
      { deadLetterIds: 'msg_9' },
      () => undefined,
      /^Not found: Nothing at \/v1\/dead-letters\/msg_9/,
      /Check the ID/,
    ],
    [
      'one that may have arrived',
      { deadLetterIds: 'msg_1' },
      () =>
        fixture.service.answers.set('POST /v1/dead-letters/msg_1/replay', () =>
          problem(409, 'may_have_arrived', 'Nobody knows'),
        ),
      /^Nobody knows whether this message arrived$/,
      /'Even If Unknown'/,
    ],
    ['no id', { deadLetterIds: ' , ' }, () => undefined, /^The field 'Dead Letter IDs' is empty$/, /Fill in/],
    [
      'a time that is none',
      { choose: 'filter', filters: { from: '={{ "soon" }}' } },
      () => undefined,
      /^The field 'Given Up Since' is not a time: soon$/,
      /date and time/,
    ],
  ])('of %s fails, and says how to mend it', async (_name, parameters, spoil, message, description) => {
    spoil();
    const error = await fixture.failure(deadLetter('replay', parameters));
    expect(error.message).toMatch(message);
    expect(error.description).toMatch(description);
    expect(error.context?.['itemIndex']).toBe(0);
  });

  test("with 'Continue On Fail', the error is that item's result", async () => {
    one('msg_2', { messageId: 'msg_8', status: 'queued' });
    const items = ['msg_1', 'msg_2'].map((id) => ({ json: { id } }));
    const output = await fixture.output(deadLetter('replay', { deadLetterIds: '={{ $json.id }}' }), {
      items,
      node: { onError: 'continueRegularOutput' },
    });
    expect(output).toMatchObject([
      { json: { error: expect.stringMatching(/^Not found/) }, pairedItem: { item: 0 } },
      { json: { id: 'msg_2', replayed: true }, pairedItem: { item: 1 } },
    ]);
  });
});

test('the filters offer every type of dead letter, and the codes that only webhooks have', () => {
  const { description } = fixture.engine.nodeTypes.getByNameAndVersion('n8n-nodes-parley.parley');
  const filters = description.properties.find(
    ({ name, displayOptions }) => name === 'filters' && displayOptions?.show?.['resource']?.includes('deadLetter'),
  );
  const valuesOf = (filter: string) => {
    const found = filters?.options?.find(({ name }) => name === filter);
    return found && 'options' in found ? (found.options ?? []).map((one) => ('value' in one ? one.value : '')) : [];
  };
  expect(valuesOf('type').sort()).toEqual([...DEAD_LETTER_TYPES].sort());
  expect(valuesOf('code')).toEqual(expect.arrayContaining(['unreadable', 'no_account']));
});

describe("A workflow saved with the former resource 'Delivery' runs as it was saved", () => {
  const delivery = (operation: string, more: IDataObject = {}) => ({ resource: 'delivery', operation, ...more });

  test('and it is offered to nobody', () => {
    const { description } = fixture.engine.nodeTypes.getByNameAndVersion('n8n-nodes-parley.parley');
    const offered = description.properties.find(({ name }) => name === 'resource')?.options?.map(({ name }) => name);
    expect(offered).toContain('Dead Letter');
    expect(new Set(offered).size).toBe(offered?.length);
  });

  test('Get Many', async () => {
    serveDeadLetters(3);
    expect(await fixture.output(delivery('getAll', { limit: 2 }))).toHaveLength(2);
  });

  test('Get', async () => {
    fixture.service.answers.set('GET /v1/dead-letters/msg_1', () => ({ body: DEAD_LETTER }));
    expect(await fixture.output(delivery('get', { deliveryId: 'msg_1' }))).toMatchObject([{ json: { id: 'msg_1' } }]);
  });

  test('Replay', async () => {
    fixture.service.answers.set('POST /v1/dead-letters/msg_1/replay', () => ({ body: { id: 'msg_1' } }));
    const items = [{ json: { id: 'msg_1' } }];
    const [item] = await fixture.output(delivery('replay', { deliveryIds: '={{ $json.id }}' }), { items });
    expect(item?.json).toEqual({ id: 'msg_1', replayed: true });
  });

  test('Discard of several', async () => {
    fixture.service.answers.set('POST /v1/dead-letters/discard', () => ({ body: { discarded: 2, skipped: [] } }));
    const [item] = await fixture.output(delivery('discard', { deliveryIds: 'msg_1, msg_2' }));
    expect(item?.json).toEqual({ discarded: 2, skipped: [] });
    expect(at('POST /v1/dead-letters/discard')[0]?.body).toEqual({ ids: ['msg_1', 'msg_2'] });
  });
});

describe('Discard', () => {
  test('of one', async () => {
    fixture.service.answers.set('POST /v1/dead-letters/rcp_1/discard', () => ({ body: { discarded: true } }));
    const [item] = await fixture.output(deadLetter('discard', { deadLetterIds: 'rcp_1' }));
    expect(item?.json).toEqual({ discarded: 1, skipped: [] });
  });

  test('of all that match', async () => {
    const skipped = [{ id: 'msg_1', code: 'not_found', detail: 'None' }];
    fixture.service.answers.set('POST /v1/dead-letters/discard', () => ({
      body: { discarded: 3, skipped, remaining: 0 },
    }));
    const [item] = await fixture.output(deadLetter('discard', { choose: 'filter', filters: { type: 'webhook' } }));
    expect(item?.json).toEqual({ discarded: 3, skipped });
    expect(at('POST /v1/dead-letters/discard')[0]?.body).toEqual({ filter: { type: 'webhook' }, limit: 100 });
  });
});

describe('Replay Events', () => {
  const url = 'http://127.0.0.1:5678/webhook/5a7c/parley';
  const SUBSCRIPTIONS = [
    { id: 'sub_1', url: 'http://127.0.0.1:5678/webhook/1', events: ['call'] },
    { id: 'sub_2', url, events: ['message.received'], account: { channel: 'whatsapp', externalId: '77' } },
  ];
  const from = '2026-01-01T00:00:00Z';
  const locator = (mode: string, value: string) => ({ __rl: true, mode, value });

  beforeEach(() => {
    fixture.service.answers.set('GET /v1/subscriptions', () => ({ body: { data: SUBSCRIPTIONS } }));
    fixture.service.answers.set('POST /v1/subscriptions/sub_2/replay', () => ({
      status: 202,
      body: { events: 12, pending: true },
    }));
  });

  test.each([
    ['list', url],
    ['url', url],
    ['id', 'sub_2'],
  ])('of a trigger picked by %s', async (mode, value) => {
    const [item] = await fixture.output(deadLetter('replayEvents', { subscription: locator(mode, value), from }));
    expect(item?.json).toEqual({ events: 12, pending: true, subscriptionId: 'sub_2' });
    expect(at('POST /v1/subscriptions/sub_2/replay')[0]?.body).toEqual({ from: '2026-01-01T00:00:00.000Z' });
  });

  test('of some events, until a time', async () => {
    const options = { events: ['messageChanged', 'call'], to: '2026-01-02T00:00:00Z' };
    await fixture.output(deadLetter('replayEvents', { subscription: locator('id', 'sub_2'), from, options }));
    const { types, to } = at('POST /v1/subscriptions/sub_2/replay')[0]?.body as { types: string[]; to: string };
    expect(types.toSorted()).toEqual(['call', 'message.deleted', 'message.edited']);
    expect(to).toBe('2026-01-02T00:00:00.000Z');
  });

  test.each<[IDataObject, RegExp]>([
    [{ subscription: locator('url', 'http://127.0.0.1/gone'), from }, /^No active trigger listens at/],
    [{ subscription: locator('url', url), from: '={{ "" }}' }, /^The field 'From' is empty$/],
    [{ subscription: locator('list', '={{ "" }}'), from }, /^The field 'Trigger' is empty$/],
    [{ subscription: locator('id', 'sub_9'), from }, /^Not found/],
  ])('%j is refused', async (parameters, message) => {
    expect((await fixture.failure(deadLetter('replayEvents', parameters))).message).toMatch(message);
  });

  test('the editor lists the triggers, and finds one by a part of its name', async () => {
    const list = async (filter = '') =>
      await fixture.engine.editor(
        'listSearch',
        parleyWorkflow(deadLetter('replayEvents')),
        PARLEY,
        'searchSubscriptions',
        filter,
      );
    expect(await list()).toMatchObject({
      results: [
        { name: 'All accounts: call (/webhook/1)', value: SUBSCRIPTIONS[0]?.url },
        { name: 'whatsapp 77: message.received (/webhook/5a7c/parley)', value: url },
      ],
    });
    expect(await list('WhatsApp')).toMatchObject({ results: [{ value: url }] });
  });
});
