/**
 * Keeps what an account has used of its throughput: in memory where one process sends, by the time that passes there; in the ledger where several do, by the
 * server's clock.
 */
import type { Clock } from '../core/clock.ts';
import * as store from '../store/rate.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';

export interface Rates {
  /** Uses so much that it takes `costMs` to make it good, of an allowance that is as large. Answers 0, or the wait until it is free. */
  acquire(key: string, costMs: number): Promise<number>;
  /** Nothing is free for so long. */
  close(key: string, forMs: number): Promise<void>;
  /** All is free from the end of this unit of work on. */
  open(tx: Tx, key: string): Promise<void>;
}

export function ratesOf(ledger: Ledger, clock: Clock): Rates {
  return ledger.dialect.shared ? new LedgerRates(ledger, clock) : new MemoryRates(clock);
}

/** Keys that are looked through for such as are free again. */
const MANY = 1_000;

class MemoryRates implements Rates {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Instants of the monotonic clock. */
  readonly #fullAt = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  async acquire(key: string, costMs: number): Promise<number> {
    const now = this.#clock.monotonic();
    const fullAt = this.#fullAt.get(key) ?? now;
    if (fullAt > now) return fullAt - now;
    this.#fullAt.set(key, now + costMs);
    if (this.#fullAt.size > MANY) this.#forget(now);
    return 0;
  }

  async close(key: string, forMs: number): Promise<void> {
    const until = this.#clock.monotonic() + forMs;
    this.#fullAt.set(key, Math.max(until, this.#fullAt.get(key) ?? until));
  }

  async open(tx: Tx, key: string): Promise<void> {
    tx.afterCommit(() => this.#fullAt.delete(key));
  }

  #forget(now: number): void {
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key);
  }
}

class LedgerRates implements Rates {
  readonly #ledger: Ledger;
  readonly #clock: Clock;

  constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  acquire(key: string, costMs: number): Promise<number> {
    const ask = { key, costMs, capacityMs: costMs, now: this.#clock.now() };
    return this.#ledger.write((tx) => store.acquire(tx, ask));
  }

  async close(key: string, forMs: number): Promise<void> {
    await this.#ledger.write((tx) => store.fill(tx, { key, costMs: forMs, now: this.#clock.now() }));
  }

  open(tx: Tx, key: string): Promise<void> {
    return store.drop(tx, key);
  }
}
