/**
 * Watches over webhooks whose reading may end the process. What a process that is gone left unread is counted before it is read: the first time
 * with others, then alone, while this process reads nothing else, so that none is blamed for another. What was begun alone twice and never ended is
 * not begun again. What is read as it comes costs nothing here.
 */
import type { Clock } from '../core/clock.ts';
import { LEASE_MS } from '../outbox/leases.ts';
import type { Ledger } from '../store/ledger.ts';
import * as receipts from '../store/receipt.store.ts';
import type { WaitingReceipt } from '../store/receipt.store.ts';

/** Allows one try with others and two alone. */
const MAX_TRIES = 3;

export class Tries {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  /** What had come when this process read for the first time: another one may have begun it. */
  #lastLeft: number | undefined;
  /** Begun by this process, which lives: they did not end it. */
  readonly #own = new Set<number>();
  readonly #underWay = new Set<Promise<void>>();
  #alone: Promise<void> | undefined;

  constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /** Tells whether it ended each process that began to read it. */
  isFatal({ seq, tries }: WaitingReceipt): boolean {
    return tries >= MAX_TRIES && !this.#own.has(seq);
  }

  /** Answers, of what waits, the first that may be read together. */
  together(waiting: readonly WaitingReceipt[]): readonly WaitingReceipt[] {
    const suspect = waiting.findIndex((one) => this.#isSuspect(one));
    return suspect === -1 ? waiting : waiting.slice(0, Math.max(1, suspect));
  }

  /** Runs the reading of these, which is counted while it runs. */
  async during(waiting: readonly WaitingReceipt[], read: () => Promise<void>): Promise<void> {
    while (this.#alone !== undefined) await this.#alone;
    const others = waiting.some((one) => this.#isSuspect(one)) ? [...this.#underWay] : undefined;
    const reading = Promise.all(others ?? []).then(() => this.#counted(waiting, read));
    // Those who wait for it ask only whether it is over.
    const over = reading.catch(() => undefined);
    this.#underWay.add(over);
    if (others !== undefined) this.#alone = over;
    try {
      await reading;
    } finally {
      this.#underWay.delete(over);
      if (this.#alone === over) this.#alone = undefined;
    }
  }

  #isSuspect({ seq, tries }: WaitingReceipt): boolean {
    return tries > 0 && !this.#own.has(seq);
  }

  async #counted(waiting: readonly WaitingReceipt[], read: () => Promise<void>): Promise<void> {
    const seqs = await this.#leftIn(waiting);
    if (seqs.length > 0) await this.#ledger.write((tx) => receipts.countTries(tx, seqs, 1));
    for (const seq of seqs) this.#own.add(seq);
    try {
      await read();
      for (const { seq } of waiting) this.#own.delete(seq);
    } catch (error) {
      if (seqs.length > 0) await this.#takeBack(seqs);
      throw error;
    }
  }

  /** Finds what another process may have begun: one before this, or, where several share the ledger, one that has been silent for long. */
  async #leftIn(waiting: readonly WaitingReceipt[]): Promise<number[]> {
    const last = (this.#lastLeft ??= await receipts.last(this.#ledger.reader));
    const since = this.#ledger.dialect.shared ? this.#clock.now() - LEASE_MS : -Infinity;
    const left = waiting.filter(({ seq, receivedAt }) => seq <= last || receivedAt < since);
    return left.map(({ seq }) => seq).filter((seq) => !this.#own.has(seq));
  }

  /** The process lives. Where the ledger cannot be told now, this process counts them no more. */
  async #takeBack(seqs: readonly number[]): Promise<void> {
    try {
      await this.#ledger.write((tx) => receipts.countTries(tx, seqs, -1));
      for (const seq of seqs) this.#own.delete(seq);
    } catch {
      // What went wrong is told by the failure that led here.
    }
  }
}
