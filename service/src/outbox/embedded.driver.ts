/** The driver without a server: every process looks for itself, at once for what it promised itself, and in a sweep for all else. */
import type { Clock } from '../core/clock.ts';
import type { Ledger } from '../store/ledger.ts';
import { claimsOf, LEASE_MS } from './leases.ts';
import type { JobHandler, JobKind, OutboxDriver } from './outbox.ts';
import { Pump, type JobFailure } from './worker.ts';

/** The driver looks by itself this often, should a ring be lost or another process have died. */
const SWEEP_MS = 5_000;

export interface DriverTimes {
  sweepMs?: number;
  leaseMs?: number;
}

export class EmbeddedDriver implements OutboxDriver {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #failed: JobFailure;
  readonly #times: Required<DriverTimes>;
  readonly #pumps = new Map<JobKind, Pump>();
  #sweep: NodeJS.Timeout | undefined;

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
      const claims = claimsOf(ledger, leaseMs, (error) => failed(undefined, error));
      this.#pumps.set(handler.kind, new Pump(handler, { ledger, clock, claims, failed }));
    }
    this.wake();
    this.#sweep = setInterval(() => this.wake(), sweepMs);
    this.#sweep.unref();
  }

  ring(kind: JobKind, dueAt: number): void {
    this.#pumps.get(kind)?.ring(dueAt);
  }

  /** Whether a job of the kind that is due would be run here at once. */
  canRun(kind: JobKind): boolean {
    return this.#pumps.get(kind)?.isFree ?? false;
  }

  /** How many jobs of the kind are under way here. */
  running(kind: JobKind): number {
    return this.#pumps.get(kind)?.running ?? 0;
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
