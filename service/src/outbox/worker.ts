/** The worker claims due jobs of one kind and runs them, up to the handler's concurrency. */
import type { Clock } from '../core/clock.ts';
import { backoffMs } from '../core/retry.ts';
import { nextDueAt } from '../store/job-leases.store.ts';
import * as jobs from '../store/job.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Leases } from './leases.ts';
import { FairScheduler, PriorityShares, type Batch, type GroupGate } from './fair-scheduler.ts';
import type { Job, JobHandler } from './outbox.ts';
import { BrokenPayload, readPayload } from './payload.ts';

/** The worker reports that a handler threw, or (without a job) that a poll did: a defect or a broken disk, never a provider's answer. */
export type JobFailure = (job: Job | undefined, error: unknown) => void;

/** Node's timers hold no more than this; the worker polls again then for what is due later. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Spaces the tries to write a job's postponing. */
const REST_MS = 1_000;
/** Stands for the one group of a kind that has no gate. */
const ONE_GROUP: readonly Batch[] = [{ groups: [''], more: false }];
const [REPLIES, CAMPAIGNS] = jobs.PRIORITIES;

/** Lists what a worker works with. */
export interface WorkerDeps {
  ledger: Ledger;
  clock: Clock;
  leases: Leases;
  failed: JobFailure;
}

/** Runs the jobs of one kind in this process. */
export class Worker {
  readonly #handler: JobHandler;
  readonly #deps: WorkerDeps;
  readonly #running = new Set<Promise<void>>();
  readonly #scheduler: FairScheduler;
  readonly #shares = new PriorityShares();
  #polling: Promise<void> | undefined;
  #pollAgain = false;
  #stopped = false;
  #claiming = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Says when the timer ends, by the monotonic clock: a time of day that jumps must not make it look far away. */
  #timerAt = Infinity;

  constructor(handler: JobHandler, deps: WorkerDeps) {
    this.#handler = handler;
    this.#deps = deps;
    this.#scheduler = new FairScheduler(deps.ledger, handler.kind);
  }

  /** Tells how many jobs are under way, with those that it is about to claim. */
  get running(): number {
    return this.#running.size + this.#claiming;
  }

  /** Tells whether it can start more jobs than it runs. */
  get isFree(): boolean {
    return !this.#stopped && this.#running.size < this.#handler.concurrency;
  }

