/** Retention over a ledger, on any database: what goes, what stays, and how much one step may look at. */
import type { ParleyEvent } from '../../contract/event.ts';
import { allRetentionParts } from '../../service/src/keeping.ts';
import { Retention } from '../../service/src/maintenance/retention.ts';
import type { Ages } from '../../service/src/maintenance/retention-part.ts';
import { firstIdAt } from '../../service/src/core/ids.ts';
import { viewMessage } from '../../service/src/outbound/message-view.ts';
import type { StoreDialect } from '../../service/src/store/dialect.ts';
import { Ledger } from '../../service/src/store/ledger.ts';
import { fromRow } from '../../service/src/store/message-row.ts';
import type { Schema } from '../../service/src/store/schema.ts';
import { DAY, HOUR, put as putRows, type Rows } from '../conformance/aged-rows.ts';
import { idleFeatures } from '../support/idle-features.ts';

const NOW = Date.UTC(2026, 5, 1);
const AGES: Ages = { bodies: 20 * DAY, receipts: 10 * DAY, events: 30 * DAY };
const SAID = 'my card is 4111';

let ledger: Ledger;
let count = 0;

const put = (rows: Rows) => putRows(ledger, rows);

const id = (prefix: 'msg' | 'att' | 'sub' | 'mdi', ageMs: number) =>
  `${firstIdAt(prefix, NOW - ageMs)}${String(++count).padStart(16, '0')}`;

function message(ageMs: number, more: Record<string, unknown> = {}) {
  const content = JSON.stringify({ type: 'text', text: SAID });
  return {
    id: id('msg', ageMs),
    accountId: 'acc',
    conversationId: 'cnv',
    direction: 'outbound',
    kind: 'text',
    status: 'read',
    statusAt: NOW - ageMs,
    content,
    context: `{"a":"${SAID}"}`,
    request: JSON.stringify({ purpose: 'reply', ifSessionClosed: 'fail', metadata: { note: SAID } }),
    createdAt: NOW - ageMs,
    ...more,
  };
}

function attempt(messageId: string, ageMs: number, number = 1) {
  return {
    id: id('att', ageMs),
    messageId,
    number,
    openedAt: NOW - ageMs,
    closedAt: NOW,
    outcome: 'accepted',
  };
}

function event(ageMs: number, body: Partial<ParleyEvent> = {}, more: Record<string, unknown> = {}) {
  const number = ++count;
  const payload = { id: `evt_${number}`, type: 'message.received', conversationId: 'cnv', ...body };
  return {
    id: `evt_${number}`,
    accountId: 'acc',
    conversationId: 'cnv',
    type: payload.type,
    dedupeKey: String(number),
    payload: JSON.stringify(payload),
    raw: `{"said":"${SAID}"}`,
    createdAt: NOW - ageMs,
    ...more,
  };
}

function receipt(ageMs: number, more: Record<string, unknown> = {}) {
  const done = { processedAt: NOW - ageMs, request: '', body: new Uint8Array() };
  return { connectionId: 'cnn', receivedAt: NOW - ageMs, digest: String(++count), ...done, ...more };
}

function subscription(more: Record<string, unknown> = {}) {
  const filter = JSON.stringify({ events: ['message.received'] });
  return {
    id: id('sub', 50 * DAY),
    url: 'http://w',
    filter,
    maxBatch: 1,
    secret: 's',
    once: 0,
    createdAt: 1,
    ...more,
  };
}

/** Runs a sweep to its end; answers how many steps it took. */
async function sweep(ages: Ages = AGES, now = NOW): Promise<number> {
  for (let steps = 1; ; steps++) {
    // Made anew each time: where it is stands in the ledger.
    const retention = new Retention();
    retention.register(allRetentionParts(ages, idleFeatures({ keep: ages })));
    const progress = await ledger.write((tx) => retention.step(tx, {}, now));
    if (progress !== 'more') {
      expect(progress).toEqual({ againAt: now + HOUR });
      return steps;
    }
  }
}

async function all<T extends keyof Schema, C extends keyof Schema[T] & string>(
  table: T,
  column: C,
): Promise<unknown[]> {
  const rows = await ledger.reader
    .selectFrom(table as 'messages')
    .select(column as never)
    .execute();
  return rows.map((row) => (row as Record<string, unknown>)[column]);
}

async function rowOf(messageId: string) {
  return ledger.reader.selectFrom('messages').selectAll().where('id', '=', messageId).executeTakeFirstOrThrow();
}

