/**
 * Delivers events to workflows: signed POSTs to a subscription's URL, in order per conversation, several at once when it asked for that.
 */
import type { ProviderHttp } from '../core/http.ts';
import type { Log } from '../core/log.ts';
import type { Observer } from '../core/observer.ts';
import type { Sealer } from '../core/sealer.ts';
import { lookAgainAt, type WatchedClock } from '../core/watched-clock.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import { noteTaken } from '../store/isolation.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as subscriptions from '../store/subscription.store.ts';
import type { PendingDelivery, StoredSubscription } from '../store/subscription.store.ts';
import type { Reading } from './answers.ts';
import { Batches, type CallPlace } from './batches.ts';
import { Caller, type Call } from './caller.ts';
import { Calls, type EndCall } from './calls.ts';
import { endSubscription } from './ending.ts';
import type { Publisher } from './publish.ts';
import { DELIVER, deliverJob, isApart, type Deliver } from './shards.ts';
import { Untaken } from './untaken.ts';

const MAX_CALLS = 256;
/** A workflow in trouble that finds no room comes back after so long, at random. */
const NO_ROOM_MS = 2_000;
/** Bounds the events of a shard in trouble among whose conversations one is tried. */
const LOOK_AHEAD = 100;
/** Spaces the notes that a subscription takes something. */
const NOTE_MS = 1_000;

/** Lists what the handler of deliveries works with. */
export interface DeliverDeps {
  ledger: Ledger;
  outbox: Outbox;
  publisher: Publisher;
  http: ProviderHttp;
  clock: WatchedClock;
  random(): number;
  sealer: Pick<Sealer, 'decrypt'>;
  observer: Pick<Observer, 'delivered'>;
  log: Pick<Log, 'info' | 'warn'>;
}

/** Runs the jobs that deliver events to a shard of a subscription, and those that end subscriptions. */
export class DeliverHandler implements JobHandler<Deliver> {
  readonly kind = 'deliver';
  readonly payload = DELIVER;
  readonly concurrency = MAX_CALLS;
  readonly #deps: DeliverDeps;
  readonly #caller: Caller;
  readonly #untaken: Untaken;
  readonly #calls = new Calls(MAX_CALLS / 2);
  readonly #batches = new Batches();

