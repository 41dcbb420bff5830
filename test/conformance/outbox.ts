/** What every driver of the outbox port has to do. One suite: `describeOutboxDriver('embedded', embedded)`. */
import type { DriverTimes } from '../../service/src/outbox/embedded.driver.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { jobOf, leasesEnd, OutboxBench, type MakeDriver } from './outbox-bench.ts';
import { testClocks } from './outbox-clock.ts';
import { testOutboxModel } from './outbox-model.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Longer than any backoff of a job that threw a few times. */
const LONG = 10 * MINUTE;
/** Random programs; fewer where each takes a new database on a server. */
const PROGRAMS = 25;
const SLOW_PROGRAMS = 8;

export function describeOutboxDriver(name: string, make: MakeDriver, openLedger?: () => Promise<Ledger>): void {
  describe(`outbox driver: ${name}`, () => {
    const open = openLedger ?? tempLedgers();
    const benches: OutboxBench[] = [];

    const newBench: NewBench = async (concurrency, times) => {
      const bench = new OutboxBench(make, await open(), { concurrency, ...(times && { times }) });
      benches.push(bench);
      return bench.start();
    };

    afterEach(async () => {
      for (const bench of benches.splice(0)) {
        await bench.driver.stop();
        expect(bench.broken).toEqual([]);
      }
    });

    promises(newBench);
    order(newBench);
    failures(newBench);
    restarts(newBench, make, open);
    testClocks(newBench, make, open);
    testOutboxModel(make, open, openLedger ? SLOW_PROGRAMS : PROGRAMS);
  });
}

type NewBench = (concurrency?: number, times?: DriverTimes) => Promise<OutboxBench>;

function promises(newBench: NewBench): void {
  describe('a promise', () => {
    test('is kept after the commit, not before', async () => {
      const bench = await newBench();
      await bench.ledger.write(async (tx) => {
        await bench.outbox.enqueue(tx, jobOf({ name: 'a' }));
        bench.driver.wake();
        expect(bench.log).toEqual([]);
        tx.afterCommit(() => bench.log.push('committed'));
      });
      await bench.seen('finish a');
      expect(bench.happened()).toEqual(['committed', 'start a', 'finish a']);
    });

    test('in a unit of work that is undone was never made', async () => {
      const bench = await newBench();
      const undone = bench.ledger.write(async (tx) => {
        await bench.outbox.enqueue(tx, jobOf({ name: 'a', orderingKey: 'l' }));
        throw new Error('changed my mind');
      });
      await expect(undone).rejects.toThrow('changed my mind');
      await bench.promise({ name: 'b', orderingKey: 'l' });
      await bench.settled();
      expect(bench.started()).toEqual(['b']);
    });

    test('whose key is taken is the same promise', async () => {
      const bench = await newBench();
      bench.hold('a');
      await bench.promise({ name: 'a', key: 'k' }, { name: 'b', key: 'k' });
      await bench.seen('start a');
      await bench.promise({ name: 'c', key: 'k' });
      await bench.settled();
      bench.release('a');
      await bench.seen('finish a');
      await bench.promise({ name: 'd', key: 'k' });
      await bench.settled();
      expect(bench.started()).toEqual(['a', 'd']);
    });

    test('for later is kept when the clock is there', async () => {
      const bench = await newBench();
      await bench.promise({ name: 'later', dueAt: bench.clock.now() + MINUTE });
      bench.clock.advance(MINUTE - 1);
      bench.driver.wake();
      await bench.settled();
      expect(bench.started()).toEqual([]);
      bench.clock.advance(1);
      bench.driver.wake();
      await bench.seen('finish later');
    });

    test('for a day beyond what a timer can hold neither runs early nor keeps the driver busy', async () => {
      const bench = await newBench();
      await bench.promise({ name: 'far', dueAt: bench.clock.now() + 28 * 24 * 60 * MINUTE });
      await bench.settled();
      expect(bench.started()).toEqual([]);
      bench.clock.advance(28 * 24 * 60 * MINUTE);
      bench.driver.wake();
      await bench.seen('finish far');
    });

    test('whose notification was lost is found by the sweep', async () => {
      const bench = await newBench();
      await bench.ledger.write(async (tx) => {
        const deaf = { enqueue: bench.outbox.enqueue.bind(bench.outbox) };
        await deaf.enqueue({ ...tx, afterCommit: () => undefined }, jobOf({ name: 'a' }));
      });
      expect(bench.log).toEqual([]);
      bench.driver.wake();
      await bench.seen('finish a');
    });

    test('notified while the driver ends its poll is not forgotten', async () => {
      const bench = await newBench();
      for (let depth = 0; depth < 40; depth++) {
        await bench.promise({ name: `late ${depth}`, dueAt: bench.clock.now() + MINUTE });
        bench.driver.wake();
        for (let i = 0; i < depth; i++) await Promise.resolve();
        bench.clock.advance(MINUTE);
        bench.driver.wake();
        await bench.seen(`finish late ${depth}`);
      }
    });
  });
}

