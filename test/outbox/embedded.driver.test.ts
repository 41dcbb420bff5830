import { setImmediate as turn } from 'node:timers/promises';
import type { QueryResult, RootOperationNode, UnknownRow } from 'kysely';
import { z } from '../platform/service-zod.ts';
import { systemClock } from '../../service/src/core/clock.ts';
import { EmbeddedDriver } from '../../service/src/outbox/embedded.driver.ts';
import { Outbox } from '../../service/src/outbox/outbox.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { describeOutboxDriver } from '../conformance/outbox.ts';
import { embedded, jobOf, OutboxBench } from '../conformance/outbox-bench.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

describeOutboxDriver('embedded', embedded);

/** A ledger whose reads answer when `answer` says so, with what was read before. */
function readingThrough(ledger: Ledger, answer: () => Promise<void>): Ledger {
  const reader = ledger.reader.withPlugin({
    transformQuery: ({ node }): RootOperationNode => node,
    transformResult: async ({ result }): Promise<QueryResult<UnknownRow>> => {
      await answer();
      return result;
    },
  });
  return { reader, dialect: ledger.dialect, write: ledger.write.bind(ledger) } as Ledger;
}

describe('the embedded driver', () => {
  const open = tempLedgers();

  test('does not run a job twice that ended while the table was being read', async () => {
    let answers: (() => void)[] | undefined;
    const slow = () => new Promise<void>((done) => (answers ? answers.push(done) : done()));
    const bench = new OutboxBench(embedded, readingThrough(await open(), slow)).start();
    bench.hold('a');
    await bench.promise({ name: 'a' });
    await bench.seen('start a');
    answers = [];
    bench.driver.wake();
    while (answers.length === 0) await turn();
    bench.release('a');
    await bench.seen('finish a');
    await turn();
    const waiting = answers;
    answers = undefined;
    waiting.forEach((done) => done());
    await bench.settled();
    expect(bench.started()).toEqual(['a']);
    await bench.driver.stop();
  });

  test('reports a look that failed and goes on with the next', async () => {
    let broken = true;
    const bench = new OutboxBench(
      embedded,
      readingThrough(await open(), async () => {
        if (broken) throw new Error('the disk is gone');
      }),
    ).start();
    await bench.promise({ name: 'a' });
    while (bench.failures.length === 0) await turn();
    expect(String(bench.failures[0])).toContain('the disk is gone');
    broken = false;
    bench.driver.wake();
    await bench.seen('finish a');
    await bench.driver.stop();
  });

  test('runs what is due later by itself', async () => {
    const ledger = await open();
    const driver = new EmbeddedDriver(ledger, systemClock, () => undefined);
    const outbox = new Outbox(systemClock, driver);
    outbox.register([{ kind: 'send' }]);
    const dueAt = Date.now() + 50;
    const ranAt = new Promise<number>((ran) => {
      const run = async () => ran(Date.now());
      driver.start([
        {
          kind: 'send',
          payload: z.unknown(),
          concurrency: 1,
          run: async (job) => ledger.write((tx) => outbox.finish(tx, job)).then(run),
        },
      ]);
    });
    await ledger.write((tx) => outbox.enqueue(tx, { ...jobOf({ name: 'a' }), dueAt }));
    expect(await ranAt).toBeGreaterThanOrEqual(dueAt);
    await driver.stop();
  });

  test('a job whose postponing could not be written is left to the next look', async () => {
    const ledger = await open();
    let failing = true;
    const write: Ledger['write'] = (unit) => (failing ? Promise.reject(new Error('disk full')) : ledger.write(unit));
    const driver = new EmbeddedDriver(
      { reader: ledger.reader, dialect: ledger.dialect, write } as Ledger,
      systemClock,
      () => (failing = false),
    );
    const outbox = new Outbox(systemClock, driver);
    outbox.register([{ kind: 'send' }]);
    const finished = new Promise<void>((done) => {
      const run = (job: Parameters<typeof outbox.finish>[1]) => write((tx) => outbox.finish(tx, job)).then(done);
      driver.start([{ kind: 'send', payload: z.unknown(), concurrency: 1, run }]);
    });
    await ledger.write((tx) => outbox.enqueue(tx, jobOf({ name: 'a' })));
    await finished;
    await driver.stop();
  });
});
