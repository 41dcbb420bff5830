/** One database, several processes: what meets at the same rows ends as if one had come after the other. */
import { sql } from 'kysely';
import type { Ledger } from '../../service/src/store/ledger.ts';
import type { Tx } from '../../service/src/store/unit-of-work.ts';
import { resolvePerson, resolveContact } from '../../service/src/contacts/resolve.ts';
import { identitiesIn } from '../../service/src/core/identity.ts';
import { makeIds } from '../../service/src/core/ids.ts';
import { systemClock } from '../../service/src/core/clock.ts';
import { NO_WINDOW } from '../../service/src/core/session-window.ts';
import { Outbox } from '../../service/src/outbox/outbox.ts';
import * as conversations from '../../service/src/store/conversation.store.ts';
import * as events from '../../service/src/store/event.store.ts';
import { acquire } from '../../service/src/store/job-leases.store.ts';
import * as jobs from '../../service/src/store/job.store.ts';
import * as messages from '../../service/src/store/message.store.ts';
import { addDelivery } from '../../service/src/store/isolation.store.ts';
import * as subscriptions from '../../service/src/store/subscription.store.ts';
import { jest } from '@jest/globals';
import { newEvent, subscription } from '../conformance/store-work.ts';
import { postgresLedgers } from '../support/postgres-ledgers.ts';

jest.setTimeout(60_000);

