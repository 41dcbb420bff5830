/** Runs the jobs of one kind, up to the handler's concurrency. */
import type { Clock } from '../core/clock.ts';
import { backoffMs } from '../core/retry.ts';
import { nextDueAt } from '../store/job-claims.store.ts';
import * as jobs from '../store/job.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Claims } from './claims.ts';
import { Mix, Turns } from './lots.ts';
import type { Job, JobHandler } from './outbox.ts';

/** Told when a handler threw, or (without a job) when looking for jobs did: a defect or a broken disk, never a provider's answer. */
export type JobFailure = (job: Job | undefined, error: unknown) => void;

/** Node's timers hold no more than this; what is due later is looked for again then. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long a job rests when not even its postponing could be written. */
const REST_MS = 1_000;
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
      const lots = this.#handler.gate ? await this.#turns.next() : [''];
      let started = 0;
      for (const [i, lot] of lots.entries()) {
        const free = this.#handler.concurrency - this.#running.size;
        if (free <= 0) return;
        const share = Math.ceil(free / (lots.length - i));
        const got = await this.#serve(lot, share, free, now);
        started += got;
        // There may be more of it, once the others had their share.
        if (got === share) this.#lookAgain = true;
      }
      if (started === 0) await this.#lookLater(lots, now);
    }
  }

  /** Starts jobs of a lot, at most `share`. Answers how many. */
  async #serve(lot: string, share: number, free: number, now: number): Promise<number> {
    const { gate } = this.#handler;
    if (gate === undefined) return this.#start(await this.#claim(lot, share, now));
    const wanted = Math.min(share, this.#turns.room(lot, free));
    const taken = wanted > 0 ? await gate.take(lot, wanted, now) : 0;
    const found = taken > 0 ? await this.#claim(lot, taken, now) : [];
    if (found.length < taken) gate.giveBack(lot, taken - found.length);
    this.#turns.started(lot, found.length);
    return this.#start(found);
  }

  async #claim(lot: string, wanted: number, now: number): Promise<Job[]> {
    const { claims } = this.#deps;
    const at = (priority: number) => ({ kind: this.#handler.kind, lot, priority });
    const kept = this.#mix.kept(wanted);
    const replies = await claims.claim(at(REPLIES), now, wanted - kept);
    const found = [...replies];
    if (found.length < wanted) found.push(...(await claims.claim(at(CAMPAIGNS), now, wanted - found.length)));
    if (found.length < wanted && replies.length === wanted - kept && kept > 0)
      found.push(...(await claims.claim(at(REPLIES), now, wanted - found.length)));
    this.#mix.started(replies.length, kept);
    return found;
  }

  async #lookLater(lots: readonly string[], now: number): Promise<void> {
    const { clock, ledger } = this.#deps;
    for (const lot of lots) {
      const next = await nextDueAt(ledger.reader, this.#handler.kind, lot, now);
      if (next !== undefined) this.ring(next);
      const againAt = this.#handler.gate?.againAt(lot);
      if (againAt !== undefined) this.ring(Math.max(againAt, clock.now() + 1));
    }
  }

  /** The sweep looks again. */
  #couldNotLook(error: unknown): void {
    this.#lookAgain = false;
    this.#deps.failed(undefined, error);
  }

  #start(found: readonly Job[]): number {
    const mine = this.#stopped ? [] : found;
    for (const job of this.#stopped ? found : []) this.#deps.claims.release(job);
    for (const job of mine) {
      const done = this.#handler
        .run(job)
        .catch((error: unknown) => this.#postpone(job, error))
        .finally(() => {
          this.#running.delete(done);
          this.#deps.claims.release(job);
          if (this.#handler.gate) this.#turns.ended(job.lot);
          this.ring(this.#deps.clock.now());
        });
      this.#running.add(done);
    }
    return mine.length;
  }

  /** A handler that threw changed nothing. When not even the postponing can be written, the sweep finds the job again. */
  async #postpone(job: Job, error: unknown): Promise<void> {
    const { failed, clock, ledger } = this.#deps;
    failed(job, error);
    const dueAt = clock.now() + backoffMs(job.attempts + 1, Math.random());
    try {
      await ledger.write((tx) => jobs.postpone(tx, job, dueAt, true));
    } catch (cause) {
      failed(job, cause);
      await new Promise((rested) => setTimeout(rested, REST_MS).unref());
    }
  }
}
