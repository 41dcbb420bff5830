/**
 * Says how much goes into one call. A call that is refused is followed by a smaller one, until one event stands alone, and calls that are taken by
 * larger ones: so the event that is refused is found in a few calls, and the others go out. Kept in memory: it is learned anew after a restart.
 */

/**
 * One call holds so much at the most, as sent. Proxies refuse bodies above 1 MiB by default (nginx: `client_max_body_size`); a call stays well
 * below, whatever `maxBatch` says, as many calls must fit in memory at the same time as well.
 */
export const MAX_CALL_BYTES = 512 * 1024;

/** Says which events a call is about: those of one shard of a subscription. */
export interface CallPlace {
  subscriptionId: string;
  shard: number;
}

/** Describes a call as it was made. */
export interface MadeCall extends CallPlace {
  events: number;
  /** Measures the body. */
  bytes: number;
}

/** Learns by what is taken and what is not. */
export class Batches {
  /** Says how many events the next call of a place holds, where that is less than asked for. */
  readonly #counts = new Map<string, Map<number, number>>();
  /** Says how long a body a subscription's receiver takes, where that is less than what is usual. */
  readonly #bytes = new Map<string, number>();

  /** Says how many events the next call may hold. `inTrouble`: the last call was not acknowledged. */
  count(place: CallPlace, maxBatch: number, inTrouble: boolean): number {
    return Math.min(maxBatch, this.#counts.get(place.subscriptionId)?.get(place.shard) ?? (inTrouble ? 1 : maxBatch));
  }

  /** Says how many bytes its body may have; a single event may have more. */
  bytes({ subscriptionId }: CallPlace): number {
    return this.#bytes.get(subscriptionId) ?? MAX_CALL_BYTES;
  }

  /** Doubles the next call, until it is as large as asked for. */
  acknowledged(call: MadeCall, maxBatch: number): void {
    const before = this.#counts.get(call.subscriptionId)?.get(call.shard);
    if (before === undefined) return;
    if (before * 2 >= maxBatch) this.#done(call);
    else this.#set(call, before * 2);
  }

  /** Halves the next call. */
  refused(call: MadeCall): void {
    this.#set(call, Math.max(1, Math.floor(call.events / 2)));
  }

  /** Halves the bodies of all calls to come. */
  tooLarge(call: MadeCall): void {
    this.refused(call);
    if (call.events > 1) this.#bytes.set(call.subscriptionId, Math.floor(call.bytes / 2));
  }

  /** One event is enough to see whether anybody is there. */
  away(place: CallPlace): void {
    this.#set(place, 1);
  }

  /** Forgets a subscription that ended. */
  forget(subscriptionId: string): void {
    this.#bytes.delete(subscriptionId);
    this.#counts.delete(subscriptionId);
  }

  #done({ subscriptionId, shard }: CallPlace): void {
    const counts = this.#counts.get(subscriptionId);
    counts?.delete(shard);
    if (counts?.size === 0) this.#counts.delete(subscriptionId);
  }

  #set({ subscriptionId, shard }: CallPlace, count: number): void {
    const counts = this.#counts.get(subscriptionId) ?? new Map<number, number>();
    this.#counts.set(subscriptionId, counts.set(shard, count));
  }
}