  /** Tells the worker that a job is due at `dueAt`: it polls then. */
  notify(dueAt: number): void {
    if (this.#stopped) return;
    const waitMs = dueAt - this.#deps.clock.now();
    if (waitMs > 0) return this.#pollIn(waitMs);
    if (!this.isFree) return;
    this.#pollAgain = true;
    this.#polling ??= this.#poll()
      .catch((error: unknown) => this.#pollFailed(error))
      .finally(() => {
        this.#polling = undefined;
        // Notified after the last poll, before this: nobody else would poll.
        if (this.#pollAgain) this.notify(this.#deps.clock.now());
      });
  }

  /** Claims nothing more and resolves when the jobs under way are done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#polling;
    await Promise.all(this.#running);
    this.#deps.leases.stop();
  }

  #pollIn(waitMs: number): void {
    const at = this.#deps.clock.monotonic() + waitMs;
    if (this.#stopped || at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Infinity;
        this.notify(this.#deps.clock.now());
      },
      Math.min(waitMs, MAX_TIMER_MS),
    );
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    while (this.#pollAgain && !this.#stopped) {
      this.#pollAgain = false;
      const now = this.#deps.clock.now();
      for await (const { groups, more } of this.#handler.gate ? this.#scheduler.rotation() : ONE_GROUP) {
        const started = await this.#serveAll(groups, now);
        if (started === undefined) return;
        if (started === 0) await this.#pollWhenDue(groups, now);
        for (const group of groups) this.#pollWhenOpen(group);
        if (started === 0) continue;
        this.#pollAgain ||= more;
        break;
      }
    }
  }

  /** Answers how many jobs were started; undefined: there is no room for more. */
  async #serveAll(groups: readonly string[], now: number): Promise<number | undefined> {
    let started = 0;
    for (const [i, group] of groups.entries()) {
      const free = this.#handler.concurrency - this.#running.size;
      if (free <= 0) return undefined;
      const share = Math.ceil(free / (groups.length - i));
      const got = await this.#serve(group, share, free, now);
      started += got;
      // There may be more of it, once the others had their share.
      if (got === share) this.#pollAgain = true;
    }
    return started;
  }

  /** Starts jobs of a group, at most `share`. Answers how many. */
  async #serve(group: string, share: number, free: number, now: number): Promise<number> {
    const { gate } = this.#handler;
    if (gate === undefined) return this.#start(await this.#claim(group, share, now));
    const wanted = Math.min(share, this.#scheduler.room(group, free));
    this.#claiming = wanted;
    try {
      const found = await this.#claimThrough(gate, group, wanted, now);
      this.#scheduler.started(group, found.length);
      return this.#start(found);
    } finally {
      this.#claiming = 0;
    }
  }

  /** Claims as many jobs of a group as its gate lets start. */
  async #claimThrough(gate: GroupGate, group: string, wanted: number, now: number): Promise<Job[]> {
    const slots = wanted > 0 ? await gate.acquireSlots(group, wanted) : 0;
    let found: Job[] = [];
    try {
      if (slots > 0) found = await this.#claim(group, slots, now);
    } finally {
      if (found.length < slots) gate.releaseSlots(group, slots - found.length);
    }
    return found;
  }

  /** Claims jobs of a group. What was claimed before the database failed is answered: it is this process's, so nobody else would run it. */
  async #claim(group: string, wanted: number, now: number): Promise<Job[]> {
    const found: Job[] = [];
    const claim = async (priority: number, limit: number) => {
      const scope = { kind: this.#handler.kind, groupKey: group, priority };
      const got = limit > 0 ? await this.#deps.leases.acquire(scope, now, limit) : [];
      found.push(...got);
      return got.length;
    };
    try {
      const reserved = this.#shares.reserved(wanted);
      const replies = await claim(REPLIES, wanted - reserved);
      await claim(CAMPAIGNS, wanted - found.length);
      if (replies === wanted - reserved && reserved > 0) await claim(REPLIES, wanted - found.length);
      this.#shares.started(replies, reserved);
    } catch (error) {
      if (found.length === 0) throw error;
      this.#deps.failed(undefined, error);
    }
    return found;
  }

  async #pollWhenDue(groups: readonly string[], now: number): Promise<void> {
    const { ledger } = this.#deps;
    for (const group of groups) {
      const next = await nextDueAt(ledger.reader, this.#handler.kind, group, now);
      if (next !== undefined) this.notify(next);
    }
  }

  /** Polls when the gate lets more of a group start, which may be before a job of it ends. */
  #pollWhenOpen(group: string): void {
    const opensInMs = this.#handler.gate?.opensInMs(group);
    if (opensInMs !== undefined) this.#pollIn(Math.max(1, opensInMs));
  }

  /** Reports the failure; the sweep polls again. */
  #pollFailed(error: unknown): void {
    this.#pollAgain = false;
    this.#deps.failed(undefined, error);
  }

  #start(found: readonly Job[]): number {
    for (const job of found) {
      const done = (this.#stopped ? this.#releaseLease(job) : this.#run(job))
        .catch((error: unknown) => this.#failed(job, error))
        .finally(() => {
          this.#running.delete(done);
          this.#deps.leases.release(job);
          if (this.#handler.gate) this.#scheduler.ended(job.groupKey);
          this.notify(this.#deps.clock.now());
        });
      this.#running.add(done);
    }
    return this.#stopped ? 0 : found.length;
  }

  async #run(job: Job): Promise<void> {
    await this.#handler.run(readPayload(this.#handler.payload, job));
  }

  /** Gives up the lease of a job that was claimed while the driver was being stopped: nobody else would get it until the lease ends. */
  async #releaseLease(job: Job): Promise<void> {
    const { ledger, clock } = this.#deps;
    const as = { dueAt: job.dueAt, now: clock.now(), costsAttempt: false };
    if (job.lease !== null) await ledger.write((tx) => jobs.postpone(tx, job, as));
  }

  /**
   * Postpones a job whose handler threw and so changed nothing, or buries it when its payload cannot be read. The job stays this process's own until its postponing is written: while the database cannot
   * be used, what the job does outside of it must not be done again and again.
   */
  async #failed(job: Job, error: unknown): Promise<void> {
    const { failed, clock, ledger } = this.#deps;
    failed(job, error);
    while (!this.#stopped) {
      const isBroken = error instanceof BrokenPayload;
      if (isBroken) this.#handler.gate?.releaseSlots(job.groupKey, 1);
      const afterMs = backoffMs(job.attempts + 1, Math.random());
      try {
        return await ledger.write((tx) => {
          if (isBroken) return jobs.bury(tx, job);
          const now = clock.now();
          return jobs.postpone(tx, job, { dueAt: now + afterMs, now, costsAttempt: true });
        });
      } catch (cause) {
        failed(job, cause);
        await new Promise((rested) => setTimeout(rested, REST_MS).unref());
      }
    }
  }
}
