/** Receipts, jobs, events, subscriptions and deliveries. */
import type { ParleyEvent } from '../../contract/event.ts';
import { expireJob } from '../../service/src/events/shards.ts';
import * as events from '../../service/src/store/event.store.ts';
import { nextDueAt } from '../../service/src/store/job-leases.store.ts';
import * as jobs from '../../service/src/store/job.store.ts';
import { depth } from '../../service/src/store/job-depth.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as receipts from '../../service/src/store/receipt.store.ts';
import { addDelivery } from '../../service/src/store/isolation.store.ts';
import * as subscriptions from '../../service/src/store/subscription.store.ts';
import { dueJobs } from '../support/due-jobs.ts';
import type { OpenLedger } from './store-fixture.ts';

export function describeWorkStores(open: OpenLedger): void {
  describeReceipts(open);
  describeJobs(open);
  describeEvents(open);
  describeSubscriptions(open);
}

function describeReceipts(open: OpenLedger): void {
  const receipt = (body: string, connectionId = 'acc'): receipts.NewReceipt => {
    return { connectionId, receivedAt: 1, request: { url: '/?a=1', headers: { 'x-a': 'ä' } }, body: Buffer.from(body) };
  };
  const insert = (ledger: Ledger, ...bodies: string[]) =>
    ledger.write((tx) =>
      receipts.insert(
        tx,
        bodies.map((body) => receipt(body)),
      ),
    );
  const waiting = async (ledger: Ledger, limit = 100) =>
    (await receipts.unprocessed(ledger.reader, 'acc', limit)).map((one) => Buffer.from(one.body).toString());
  const oldest = async (ledger: Ledger) => {
    const [found] = await receipts.unprocessed(ledger.reader, 'acc', 1);
    if (found === undefined) throw new Error('No receipt waits');
    return found;
  };
  const mark = (ledger: Ledger, one: receipts.Receipt, own: string, before?: string) =>
    ledger.write((tx) => receipts.markProcessed(tx, one, { own, ...(before !== undefined && { before }) }, 5));

  describe('receipts', () => {
    test('are all stored, in order, alone or together', async () => {
      const ledger = await open();
      await insert(ledger, 'a', 'b', 'a');
      await ledger.write((tx) => receipts.insert(tx, [receipt('a', 'other')]));
      await insert(ledger, 'c');
      await insert(ledger);
      expect(await waiting(ledger)).toEqual(['a', 'b', 'a', 'c']);
    });

    test('keep the request as it came, whether they wait or are put aside', async () => {
      const ledger = await open();
      await insert(ledger, 'a');
      const { request } = receipt('a');
      const one = await oldest(ledger);
      expect(one.request).toEqual(request);
      expect(await receipts.areWaiting(ledger.reader, 'acc')).toBe(true);
      const why = { code: 'unreadable', reason: 'made up' } as const;
      await ledger.write((tx) => receipts.putAside(tx, one, { own: 'digest' }, 5, why));
      expect(await receipts.areWaiting(ledger.reader, 'acc')).toBe(false);
      expect(await receipts.findDead(ledger.reader, one.seq)).toMatchObject({ request });
    });

    test.each([1, 3, 4, 21, 64, 85, 2_345])('of a burst of %i are all stored', async (count) => {
      const ledger = await open();
      const bodies = Array.from({ length: count }, (_, i) => `r${i}`);
      await insert(ledger, ...bodies);
      expect(await waiting(ledger, 5_000)).toEqual(bodies);
    });

    test('are the same as what was read by a digest of before, and as nothing else', async () => {
      const ledger = await open();
      await insert(ledger, 'a', 'b', 'c');
      expect(await mark(ledger, await oldest(ledger), 'span 1')).toBe(true);
      expect(await mark(ledger, await oldest(ledger), 'span 2', 'span 1')).toBe(false);
      expect(await mark(ledger, await oldest(ledger), 'span 3', 'span 2')).toBe(true);
      expect(await waiting(ledger)).toEqual([]);
    });

    test('are read once, the oldest first', async () => {
      const ledger = await open();
      await insert(ledger, 'a', 'b', 'c');
      const first = await oldest(ledger);
      expect(await mark(ledger, first, 'digest of a')).toBe(true);
      expect(await mark(ledger, first, 'digest of a')).toBe(false);
      expect(await waiting(ledger)).toEqual(['b', 'c']);
      expect(await waiting(ledger, 1)).toEqual(['b']);
    });

    test('with the digest of one that was read before are not read, and gone', async () => {
      const ledger = await open();
      await insert(ledger, 'a', 'a', 'b');
      expect(await mark(ledger, await oldest(ledger), 'digest of a')).toBe(true);
      expect(await mark(ledger, await oldest(ledger), 'digest of a')).toBe(false);
      expect(await mark(ledger, await oldest(ledger), 'digest of b')).toBe(true);
      expect(await waiting(ledger)).toEqual([]);
      const kept = await ledger.reader.selectFrom('receipts').select('digest').orderBy('seq').execute();
      expect(kept).toEqual([{ digest: 'digest of a' }, { digest: 'digest of b' }]);
    });

    test('that were put aside are kept whole, and are read no more when they come again', async () => {
      const ledger = await open();
      await insert(ledger, 'a', 'a', 'a');
      const putAside = async () => {
        const one = await oldest(ledger);
        await ledger.write((tx) =>
          receipts.putAside(tx, one, { own: 'digest of a' }, 7, {
            code: 'no_account',
            reason: 'why',
            addresses: ['one'],
          }),
        );
      };
      await putAside();
      await putAside();
      expect(await mark(ledger, await oldest(ledger), 'digest of a')).toBe(false);
      const [kept, ...others] = await ledger.reader.selectFrom('receipts').selectAll().execute();
      expect(kept).toMatchObject({
        request: JSON.stringify(receipt('a').request),
        body: Buffer.from('a'),
        processedAt: 7,
        deadAt: 7,
        deadCode: 'no_account',
        deadAddresses: '["one"]',
        deadReason: 'why',
      });
      expect(others).toEqual([]);
    });
  });
}

