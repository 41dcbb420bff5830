import { sql } from 'kysely';
import { z } from '../platform/service-zod.ts';
import { EmbeddedDriver } from '../../service/src/outbox/embedded.driver.ts';
import { Outbox, type OutboxJob } from '../../service/src/outbox/outbox.ts';
import { acquire } from '../../service/src/store/job-leases.store.ts';
import * as jobs from '../../service/src/store/job.store.ts';
import { restart } from '../../service/src/store/job-restart.store.ts';
import type { Job } from '../../service/src/store/job.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import type { Tx } from '../../service/src/store/unit-of-work.ts';
import { describeOutboxDriver } from '../conformance/outbox.ts';
import { describeProcesses } from '../conformance/outbox-processes.ts';
import { embedded, jobOf, OutboxBench } from '../conformance/outbox-bench.ts';
import { manualClock } from '../sandbox/kit/clock.ts';
import { eventually } from '../support/eventually.ts';
import { postgresLedgers } from '../support/postgres-ledgers.ts';

const ledgers = postgresLedgers();

describeOutboxDriver('embedded, with leases', embedded, ledgers.open);
describeProcesses('embedded, with leases', embedded, ledgers.openMany);

const NOW = 1_750_000_000_000;
const SCOPE = { kind: 'send', groupKey: '', priority: 0 };
const take = (ledger: Ledger, lease: string, leaseMs = 60_000) =>
  ledger.write((tx) => acquire(tx.db, SCOPE, NOW, 1, lease, leaseMs));
const rows = (ledger: Ledger) => ledger.reader.selectFrom('jobs').selectAll().orderBy('seq').execute();
const expire = (ledger: Ledger) => ledger.reader.updateTable('jobs').set({ leaseUntil: 0 }).execute();

describe('a lease', () => {
  const sweeping = (leaseMs: number) => ({ leaseMs, sweepMs: 20 });

  test('is renewed as long as its process lives, however long the job takes', async () => {
    const [one, two] = (await ledgers.openMany(2)) as [Ledger, Ledger];
    const clock = manualClock(NOW);
    const working = new OutboxBench(embedded, one, { clock, times: sweeping(3_000) }).start();
    working.hold('long');
    await working.promise({ name: 'long' });
    await working.seen('start long');
    const until = async () => (await rows(two))[0]?.leaseUntil ?? 0;
    const before = await until();
    const watching = new OutboxBench(embedded, two, { clock, times: sweeping(3_000) }).start();
    await eventually(async () => (await until()) > before + 2_000, 'the lease to be renewed again and again');
    working.release('long');
    await working.seen('finish long');
    expect(watching.started()).toEqual([]);
    expect(working.started()).toEqual(['long']);
    await Promise.all([working.driver.stop(), watching.driver.stop()]);
  });

  test('ends by itself when its process was killed: another one finds the job without being told', async () => {
    const [one, two] = (await ledgers.openMany(2)) as [Ledger, Ledger];
    const clock = manualClock(NOW);
    const killed = new OutboxBench(embedded, one, { clock, times: sweeping(500) }).start();
    killed.hold('a');
    await killed.promise({ name: 'a' });
    await killed.seen('start a');
    await killed.kill();
    const heir = new OutboxBench(embedded, two, { clock, times: sweeping(500) }).start();
    await heir.seen('finish a');
    await heir.driver.stop();
    killed.release('a');
  });

  test('of a server whose clock has been put back since ends no later for that', async () => {
    const ledger = await ledgers.open();
    await new OutboxBench(embedded, ledger).promise({ name: 'a' });
    await take(ledger, 'p:1');
    const later = (ms: number) =>
      ledger.reader
        .updateTable('jobs')
        .set({ leaseUntil: Date.now() + ms })
        .execute();
    // As long as a lease may be, with what a renewal may be late: it is somebody's.
    await later(100_000);
    expect(await take(ledger, 'p:2')).toEqual([]);
    await later(24 * 3_600_000);
    expect(await take(ledger, 'p:2')).toMatchObject([{ lease: 'p:2' }]);
  });

  test('once lost stays lost, even when the same process has the job again', async () => {
    const ledger = await ledgers.open();
    const bench = new OutboxBench(embedded, ledger);
    await bench.promise({ name: 'a' });
    const [lost] = (await take(ledger, 'p:1')) as [Job];
    expect(await take(ledger, 'p:2')).toEqual([]);
    await expire(ledger);
    const [held] = (await take(ledger, 'p:2')) as [Job];
    expect(held.seq).toBe(lost.seq);
    const before = await rows(ledger);
    await ledger.write(async (tx) => {
      expect(await jobs.finish(tx, lost)).toBeUndefined();
      await jobs.postpone(tx, lost, { dueAt: NOW + 5, now: NOW, costsAttempt: true });
      await restart(tx, lost, NOW + 5);
      expect(await jobs.isMine(tx, lost)).toBe(false);
      expect(await jobs.isMine(tx, held)).toBe(true);
    });
    expect(await rows(ledger)).toEqual(before);
  });

  test.each<[string, (tx: Tx, job: Job) => Promise<unknown>]>([
    ['put off', (tx, job) => jobs.postpone(tx, job, { dueAt: NOW, now: NOW, costsAttempt: false })],
    ['that goes on', (tx, job) => restart(tx, job, NOW)],
  ])('is given back with a job %s', async (_name, giveBack) => {
    const ledger = await ledgers.open();
    await new OutboxBench(embedded, ledger).promise({ name: 'a' });
    const [job] = (await take(ledger, 'p:1')) as [Job];
    await ledger.write((tx) => giveBack(tx, job));
    expect(await take(ledger, 'p:2')).toMatchObject([{ seq: job.seq, lease: 'p:2' }]);
  });

  test('taken just before the database fails is used: the job is run', async () => {
    const ledger = await ledgers.open();
    let leases = 0;
    // One for each priority: the second fails, once.
    const touch: Ledger['touch'] = (run) =>
      ++leases === 2 ? Promise.reject(new Error('the connection broke')) : ledger.touch(run);
    const write = ledger.write.bind(ledger);
    const failing = { reader: ledger.reader, dialect: ledger.dialect, write, touch, waiting: 0 } as unknown as Ledger;
    await new OutboxBench(embedded, ledger).promise({ name: 'a' });
    const bench = new OutboxBench(embedded, failing).start();
    await bench.seen('finish a');
    expect(bench.failures.map(String)).toEqual(['Error: the connection broke']);
    await bench.driver.stop();
  });

  test('that another process just asks for does not hold up the rest', async () => {
    const [one, two] = (await ledgers.openMany(2)) as [Ledger, Ledger];
    await new OutboxBench(embedded, one).promise({ name: 'a' }, { name: 'b' });
    await one.write(async (tx) => {
      const [first] = await acquire(tx.db, SCOPE, NOW, 1, 'p:1', 60_000);
      const [second] = await take(two, 'q:1');
      expect([first?.payload, second?.payload]).toEqual([{ name: 'a' }, { name: 'b' }]);
    });
  });
});

