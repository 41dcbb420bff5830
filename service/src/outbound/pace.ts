/**
 * The pace of sends, ahead of the provider's own limits. An account's sends start in slots: a twentieth of what is allowed in a second may
 * start in each, right at its beginning. Slots are so long that in no second more start than are allowed, whatever the number of
 * processes; that costs about a twentieth of the throughput.
 */
import type { Accounts } from '../connectors/accounts.ts';
import { perSecondOf, type LiveAccount } from '../connectors/live.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import type { Clock } from '../core/clock.ts';
import type { GroupGate } from '../outbox/fair-scheduler.ts';
import * as rates from '../store/rate.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { Circuit } from './circuit.ts';
import type { Rates } from './rates.ts';

const SLOTS_PER_SECOND = 20;
const SECOND_MS = 1_000;
/** What was not begun so soon after its slot began is not made up for. */
const MAX_USE_MS = 50;

/** How many sends may start in a slot, and how long it is. */
export function slotOf(perSecond: number): { sends: number; lengthMs: number } {
  const sends = Math.max(1, Math.floor(perSecond / SLOTS_PER_SECOND));
  const slots = Math.max(1, Math.floor(perSecond / sends));
  // The first slot in a second may be used at its end, all others at their beginning.
  return { sends, lengthMs: Math.floor((SECOND_MS + MAX_USE_MS) / slots) + 1 };
}

/** What of the present slot this process may still start, and when it may ask for more. */
interface Allowance {
  left: number;
  until: number;
  askAt: number;
}

export interface PacerDeps {
  accounts: Pick<Accounts, 'find'>;
  rates: Rates;
  circuit: Circuit;
  clock: Clock;
}

export class Pacer implements GroupGate {
  readonly #deps: PacerDeps;
  readonly #allowances = new Map<string, Allowance>();
  /** When groups that got fewer slots than they wanted may ask again. */
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
      if (waitMs > 0) this.#opensAt.set(group, this.#deps.clock.now() + waitMs);
      return waitMs > 0 ? 0 : 1;
    }
    const perSecond = perSecondOf(account);
    return perSecond === undefined ? wanted : this.#acquireOf(account, wanted, perSecond);
  }

  releaseSlots(group: string, unused: number): void {
    this.#deps.circuit.cancelProbe(group);
    const account = this.#deps.accounts.find(group);
    const allowance = account && this.#allowances.get(keyOf(account));
    if (allowance) allowance.left += unused;
    // Nothing waits for the next slot.
    this.#opensAt.delete(group);
  }

  opensAt(group: string): number | undefined {
    return this.#opensAt.get(group);
  }

  /** Lets none of an account's sends start for so long, nor those that share its limit, in any process: the provider throttled it. */
  async backOff(account: LiveAccount, forMs: number): Promise<void> {
    const key = keyOf(account);
    this.#allowances.delete(key);
    await this.#deps.rates.close(key, forMs);
  }

  /** One more message to the recipient of a conversation. Answers 0, or how long the provider would refuse it. */
  async toRecipient(tx: Tx, account: LiveAccount, conversationId: string): Promise<number> {
    const limit = capabilitiesOf(account).throughput?.perRecipient;
    if (limit === undefined) return 0;
    // One is kept in reserve: messages may arrive a little closer together than they were sent.
    const capacityMs = Math.max(1, limit.burst - 1) * limit.everyMs;
    const ask = { key: `to ${conversationId}`, costMs: limit.everyMs, capacityMs, now: this.#deps.clock.now() };
    return rates.acquire(tx, ask);
  }

  async #acquireOf(account: LiveAccount, wanted: number, perSecond: number): Promise<number> {
    const key = keyOf(account);
    const allowance = this.#present(key);
    if (allowance.left < wanted && this.#deps.clock.now() >= allowance.askAt) {
      const { sends, lengthMs } = slotOf(perSecond);
      const waitMs = await this.#deps.rates.acquire(key, lengthMs);
      const now = this.#deps.clock.now();
      allowance.askAt = now + (waitMs === 0 ? lengthMs : waitMs);
      if (waitMs === 0) Object.assign(allowance, { left: sends, until: now + Math.min(lengthMs, MAX_USE_MS) });
    }
    const acquired = Math.min(wanted, allowance.left);
    allowance.left -= acquired;
    if (acquired < wanted) this.#opensAt.set(account.id, allowance.askAt);
    return acquired;
  }

  /** What was not started in its slot is not made up for later. */
  #present(key: string): Allowance {
    let allowance = this.#allowances.get(key);
    if (allowance === undefined) this.#allowances.set(key, (allowance = { left: 0, until: 0, askAt: 0 }));
    if (this.#deps.clock.now() >= allowance.until) allowance.left = 0;
    return allowance;
  }
}

/** Names the allowance that an account's sends use: its own, or that of the provider's application, where the limit is the application's. */
function keyOf(account: LiveAccount): string {
  const isShared = capabilitiesOf(account).throughput?.scope === 'connection';
  return isShared ? `of ${account.connectionId}` : `by ${account.id}`;
}