function order(newBench: NewBench): void {
  describe('order', () => {
    test('jobs with one ordering key run one at a time, as they were promised', async () => {
      const bench = await newBench();
      const names = Array.from({ length: 20 }, (_, i) => `a${i}`);
      await bench.promise(...names.slice(0, 10).map((name) => ({ name, orderingKey: 'l' })));
      for (const name of names.slice(10)) await bench.promise({ name, orderingKey: 'l' });
      await bench.seen('finish a19');
      expect(bench.happened()).toEqual(names.flatMap((name) => [`start ${name}`, `finish ${name}`]));
    });

    test('jobs with different ordering keys run at the same time, up to the concurrency', async () => {
      const bench = await newBench(3);
      const names = ['a', 'b', 'c', 'd'];
      names.forEach((name) => bench.hold(name));
      await bench.promise(...names.map((name) => ({ name, orderingKey: name })));
      await Promise.all(['a', 'b', 'c'].map((name) => bench.seen(`start ${name}`)));
      bench.release('b');
      await bench.seen('start d');
      ['a', 'c', 'd'].forEach((name) => bench.release(name));
      await bench.settled();
      expect(bench.most).toBe(3);
      expect(bench.started().sort()).toEqual(names);
    });

    test('a job of a higher priority overtakes what was promised before it', async () => {
      const bench = await newBench(1);
      bench.hold('first');
      await bench.promise({ name: 'first' });
      await bench.seen('start first');
      await bench.promise(
        { name: 'campaign 1', priority: 10 },
        { name: 'campaign 2', priority: 10 },
        { name: 'reply' },
      );
      bench.release('first');
      await bench.settled();
      expect(bench.started()).toEqual(['first', 'reply', 'campaign 1', 'campaign 2']);
    });

    test('a job of a higher priority does not overtake within its ordering key', async () => {
      const bench = await newBench();
      bench.hold('campaign');
      await bench.promise({ name: 'campaign', priority: 10, orderingKey: 'l' });
      await bench.seen('start campaign');
      await bench.promise({ name: 'reply', orderingKey: 'l' });
      bench.release('campaign');
      await bench.settled();
      expect(bench.started()).toEqual(['campaign', 'reply']);
    });

    test('a job put off holds up its ordering key and nothing else', async () => {
      const bench = await newBench();
      bench.ends('a1', { postponeMs: MINUTE });
      await bench.promise(
        { name: 'a1', orderingKey: 'a' },
        { name: 'a2', orderingKey: 'a' },
        { name: 'b1', orderingKey: 'b' },
      );
      await bench.settled();
      expect(bench.started().sort()).toEqual(['a1', 'b1']);
      bench.clock.advance(MINUTE);
      bench.driver.wake();
      await bench.seen('finish a2');
      expect(bench.started().filter((name) => name.startsWith('a'))).toEqual(['a1', 'a1', 'a2']);
    });

    test('a job put off until now runs again at once', async () => {
      const bench = await newBench();
      bench.ends('a', { postponeMs: 0 }, { postponeMs: -1, costsAttempt: false });
      await bench.promise({ name: 'a' });
      await bench.seen('finish a');
      expect(bench.happened()).toEqual(['start a', 'postpone a', 'start a', 'postpone a', 'start a', 'finish a']);
      expect(bench.attempts).toEqual([0, 1, 1]);
    });

    test('the next job with an ordering key is found at once, whatever kind it is', async () => {
      const bench = await newBench(1, { sweepMs: HOUR });
      bench.hold('first');
      await bench.promise({ name: 'first', orderingKey: 'l' }, { name: 'second', kind: 'settle', orderingKey: 'l' });
      await bench.seen('start first');
      bench.release('first');
      await bench.seen('finish second');
    });

    test('kinds do not wait for each other', async () => {
      const bench = await newBench(1);
      bench.hold('send');
      await bench.promise({ name: 'send' }, { name: 'settle', kind: 'settle' });
      await bench.seen('finish settle');
      bench.release('send');
      await bench.seen('finish send');
    });
  });
}