export function describeRetention(name: string, fresh: () => Promise<StoreDialect> | StoreDialect): void {
  describe(`retention: ${name}`, () => {
    beforeEach(async () => {
      ledger = await Ledger.open(await fresh());
    });
    afterEach(() => ledger.close());

    describeBodies();
    describeEvents();
    describeMemory();
    describeLeftovers();
  });
}

function describeBodies(): void {
  describe('what messages said', () => {
    test('goes by its age; kind, status and times stay', async () => {
      const [old, young] = [message(21 * DAY), message(19 * DAY)];
      await put({ messages: [old, young] });
      await sweep();
      expect(await rowOf(old.id)).toMatchObject({
        ...old,
        content: '{"type":"unsupported","reason":"no longer kept"}',
        context: null,
        request: null,
      });
      expect(await rowOf(young.id)).toMatchObject(young);
    });

    test.each(['queued', 'held', 'uncertain'])('stays while it is %s, and goes within a day after', async (status) => {
      const [before, waiting, after] = [message(40 * DAY), message(30 * DAY, { status }), message(25 * DAY)];
      await put({ messages: [before, waiting, after] });
      await sweep();
      expect(await rowOf(waiting.id)).toMatchObject(waiting);
      expect((await rowOf(after.id)).content).not.toContain(SAID);
      await ledger.write((tx) => tx.db.updateTable('messages').set({ status: 'failed' }).execute());
      await sweep(AGES, NOW + DAY);
      expect((await all('messages', 'content')).join()).not.toContain(SAID);
    });

    test.each<[string, number[], string | null]>([
      ['go with the message that left them', [21 * DAY], null],
      ['stay when others were left since', [21 * DAY, 1 * DAY], 'kept'],
    ])('choices %s', async (_name, agesMs, left) => {
      const conversation = { id: 'cnv', accountId: 'acc', contactId: 'con', owner: 'bot', createdAt: 1 };
      const choices = `[{"id":"1","title":"${SAID}"}]`;
      await put({ conversations: [{ ...conversation, choices }], messages: agesMs.map((ageMs) => message(ageMs)) });
      await sweep();
      expect(await all('conversations', 'choices')).toEqual([left && choices]);
    });

    test('of a dead letter goes too: it cannot be sent again', async () => {
      const dead = message(21 * DAY, { status: 'failed', deadAt: NOW - 21 * DAY });
      await put({ messages: [dead] });
      await sweep();
      expect(await rowOf(dead.id)).toMatchObject({ status: 'failed', deadAt: null, request: null });
    });

    test('goes with who wrote it', async () => {
      const author = JSON.stringify({ type: 'agent', id: '7', name: 'Grace Hopper' });
      const [old, young] = [message(21 * DAY, { author }), message(19 * DAY, { author })];
      await put({ messages: [old, young] });
      await sweep();
      expect(viewMessage(fromRow(await rowOf(old.id)))).not.toHaveProperty('author');
      expect((await rowOf(old.id)).author).toBeNull();
      expect((await rowOf(young.id)).author).toBe(author);
    });

    test('goes, but not by which ids late news of a refusal is known', async () => {
      const request = JSON.stringify({ ifSessionClosed: { template: SAID } });
      const one = message(21 * DAY, { request, refusedIds: '["p1"]' });
      await put({ messages: [one] });
      await sweep();
      expect(await rowOf(one.id)).toMatchObject({ request: null, refusedIds: '["p1"]' });
    });

    test('goes out of events as well, but for those that somebody is still to get', async () => {
      const told = { content: { type: 'text' as const, text: SAID }, id: 'msg', providerMessageId: 'p', sentAt: '' };
      const events = [
        event(21 * DAY, { message: { ...told, context: { forwarded: true } } }),
        event(21 * DAY, { echo: { providerMessageId: 'p', content: told.content } }),
        event(21 * DAY, { status: { id: 'msg', status: 'read', kind: 'text', metadata: { SAID } } }),
        event(21 * DAY, { data: { topic: SAID } }),
        event(21 * DAY, { message: told }),
        event(19 * DAY, { message: told }),
      ];
      await put({ events, subscriptions: [subscription({ id: 'sub' })] });
      const seqs = (await all('events', 'seq')) as number[];
      await put({ deliveries: [{ subscriptionId: 'sub', eventSeq: seqs[4], shard: 0 }] });
      await sweep();
      const kept = await ledger.reader.selectFrom('events').selectAll().orderBy('seq').execute();
      expect(
        kept
          .slice(0, 4)
          .map((row) => `${row.payload}${row.raw}`)
          .join(),
      ).not.toContain(SAID);
      expect(JSON.parse(kept[0]?.payload ?? '')).toMatchObject({
        id: events[0]?.id,
        message: { id: 'msg', content: { type: 'unsupported', reason: 'no longer kept' } },
      });
      expect(kept.slice(4).map(({ payload, raw }) => ({ payload, raw }))).toEqual(
        events.slice(4).map(({ payload, raw }) => ({ payload, raw })),
      );
      await ledger.write((tx) => tx.db.deleteFrom('deliveries').execute());
      await sweep(AGES, NOW + 2 * DAY);
      expect((await all('events', 'payload')).join()).not.toContain(SAID);
    });

    test('what a file was called goes with it', async () => {
      const file = (ageMs: number) => ({
        id: id('mdi', ageMs),
        accountId: 'acc',
        providerId: String(ageMs),
        mimeType: 'image/png',
        filename: SAID,
        createdAt: NOW - ageMs,
      });
      await put({ media: [file(21 * DAY), file(19 * DAY)] });
      await sweep();
      expect(await all('media', 'providerId')).toEqual([String(19 * DAY)]);
    });

    test('stays for ever when told so', async () => {
      const one = message(9_000 * DAY);
      await put({ messages: [one], events: [event(29 * DAY, { data: { SAID } })] });
      await sweep({ ...AGES, bodies: Infinity });
      expect(await rowOf(one.id)).toMatchObject(one);
      expect((await all('events', 'payload')).join()).toContain('SAID');
    });
  });
}

