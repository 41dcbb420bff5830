/**
 * The fair scheduler decides which groups of a kind are served next, and how many jobs of each may start. Groups are served in rotation, so
 * that one whose jobs hang cannot use up what the others need. Replies overtake campaigns, but a fifth is left to these.
 */
import { groups as groupsAfter } from '../store/job-leases.store.ts';
import type { Ledger } from '../store/ledger.ts';

/** A gate limits how many jobs of a group may start: by the pace of an account, or because an account is paused. */
export interface GroupGate {
  /** Reserves slots for jobs of the group that may start now, at most `wanted`. Answers how many. */
  acquireSlots(group: string, wanted: number): Promise<number>;
  /** Releases slots whose jobs did not start after all. */
  releaseSlots(group: string, unused: number): void;
  /** Answers after how many milliseconds to ask again for a group that got less than it wanted; undefined: it got all. */
  opensInMs(group: string): number | undefined;
}

/** Groups that the worker reads and serves at a time. */
const MAX_GROUPS = 64;
/** A group may run this many times as many jobs as are left free for all. */
const SHARE_OF_FREE = 2;

/** Groups that share what is free, and whether others come after them. */
export interface Batch {
  groups: string[];
  more: boolean;
}

/** Serves the groups of one kind in rotation. */
export class FairScheduler {
  readonly #ledger: Ledger;
  readonly #kind: string;
  readonly #running = new Map<string, number>();
  #last = '';

  constructor(ledger: Ledger, kind: string) {
    this.#ledger = ledger;
    this.#kind = kind;
  }

  /** Yields all groups that have jobs, a batch at a time, beginning after the one that was served last and ending with it. */
  async *rotation(): AsyncGenerator<Batch> {
    const end = this.#last;
    let isSecondHalf = end === '';
    let after = end;
    let more = true;
    while (more) {
      const groups = await this.#after(after, isSecondHalf ? end : '', MAX_GROUPS);
      if (!isSecondHalf && groups.length < MAX_GROUPS) {
        isSecondHalf = true;
        groups.push(...(await this.#after('', end, MAX_GROUPS - groups.length)));
      }
      more = groups.length === MAX_GROUPS;
      after = groups.at(-1) ?? '';
      yield { groups, more };
    }
  }

  /** `upTo`: the last that counts; empty: all do. */
  async #after(group: string, upTo: string, limit: number): Promise<string[]> {
    const found = await groupsAfter(this.#ledger.reader, this.#kind, group, limit);
    return upTo === '' ? found : found.filter((one) => one <= upTo);
  }

  /** Answers how many more jobs of the group may run when `free` can start in all. */
  room(group: string, free: number): number {
    const running = this.#running.get(group) ?? 0;
    return Math.max(0, Math.ceil((SHARE_OF_FREE * free - running) / (SHARE_OF_FREE + 1)));
  }

  /** Counts jobs of the group that were started; the rotation goes on after it. */
  started(group: string, jobs: number): void {
    if (jobs === 0) return;
    this.#last = group;
    this.#running.set(group, (this.#running.get(group) ?? 0) + jobs);
  }

  /** Counts the end of one job of the group. */
  ended(group: string): void {
    const left = (this.#running.get(group) ?? 1) - 1;
    if (left === 0) this.#running.delete(group);
    else this.#running.set(group, left);
  }
}

/** One of five jobs may be a campaign's although replies wait. */
const CAMPAIGN_SHARE = 5;

/** Divides what may start between replies and campaigns. */
export class PriorityShares {
  #repliesInARow = 0;

  /** Tells how many of `wanted` are reserved for campaigns. */
  reserved(wanted: number): number {
    const isTheirTurn = this.#repliesInARow >= CAMPAIGN_SHARE - 1;
    return Math.max(Math.floor(wanted / CAMPAIGN_SHARE), isTheirTurn ? 1 : 0);
  }

  /** Counts what was started, for the next division. */
  started(replies: number, reservedForCampaigns: number): void {
    this.#repliesInARow = reservedForCampaigns > 0 ? 0 : this.#repliesInARow + replies;
  }
}
