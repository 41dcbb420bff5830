/**
 * The outbox stores work that is promised in a transaction. *The database is the ledger; the queue only notifies.* A job is a row
 * written by `enqueue` in the caller's unit of work; a driver only says when to poll. Losing every notification loses time, no work.
 */
import type { Clock } from '../core/clock.ts';
import * as jobs from '../store/job.store.ts';
import type { Job, NewJob } from '../store/job.store.ts';
import { finishUnlessLocked, restart } from '../store/job-restart.store.ts';
import { hasten, moveToGroup } from '../store/job-group.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { PayloadSchema } from './payload.ts';
import type { GroupGate } from './fair-scheduler.ts';

/** Handlers get a job in this form: what was promised, as the store keeps it. Instants are milliseconds since the epoch. */
export type { Job } from '../store/job.store.ts';

/** Describes a job as a pipeline promises it. */
export type OutboxJob = NewJob;

/**
 * A handler does one kind of work, which it names itself. `run` is given a job that no one else runs at the same time, and must either `finish` or `postpone` it in
 * a unit of work of its own before it resolves. A throw means that nothing was changed: the job is tried again after a backoff.
 * It may be run again after a crash at any point, so what it does outside the ledger has to be found there first.
 */
export interface JobHandler<Payload = unknown> {
  /** Names the kind, which no other handler has. Stored with each job, so a kind that was released is never called anything else. */
  readonly kind: string;
  /** Reads what a job of the kind knows, also one that an earlier version promised. A job that it refuses is dead. */
  readonly payload: PayloadSchema<Payload>;
  /** Bounds the jobs of this kind that may run at the same time, in one process. */
  concurrency: number;
  /** Set: the kind's jobs are in groups, which the scheduler serves in rotation and the gate may hold back. */
  gate?: GroupGate;
  run(job: Job<Payload>): Promise<void>;
}

/** A driver decides when to poll for jobs, and runs them. */
export interface OutboxDriver {
  /** Tells that a job of `kind` becomes due at `dueAt` (milliseconds since the epoch); called after the commit. May be lost. */
  notify(kind: string, dueAt: number): void;
  /** Starts running jobs; everything that is due already is found by itself. */
  start(handlers: readonly JobHandler[]): void;
  /** Takes no more jobs and resolves when those under way are done. */
  stop(): Promise<void>;
}

/** Says how long a keyed job is left alone while a unit of work promises it anew. */
const REST_MS = 10;

/** The pipelines promise and end jobs by it: every call joins the caller's unit of work and notifies the driver after its commit. */
export class Outbox {
  readonly #clock: Clock;
  readonly #driver: OutboxDriver;
  readonly #kinds = new Set<string>();

  constructor(clock: Clock, driver: OutboxDriver) {
    this.#clock = clock;
    this.#driver = driver;
  }

  /** Registers the kinds of work that this program does, whichever process does it. Throws when two handlers share a kind. */
  register(handlers: readonly Pick<JobHandler, 'kind'>[]): void {
    for (const { kind } of handlers) {
      if (this.#kinds.has(kind)) throw new Error(`Two handlers are registered for jobs of the kind '${kind}'`);
      this.#kinds.add(kind);
    }
  }

  /** Tells whether a handler is registered for the kind. Stored jobs may be of another version of the program: they stay where they are. */
  handles(kind: string): boolean {
    return this.#kinds.has(kind);
  }

  /** Promises a job, in `afterMs` where it is to wait so long. Throws when no handler is registered for its kind. */
  async enqueue(tx: Tx, job: OutboxJob, afterMs?: number): Promise<void> {
    if (!this.handles(job.kind)) throw new Error(`No handler is registered for jobs of the kind '${job.kind}'`);
    const now = this.#clock.now();
    const dueAt = await jobs.enqueue(tx, afterMs === undefined ? job : { ...job, dueAt: now + afterMs }, now);
    if (dueAt !== undefined) tx.afterCommit(() => this.#driver.notify(job.kind, dueAt));
  }

  /** Ends a job that is done. */
  async finish(tx: Tx, job: Job): Promise<void> {
    const next = await jobs.finish(tx, job);
    if (next !== undefined) tx.afterCommit(() => this.#driver.notify(next.kind, next.dueAt));
  }

  /**
   * Ends a keyed job whose work is done, or goes on at once with `next` when `hasMore` says that there is more of it by now. It forgets nothing
   * that is promised under the key meanwhile.
   */
  async finishOrRestart(tx: Tx, job: Job, next: OutboxJob, hasMore: () => Promise<boolean>): Promise<void> {
    const now = this.#clock.now();
    if (await hasMore()) {
      await restart(tx, job, now);
      return tx.afterCommit(() => this.#driver.notify(next.kind, now));
    }
    if (!tx.shared) return this.finish(tx, job);
    if (!(await finishUnlessLocked(tx, job, now, REST_MS))) {
      const notify = () => this.#driver.notify(next.kind, now);
      return tx.afterCommit(() => void setTimeout(notify, REST_MS).unref());
    }
    // Who promised it just before has committed by now.
    if (await hasMore()) await this.enqueue(tx, next);
  }

  /** Tells whether the job is still the caller's: a process that stood still for long may have lost it to another. */
  isMine(tx: Tx, job: Job): Promise<boolean> {
    return jobs.isMine(tx, job);
  }

  /** Lets the job run again as one of another group. */
  async moveToGroup(tx: Tx, job: Job, group: string): Promise<void> {
    await moveToGroup(tx, job, group);
    tx.afterCommit(() => this.#driver.notify(job.kind, this.#clock.now()));
  }

  /** Lets all that waits of a group run at once, whatever it waits for. */
  async hasten(tx: Tx, kind: string, group: string): Promise<void> {
    const now = this.#clock.now();
    await hasten(tx, { kind, group, now });
    tx.afterCommit(() => this.#driver.notify(kind, now));
  }

  /** Lets the job run again in `afterMs`, whatever the clock showed when that was decided. `costsAttempt`: counts the run as a try. */
  postponeBy(tx: Tx, job: Job, afterMs: number, costsAttempt: boolean): Promise<void> {
    return this.postpone(tx, job, this.#clock.now() + afterMs, costsAttempt);
  }

  /** Lets the job run again at `dueAt` (milliseconds since the epoch). `costsAttempt`: counts the run as a try. */
  async postpone(tx: Tx, job: Job, dueAt: number, costsAttempt: boolean): Promise<void> {
    await jobs.postpone(tx, job, { dueAt, now: this.#clock.now(), costsAttempt });
    tx.afterCommit(() => this.#driver.notify(job.kind, dueAt));
  }
}
