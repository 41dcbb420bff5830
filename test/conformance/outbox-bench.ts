/** A bench for outbox drivers: jobs that are told how to end, a clock that is told the time, and a record of what ran. */
import { setImmediate as turn } from 'node:timers/promises';
import { z } from '../platform/service-zod.ts';
import { EmbeddedDriver, type DriverTimes } from '../../service/src/outbox/embedded.driver.ts';
import {
  Outbox,
  type Job,
  type JobHandler,
  type OutboxDriver,
  type OutboxJob,
} from '../../service/src/outbox/outbox.ts';
import type { PayloadSchema } from '../../service/src/outbox/payload.ts';
import type { GroupGate } from '../../service/src/outbox/fair-scheduler.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { eventually } from '../support/eventually.ts';
import type { Clock } from '../../service/src/core/clock.ts';
import { manualClock, type ManualClock } from '../sandbox/kit/clock.ts';
import { ChangeSignal } from '../sandbox/kit/change-signal.ts';

/** What the suite needs of a driver besides the port: look now for all that is due, as its sweep does. */
export type TestedDriver = OutboxDriver & { wake(): void };
export type MakeDriver = (
  ledger: Ledger,
  clock: Clock,
  failed: (job: Job | undefined, error: unknown) => void,
  times?: DriverTimes,
) => TestedDriver;

/** How a run of a job ends; `changes and throws` writes first, in a unit of work that is undone. */
export type Ending = 'finish' | 'throw' | 'change and throw' | { postponeMs: number; costsAttempt?: boolean };
interface Named {
  name: string;
}
const NAMED: PayloadSchema<Named> = z.object({ name: z.string() });
export type NamedJob = Partial<OutboxJob> & { name: string };

export interface BenchOptions {
  concurrency?: number | undefined;
  clock?: ManualClock;
  /** Shared by benches that stand for one process after the other. */
  endings?: Map<string, Ending[]>;
  /** Set: `send` jobs are in groups, which this holds back. */
  gate?: GroupGate;
  /** Shared by benches that stand for processes at the same time: what runs anywhere. */
  everywhere?: Map<string, Job>;
  /** Told of every line. */
  note?(line: string): void;
  times?: DriverTimes;
}

/** The ledger as a process has it: once that is killed, nothing that it would do reaches the ledger any more. */
function mortal(ledger: Ledger): { ledger: Ledger; die(): void } {
  let dead = false;
  const write = <T>(unit: Parameters<typeof ledger.write<T>>[0]) =>
    dead ? new Promise<T>(() => undefined) : ledger.write(unit);
  const touch = <T>(run: Parameters<typeof ledger.touch<T>>[0]) =>
    dead ? new Promise<T>(() => undefined) : ledger.touch(run);
  const alive = { reader: ledger.reader, dialect: ledger.dialect, write, touch } as Ledger;
  return { ledger: alive, die: () => (dead = true) };
}

/** The time passes for which the leases of a dead process keep its jobs from the others. */
export async function leasesEnd(ledger: Ledger): Promise<void> {
  if (ledger.dialect.shared) await ledger.reader.updateTable('jobs').set({ leaseUntil: 0 }).execute();
}

export const embedded: MakeDriver = (...given) => new EmbeddedDriver(...given);

const START = 1_750_000_000_000;

/** One process with a driver over a ledger that outlives it. */
export class OutboxBench {
  readonly clock: ManualClock;
  readonly ledger: Ledger;
  readonly driver: TestedDriver;
  readonly outbox: Outbox;
  /** `start x`, `finish x`, `throw x`…, in order. */
  readonly log: string[] = [];
  readonly failures: unknown[] = [];
  readonly attempts: number[] = [];
  /** What went wrong by the rules of the port. */
  readonly broken: string[] = [];
  isDead = false;
  /** The most jobs under way at once. */
  most = 0;
  readonly #signal = new ChangeSignal();
  readonly #endings: Map<string, Ending[]>;
  readonly #held = new Map<string, () => void>();
  readonly #running: Map<string, Job>;
  readonly #mine = new Set<string>();
  readonly #concurrency: number;
  readonly #gate: GroupGate | undefined;
  readonly #die: () => void;
  readonly #waiting: () => number;
  readonly #told: BenchOptions['note'];
  #sentinels = 0;

  constructor(make: MakeDriver, ledger: Ledger, options: BenchOptions = {}) {
    const process = mortal(ledger);
    this.#die = process.die;
    this.#waiting = () => ledger.waiting;
    this.ledger = process.ledger;
    this.#running = options.everywhere ?? new Map();
    this.#gate = options.gate;
    this.#told = options.note;
    this.clock = options.clock ?? manualClock(START);
    this.#concurrency = options.concurrency ?? 4;
    this.#endings = options.endings ?? new Map();
    this.driver = make(this.ledger, this.clock, (_job, error) => this.failures.push(error), options.times);
    this.outbox = new Outbox(this.clock, this.driver);
    this.outbox.register([{ kind: 'send' }, { kind: 'settle' }]);
  }

