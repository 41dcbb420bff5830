/** The driver without a server polls at once for jobs that this process enqueued, and in a sweep for all others. */
import type { Clock } from '../core/clock.ts';
import type { Ledger } from '../store/ledger.ts';
import { mendDue } from '../store/job-clock.store.ts';
import { leasesOf, LEASE_MS } from './leases.ts';
import type { JobHandler, OutboxDriver } from './outbox.ts';
import { Worker, type JobFailure } from './worker.ts';

/** The driver polls by itself this often, should a notification be lost or another process have died. */
const SWEEP_MS = 5_000;

/** Says how often the driver polls and how long a lease lasts, in milliseconds; tests make them short. */
export interface DriverTimes {
  sweepMs?: number;
  leaseMs?: number;
}

/** Runs the jobs of this process, with one worker for each kind. */
export class EmbeddedDriver implements OutboxDriver {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #failed: JobFailure;
  readonly #times: Required<DriverTimes>;
  readonly #workers = new Map<string, Worker>();
  #sweep: NodeJS.Timeout | undefined;
  /** Says what the clock showed last. */
  #seenAt = Infinity;
  /** What was being written while the clock was put back is mended with the next sweep; so is what could not be mended. */
  #mendsAgain = false;
  #mending: Promise<void> | undefined;

  constructor(ledger: Ledger, clock: Clock, failed: JobFailure, times: DriverTimes = {}) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#failed = failed;
    this.#times = { sweepMs: SWEEP_MS, leaseMs: LEASE_MS, ...times };
  }

  start(handlers: readonly JobHandler[]): void {
    const { sweepMs, leaseMs } = this.#times;
    const [ledger, clock, failed] = [this.#ledger, this.#clock, this.#failed];
    for (const handler of handlers) {
      const leases = leasesOf(ledger, leaseMs, (error) => failed(undefined, error));
      this.#workers.set(handler.kind, new Worker(handler, { ledger, clock, leases, failed }));
    }
    this.wake();
    this.#sweep = setInterval(() => this.wake(), sweepMs);
    this.#sweep.unref();
  }

  notify(kind: string, dueAt: number): void {
    this.#workers.get(kind)?.notify(dueAt);
  }

  /** Tells whether a job of the kind that is due would be run here at once. */
  canRun(kind: string): boolean {
    return this.#workers.get(kind)?.isFree ?? false;
  }

  /** Tells how many jobs of the kind are under way here. */
  running(kind: string): number {
    return this.#workers.get(kind)?.running ?? 0;
  }

  /** Polls for everything that is due by the clock now, also when that has been put back since the last time, or while nobody looked. */
  wake(): void {
    const now = this.#clock.now();
    const isBack = now < this.#seenAt;
    this.#seenAt = now;
    if (isBack || this.#mendsAgain) {
      this.#mendsAgain = isBack;
      this.#mending = this.#mend(now).catch((error: unknown) => {
        this.#mendsAgain = true;
        this.#failed(undefined, error);
      });
    }
    this.#poll(now);
  }

  #poll(now: number): void {
    for (const worker of this.#workers.values()) worker.notify(now);
  }

  /** What waits for a time that the clock showed before would wait until it shows that time again. */
  async #mend(now: number): Promise<void> {
    if (await this.#ledger.write((tx) => mendDue(tx, now))) this.#poll(now);
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
    await this.#mending;
  }
}