describe('a keyed promise', () => {
  const JOB: OutboxJob = { kind: 'send', key: 'k', payload: { name: 'drain' } };
  const facts = (tx: Pick<Tx, 'db'>) => tx.db.selectFrom('cursors').select('name').execute();

  /** Takes all facts that are there away, and is done when there are no more. */
  function drain(ledger: Ledger, outbox: Outbox, drained: string[]) {
    return async (job: Job) => {
      const found = await facts({ db: ledger.reader });
      await ledger.write(async (tx) => {
        const gone: string[] = [];
        for (const { name } of found) {
          const result = await tx.db.deleteFrom('cursors').where('name', '=', name).executeTakeFirst();
          if (result.numDeletedRows > 0n) gone.push(name);
        }
        await outbox.finishOrRestart(tx, job, JOB, async () => (await facts(tx)).length > 0);
        tx.afterCommit(() => drained.push(...gone));
      });
    };
  }

  test('made while its job ends is never forgotten, by whichever process', async () => {
    const PROMISES = 400;
    const clock = manualClock(NOW);
    const drained: string[] = [];
    const processes = (await ledgers.openMany(2)).map((ledger) => {
      // No sweep: only what is promised and notified is done.
      const driver = new EmbeddedDriver(ledger, clock, (_job, error) => broken.push(error), { sweepMs: 600_000 });
      const outbox = new Outbox(clock, driver);
      outbox.register([{ kind: 'send' }]);
      driver.start([{ kind: 'send', payload: z.unknown(), concurrency: 2, run: drain(ledger, outbox, drained) }]);
      return { ledger, driver, outbox };
    });
    const broken: unknown[] = [];
    await Promise.all(
      Array.from({ length: PROMISES }, async (_, i) => {
        const { ledger, outbox } = processes[i % 2] as (typeof processes)[number];
        await ledger.write(async (tx) => {
          const values = { name: `fact ${i}`, position: '' };
          await tx.db.insertInto('cursors').values(values).execute();
          await outbox.enqueue(tx, JOB);
          if (i % 7 === 0) await sql`select pg_sleep(0.01)`.execute(tx.db);
        });
      }),
    );
    await eventually(
      () => drained.length >= PROMISES,
      () => `all facts: ${drained.length}`,
    );
    expect(new Set(drained).size).toBe(PROMISES);
    expect(broken).toEqual([]);
    expect(await ledgers.deadlocks()).toBe(0);
    for (const { driver } of processes) await driver.stop();
  });

  test('does not wait for the end of its job, nor its end for the promise: nobody can wait in a circle', async () => {
    const [one, two] = (await ledgers.openMany(2)) as [Ledger, Ledger];
    const clock = manualClock(NOW);
    const outbox = new Outbox(clock, new EmbeddedDriver(one, clock, () => undefined));
    outbox.register([{ kind: 'send' }]);
    await one.write((tx) => outbox.enqueue(tx, JOB));
    const [job] = (await take(two, 'q:1')) as [Job];
    let finished = false;
    await one.write(async (tx) => {
      await tx.db.insertInto('cursors').values({ name: 'fact', position: '' }).execute();
      await outbox.enqueue(tx, JOB);
      await two.write((other) => outbox.finishOrRestart(other, job, JOB, async () => (await facts(other)).length > 0));
      finished = true;
    });
    expect(finished).toBe(true);
    await eventually(async () => (await take(two, 'q:2')).length === 1, 'the job to be there again');
  });

  test('is kept, too, when its job was somebody else’s by then', async () => {
    const ledger = await ledgers.open();
    const clock = manualClock(NOW);
    const outbox = new Outbox(clock, new EmbeddedDriver(ledger, clock, () => undefined));
    outbox.register([{ kind: 'send' }]);
    await ledger.write((tx) => outbox.enqueue(tx, jobOf({ name: 'a', key: 'k' })));
    const [job] = (await take(ledger, 'p:1')) as [Job];
    await expire(ledger);
    await take(ledger, 'q:1');
    await ledger.write((tx) => outbox.finishOrRestart(tx, job, JOB, async () => false));
    expect(await rows(ledger)).toMatchObject([{ key: 'k', leaseOwner: 'q:1' }]);
  });
});