  start(): this {
    const gate = this.#gate;
    this.driver.start([{ ...this.#handler('send'), ...(gate && { gate }) }, this.#handler('settle')]);
    return this;
  }

  /** The process ends here and now: nothing more that it would do reaches the ledger. Resolves when what was under way there has ended. */
  async kill(): Promise<void> {
    this.#die();
    this.isDead = true;
    for (const name of this.#mine) this.#running.delete(name);
    this.#mine.clear();
    void this.driver.stop();
    await eventually(() => this.#waiting() === 0, 'the last units of work to end');
  }

  /** Promises jobs in one unit of work. */
  async promise(...jobs: NamedJob[]): Promise<void> {
    await this.ledger.write(async (tx) => {
      for (const job of jobs) await this.outbox.enqueue(tx, jobOf(job));
    });
  }

  /** The next runs of a job end like this, those after them with `finish`. */
  ends(name: string, ...endings: Ending[]): void {
    this.#endings.set(name, endings);
  }

  /** The job's run stays under way until it is released. */
  hold(name: string): void {
    this.#held.set(name, () => undefined);
  }

  release(name: string): void {
    const open = this.#held.get(name);
    this.#held.delete(name);
    open?.();
  }

  /** Resolves when the line was written as often as asked. */
  seen(line: string, times = 1): Promise<unknown> {
    return this.#signal.waitFor(
      () => this.log.filter((one) => one === line).length >= times,
      20_000,
      `${times} × ${line}`,
    );
  }

  /** Everything that could start by now has started, and has ended unless it is held: a last job, behind all others, ended too. */
  async settled(): Promise<void> {
    const name = `sentinel ${++this.#sentinels}`;
    await this.promise({ name, priority: 10 });
    await this.seen(`finish ${name}`);
    if (this.ledger.dialect.shared) await eventually(() => this.#rests(), 'the jobs that are due to end');
    await turn();
  }

  /** Whether nothing is due but what is held. */
  async #rests(): Promise<boolean> {
    const jobs = this.ledger.reader.selectFrom('jobs').select('payload').where('state', '=', 'ready');
    const due = await jobs.where('dueAt', '<=', this.clock.now()).execute();
    const names = due.map(({ payload }) => (JSON.parse(payload) as { name: string }).name);
    return names.every((name) => this.#held.has(name) && this.#mine.has(name));
  }

  /** What happened, without the sentinels. */
  happened(): string[] {
    return this.log.filter((line) => !line.includes('sentinel'));
  }

  started(): string[] {
    return this.happened()
      .filter((line) => line.startsWith('start '))
      .map((line) => line.slice('start '.length));
  }

  #handler(kind: 'send' | 'settle'): JobHandler<Named> {
    return { kind, payload: NAMED, concurrency: this.#concurrency, run: (job) => this.#run(job) };
  }

  async #run(job: Job<Named>): Promise<void> {
    const { name } = job.payload;
    this.#begin(name, job);
    try {
      if (this.#held.has(name)) await new Promise<void>((open) => this.#held.set(name, open));
      await this.#end(name, job, this.#endings.get(name)?.shift() ?? 'finish');
    } finally {
      this.#ended(name);
    }
  }

  /** A killed one may have been begun anew elsewhere. */
  #ended(name: string): void {
    if (this.#mine.delete(name)) this.#running.delete(name);
  }

  #begin(name: string, job: Job): void {
    if (this.#running.has(name)) this.broken.push(`${name} runs twice at the same time`);
    const keys = [...this.#running.values()].map((one) => one.orderingKey);
    if (job.orderingKey !== null && keys.includes(job.orderingKey))
      this.broken.push(`two jobs with the key ${job.orderingKey} run at the same time`);
    this.#running.set(name, job);
    this.#mine.add(name);
    this.most = Math.max(this.most, this.#mine.size);
    this.attempts.push(job.attempts);
    this.#note(`start ${name}`);
  }

  async #end(name: string, job: Job, ending: Ending): Promise<void> {
    if (ending === 'throw') {
      this.#note(`throw ${name}`);
      throw new Error(`${name} failed`);
    }
    await this.ledger.write(async (tx) => {
      if (ending === 'change and throw') {
        await this.outbox.enqueue(tx, jobOf({ name: `${name}’s child` }));
        await this.outbox.finish(tx, job);
        throw new Error(`${name} failed`);
      }
      if (ending === 'finish') {
        await this.outbox.finish(tx, job);
        // Another process may begin the next with the key before this one hears of its commit.
        this.#ended(name);
      } else await this.outbox.postpone(tx, job, this.clock.now() + ending.postponeMs, ending.costsAttempt ?? true);
      tx.afterCommit(() => this.#note(`${ending === 'finish' ? 'finish' : 'postpone'} ${name}`));
    });
  }

  #note(line: string): void {
    this.log.push(line);
    this.#told?.(line);
    this.#signal.notify();
  }
}

export function jobOf({ name, ...job }: NamedJob): OutboxJob {
  return { kind: 'send', ...job, payload: { name } };
}