const nameOf = ({ payload }: jobs.Job) => (payload as { name: string }).name;

function describeJobs(open: OpenLedger): void {
  const enqueue = (ledger: Ledger, name: string, job: Partial<jobs.NewJob> = {}, now = 10) =>
    ledger.write((tx) => jobs.enqueue(tx, { kind: 'send', payload: { name }, ...job }, now));
  const due = (ledger: Ledger, now = 10, limit = 100) => dueJobs(ledger, 'send', now, limit);
  const names = async (ledger: Ledger, now = 10, limit = 100) => (await due(ledger, now, limit)).map(nameOf);
  const finish = async (ledger: Ledger) => {
    const [job] = await due(ledger);
    return job && ledger.write((tx) => jobs.finish(tx, job));
  };

  describe('jobs', () => {
    test('come back as they were promised', async () => {
      const ledger = await open();
      expect(
        await enqueue(ledger, 'a', { key: 'k', orderingKey: 'l', payload: { name: 'a', deep: { list: [1, null] } } }),
      ).toBe(10);
      const [job] = await due(ledger);
      expect(job).toEqual({
        seq: job?.seq,
        kind: 'send',
        key: 'k',
        orderingKey: 'l',
        groupKey: '',
        lease: null,
        attempts: 0,
        dueAt: 10,
        createdAt: 10,
        expiresAt: null,
        payload: { name: 'a', deep: { list: [1, null] } },
      });
    });

    test('are due by priority, then time, then order, no more than asked and none of another kind', async () => {
      const ledger = await open();
      await enqueue(ledger, 'campaign', { priority: 10 });
      await enqueue(ledger, 'later', { dueAt: 11 });
      await enqueue(ledger, 'second');
      await enqueue(ledger, 'third');
      await enqueue(ledger, 'first', { dueAt: 5 });
      await enqueue(ledger, 'other', { kind: 'settle' });
      expect(await names(ledger)).toEqual(['first', 'second', 'third', 'campaign']);
      expect(await names(ledger, 10, 2)).toEqual(['first', 'second']);
      expect(await names(ledger, 11)).toEqual(['first', 'second', 'third', 'later', 'campaign']);
      expect(await nextDueAt(ledger.reader, 'send', '', 10)).toBe(11);
      expect(await nextDueAt(ledger.reader, 'send', '', 11)).toBeUndefined();
      expect(await nextDueAt(ledger.reader, 'settle', '', 0)).toBe(10);
    });

    test('whose key is taken change nothing, not even what waits behind them', async () => {
      const ledger = await open();
      expect(await enqueue(ledger, 'a', { key: 'k' })).toBe(10);
      expect(await enqueue(ledger, 'b', { key: 'k', dueAt: 1 })).toBeUndefined();
      expect(await names(ledger)).toEqual(['a']);
      await finish(ledger);
      expect(await enqueue(ledger, 'c', { key: 'k' })).toBe(10);
      expect(await names(ledger)).toEqual(['c']);
    });

    test('with one ordering key become ready one after the other, each at its own time', async () => {
      const ledger = await open();
      expect(await enqueue(ledger, 'a1', { orderingKey: 'a' })).toBe(10);
      expect(await enqueue(ledger, 'a2', { orderingKey: 'a', dueAt: 50 })).toBeUndefined();
      expect(await enqueue(ledger, 'a3', { orderingKey: 'a', dueAt: 9 })).toBeUndefined();
      expect(await enqueue(ledger, 'b1', { orderingKey: 'b' })).toBe(10);
      expect(await names(ledger)).toEqual(['a1', 'b1']);
      expect(await nextDueAt(ledger.reader, 'send', '', 10)).toBeUndefined();
      expect(await finish(ledger)).toMatchObject({ kind: 'send', dueAt: 50 });
      expect(await names(ledger)).toEqual(['b1']);
      expect(await names(ledger, 50)).toEqual(['b1', 'a2']);
      const [, second] = await due(ledger, 50);
      expect(await ledger.write((tx) => jobs.finish(tx, second as jobs.Job))).toMatchObject({ dueAt: 9 });
      expect(await names(ledger)).toEqual(['a3', 'b1']);
    });

    test('put off wait, count only what costs, and hold up their ordering key', async () => {
      const ledger = await open();
      await enqueue(ledger, 'a1', { orderingKey: 'a' });
      await enqueue(ledger, 'a2', { orderingKey: 'a' });
      const [job] = await due(ledger);
      const postpone = (dueAt: number, costs: boolean) =>
        ledger.write((tx) => jobs.postpone(tx, job as jobs.Job, { dueAt, now: 10, costsAttempt: costs }));
      await postpone(20, true);
      expect(await names(ledger)).toEqual([]);
      expect(await nextDueAt(ledger.reader, 'send', '', 10)).toBe(20);
      expect((await due(ledger, 20)).map((one) => [nameOf(one), one.attempts])).toEqual([['a1', 1]]);
      await postpone(30, false);
      expect((await due(ledger, 30)).map((one) => one.attempts)).toEqual([1]);
    });

    test('are counted by kind and state', async () => {
      const ledger = await open();
      await enqueue(ledger, 'a1', { orderingKey: 'a', dueAt: 7 });
      await enqueue(ledger, 'a2', { orderingKey: 'a' });
      await enqueue(ledger, 'b');
      const counted = await depth(ledger.reader);
      expect(counted).toHaveLength(2);
      expect(counted).toContainEqual({ kind: 'send', state: 'ready', count: 2, oldestDueAt: 7 });
      expect(counted).toContainEqual({ kind: 'send', state: 'blocked', count: 1, oldestDueAt: 10 });
    });
  });
}

