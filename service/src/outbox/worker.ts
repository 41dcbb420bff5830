/** Runs the jobs of one kind, up to the handler's concurrency. */
import type { Clock } from '../core/clock.ts';
import { backoffMs } from '../core/retry.ts';
import { nextDueAt } from '../store/job-leases.store.ts';
import * as jobs from '../store/job.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Claims } from './leases.ts';
import { Mix, Turns, type Part } from './fair-scheduler.ts';
import type { Job, JobHandler } from './outbox.ts';

/** Told when a handler threw, or (without a job) when looking for jobs did: a defect or a broken disk, never a provider's answer. */
export type JobFailure = (job: Job | undefined, error: unknown) => void;

/** Node's timers hold no more than this; what is due later is looked for again then. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Between two tries to write a job's postponing. */
const REST_MS = 1_000;
/** Kinds that are not shared out. */
const ONE_LOT: readonly Part[] = [{ lots: [''], more: false }];
const [REPLIES, CAMPAIGNS] = jobs.PRIORITIES;

export interface PumpDeps {
  ledger: Ledger;
  clock: Clock;
  claims: Claims;
  failed: JobFailure;
}

export class Pump {
  readonly #handler: JobHandler;
  readonly #deps: PumpDeps;
  readonly #running = new Set<Promise<void>>();
  readonly #turns: Turns;
  readonly #mix = new Mix();
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;

  constructor(handler: JobHandler, deps: PumpDeps) {
    this.#handler = handler;
    this.#deps = deps;
    this.#turns = new Turns(deps.ledger, handler.kind);
  }

  /** Jobs under way. */
  get running(): number {
    return this.#running.size;
  }

  /** Whether it can start more jobs than it runs. */
  get isFree(): boolean {
    return !this.#stopped && this.#running.size < this.#handler.concurrency;
  }

  ring(dueAt: number): void {
    if (this.#stopped) return;
    const waitMs = dueAt - this.#deps.clock.now();
    if (waitMs > 0) return this.#lookAt(dueAt, waitMs);
    if (!this.isFree) return;
    this.#lookAgain = true;
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#couldNotLook(error))
      .finally(() => {
        this.#looking = undefined;
        // Rung after the last look, before this: nobody else would look.
        if (this.#lookAgain) this.ring(this.#deps.clock.now());
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all(this.#running);
    this.#deps.claims.stop();
  }

  #lookAt(dueAt: number, waitMs: number): void {
    if (dueAt >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = dueAt;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Infinity;
        this.ring(this.#deps.clock.now());
      },
      Math.min(waitMs, MAX_TIMER_MS),
    );
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    while (this.#lookAgain && !this.#stopped) {
      this.#lookAgain = false;
      const now = this.#deps.clock.now();
      for await (const { lots, more } of this.#handler.gate ? this.#turns.round() : ONE_LOT) {
        const started = await this.#serveAll(lots, now);
        if (started === undefined) return;
        if (started === 0) await this.#lookLater(lots, now);
        for (const lot of lots) this.#lookWhenOpen(lot);
        if (started === 0) continue;
        this.#lookAgain ||= more;
        break;
      }
    }
  }

  /** Answers how many jobs were started; undefined: there is no room for more. */
  async #serveAll(lots: readonly string[], now: number): Promise<number | undefined> {
    let started = 0;
    for (const [i, lot] of lots.entries()) {
      const free = this.#handler.concurrency - this.#running.size;
      if (free <= 0) return undefined;
      const share = Math.ceil(free / (lots.length - i));
      const got = await this.#serve(lot, share, free, now);
      started += got;
      // There may be more of it, once the others had their share.
      if (got === share) this.#lookAgain = true;
    }
    return started;
  }

  /** Starts jobs of a lot, at most `share`. Answers how many. */
  async #serve(lot: string, share: number, free: number, now: number): Promise<number> {
    const { gate } = this.#handler;
    if (gate === undefined) return this.#start(await this.#claim(lot, share, now));
    const wanted = Math.min(share, this.#turns.room(lot, free));
    const taken = wanted > 0 ? await gate.take(lot, wanted, now) : 0;
    let found: Job[] = [];
    try {
      if (taken > 0) found = await this.#claim(lot, taken, now);
    } finally {
      if (found.length < taken) gate.giveBack(lot, taken - found.length);
    }
    this.#turns.started(lot, found.length);
    return this.#start(found);
  }

  /** What was claimed before the database failed is answered: it is this process's, so nobody else would run it. */
  async #claim(lot: string, wanted: number, now: number): Promise<Job[]> {
    const found: Job[] = [];
    const claim = async (priority: number, limit: number) => {
      const place = { kind: this.#handler.kind, lot, priority };
      const got = limit > 0 ? await this.#deps.claims.claim(place, now, limit) : [];
      found.push(...got);
      return got.length;
    };
    try {
      const kept = this.#mix.kept(wanted);
      const replies = await claim(REPLIES, wanted - kept);
      await claim(CAMPAIGNS, wanted - found.length);
      if (replies === wanted - kept && kept > 0) await claim(REPLIES, wanted - found.length);
      this.#mix.started(replies, kept);
    } catch (error) {
      if (found.length === 0) throw error;
      this.#deps.failed(undefined, error);
    }
    return found;
  }

  async #lookLater(lots: readonly string[], now: number): Promise<void> {
    const { ledger } = this.#deps;
    for (const lot of lots) {
      const next = await nextDueAt(ledger.reader, this.#handler.kind, lot, now);
      if (next !== undefined) this.ring(next);
    }
  }

  /** The end of a job may be later than the time when more of a lot that was held back may start. */
  #lookWhenOpen(lot: string): void {
    const againAt = this.#handler.gate?.againAt(lot);
    if (againAt !== undefined) this.ring(Math.max(againAt, this.#deps.clock.now() + 1));
  }

  /** The sweep looks again. */
  #couldNotLook(error: unknown): void {
    this.#lookAgain = false;
    this.#deps.failed(undefined, error);
  }

  #start(found: readonly Job[]): number {
    for (const job of found) {
      const done = (this.#stopped ? this.#handBack(job) : this.#handler.run(job))
        .catch((error: unknown) => this.#postpone(job, error))
        .finally(() => {
          this.#running.delete(done);
          this.#deps.claims.release(job);
          if (this.#handler.gate) this.#turns.ended(job.lot);
          this.ring(this.#deps.clock.now());
        });
      this.#running.add(done);
    }
    return this.#stopped ? 0 : found.length;
  }

  /** Claimed while the driver was being stopped: nobody else would get it until its lease ends. */
  async #handBack(job: Job): Promise<void> {
    if (job.lease !== null) await this.#deps.ledger.write((tx) => jobs.postpone(tx, job, job.dueAt, false));
  }

  /**
   * A handler that threw changed nothing. The job stays this process's own until its postponing is written: while the database cannot
   * be used, what the job does outside of it must not be done again and again.
   */
  async #postpone(job: Job, error: unknown): Promise<void> {
    const { failed, clock, ledger } = this.#deps;
    failed(job, error);
    while (!this.#stopped) {
      const dueAt = clock.now() + backoffMs(job.attempts + 1, Math.random());
      try {
        return await ledger.write((tx) => jobs.postpone(tx, job, dueAt, true));
      } catch (cause) {
        failed(job, cause);
        await new Promise((rested) => setTimeout(rested, REST_MS).unref());
      }
    }
  }
}
