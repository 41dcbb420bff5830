/** What the outbox port promises where several processes work on one ledger. `describeProcesses('bull', make, open)`. */
import { jest } from '@jest/globals';
import type { Job } from '../../service/src/outbox/outbox.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { manualClock, type ManualClock } from '../sandbox/kit/clock.ts';
import { eventually } from '../support/eventually.ts';
import { leasesEnd, OutboxBench, type BenchOptions, type MakeDriver, type NamedJob } from './outbox-bench.ts';

/** A ledger for each process, all on one new database. */
export type OpenLedgers = (count: number) => Promise<Ledger[]>;

/** Processes that run at the same time. */
export interface Processes {
  clock: ManualClock;
  benches: OutboxBench[];
  ledger: Ledger;
  /** What was finished, by whomever. */
  finished(): string[];
}

export type StartProcesses = (count: number, options?: BenchOptions) => Promise<Processes>;

const SWEEP_MS = 20;
/** Above the bound of every wait, so that a test that fails says what it waited for. */
jest.setTimeout(40_000);

export function describeProcesses(name: string, make: MakeDriver, open: OpenLedgers): void {
  describe(`processes: ${name}`, () => {
    const running: OutboxBench[] = [];

    const startMany: StartProcesses = async (count, options = {}) => {
      const ledgers = await open(count);
      const everywhere = new Map<string, Job>();
      const clock = manualClock(1_750_000_000_000);
      const log: string[] = [];
      const note = (line: string) => log.push(line);
      const benches = ledgers.map((ledger) =>
        new OutboxBench(make, ledger, { clock, everywhere, note, ...options }).start(),
      );
      running.push(...benches);
      const finished = () =>
        log.filter((line) => line.startsWith('finish ')).map((line) => line.slice('finish '.length));
      return { clock, benches, ledger: ledgers[0] as Ledger, finished };
    };

    afterEach(async () => {
      for (const bench of running.splice(0)) {
        if (!bench.isDead) await bench.driver.stop();
        expect(bench.broken).toEqual([]);
      }
    });

    sharing(startMany);
    dying(startMany);
  });
}

function sharing(startMany: StartProcesses): void {
  test('run every job once and the jobs with one ordering key one at a time, as they were promised, whoever promised them', async () => {
    const { benches, ledger, finished } = await startMany(2, { concurrency: 4 });
    const jobs: NamedJob[] = Array.from({ length: 150 }, (_, i) => ({
      name: `job ${i}`,
      ...(i % 3 > 0 && { orderingKey: `key ${i % 5}` }),
      priority: i % 2 === 0 ? 0 : 10,
    }));
    const order: string[] = [];
    await Promise.all(
      jobs.map(async (job, i) => {
        const bench = benches[i % 2] as OutboxBench;
        await bench.promise(job);
        order.push(job.name);
      }),
    );
    await everyone(benches, () => finished().length >= jobs.length);
    expect(finished().sort()).toEqual(jobs.map((job) => job.name).sort());
    expect(await ledger.reader.selectFrom('jobs').select('seq').execute()).toEqual([]);
    for (const bench of benches) expect(bench.started().length).toBeGreaterThan(0);
  });

  test('order of a key: what one process promised after another’s promise was kept comes after it', async () => {
    const { benches, finished } = await startMany(2, { concurrency: 4 });
    const names = Array.from({ length: 24 }, (_, i) => `job ${i}`);
    for (const [i, name] of names.entries()) await benches[i % 2]?.promise({ name, orderingKey: 'l' });
    await everyone(benches, () => finished().length >= names.length);
    expect(finished()).toEqual(names);
  });

  test('one that is busy leaves its work to another', async () => {
    const { benches, finished } = await startMany(2, { concurrency: 1 });
    const [busy, free] = benches as [OutboxBench, OutboxBench];
    for (const bench of benches) bench.hold('long');
    await busy.promise({ name: 'long' });
    await everyone(benches, () => benches.some((bench) => bench.started().includes('long')));
    const [holder, other] = busy.started().includes('long') ? [busy, free] : [free, busy];
    await holder.promise({ name: 'short' });
    await everyone(benches, () => finished().includes('short'));
    expect(other.started()).toEqual(['short']);
    holder.release('long');
    await holder.seen('finish long');
  });
}

function dying(startMany: StartProcesses): void {
  test('what one was at when it was killed is done by another, when its lease has ended and not before', async () => {
    const { benches, ledger } = await startMany(2, { concurrency: 4 });
    const [first, second] = benches as [OutboxBench, OutboxBench];
    for (const bench of benches) bench.hold('a');
    await first.promise({ name: 'a', orderingKey: 'l' }, { name: 'b', orderingKey: 'l' });
    await everyone(benches, () => benches.some((bench) => bench.started().includes('a')));
    const [dead, heir] = first.started().includes('a') ? [first, second] : [second, first];
    await dead.kill();
    heir.release('a');
    await heir.promise({ name: 'other' });
    await heir.seen('finish other');
    heir.driver.wake();
    await heir.promise({ name: 'another' });
    await heir.seen('finish another');
    expect(heir.started()).toEqual(['other', 'another']);
    await leasesEnd(ledger);
    heir.driver.wake();
    await heir.seen('finish b');
    expect(heir.started().slice(2)).toEqual(['a', 'b']);
    dead.release('a');
  });

  test('killed one after the other in the middle of everything, they finish every job once, in order', async () => {
    const { benches, finished } = await startMany(3, { concurrency: 3, times: { leaseMs: 1_500 } });
    const keys = ['x', 'y', 'z', undefined];
    const jobs = Array.from({ length: 90 }, (_, i) => ({ name: `job ${i}`, orderingKey: keys[i % 4] }));
    const promised: string[] = [];
    for (const [i, job] of jobs.entries()) {
      if (i === 30 || i === 60) await benches[i / 30 - 1]?.kill();
      const alive = benches.filter((bench) => !bench.isDead);
      await (alive[i % alive.length] as OutboxBench).promise(job);
      promised.push(job.name);
    }
    await everyone(benches, () => finished().length >= jobs.length);
    expect(finished().sort()).toEqual([...promised].sort());
    for (const key of ['x', 'y', 'z']) {
      const names = jobs.filter((job) => job.orderingKey === key).map((job) => job.name);
      expect(finished().filter((name) => names.includes(name))).toEqual(names);
    }
  });
}

/** Until it is so; meanwhile the processes look for work by themselves, as their sweeps do. */
async function everyone(benches: readonly OutboxBench[], isSo: () => boolean): Promise<void> {
  const sweep = setInterval(() => {
    for (const bench of benches) if (!bench.isDead) bench.driver.wake();
  }, SWEEP_MS);
  try {
    await eventually(isSo, 'the processes to have done it');
  } finally {
    clearInterval(sweep);
  }
}
