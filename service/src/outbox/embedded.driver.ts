/** The in-process driver: one process over one ledger. A job under way is known in memory; after a crash all are free again. */
import type { Clock } from '../core/clock.ts';
import { backoffMs } from '../core/retry.ts';
import * as jobs from '../store/job.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Job, JobHandler, JobKind, OutboxDriver } from './outbox.ts';

/** Told when a handler threw, or (without a job) when looking for jobs did: a defect or a broken disk, never a provider's answer. */
export type JobFailure = (job: Job | undefined, error: unknown) => void;

/** The driver looks by itself this often, should a ring ever be lost. */
const SWEEP_MS = 5_000;
/** Node's timers hold no more than this; what is due later is looked for again then. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long a job rests when not even its postponing could be written. */
const REST_MS = 1_000;

export class EmbeddedDriver implements OutboxDriver {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #failed: JobFailure;
  readonly #pumps = new Map<JobKind, Pump>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(ledger: Ledger, clock: Clock, failed: JobFailure) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#failed = failed;
  }

  start(handlers: readonly JobHandler[]): void {
    for (const handler of handlers) {
      this.#pumps.set(handler.kind, new Pump(handler, this.#ledger, this.#clock, this.#failed));
    }
    this.wake();
    this.#sweep = setInterval(() => this.wake(), SWEEP_MS);
    this.#sweep.unref();
  }

  ring(kind: JobKind, dueAt: number): void {
    this.#pumps.get(kind)?.ring(dueAt);
  }

  /** Looks for everything that is due by the clock now. */
  wake(): void {
    for (const pump of this.#pumps.values()) pump.ring(this.#clock.now());
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#pumps.values()].map((pump) => pump.stop()));
  }
}

/** Runs the jobs of one kind, up to the handler's concurrency. */
class Pump {
  readonly #handler: JobHandler;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #failed: JobFailure;
  readonly #running = new Map<number, Promise<void>>();
  /** Jobs that ended while the table was being read: what was read of them is old. */
  readonly #ended = new Set<number>();
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;

  constructor(handler: JobHandler, ledger: Ledger, clock: Clock, failed: JobFailure) {
    this.#handler = handler;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#failed = failed;
  }

  ring(dueAt: number): void {
    if (this.#stopped) return;
    const waitMs = dueAt - this.#clock.now();
    if (waitMs > 0) return this.#lookAt(dueAt, waitMs);
    if (this.#running.size >= this.#handler.concurrency) return;
    this.#lookAgain = true;
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#couldNotLook(error))
      .finally(() => {
        this.#looking = undefined;
        // Rung after the last look, before this: nobody else would look.
        if (this.#lookAgain) this.ring(this.#clock.now());
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  #lookAt(dueAt: number, waitMs: number): void {
    if (dueAt >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = dueAt;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Infinity;
        this.ring(this.#clock.now());
      },
      Math.min(waitMs, MAX_TIMER_MS),
    );
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    while (this.#lookAgain && !this.#stopped) {
      this.#lookAgain = false;
      const free = this.#handler.concurrency - this.#running.size;
      if (free <= 0) return;
      const now = this.#clock.now();
      this.#ended.clear();
      const found = await jobs.due(this.#ledger.reader, this.#handler.kind, now, free + this.#running.size);
      if (this.#stopped) return;
      const mine = found.filter((job) => !this.#running.has(job.seq) && !this.#ended.has(job.seq)).slice(0, free);
      if (this.#ended.size > 0) this.#lookAgain = true;
      for (const job of mine) this.#start(job);
      if (mine.length > 0) continue;
      const next = await jobs.nextDueAt(this.#ledger.reader, this.#handler.kind, now);
      if (next !== undefined) this.ring(next);
    }
  }

  /** The sweep looks again. */
  #couldNotLook(error: unknown): void {
    this.#lookAgain = false;
    this.#failed(undefined, error);
  }

  #start(job: Job): void {
    const done = this.#handler
      .run(job)
      .catch((error: unknown) => this.#postpone(job, error))
      .finally(() => {
        this.#running.delete(job.seq);
        this.#ended.add(job.seq);
        this.ring(this.#clock.now());
      });
    this.#running.set(job.seq, done);
  }

  /** A handler that threw changed nothing. When not even the postponing can be written, the sweep finds the job again. */
  async #postpone(job: Job, error: unknown): Promise<void> {
    this.#failed(job, error);
    const dueAt = this.#clock.now() + backoffMs(job.attempts + 1, Math.random());
    try {
      await this.#ledger.write((tx) => jobs.postpone(tx, job.seq, dueAt, true));
    } catch (cause) {
      this.#failed(job, cause);
      await new Promise((rested) => setTimeout(rested, REST_MS).unref());
    }
  }
}