function describeEvents(): void {
  describe('events', () => {
    test('go by their age, unless somebody is still to get them', async () => {
      await put({
        events: [event(31 * DAY), event(31 * DAY), event(29 * DAY)],
        subscriptions: [subscription({ id: 'sub' })],
      });
      const [first, second, third] = (await all('events', 'seq')) as number[];
      await put({ deliveries: [{ subscriptionId: 'sub', eventSeq: first, shard: 3 }] });
      await sweep();
      expect(await all('events', 'seq')).toEqual([first, third]);
      expect(second).toBeDefined();
    });

    test('stay for ever when told so', async () => {
      await put({ events: [event(9_000 * DAY)] });
      await sweep({ ...AGES, events: Infinity });
      expect(await all('events', 'id')).toHaveLength(1);
    });
  });
}

function describeMemory(): void {
  test('receipts go by their age; those that wait to be read, or for a person, stay', async () => {
    const body = Buffer.from(SAID);
    const kept = [
      receipt(9 * DAY),
      receipt(11 * DAY, { processedAt: null, request: '{}', body }),
      receipt(11 * DAY, { deadAt: NOW - 11 * DAY, request: '{}', body }),
    ];
    await put({ receipts: [receipt(11 * DAY), ...kept, receipt(400 * DAY)] });
    // The order of arrival counts, so that one that is young ends the look: the last is found once the others are old.
    await sweep();
    expect((await all('receipts', 'digest')).sort()).toEqual([...kept.map((row) => row.digest), String(count)].sort());
    await sweep(AGES, NOW + 2 * DAY);
    expect(await all('receipts', 'digest')).toEqual(kept.slice(1).map((row) => row.digest));
  });

  test('idempotency keys go with the receipts', async () => {
    const key = (ageMs: number) => ({
      key: String(ageMs),
      digest: 'd',
      messageId: id('msg', ageMs),
      createdAt: NOW - ageMs,
    });
    await put({ idempotency: [key(11 * DAY), key(9 * DAY)] });
    await sweep();
    expect(await all('idempotency', 'key')).toEqual([String(9 * DAY)]);
  });

  test('attempts go once the fate of their message is known for as long', async () => {
    const gone = [message(40 * DAY), message(11 * DAY, { status: 'failed' })];
    const kept = [
      message(40 * DAY, { status: 'queued' }),
      message(40 * DAY, { status: 'uncertain' }),
      message(40 * DAY, { statusAt: NOW - 9 * DAY }),
      message(40 * DAY, { status: 'failed', deadAt: NOW }),
      message(9 * DAY),
    ];
    const attempts = [...gone, ...kept].flatMap((one) => [attempt(one.id, 40 * DAY, 1), attempt(one.id, 11 * DAY, 2)]);
    await put({ messages: [...gone, ...kept], attempts: [...attempts, attempt('nobody', 11 * DAY)] });
    await sweep({ ...AGES, bodies: Infinity });
    expect([...new Set(await all('attempts', 'messageId'))].sort()).toEqual(kept.map((one) => one.id).sort());
    expect(await all('attempts', 'id')).toHaveLength(2 * kept.length);
  });

  test('all of it stays for ever when told so', async () => {
    const one = message(9_000 * DAY);
    const key = { key: 'k', digest: 'd', messageId: one.id, createdAt: 1 };
    await put({
      messages: [one],
      attempts: [attempt(one.id, 9_000 * DAY)],
      idempotency: [key],
      receipts: [receipt(9_000 * DAY)],
    });
    await sweep({ bodies: Infinity, receipts: Infinity, events: Infinity });
    for (const table of ['messages', 'attempts', 'idempotency', 'receipts'] as const)
      expect(await ledger.reader.selectFrom(table).selectAll().execute()).toHaveLength(1);
  });
}