  constructor(deps: DeliverDeps) {
    this.#deps = deps;
    this.#caller = new Caller(deps);
    this.#untaken = new Untaken({
      ...deps,
      batches: this.#batches,
      end: (job, subscription, reason) => this.#end(job, subscription, reason),
      next: (tx, job, subscriptionId, shard) => this.#finish(tx, job, subscriptionId, shard),
    });
  }

  async run(job: Job<Deliver>): Promise<void> {
    const { payload } = job;
    const { subscriptionId } = payload;
    const { ledger, outbox } = this.#deps;
    const subscription = await subscriptions.find(ledger.reader, subscriptionId);
    if (subscription === undefined || subscription.endedAt !== null) {
      this.#forget(subscriptionId);
      return ledger.write((tx) => outbox.finish(tx, job));
    }
    const { HANDING_OVER } = subscriptions;
    if ('expire' in payload || subscription.endedReason === HANDING_OVER) return this.#expire(job, subscription);
    const { shard } = payload;
    const place = { subscriptionId, shard };
    const waiting = await this.#waiting(subscription, place, job.attempts);
    if (waiting.length === 0) return ledger.write((tx) => this.#finish(tx, job, subscriptionId, shard));
    const call = await this.#caller.prepare(subscription, place, waiting, this.#batches.bytes(place));
    const endCall = this.#calls.begin(subscriptionId);
    if (endCall === undefined) return this.#standBack(job);
    const reading = await this.#call(subscription, call, endCall);
    const { outcome } = reading;
    if (outcome === 'taken') return this.#acknowledged(job, subscription, call);
    await this.#untaken.handle(job, subscription, call, { ...reading, outcome });
  }

  /**
   * Lists what the next call is about. In trouble it is one event: in turn the oldest, and the first of another conversation, one that was not
   * refused yet if there is any, so that nobody keeps the others from showing that they are taken.
   */
  async #waiting({ maxBatch }: StoredSubscription, place: CallPlace, attempts: number): Promise<PendingDelivery[]> {
    const { ledger, random } = this.#deps;
    const { subscriptionId, shard } = place;
    const count = this.#batches.count(place, maxBatch, attempts > 0);
    const isTurnOfOthers = attempts > 0 && attempts % 2 === 0 && count === 1 && !isApart(shard);
    const limit = isTurnOfOthers ? LOOK_AHEAD : count;
    const waiting = await subscriptions.pending(ledger.reader, subscriptionId, shard, limit);
    if (!isTurnOfOthers) return waiting;
    const heads = headsOf(waiting);
    const untried = heads.find(({ refusedTakes }) => refusedTakes === null);
    return untried ? [untried] : heads.slice(Math.floor(random() * heads.length)).slice(0, 1);
  }

  async #call(subscription: StoredSubscription, call: Call, endCall: EndCall): Promise<Reading> {
    let reading: Reading | undefined;
    try {
      reading = await this.#caller.call(subscription, call);
      return reading;
    } finally {
      endCall(reading?.outcome === 'taken');
    }
  }

  async #acknowledged(job: Job, subscription: StoredSubscription, call: Call): Promise<void> {
    const { ledger, clock } = this.#deps;
    const { shard, batch } = call;
    const { id, once, failedAt, tookAt } = subscription;
    const seqs = batch.map((one) => one.eventSeq);
    const now = clock.now();
    const isNews = failedAt !== null || tookAt === null || Math.abs(now - tookAt) >= NOTE_MS;
    this.#deps.observer.delivered('taken', batch.length);
    this.#batches.acknowledged(call, subscription.maxBatch);
    await ledger.write(async (tx) => {
      await subscriptions.removeDelivered(tx, id, shard, seqs);
      if (once) await subscriptions.end(tx, id, 'done', now);
      else if (isNews) await noteTaken(tx, id, now);
      await this.#finish(tx, job, id, shard);
    });
  }

  async #finish(tx: Tx, job: Job, subscriptionId: string, shard: number): Promise<void> {
    const hasMore = async () => (await subscriptions.pending(tx.db, subscriptionId, shard, 1)).length > 0;
    await this.#deps.outbox.finishOrRestart(tx, job, deliverJob(subscriptionId, shard), hasMore);
  }

  /** Ends the subscription when its time is over: a wait that nobody answered, a hand-over that nobody came for. */
  async #expire(job: Job<Deliver>, subscription: StoredSubscription): Promise<void> {
    const { ledger, outbox, clock } = this.#deps;
    // One that has its answer wants nothing more, but still has the time that it was given.
    const given = 'expire' in job.payload ? job.payload.until : undefined;
    const until = Math.max(subscription.expiresAt ?? 0, given ?? 0);
    if (until <= clock.reached()) return this.#end(job, subscription, 'expired');
    await ledger.write((tx) => outbox.postpone(tx, job, lookAgainAt(clock, until), false));
  }

  async #end(job: Job, subscription: StoredSubscription, reason: string): Promise<void> {
    this.#forget(subscription.id);
    await endSubscription(this.#deps, job, subscription, reason);
  }

  #forget(subscriptionId: string): void {
    this.#calls.forget(subscriptionId);
    this.#batches.forget(subscriptionId);
  }

  /** Postpones the job as too many other calls hang; that costs no attempt. */
  async #standBack(job: Job): Promise<void> {
    const { ledger, outbox, random } = this.#deps;
    await ledger.write((tx) => outbox.postponeBy(tx, job, Math.ceil(random() * NO_ROOM_MS), false));
  }
}

/** Lists the first event of each conversation. */
function headsOf(waiting: readonly PendingDelivery[]): PendingDelivery[] {
  const heads = new Map<string, PendingDelivery>();
  for (const one of waiting) {
    const key = one.conversationId ?? one.accountId;
    if (!heads.has(key)) heads.set(key, one);
  }
  return [...heads.values()];
}
