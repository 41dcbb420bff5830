/** How many sends start in a second, in one process and in several. */
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import type { Accounts } from '../../service/src/connectors/accounts.ts';
import type { LiveAccount } from '../../service/src/connectors/live.ts';
import { systemClock } from '../../service/src/core/clock.ts';
import { watchedClock, type WatchedClock } from '../../service/src/core/watched-clock.ts';
import { Breaker } from '../../service/src/outbound/breaker.ts';
import type { Circuit } from '../../service/src/outbound/circuit.ts';
import { Pacer, slotOf } from '../../service/src/outbound/pace.ts';
import { ratesOf } from '../../service/src/outbound/rates.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { serviceClock } from '../support/service-clock.ts';
import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const GROUP = 'acc_1';
const log = { info: () => undefined, warn: () => undefined };
const PAIR = { everyMs: 6_000, burst: 45 };

function accountOf(perSecond: number | null): LiveAccount {
  const channel = { capabilities: () => ({ throughput: { perSecond: 80, perRecipient: PAIR } }) };
  return { id: GROUP, channel, perSecond, pause: null, throttle: null, updatedAt: 0 } as unknown as LiveAccount;
}

function pacerOf(ledger: Ledger, clock: WatchedClock, account: LiveAccount): Pacer {
  const find = (id: string) => (id === GROUP ? account : undefined);
  const accounts = { find, list: () => [account], noted: () => undefined } as unknown as Accounts;
  const circuit = { cancelProbe: () => undefined } as unknown as Circuit;
  const breaker = new Breaker({ clock, log });
  return new Pacer({ ledger, accounts, circuit, breaker, clock, rates: ratesOf(ledger, clock) });
}

