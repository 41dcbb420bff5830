/**
 * Sharing out: which lots of a kind are looked at next, and how many jobs of each may start. Lots take turns; one whose jobs hang cannot
 * use up what the others need; replies overtake campaigns, but a fifth is left to these.
 */
import { lots as lotsAfter } from '../store/job-leases.store.ts';
import type { Ledger } from '../store/ledger.ts';

/** Holds back the jobs of a lot: the pace of an account, an account that is paused. */
export interface LotGate {
  /** How many jobs of the lot may start now, at most `wanted`. They count as started. */
  take(lot: string, wanted: number, now: number): Promise<number>;
  /** So many of those taken did not start after all. */
  giveBack(lot: string, unused: number): void;
  /** When to ask again for a lot that was held back; undefined: it was not. */
  againAt(lot: string): number | undefined;
}

/** Lots among which a turn is shared out. */
const MAX_LOTS = 64;
/** A lot may run this many times as many jobs as are left free for all. */
const SHARE_OF_FREE = 2;

/** Lots that share a turn, and whether others have theirs after them. */
export interface Part {
  lots: string[];
  more: boolean;
}

/** The lots of one kind, in turns. */
export class Turns {
  readonly #ledger: Ledger;
  readonly #kind: string;
  readonly #running = new Map<string, number>();
  #last = '';

  constructor(ledger: Ledger, kind: string) {
    this.#ledger = ledger;
    this.#kind = kind;
  }

  /** All that have jobs, a part at a time, beginning after the one that was served last and ending with it. */
  async *round(): AsyncGenerator<Part> {
    const end = this.#last;
    let isSecondHalf = end === '';
    let after = end;
    let more = true;
    while (more) {
      const lots = await this.#after(after, isSecondHalf ? end : '', MAX_LOTS);
      if (!isSecondHalf && lots.length < MAX_LOTS) {
        isSecondHalf = true;
        lots.push(...(await this.#after('', end, MAX_LOTS - lots.length)));
      }
      more = lots.length === MAX_LOTS;
      after = lots.at(-1) ?? '';
      yield { lots, more };
    }
  }

  /** `upTo`: the last that counts; empty: all do. */
  async #after(lot: string, upTo: string, limit: number): Promise<string[]> {
    const found = await lotsAfter(this.#ledger.reader, this.#kind, lot, limit);
    return upTo === '' ? found : found.filter((one) => one <= upTo);
  }

  /** How many more jobs of the lot may run when `free` can start in all. */
  room(lot: string, free: number): number {
    const running = this.#running.get(lot) ?? 0;
    return Math.max(0, Math.ceil((SHARE_OF_FREE * free - running) / (SHARE_OF_FREE + 1)));
  }

  started(lot: string, jobs: number): void {
    if (jobs === 0) return;
    this.#last = lot;
    this.#running.set(lot, (this.#running.get(lot) ?? 0) + jobs);
  }

  ended(lot: string): void {
    const left = (this.#running.get(lot) ?? 1) - 1;
    if (left === 0) this.#running.delete(lot);
    else this.#running.set(lot, left);
  }
}

/** Of five jobs, one may be a campaign's although replies wait. */
const CAMPAIGN_SHARE = 5;

/** Divides what may start between replies and campaigns. */
export class Mix {
  #repliesInARow = 0;

  /** How many of `wanted` are kept for campaigns. */
  kept(wanted: number): number {
    const isTheirTurn = this.#repliesInARow >= CAMPAIGN_SHARE - 1;
    return Math.max(Math.floor(wanted / CAMPAIGN_SHARE), isTheirTurn ? 1 : 0);
  }

  started(replies: number, keptForCampaigns: number): void {
    this.#repliesInARow = keptForCampaigns > 0 ? 0 : this.#repliesInARow + replies;
  }
}
