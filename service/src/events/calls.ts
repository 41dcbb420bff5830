/**
 * Decides who may call a workflow now. A workflow that hangs keeps a call for a minute: all that are in trouble together get half of what a process
 * can do at a time, so that there is always room for the others.
 */

/** A call that takes longer means trouble. */
const SLOW_MS = 5_000;

/** The caller ends its call by it: `taken` says whether the workflow took the events. */
export type EndCall = (acknowledged: boolean) => void;

/** Decides which subscriptions may be called now. */
export class Calls {
  readonly #max: number;
  /** Holds subscriptions whose last call failed, or has lasted too long already. */
  readonly #troubled = new Set<string>();
  readonly #underWay = new Map<string, number>();

  /** Makes room for calls. `max`: calls at the same time to subscriptions that are in trouble. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Begins a call and answers how to end it; undefined: not now. */
  begin(subscriptionId: string): EndCall | undefined {
    if (this.#troubled.has(subscriptionId) && this.#inTrouble() >= this.#max) return undefined;
    this.#underWay.set(subscriptionId, (this.#underWay.get(subscriptionId) ?? 0) + 1);
    const slow = setTimeout(() => this.#troubled.add(subscriptionId), SLOW_MS).unref();
    return (acknowledged) => {
      clearTimeout(slow);
      const left = (this.#underWay.get(subscriptionId) ?? 1) - 1;
      if (left > 0) this.#underWay.set(subscriptionId, left);
      else this.#underWay.delete(subscriptionId);
      if (acknowledged) this.#troubled.delete(subscriptionId);
      else this.#troubled.add(subscriptionId);
    };
  }

  /** Forgets a subscription that ended. */
  forget(subscriptionId: string): void {
    this.#troubled.delete(subscriptionId);
  }

  #inTrouble(): number {
    let calls = 0;
    for (const [id, count] of this.#underWay) if (this.#troubled.has(id)) calls += count;
    return calls;
  }
}