function describeLeftovers(): void {
  test('subscriptions go a day after they ended, deliveries to them at once', async () => {
    const live = subscription();
    const ended = (hours: number) => subscription({ endedAt: NOW - hours * HOUR, endedReason: 'deleted' });
    const [old, fresh] = [ended(25), ended(23)];
    await put({ subscriptions: [live, old, fresh], events: [event(DAY), event(DAY)] });
    const seqs = await all('events', 'seq');
    const to = (one: { id: string }) => seqs.map((eventSeq) => ({ subscriptionId: one.id, eventSeq, shard: 1 }));
    await put({ deliveries: [live, old, fresh, { id: 'sub_never' }].flatMap(to) });
    await sweep();
    expect((await all('subscriptions', 'id')).sort()).toEqual([live.id, fresh.id].sort());
    expect([...new Set(await all('deliveries', 'subscriptionId'))]).toEqual([live.id]);
    expect(await all('deliveries', 'eventSeq')).toHaveLength(2);
  });

  test('uploads that the provider dropped go, and limits that nothing uses', async () => {
    const upload = (sha256: string, expiresAt: number | null) => ({
      accountId: 'acc',
      sha256,
      mimeType: 'image/png',
      providerId: 'p',
      bytes: 1,
      expiresAt,
    });
    await put({
      uploads: [upload('gone', NOW - 1), upload('good', NOW + 1), upload('always', null)],
      rates: [
        { key: 'past', fullAt: NOW - 1 },
        { key: 'full', fullAt: NOW + 1 },
      ],
    });
    await sweep();
    expect((await all('uploads', 'sha256')).sort()).toEqual(['always', 'good']);
    expect(await all('rates', 'key')).toEqual(['full']);
  });

  test('much is dropped in many steps, and what is kept is not looked at twice in one sweep', async () => {
    const many = <T>(make: (i: number) => T) => Array.from({ length: 620 }, (_, i) => make(i));
    const messages = many((i) => message(40 * DAY, { status: i % 5 === 0 ? 'held' : 'read' }));
    await put({
      messages,
      receipts: many((i) => receipt(11 * DAY, i % 7 === 0 ? { deadAt: 1 } : {})),
      events: many(() => event(31 * DAY)),
      attempts: messages.map((one) => attempt(one.id, 40 * DAY)),
      idempotency: messages.map((one) => ({ key: one.id, digest: 'd', messageId: one.id, createdAt: 1 })),
      uploads: many((i) => ({
        accountId: 'a',
        sha256: String(i),
        mimeType: 'm',
        providerId: 'p',
        bytes: 1,
        expiresAt: 1,
      })),
      subscriptions: many((i) => subscription(i % 2 === 0 ? { endedAt: 1 } : {})),
      deliveries: many((i) => ({ subscriptionId: 'sub_never', eventSeq: 1_000_000 + i, shard: 0 })),
    });
    const steps = await sweep();
    expect(steps).toBeGreaterThan(20);
    expect(steps).toBeLessThan(800);
    expect(await all('events', 'seq')).toEqual([]);
    expect(await all('uploads', 'sha256')).toEqual([]);
    expect(await all('deliveries', 'shard')).toEqual([]);
    expect(await all('idempotency', 'key')).toEqual([]);
    expect(await all('receipts', 'seq')).toHaveLength(89);
    expect(await all('subscriptions', 'id')).toHaveLength(310);
    expect(await all('attempts', 'id')).toHaveLength(124);
    const saying = (await all('messages', 'content')).filter((content) => String(content).includes(SAID));
    expect(saying).toHaveLength(124);
  });
}
