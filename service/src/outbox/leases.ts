/** A lease makes a job one process's own while it runs it. */
import { randomBytes } from 'node:crypto';
import * as store from '../store/job-leases.store.ts';
import type { JobScope } from '../store/job-leases.store.ts';
import type { Job } from '../store/job.store.ts';
import type { Ledger } from '../store/ledger.ts';

/** Claims jobs for a worker. */
export interface Leases {
  /** Leases jobs that may run now, at most `limit`; nobody else gets them before they are released. */
  acquire(scope: JobScope, now: number, limit: number): Promise<Job[]>;
  /** Ends the lease of a job whose run has ended. */
  release(job: Job): void;
  /** Renews no lease any more. */
  stop(): void;
}

/** A process that says nothing for this long is taken for dead, and its jobs are run by another. */
export const LEASE_MS = 30_000;

/** Chooses by the ledger: leases in it where several processes share it, in memory where one has it to itself. */
export function leasesOf(ledger: Ledger, leaseMs: number, failed: (error: unknown) => void): Leases {
  return ledger.dialect.shared ? new LedgerLeases(ledger, leaseMs, failed) : new MemoryLeases(ledger);
}

/** Keeps in memory what the one process runs; after a crash all is free again. */
class MemoryLeases implements Leases {
  readonly #ledger: Ledger;
  readonly #running = new Set<number>();
  /** Lists jobs that ended while the table was being read: what was read of them is old. */
  readonly #ended = new Set<number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  async acquire(scope: JobScope, now: number, limit: number): Promise<Job[]> {
    this.#ended.clear();
    const found = await store.due(this.#ledger.reader, scope, now, limit, this.#running);
    const free = found.filter(({ seq }) => !this.#running.has(seq) && !this.#ended.has(seq));
    for (const { seq } of free) this.#running.add(seq);
    return free;
  }

  release({ seq }: Job): void {
    this.#running.delete(seq);
    this.#ended.add(seq);
  }

  stop(): void {
    this.#running.clear();
  }
}

/** Keeps leases in the ledger and renews them as long as the process lives. Each has a name of its own, so that one once lost stays lost. */
class LedgerLeases implements Leases {
  readonly #ledger: Ledger;
  readonly #leaseMs: number;
  readonly #failed: (error: unknown) => void;
  readonly #process = randomBytes(9).toString('base64url');
  readonly #running = new Map<number, Job>();
  readonly #timer: NodeJS.Timeout;
  #count = 0;

  constructor(ledger: Ledger, leaseMs: number, failed: (error: unknown) => void) {
    this.#ledger = ledger;
    this.#leaseMs = leaseMs;
    this.#failed = failed;
    this.#timer = setInterval(() => void this.#renew(), leaseMs / 3);
    this.#timer.unref();
  }

  async acquire(scope: JobScope, now: number, limit: number): Promise<Job[]> {
    const lease = `${this.#process}:${++this.#count}`;
    // A job that was put off is still at its end here, and after a standstill even one's own lease may have run out.
    const running = [...this.#running.keys()];
    const found = await this.#ledger.touch((db) => store.acquire(db, scope, now, limit, lease, this.#leaseMs, running));
    for (const job of found) this.#running.set(job.seq, job);
    return found;
  }

  release({ seq }: Job): void {
    this.#running.delete(seq);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    const jobs = [...this.#running.values()];
    if (jobs.length === 0) return;
    try {
      await this.#ledger.touch((db) => store.renew(db, jobs, this.#leaseMs));
    } catch (error) {
      this.#failed(error);
    }
  }
}
