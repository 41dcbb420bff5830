/**
 * Keeps the pace of sends, ahead of the provider's own limits. An account's sends start in slots: a twentieth of what is allowed in a second may
 * start in each, right at its beginning. Slots are so long that in no second more start than are allowed, whatever the number of
 * processes; that costs about a twentieth of the throughput.
 */
import type { Accounts } from '../connectors/accounts.ts';
import { perSecondOf, throttleAt, type LiveAccount } from '../connectors/live.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import type { GroupGate } from '../outbox/fair-scheduler.ts';
import * as store from '../store/account.store.ts';
import type { Ledger } from '../store/ledger.ts';
import * as rates from '../store/rate.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { Breaker } from './breaker.ts';
import type { Circuit } from './circuit.ts';
import type { Rates } from './rates.ts';

const SLOTS_PER_SECOND = 20;
const SECOND_MS = 1_000;
/** A slot may be used for so long after it began; what was not begun by then is not made up for. */
const MAX_USE_MS = 50;
/** Whatever a wait is, it is asked about again so soon: a person may have ended it, or the clock. */
const ASK_AGAIN_MS = 1_000;
/** A wait that is this long is shown with the account. */
const NOTABLE_MS = 10_000;

/** Says how many sends may start in a slot, and how long it is. */
export function slotOf(perSecond: number): { sends: number; lengthMs: number } {
  const sends = Math.max(1, Math.floor(perSecond / SLOTS_PER_SECOND));
  const slots = Math.max(1, Math.floor(perSecond / sends));
  // The first slot in a second may be used at its end, all others at their beginning.
  return { sends, lengthMs: Math.floor((SECOND_MS + MAX_USE_MS) / slots) + 1 };
}

/** Says what of the present slot this process may still start, and when it may ask for more, by the monotonic clock. */
interface Allowance {
  left: number;
  until: number;
  askAt: number;
}

export interface PacerDeps {
  ledger: Ledger;
  accounts: Pick<Accounts, 'find' | 'list' | 'noted'>;
  rates: Rates;
  circuit: Circuit;
  breaker: Breaker;
  clock: WatchedClock;
}

export class Pacer implements GroupGate {
  readonly #deps: PacerDeps;
  readonly #allowances = new Map<string, Allowance>();
  /** Says when groups that got fewer slots than they wanted may ask again, by the monotonic clock. */
  readonly #opensAt = new Map<string, number>();

  constructor(deps: PacerDeps) {
    this.#deps = deps;
  }

  async acquireSlots(group: string, wanted: number): Promise<number> {
    // Not known here (any more): the handler says what becomes of its jobs.
    const account = this.#deps.accounts.find(group);
    if (account === undefined) return wanted;
    this.#opensAt.delete(group);
    if (account.pause !== null) {
      const waitMs = await this.#deps.circuit.probe(account);
      if (waitMs > 0) this.#opensIn(group, waitMs);
      return waitMs > 0 ? 0 : 1;
    }
    const now = this.#deps.clock.now();
    const throttle = throttleAt(account, now);
    if (throttle) {
      this.#opensIn(group, throttle.until - now);
      return 0;
    }
    const breakMs = this.#deps.breaker.probe(group);
    if (breakMs !== undefined && breakMs > 0) {
      this.#opensIn(group, breakMs);
      return 0;
    }
    const most = breakMs === undefined ? wanted : 1;
    const perSecond = perSecondOf(account);
    const acquired = perSecond === undefined ? most : await this.#acquireOf(account, most, perSecond);
    if (acquired === 0) this.#deps.breaker.cancelProbe(group);
    return acquired;
  }

  releaseSlots(group: string, unused: number): void {
    this.#deps.circuit.cancelProbe(group);
    this.#deps.breaker.cancelProbe(group);
    const account = this.#deps.accounts.find(group);
    const allowance = account && this.#allowances.get(rateKeyOf(account));
    if (allowance) allowance.left += unused;
    // Nothing waits for the next slot.
    this.#opensAt.delete(group);
  }

  opensInMs(group: string): number | undefined {
    const opensAt = this.#opensAt.get(group);
    return opensAt === undefined ? undefined : Math.max(0, opensAt - this.#deps.clock.monotonic());
  }

  /**
   * Lets none of an account's sends start for so long, nor those that share its limit, in any process: the provider asked for it. A wait that
   * somebody may wonder about is stored with the account, with the `reason`.
   */
  async backOff(account: LiveAccount, forMs: number, reason: string): Promise<void> {
    const { rates, accounts, ledger, clock } = this.#deps;
    const key = rateKeyOf(account);
    this.#allowances.delete(key);
    await rates.close(key, forMs);
    if (forMs < NOTABLE_MS) return;
    const since = clock.now();
    const throttle = { since, until: since + forMs, reason };
    const waiting = isShared(account)
      ? accounts.list().filter(({ connectionId }) => connectionId === account.connectionId)
      : [account];
    await ledger.write(async (tx) => {
      for (const one of waiting) {
        if (await store.throttle(tx, one, throttle)) tx.afterCommit(() => accounts.noted(one.id, { throttle }));
      }
    });
  }

  #opensIn(group: string, waitMs: number): void {
    this.#opensAt.set(group, this.#deps.clock.monotonic() + Math.min(ASK_AGAIN_MS, waitMs));
  }

  /** Counts one more message to the recipient of a conversation. Answers 0, or how long the provider would refuse it. */
  async toRecipient(tx: Tx, account: LiveAccount, conversationId: string): Promise<number> {
    const limit = capabilitiesOf(account).throughput?.perRecipient;
    if (limit === undefined) return 0;
    // One is kept in reserve: messages may arrive a little closer together than they were sent.
    const capacityMs = Math.max(1, limit.burst - 1) * limit.everyMs;
    const now = this.#deps.clock.reached();
    const ask = { key: `to ${conversationId}`, costMs: limit.everyMs, capacityMs, now };
    return rates.acquire(tx, ask);
  }

  async #acquireOf(account: LiveAccount, wanted: number, perSecond: number): Promise<number> {
    const key = rateKeyOf(account);
    const allowance = this.#present(key);
    if (allowance.left < wanted && this.#deps.clock.monotonic() >= allowance.askAt) {
      const { sends, lengthMs } = slotOf(perSecond);
      const waitMs = await this.#deps.rates.acquire(key, lengthMs);
      const now = this.#deps.clock.monotonic();
      allowance.askAt = now + (waitMs === 0 ? lengthMs : Math.min(ASK_AGAIN_MS, waitMs));
      if (waitMs === 0) Object.assign(allowance, { left: sends, until: now + Math.min(lengthMs, MAX_USE_MS) });
    }
    const acquired = Math.min(wanted, allowance.left);
    allowance.left -= acquired;
    if (acquired < wanted) this.#opensAt.set(account.id, allowance.askAt);
    return acquired;
  }

  /** Answers the present slot: what was not started in its own is not made up for later. */
  #present(key: string): Allowance {
    let allowance = this.#allowances.get(key);
    if (allowance === undefined)
      this.#allowances.set(key, (allowance = { left: 0, until: -Infinity, askAt: -Infinity }));
    if (this.#deps.clock.monotonic() >= allowance.until) allowance.left = 0;
    return allowance;
  }
}

/** Names the allowance that an account's sends use: its own, or that of the provider's application, where the limit is the application's. */
export function rateKeyOf(account: LiveAccount): string {
  return isShared(account) ? `of ${account.connectionId}` : `by ${account.id}`;
}

function isShared(account: LiveAccount): boolean {
  return capabilitiesOf(account).throughput?.scope === 'connection';
}