function failures(newBench: NewBench): void {
  describe('a handler that throws', () => {
    test('changes nothing, is reported, and runs again after a backoff', async () => {
      const bench = await newBench();
      bench.ends('a', 'change and throw', 'throw');
      await bench.promise(
        { name: 'a', orderingKey: 'l' },
        { name: 'b', orderingKey: 'l' },
        { name: 'c', orderingKey: 'm' },
      );
      await bench.settled();
      expect(bench.started().sort()).toEqual(['a', 'c']);
      for (let again = 1; again <= 2; again++) {
        bench.clock.advance(LONG);
        bench.driver.wake();
        await bench.settled();
      }
      expect(bench.failures.map(String)).toEqual(['Error: a failed', 'Error: a failed']);
      expect(bench.started().filter((name) => name !== 'c')).toEqual(['a', 'a', 'a', 'b']);
    });

    test('does not run again before the backoff is over', async () => {
      const bench = await newBench();
      bench.ends('a', 'throw');
      await bench.promise({ name: 'a' });
      await bench.settled();
      bench.clock.advance(499);
      bench.driver.wake();
      await bench.settled();
      expect(bench.started()).toEqual(['a']);
    });
  });

  test('a job whose payload cannot be read is dead, and holds nothing up', async () => {
    const bench = await newBench();
    const broken = { kind: 'send', key: 'k', orderingKey: 'l', expiresAt: 1, payload: { title: 'a' } };
    await bench.ledger.write((tx) => bench.outbox.enqueue(tx, broken));
    await bench.promise({ name: 'b', orderingKey: 'l' });
    await bench.settled();
    bench.driver.wake();
    await bench.seen('finish b');
    await bench.promise({ name: 'c', key: 'k' });
    await bench.settled();
    expect(bench.started()).toEqual(['b', 'c']);
    expect(bench.failures.map(String)).toEqual([
      expect.stringMatching(
        /The payload of job \d+ \(kind 'send', key 'k'\) cannot be read: name: .*received undefined\./,
      ),
    ]);
    const [dead, ...others] = await bench.ledger.reader.selectFrom('jobs').selectAll().execute();
    expect(others).toEqual([]);
    expect(dead).toMatchObject({ state: 'dead', kind: 'send', payload: JSON.stringify({ title: 'a' }), attempts: 0 });
  });

  test('a payload that is no JSON ends its own job only', async () => {
    const bench = await newBench();
    const dueAt = bench.clock.now() + 1;
    await bench.promise({ name: 'a', dueAt });
    await bench.ledger.write(async ({ db }) => void (await db.updateTable('jobs').set({ payload: '{' }).execute()));
    await bench.promise({ name: 'b', dueAt });
    bench.clock.advance(1);
    bench.driver.wake();
    await bench.settled();
    expect(bench.started()).toEqual(['b']);
    expect(bench.failures).toHaveLength(1);
  });

  test('every one of many jobs runs once, while others end and are promised', async () => {
    const bench = await newBench(8);
    const names = Array.from({ length: 400 }, (_, i) => `job ${i}`);
    await Promise.all(
      names.map((name, i) => bench.promise({ name, ...(i % 3 > 0 && { orderingKey: `key ${i % 7}` }) })),
    );
    await bench.settled();
    const last = names.findLast((_, i) => i % 3 > 0) ?? '';
    await bench.seen(`finish ${last}`);
    await bench.settled();
    expect(bench.started().sort()).toEqual([...names].sort());
  });
}

function restarts(newBench: NewBench, make: MakeDriver, open: () => Promise<Ledger>): void {
  describe('stop and start', () => {
    test('a stop waits for what is under way and starts nothing more', async () => {
      const bench = await newBench();
      bench.hold('a');
      await bench.promise({ name: 'a', orderingKey: 'l' }, { name: 'b', orderingKey: 'l' });
      await bench.seen('start a');
      let stopped = false;
      const stopping = bench.driver.stop().then(() => (stopped = true));
      await bench.promise({ name: 'c' });
      bench.driver.wake();
      expect(stopped).toBe(false);
      bench.release('a');
      await stopping;
      expect(bench.happened()).toEqual(['start a', 'finish a']);
    });

    test('a stop in the middle of a poll starts nothing of what it found', async () => {
      const ledger = await open();
      const bench = new OutboxBench(make, ledger);
      await bench.promise({ name: 'a' });
      bench.start();
      await bench.driver.stop();
      expect(bench.log).toEqual([]);
      // Nor does it keep the next process from it.
      const next = new OutboxBench(make, ledger, { clock: bench.clock }).start();
      await next.seen('finish a');
      await next.driver.stop();
    });

    test('a start finds all that was promised before, in order', async () => {
      const ledger = await open();
      const before = new OutboxBench(make, ledger);
      await before.promise({ name: 'a1', orderingKey: 'a' }, { name: 'a2', orderingKey: 'a' }, { name: 'b' });
      await before.promise({ name: 'later', dueAt: before.clock.now() + MINUTE });
      const bench = new OutboxBench(make, ledger, { clock: before.clock }).start();
      await bench.settled();
      await bench.seen('finish a2');
      expect(bench.started().filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2']);
      bench.clock.advance(MINUTE);
      bench.driver.wake();
      await bench.seen('finish later');
      await bench.driver.stop();
    });

    test('a job under way when the process ended runs again', async () => {
      const ledger = await open();
      const killed = new OutboxBench(make, ledger).start();
      killed.hold('a');
      await killed.promise({ name: 'a', orderingKey: 'l' }, { name: 'b', orderingKey: 'l' });
      await killed.seen('start a');
      await killed.kill();
      await leasesEnd(ledger);
      const bench = new OutboxBench(make, ledger, { clock: killed.clock }).start();
      await bench.seen('finish b');
      expect(bench.started()).toEqual(['a', 'b']);
      await bench.driver.stop();
      killed.release('a');
    });
  });
}
