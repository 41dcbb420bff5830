/** What a driver does when its clock is put back or forward: nothing waits until the clock shows an old time again. */
import fc from 'fast-check';
import * as jobs from '../../service/src/store/job.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { eventually } from '../support/eventually.ts';
import { OutboxBench, type MakeDriver } from './outbox-bench.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const YEAR = 365 * DAY;
/** Beyond what the clocks of several machines may differ. */
const BACK = [
  ['ten minutes', 10 * MINUTE],
  ['a day', DAY],
  ['thirty years', 30 * YEAR],
] as const;

export function testClocks(newBench: () => Promise<OutboxBench>, make: MakeDriver, open: () => Promise<Ledger>): void {
  describe.each(BACK)('a clock that is put back %s', (_what, byMs) => {
    test('holds up nothing: neither what was put off nor what waits behind it', async () => {
      const bench = await newBench();
      bench.ends('a', { postponeMs: 30_000 });
      await bench.promise({ name: 'a', orderingKey: 'k' });
      await bench.seen('postpone a');
      bench.clock.jump(-byMs);
      await bench.promise({ name: 'b', orderingKey: 'k' }, { name: 'c' });
      await bench.seen('finish c');
      bench.driver.wake();
      await bench.seen('finish b');
      expect(bench.happened().filter((line) => line.startsWith('finish'))).toEqual([
        'finish c',
        'finish a',
        'finish b',
      ]);
    });

    test('holds up nothing that is promised anew under a key', async () => {
      const bench = await newBench();
      bench.ends('a', { postponeMs: 30_000 });
      await bench.promise({ name: 'a', key: 'x' });
      await bench.seen('postpone a');
      bench.clock.jump(-byMs);
      await bench.promise({ name: 'again', key: 'x' });
      await bench.seen('finish a');
    });

    test('holds up nothing that was being written meanwhile', async () => {
      const bench = await newBench();
      const before = bench.clock.now();
      bench.clock.set(before - byMs);
      bench.driver.wake();
      await bench.promise({ name: 'b' });
      await bench.seen('finish b');
      const late = { kind: 'send', payload: { name: 'a' }, dueAt: before + 30_000 };
      await bench.ledger.write((tx) => jobs.enqueue(tx, late, before));
      bench.driver.wake();
      await bench.seen('finish a');
    });

    test('holds up nothing although it could not be mended at first', async () => {
      const bench = await newBench();
      bench.ends('a', { postponeMs: 30_000 });
      await bench.promise({ name: 'a' });
      await bench.seen('postpone a');
      bench.clock.set(bench.clock.now() - byMs);
      const { ledger } = bench;
      const { write } = ledger;
      ledger.write = () => Promise.reject(new Error('The database is away'));
      bench.driver.wake();
      await eventually(() => bench.failures.length > 0, 'the mending to fail');
      ledger.write = write;
      for (let sweep = 0; sweep < 2; sweep++) bench.driver.wake();
      await bench.seen('finish a');
    });

    test('while nobody looked holds up nothing at the start, whatever it was put off for', async () => {
      const ledger = await open();
      const before = new OutboxBench(make, ledger).start();
      before.ends('a', { postponeMs: 10_000 });
      await before.promise({ name: 'a', orderingKey: 'k' }, { name: 'b', orderingKey: 'k' });
      await before.seen('postpone a');
      await before.driver.stop();
      before.clock.jump(-byMs);
      const bench = new OutboxBench(make, ledger, { clock: before.clock }).start();
      await bench.seen('finish b');
      await bench.driver.stop();
    });

    test('and put right again goes on with all it has promised since', async () => {
      const bench = await newBench();
      bench.clock.jump(-byMs);
      bench.ends('a', { postponeMs: 30_000 });
      await bench.promise({ name: 'a', orderingKey: 'k' }, { name: 'b', orderingKey: 'k' });
      await bench.seen('postpone a');
      bench.clock.jump(byMs);
      bench.clock.advance(30_000);
      bench.driver.wake();
      await bench.seen('finish b');
    });
  });

  test('however a clock jumps, what was put off runs when its time has passed, in its order, and only once at a time', async () => {
    const bench = await newBench();
    const jump = fc.oneof(fc.constantFrom(...BACK.flatMap(([, ms]) => [ms, -ms])), fc.integer({ min: -DAY, max: DAY }));
    const steps = fc.array(fc.tuple(jump, fc.integer({ min: 0, max: 10 * MINUTE })), { minLength: 1, maxLength: 4 });
    let count = 0;
    const property = fc.asyncProperty(steps, async (moves) => {
      for (const [byMs, postponeMs] of moves) {
        const [first, second, key] = [`first ${++count}`, `second ${count}`, `key ${count}`];
        bench.ends(first, { postponeMs });
        await bench.promise({ name: first, orderingKey: key });
        await bench.seen(`postpone ${first}`);
        bench.clock.jump(byMs);
        bench.driver.wake();
        await bench.promise({ name: second, orderingKey: key });
        // The clocks of machines that share a ledger may be a minute apart.
        bench.clock.advance(postponeMs + MINUTE);
        bench.driver.wake();
        await bench.seen(`finish ${second}`);
        expect(bench.log.indexOf(`finish ${first}`)).toBeLessThan(bench.log.indexOf(`start ${second}`));
      }
      expect(bench.broken).toEqual([]);
    });
    await fc.assert(property, { numRuns: 20 });
  });

  test('a time without sense puts nothing off for ever', async () => {
    const ledger = await open();
    const before = new OutboxBench(make, ledger);
    await before.promise({ name: 'a', dueAt: before.clock.now() + 80 * YEAR });
    const bench = new OutboxBench(make, ledger, { clock: before.clock }).start();
    await bench.seen('finish a');
    await bench.driver.stop();
  });
}