/** An event of a call, with nothing else of what events tell. */
export function newEvent(id: string, change: Partial<events.NewEvent> & { accountId?: string } = {}): events.NewEvent {
  const { accountId = 'acc', ...rest } = change;
  return { event: called(id, accountId), dedupeKey: `key ${id}`, editOf: null, ...rest };
}

function called(id: string, accountId: string): ParleyEvent {
  const frame = { id, at: '2026-01-01T00:00:00.000Z', channel: 'c', account: { id: accountId, externalId: '1' } };
  return { ...frame, type: 'call', data: { event: 'connect', direction: 'inbound' } };
}

function describeEvents(open: OpenLedger): void {
  test('those of a time are looked at in their order, some at a time, and told where they are wanted', async () => {
    const ledger = await open();
    for (const [i, accountId] of ['acc', 'other', 'acc', 'acc'].entries()) {
      await ledger.write((tx) => events.insert(tx, newEvent(`e${i}`, { accountId }), 10 + i));
    }
    const look = async (wanted: Partial<events.WantedEvents>, limit: number) => {
      const all = { to: 13, accountId: null, types: undefined, ...wanted };
      const found = await events.published(ledger.reader, { createdAt: 10, seq: -1 }, all, limit);
      return { ids: found.events.map(({ event }) => event.id), next: found.next?.createdAt };
    };
    expect(await look({}, 9)).toEqual({ ids: ['e0', 'e1', 'e2'], next: undefined });
    expect(await look({}, 2)).toEqual({ ids: ['e0', 'e1'], next: 11 });
    expect(await look({ accountId: 'acc' }, 2)).toEqual({ ids: ['e0'], next: 11 });
    expect(await look({ types: ['message.received'] }, 2)).toEqual({ ids: [], next: 11 });
  });

  test('an event tells what it is told to from then on', async () => {
    const ledger = await open();
    const { event } = newEvent('a');
    const seq = (await ledger.write((tx) => events.insert(tx, newEvent('a', { raw: { of: 'it' } }), 1))) ?? 0;
    expect(await events.raws(ledger.reader, [seq])).toEqual(new Map([[seq, '{"of":"it"}']]));
    const told = { ...event, attributes: { intent: 'billing' } };
    await ledger.write((tx) => events.rewrite(tx, { seq, event: told }));
    expect(await events.ofMessage(ledger.reader, 'acc', 'key a', 'p')).toEqual([{ seq, event: told }]);
  });

  test('an event is published once for each fact and account, and has its place in the order', async () => {
    const ledger = await open();
    const insert = (one: events.NewEvent) => ledger.write((tx) => events.insert(tx, one, 1));
    const first = (await insert(newEvent('a'))) ?? 0;
    expect(await insert(newEvent('b', { dedupeKey: 'key a' }))).toBeUndefined();
    const second = (await insert(newEvent('c', { dedupeKey: 'key a', accountId: 'other' }))) ?? 0;
    const third = (await insert(newEvent('d'))) ?? 0;
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
    expect(await events.isKnown(ledger.reader, 'acc', 'key a')).toBe(true);
    expect(await events.isKnown(ledger.reader, 'acc', 'key b')).toBe(false);
  });
}