/** The most instants in any second. */
function mostInASecond(instants: readonly number[]): number {
  const sorted = [...instants].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  sorted.forEach((at, last) => {
    while (at - (sorted[first] ?? at) >= 1_000) first++;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

const rates = fc.oneof(fc.constantFrom(1, 3, 10, 20, 30, 50, 80, 250, 1_000), fc.integer({ min: 1, max: 2_000 }));

test('slots that are used up to their end never add up to more than the limit in a second', () => {
  fc.assert(
    fc.property(rates, (perSecond) => {
      const { sends, lengthMs } = slotOf(perSecond);
      // The first slot's sends begin as late as they may, all others at once.
      const others = Math.floor((1_000 + Math.min(lengthMs, 50) - 2) / lengthMs);
      expect((1 + others) * sends).toBeLessThanOrEqual(perSecond);
      expect((sends * 1_000) / lengthMs).toBeGreaterThan(perSecond * 0.8);
    }),
  );
});

describe('one process', () => {
  const open = tempLedgers();

  test('starts no more than the application may, whichever of its accounts they are of', async () => {
    const clock = serviceClock(1_750_000_000_000);
    const channel = { capabilities: () => ({ throughput: { perSecond: 20, scope: 'connection' } }) };
    const below = (id: string, connectionId: string) =>
      ({
        id,
        connectionId,
        channel,
        perSecond: null,
        pause: null,
        throttle: null,
        updatedAt: 0,
      }) as unknown as LiveAccount;
    const all = [below('a', 'one'), below('b', 'one'), below('c', 'other')];
    const find = (id: string) => all.find((account) => account.id === id);
    const accounts = { find, list: () => all, noted: () => undefined } as unknown as Accounts;
    const circuit = { cancelProbe: () => undefined } as unknown as Circuit;
    const ledger = await open();
    const breaker = new Breaker({ clock, log });
    const pacer = new Pacer({ ledger, accounts, circuit, breaker, clock, rates: ratesOf(ledger, clock) });
    const started = new Map<string, number[]>([
      ['one', []],
      ['other', []],
    ]);
    for (let ms = 0; ms < 3_000; ms += 5) {
      for (const { id, connectionId } of ms % 2 === 0 ? all : all.toReversed()) {
        const acquired = await pacer.acquireSlots(id, 1);
        started.get(connectionId)?.push(...Array<number>(acquired).fill(clock.now()));
      }
      clock.advance(5);
    }
    for (const instants of started.values()) {
      expect(mostInASecond(instants)).toBeLessThanOrEqual(20);
      expect(instants.length).toBeGreaterThanOrEqual(3 * 20 * 0.85);
    }
    await pacer.backOff(all[0] as LiveAccount, 10_000, 'Slowly');
    clock.advance(1_000);
    expect(await pacer.acquireSlots('b', 1)).toBe(0);
    expect(await pacer.acquireSlots('c', 1)).toBe(1);
  });

  test.each([20, 80, 1_000])('starts nearly as many as %s per second, and never more', async (perSecond) => {
    const clock = serviceClock(1_750_000_000_000);
    const pacer = pacerOf(await open(), clock, accountOf(perSecond));
    const startedAt: number[] = [];
    for (let ms = 0; ms < 5_000; ms += 5) {
      const taken = await pacer.acquireSlots(GROUP, 1_000);
      startedAt.push(...Array<number>(taken).fill(clock.now()));
      expect(pacer.opensInMs(GROUP)).toBeGreaterThan(0);
      clock.advance(5);
    }
    expect(mostInASecond(startedAt)).toBeLessThanOrEqual(perSecond);
    expect(startedAt.length).toBeGreaterThanOrEqual(5 * perSecond * 0.85);
  });

  test('asks again for a group only while more of it waits than may start', async () => {
    const clock = serviceClock(1_750_000_000_000);
    const pacer = pacerOf(await open(), clock, accountOf(80));
    expect(await pacer.acquireSlots(GROUP, 10)).toBe(4);
    expect(pacer.opensInMs(GROUP)).toBeGreaterThan(0);
    pacer.releaseSlots(GROUP, 4);
    expect(pacer.opensInMs(GROUP)).toBeUndefined();
  });

  test('what it gives back in time may start, what was not used in its slot may not', async () => {
    const clock = serviceClock(1_750_000_000_000);
    const pacer = pacerOf(await open(), clock, accountOf(80));
    expect(await pacer.acquireSlots(GROUP, 10)).toBe(4);
    pacer.releaseSlots(GROUP, 3);
    expect(await pacer.acquireSlots(GROUP, 10)).toBe(3);
    clock.advance(1_000);
    expect(await pacer.acquireSlots(GROUP, 1)).toBe(1);
    clock.advance(1_000);
    expect(await pacer.acquireSlots(GROUP, 10)).toBe(4);
  });

  test('an account that was throttled waits as long as it was told, one of which nothing is known does not', async () => {
    const clock = serviceClock(1_750_000_000_000);
    const pacer = pacerOf(await open(), clock, accountOf(null));
    await pacer.backOff(accountOf(20), 30_000, 'Slowly');
    expect([await pacer.acquireSlots(GROUP, 5), await pacer.acquireSlots('another', 500)]).toEqual([0, 500]);
    // A person may end the wait, so it is asked about each second.
    expect(pacer.opensInMs(GROUP)).toBe(1_000);
    clock.advance(29_999);
    expect(await pacer.acquireSlots(GROUP, 5)).toBe(0);
    clock.advance(1);
    expect(await pacer.acquireSlots(GROUP, 5)).toBe(4);
  });

  test('a recipient gets as many at once as the provider lends, then one at a time', async () => {
    const clock = serviceClock(1_750_000_000_000);
    const ledger = await open();
    const pacer = pacerOf(ledger, clock, accountOf(null));
    const ask = (to: string) => ledger.write((tx) => pacer.toRecipient(tx, accountOf(null), to));
    for (let sent = 0; sent < PAIR.burst - 1; sent++) expect(await ask('con_1')).toBe(0);
    expect(await ask('con_1')).toBe(PAIR.everyMs);
    expect(await ask('con_2')).toBe(0);
    clock.advance(PAIR.everyMs - 1);
    expect(await ask('con_1')).toBe(1);
    clock.advance(1);
    expect([await ask('con_1'), await ask('con_1')]).toEqual([0, PAIR.everyMs]);
  });
});

describe('several processes on PostgreSQL', () => {
  const { open } = postgresLedgers();

  test('together never start more than the limit, and nearly as many', async () => {
    const perSecond = 200;
    const ledger = await open();
    const startedAt: number[] = [];
    const endsAt = Date.now() + 3_000;
    const work = async () => {
      const pacer = pacerOf(ledger, watchedClock(systemClock), accountOf(perSecond));
      while (Date.now() < endsAt) {
        const taken = await pacer.acquireSlots(GROUP, 7);
        startedAt.push(...Array<number>(taken).fill(Date.now()));
        if (taken < 7) await pause(Math.min(50, Math.max(1, pacer.opensInMs(GROUP) ?? 0)));
      }
    };
    await Promise.all([work(), work(), work()]);
    expect(mostInASecond(startedAt)).toBeLessThanOrEqual(perSecond);
    expect(startedAt.length).toBeGreaterThanOrEqual(3 * perSecond * 0.6);
  });

  test('an account that one of them found throttled waits in all', async () => {
    const ledger = await open();
    const [one, other] = [0, 1].map(() => pacerOf(ledger, watchedClock(systemClock), accountOf(80))) as [Pacer, Pacer];
    await one.backOff(accountOf(20), 60_000, 'Slowly');
    expect([await one.acquireSlots(GROUP, 5), await other.acquireSlots(GROUP, 5)]).toEqual([0, 0]);
  });

  test.each([10, 24 * 60, 525_600])(
    'a server whose clock is put back %i minutes holds nobody up for that',
    async (minutes) => {
      const ledger = await open();
      const pacer = pacerOf(ledger, watchedClock(systemClock), accountOf(80));
      for (let sent = 0; sent < PAIR.burst; sent++)
        await ledger.write((tx) => pacer.toRecipient(tx, accountOf(null), 'con_1'));
      await pacer.backOff(accountOf(80), 9_000, 'Slowly');
      const byMs = minutes * 60_000;
      // What was noted before the server's clock was put back.
      for (const { key, fullAt, setAt } of await ledger.reader.selectFrom('rates').selectAll().execute())
        await ledger.reader
          .updateTable('rates')
          .set({ fullAt: Number(fullAt) + byMs, setAt: Number(setAt) + byMs })
          .where('key', '=', key)
          .execute();
      expect(await ledger.write((tx) => pacer.toRecipient(tx, accountOf(null), 'con_1'))).toBe(0);
      expect(await pacer.acquireSlots(GROUP, 3)).toBe(3);
    },
  );

  test('a recipient gets no more from all of them than from one', async () => {
    const ledger = await open();
    const [one, other] = [0, 1].map(() => pacerOf(ledger, watchedClock(systemClock), accountOf(null))) as [
      Pacer,
      Pacer,
    ];
    const asks = Array.from({ length: 60 }, (_, i) =>
      ledger.write((tx) => (i % 2 ? one : other).toRecipient(tx, accountOf(null), 'con_1')),
    );
    expect((await Promise.all(asks)).filter((waitMs) => waitMs === 0)).toHaveLength(PAIR.burst - 1);
  });
});