const ledgers = postgresLedgers();
const two = async () => (await ledgers.openMany(2)) as [Ledger, Ledger];
const ids = makeIds(systemClock);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
/** Runs it `count` times at the same time, by each ledger in turn. */
const together = <T>(by: readonly Ledger[], count: number, unit: (tx: Tx, i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(numbers(count).map((i) => (by[i % by.length] as Ledger).write((tx) => unit(tx, i))));

test('one key is admitted once, however many ask at the same time: the others find the first', async () => {
  const both = await two();
  const found = await together(both, 40, async (tx, i) => {
    const known = await messages.idempotent(tx.db, 'key');
    if (known) return known.messageId;
    await messages.rememberKey(tx, 'key', 'digest', `msg ${i}`, 1);
    return `msg ${i}`;
  });
  expect(new Set(found).size).toBe(1);
});

test('an ordering key has one ready job, its first, whenever anybody looks', async () => {
  const both = await two();
  const driver = { notify: () => undefined, start: () => undefined, stop: async () => undefined };
  const outbox = new Outbox(systemClock, driver);
  outbox.register([{ kind: 'send' }]);
  let looking = true;
  const wrong: unknown[] = [];
  const look = (async () => {
    while (looking) {
      const { rows } = await sql<{ ordering_key: string; ready: string; first: boolean }>`
        select ordering_key, count(*) filter (where state = 'ready') as ready, bool_and(state = 'blocked' or seq = head) as first
        from (select *, min(seq) over (partition by ordering_key) as head from jobs) as jobs group by ordering_key`.execute(
        both[0].reader,
      );
      wrong.push(...rows.filter(({ ready, first }) => Number(ready) !== 1 || !first));
    }
  })();
  let finished = 0;
  const work = async (ledger: Ledger, name: string) => {
    while (finished < 150) {
      const lease = `${name}:${Math.random()}`;
      const scope = { kind: 'send', groupKey: '', priority: 0 };
      const found = await ledger.write((tx) => acquire(tx.db, scope, Date.now(), 3, lease, 60_000));
      for (const job of found) {
        await ledger.write((tx) => outbox.finish(tx, job));
        finished += 1;
      }
    }
  };
  const promise = together(both, 150, (tx, i) =>
    outbox.enqueue(tx, { kind: 'send', orderingKey: `key ${i % 3}`, payload: { i } }),
  );
  const moves = together(both, 6, (tx, i) => jobs.moveOrderingKey(tx, `key ${i % 3}`, `key ${(i + 1) % 3}`));
  await Promise.all([promise, moves, work(both[0], 'p'), work(both[1], 'q')]);
  looking = false;
  await look;
  expect(wrong).toEqual([]);
  expect(await both[0].reader.selectFrom('jobs').select('seq').execute()).toEqual([]);
});

test('no job is claimed by two', async () => {
  const both = await two();
  await both[0].write(async (tx) => {
    for (const i of numbers(100)) await jobs.enqueue(tx, { kind: 'send', payload: { i } }, 1);
  });
  const scope = { kind: 'send', groupKey: '', priority: 0 };
  const claimed = await together(both, 30, (tx, i) => acquire(tx.db, scope, 1, 5, `p:${i}`, 60_000));
  const seqs = claimed.flat().map(({ seq }) => seq);
  expect(seqs).toHaveLength(100);
  expect(new Set(seqs).size).toBe(100);
});

test('two who write at the same time by the same identities are one contact with one conversation', async () => {
  const both = await two();
  const account = { id: 'acc', settings: {}, channel: { id: 'c', realm: () => '' } };
  const identities = [
    { kind: 'user_id', address: 'US.1' },
    { kind: 'phone', address: '1' },
  ];
  const found = await together(both, 24, (tx, i) =>
    resolvePerson(tx, ids, account, { identities: i % 3 === 0 ? identities : identities.slice(i % 2, (i % 2) + 1) }, 1),
  );
  await together(both, 1, (tx) => resolveContact(tx, ids, { identities: identitiesIn(account, identities) }, 1));
  const one = await together(both, 2, (tx) => resolvePerson(tx, ids, account, { identities }, 1));
  expect(new Set(one.map(({ contact }) => contact.id)).size).toBe(1);
  expect(await both[0].reader.selectFrom('contacts').select('id').execute()).toHaveLength(1);
  const open = both[0].reader.selectFrom('conversations').select('id').where('mergedInto', 'is', null);
  expect(await open.execute()).toHaveLength(1);
  // Ids that were told before go on meaning the same conversation.
  for (const { conversation } of found) {
    expect((await conversations.find(both[0].reader, conversation.id))?.id).toBe(one[0]?.conversation.id);
  }
});

const eventIn = (id: string, conversationId: string): events.NewEvent => {
  const { event, ...rest } = newEvent(id);
  return { ...rest, event: { ...event, conversationId } };
};

test('events of a conversation are numbered as they were committed: who has seen one has seen all before it', async () => {
  const both = await two();
  await both[0].write((tx) =>
    conversations.create(
      tx,
      { id: 'cnv', accountId: 'acc', contactId: 'con', thread: '', owner: 'bot', window: NO_WINDOW },
      1,
    ),
  );
  let writing = true;
  const seen: number[] = [];
  const late: number[] = [];
  const watch = (async () => {
    while (writing) {
      const rows = await both[1].reader.selectFrom('events').select('seq').orderBy('seq').execute();
      const known = new Set(seen);
      for (const { seq } of rows.filter((row) => !known.has(row.seq))) {
        if (seq < (seen.at(-1) ?? 0)) late.push(seq);
        seen.push(seq);
      }
    }
  })();
  await together(both, 120, async (tx, i) => {
    await conversations.lock(tx, 'cnv');
    await events.insert(tx, eventIn(`event ${i}`, 'cnv'), 1);
    if (i % 5 === 0) await sql`select pg_sleep(0.005)`.execute(tx.db);
  });
  writing = false;
  await watch;
  expect(late).toEqual([]);
});

test('a subscription that is exchanged while events are published loses none and gets none twice', async () => {
  const both = await two();
  await both[0].write((tx) => subscriptions.insert(tx, subscription('sub 0')));
  const published = together(both, 120, async (tx, i) => {
    await subscriptions.lockAll(tx, 'shared');
    const takers = await subscriptions.triggers(tx.db, 'acc', 2);
    const seq = await events.insert(tx, eventIn(`event ${i}`, `cnv ${i}`), 1);
    for (const { id } of takers) await addDelivery(tx, id, seq as number, { shared: 0, own: 4 });
  });
  for (const i of numbers(6)) {
    await both[i % 2]?.write((tx) => subscriptions.startHandOver(tx, `sub ${i}`, 100));
    await both[(i + 1) % 2]?.write(async (tx) => {
      await subscriptions.insert(tx, subscription(`sub ${i + 1}`));
      await subscriptions.takeOver(tx, subscription(`sub ${i + 1}`), 2);
    });
  }
  await published;
  const owed = await subscriptions.pending(both[0].reader, 'sub 6', 0, 1_000);
  expect(owed.map(({ eventId }) => eventId).sort()).toEqual(
    numbers(120)
      .map((i) => `event ${i}`)
      .sort(),
  );
});

test('units that wait for each other in a circle are run again, one after the other', async () => {
  const both = await two();
  await both[0].write(async (tx) => {
    for (const name of ['a', 'b']) await tx.db.insertInto('cursors').values({ name, position: '0' }).execute();
  });
  const raise = (tx: Tx, name: string) =>
    sql`update cursors set position = (position::int + 1)::text where name = ${name}`.execute(tx.db);
  let runs = 0;
  const hooks: number[] = [];
  await together(both, 2, async (tx, i) => {
    runs += 1;
    tx.afterCommit(() => hooks.push(i));
    const order = i % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
    await raise(tx, order[0] as string);
    await sql`select pg_sleep(0.05)`.execute(tx.db);
    await raise(tx, order[1] as string);
  });
  expect(runs).toBeGreaterThan(2);
  expect(hooks.sort()).toEqual(numbers(2));
  const rows = await both[0].reader.selectFrom('cursors').select('position').execute();
  expect(rows.map(({ position }) => position)).toEqual(['2', '2']);
});