/** A trigger's subscription to calls. */
export function subscription(
  id: string,
  change: Partial<subscriptions.NewSubscription> = {},
): subscriptions.NewSubscription {
  return {
    id,
    accountId: null,
    conversationId: null,
    url: 'http://127.0.0.1/hook',
    filter: { events: ['call'] },
    maxBatch: 1,
    secret: 'sealed',
    once: false,
    confirms: false,
    expiresAt: null,
    createdAt: 1,
    endedAt: null,
    endedReason: null,
    ...change,
  };
}

function describeSubscriptions(open: OpenLedger): void {
  describe('subscriptions', () => {
    test('listen to their account and conversation until they expire or end', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        await subscriptions.insert(tx, subscription('everything'));
        await subscriptions.insert(tx, subscription('account', { accountId: 'acc' }));
        await subscriptions.insert(tx, subscription('other account', { accountId: 'other' }));
        const wait = { accountId: 'acc', conversationId: 'cnv', once: true, expiresAt: 10 };
        await subscriptions.insert(tx, subscription('waiting', wait));
        await subscriptions.insert(tx, subscription('expires', { expiresAt: 10 }));
        await subscriptions.insert(tx, subscription('ended'));
        await subscriptions.end(tx, 'ended', 'gone', 5);
      });
      const ids = (rows: subscriptions.StoredSubscription[]) => rows.map((one) => one.id);
      const triggers = async (now: number) => ids(await subscriptions.triggers(ledger.reader, 'acc', now));
      const waits = async (conversation: string, now: number) =>
        ids(await subscriptions.waits(ledger.reader, 'acc', conversation, now));
      expect(await triggers(9)).toEqual(['account', 'everything', 'expires']);
      expect(await triggers(10)).toEqual(['account', 'everything']);
      expect(await waits('cnv', 9)).toEqual(['waiting']);
      expect(await waits('cnv', 10)).toEqual([]);
      expect(await waits('other', 9)).toEqual([]);
      expect(await subscriptions.find(ledger.reader, 'ended')).toMatchObject({ endedAt: 5, endedReason: 'gone' });
      const listed = (await subscriptions.list(ledger.reader)).map((one) => one.id);
      expect(listed).not.toContain('waiting');
      expect(listed).not.toContain('ended');
    });

    test('that wait are listed in the order in which they began to, whatever the clock made of their ids', async () => {
      const ledger = await open();
      const wait = { accountId: 'acc', conversationId: 'cnv', once: true, expiresAt: 10 };
      await ledger.write(async (tx) => {
        for (const id of ['b', 'c', 'a']) {
          await subscriptions.insert(tx, subscription(id, wait));
          await jobs.enqueue(tx, expireJob(id, 10), 1);
        }
      });
      const waits = await subscriptions.waits(ledger.reader, 'acc', 'cnv', 9);
      expect(waits.map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    });

    test('are found as they were made', async () => {
      const ledger = await open();
      const filter = { events: ['message.received' as const], attributes: { intent: ['billing'] }, messageId: 'msg' };
      const wait = subscription('waiting', { conversationId: 'cnv', once: true, expiresAt: 10, filter });
      await ledger.write((tx) => subscriptions.insert(tx, wait));
      const unused = { failingMs: 0, failedAt: null, takes: 0, tookAt: null };
      expect(await subscriptions.find(ledger.reader, 'waiting')).toEqual({ ...wait, ...unused });
    });

    test('made anew take over what those before them were owed, each event once, and end them', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        for (const id of ['old', 'older', 'other']) await subscriptions.insert(tx, subscription(id));
        const owed = { old: ['a', 'b'], older: ['b', 'c'], other: ['d'] };
        const seqs = new Map<string, number>();
        for (const id of ['a', 'b', 'c', 'd']) seqs.set(id, (await events.insert(tx, newEvent(id), 1)) ?? 0);
        for (const [id, names] of Object.entries(owed)) {
          for (const one of names) await addDelivery(tx, id, seqs.get(one) ?? 0, { shared: 0, own: 4 });
        }
        for (const id of ['old', 'older']) await subscriptions.startHandOver(tx, id, 100);
        await subscriptions.insert(tx, subscription('new'));
      });
      const heir = subscription('new');
      const takeOver = (now: number) => ledger.write((tx) => subscriptions.takeOver(tx, heir, now));
      expect(await takeOver(100)).toBe(false);
      expect(await takeOver(99)).toBe(true);
      expect(await takeOver(99)).toBe(false);
      const pending = await subscriptions.pending(ledger.reader, 'new', 0, 10);
      expect(pending.map((one) => one.eventId)).toEqual(['a', 'b', 'c']);
      expect(await subscriptions.pending(ledger.reader, 'old', 0, 10)).toEqual([]);
      expect((await subscriptions.list(ledger.reader)).map((one) => one.id).sort()).toEqual(['new', 'other']);
    });

    test('are owed events, shard by shard, the oldest first, until they took them or ended', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        for (const id of ['s', 't']) await subscriptions.insert(tx, subscription(id));
        for (const [i, id] of ['a', 'b', 'c', 'd'].entries()) {
          const seq = (await events.insert(tx, newEvent(id, { raw: {} }), 1)) ?? 0;
          for (const owed of ['s', 't']) await addDelivery(tx, owed, seq, { shared: i % 2, own: 4 });
        }
      });
      const pending = (id: string, shard: number, limit = 10) => subscriptions.pending(ledger.reader, id, shard, limit);
      const ids = async (id: string, shard: number) => (await pending(id, shard)).map((one) => one.eventId);
      const [first] = await pending('s', 0, 1);
      const of = { accountId: 'acc', conversationId: null, refusedTakes: null };
      expect(first).toEqual({
        ...{ eventSeq: first?.eventSeq, eventId: 'a', ...of, json: JSON.stringify(called('a', 'acc')) },
      });
      expect(await ids('s', 0)).toEqual(['a', 'c']);
      await ledger.write((tx) => subscriptions.removeDelivered(tx, 's', 0, [first?.eventSeq ?? 0]));
      expect([await ids('s', 0), await ids('s', 1), await ids('t', 0)]).toEqual([['c'], ['b', 'd'], ['a', 'c']]);
      await ledger.write((tx) => subscriptions.end(tx, 's', 'deleted', 9));
      expect([await ids('s', 0), await ids('s', 1), await ids('t', 1)]).toEqual([[], [], ['b', 'd']]);
    });
  });
}
