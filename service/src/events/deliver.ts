/**
 * Delivers events to workflows: signed POSTs to a subscription's URL, in order per conversation, several at once when it asked for that.
 */
import { createHash } from 'node:crypto';
import { signDelivery } from '../../../contract/signature.ts';
import type { ProviderHttp } from '../core/http.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Observer } from '../core/observer.ts';
import type { Sealer } from '../core/sealer.ts';
import { backoffMs } from '../core/retry.ts';
import { ParleyError, SendError } from '../core/errors.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as events from '../store/event.store.ts';
import * as subscriptions from '../store/subscription.store.ts';
import type { PendingDelivery, StoredSubscription } from '../store/subscription.store.ts';
import { readAnswer, type Reading } from './answers.ts';
import { Batches, type MadeCall } from './batches.ts';
import { Calls, type EndCall } from './calls.ts';
import { deliverJob, type Publisher } from './publish.ts';

/** The service ends a subscription that took nothing for this long: whoever made it is gone. */
export const GIVE_UP_MS = 7 * 24 * 3_600_000;
const MAX_CALLS = 256;
/** A workflow in trouble that finds no room comes back after so long, at random. */
const NO_ROOM_MS = 2_000;
const TIMEOUT_MS = 60_000;
const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 60_000;

/** What the handler of deliveries works with. */
export interface DeliverDeps {
  ledger: Ledger;
  outbox: Outbox;
  publisher: Publisher;
  http: ProviderHttp;
  clock: Clock;
  random(): number;
  sealer: Pick<Sealer, 'decrypt'>;
  observer: Pick<Observer, 'delivered'>;
  log: Pick<Log, 'info' | 'warn'>;
}

/** Runs the jobs that deliver events to a shard of a subscription, and those that end subscriptions. */
export class DeliverHandler implements JobHandler {
  readonly kind = 'deliver';
  readonly concurrency = MAX_CALLS;
  readonly #deps: DeliverDeps;
  readonly #calls = new Calls(MAX_CALLS / 2);
  readonly #batches = new Batches();

  constructor(deps: DeliverDeps) {
    this.#deps = deps;
  }

  async run(job: Job): Promise<void> {
    const { subscriptionId, shard, expire } = job.payload as { subscriptionId: string; shard: number; expire?: true };
    const { ledger, outbox } = this.#deps;
    const subscription = await subscriptions.find(ledger.reader, subscriptionId);
    if (subscription === undefined || subscription.endedAt !== null) {
      return ledger.write((tx) => outbox.finish(tx, job));
    }
    if (expire || subscription.endedReason === subscriptions.HANDING_OVER) return this.#expire(job, subscription);
    const count = this.#batches.count({ subscriptionId, shard }, subscription.maxBatch, job.attempts > 0);
    const waiting = await subscriptions.pending(ledger.reader, subscriptionId, shard, count);
    if (waiting.length === 0) return ledger.write((tx) => this.#finish(tx, job, subscriptionId, shard));
    const call = await this.#callOf(subscription, shard, waiting);
    const endCall = this.#calls.begin(subscriptionId);
    if (endCall === undefined) return this.#standBack(job);
    const reading = await this.#post(subscription, call, endCall);
    await this.#settle(job, subscription, call, reading);
  }

  async #settle(job: Job, subscription: StoredSubscription, call: Call, reading: Reading): Promise<void> {
    const { outcome } = reading;
    if (outcome === 'taken') return this.#acknowledged(job, subscription, call);
    if (outcome === 'gone' || this.#isOver(job)) {
      this.#deps.observer.delivered('ended', call.events);
      return this.#end(job, subscription, outcome === 'gone' ? reading.reason : 'unreachable');
    }
    this.#deps.observer.delivered(outcome === 'away' ? 'unreachable' : 'refused', call.events);
    if (outcome === 'away') this.#batches.away(call);
    else if (outcome === 'too_large') this.#batches.tooLarge(call);
    else this.#batches.refused(call);
    if (outcome !== 'away' && call.events > 1) return this.#again(job);
    await this.#retry(job);
  }

  /** Tells whether nobody is there any more. The job stands since the shard last took something, or since it had something to take. */
  #isOver(job: Job): boolean {
    return this.#deps.clock.now() - job.createdAt > GIVE_UP_MS;
  }

  /** Makes a call of as many events as fit in one, at least one, with the provider's bodies for those who want them. */
  async #callOf(subscription: StoredSubscription, shard: number, waiting: readonly PendingDelivery[]): Promise<Call> {
    const wantsRaw = subscription.filter.includeRaw === true;
    const seqs = waiting.map((one) => one.eventSeq);
    const raws = wantsRaw ? await events.raws(this.#deps.ledger.reader, seqs) : new Map<number, string>();
    const place = { subscriptionId: subscription.id, shard };
    const texts = waiting.map((one) => withRaw(one.json, raws.get(one.eventSeq)));
    const { count, body } = bodyOf(texts, this.#batches.bytes(place));
    const batch = waiting.slice(0, count);
    return { ...place, id: deliveryId(batch), batch, body, events: count, bytes: body.length };
  }

  async #post(subscription: StoredSubscription, call: Call, endCall: EndCall): Promise<Reading> {
    let reading: Reading | undefined;
    try {
      reading = await this.#call(subscription, call);
      return reading;
    } finally {
      endCall(reading?.outcome === 'taken');
    }
  }

  async #call(subscription: StoredSubscription, { id, body }: Call): Promise<Reading> {
    const secret = this.#deps.sealer.decrypt(subscription.secret, subscription.id) as string;
    const signature = signDelivery(secret, id, this.#deps.clock.now(), body);
    const headers = { 'content-type': 'application/json', ...signature };
    const call = { method: 'POST', url: subscription.url, headers, bytes: body, timeoutMs: TIMEOUT_MS } as const;
    try {
      return readAnswer(await this.#deps.http.request(call), subscription, id);
    } catch (error) {
      if (error instanceof SendError || error instanceof ParleyError) return { outcome: 'away', reason: error.message };
      throw error;
    }
  }

  async #acknowledged(job: Job, subscription: StoredSubscription, call: Call): Promise<void> {
    const { ledger, clock } = this.#deps;
    const { shard, batch } = call;
    const seqs = batch.map((one) => one.eventSeq);
    this.#deps.observer.delivered('taken', batch.length);
    this.#batches.taken(call, subscription.maxBatch);
    await ledger.write(async (tx) => {
      await subscriptions.removeDelivered(tx, subscription.id, shard, seqs);
      if (subscription.once) await subscriptions.end(tx, subscription.id, 'done', clock.now());
      await this.#finish(tx, job, subscription.id, shard);
    });
  }

  async #finish(tx: Tx, job: Job, subscriptionId: string, shard: number): Promise<void> {
    const hasMore = async () => (await subscriptions.pending(tx.db, subscriptionId, shard, 1)).length > 0;
    await this.#deps.outbox.finishOrRestart(tx, job, deliverJob(subscriptionId, shard), hasMore);
  }

  /** Ends the subscription when its time is over: a wait that nobody answered, a hand-over that nobody came for. */
  async #expire(job: Job, subscription: StoredSubscription): Promise<void> {
    const { ledger, outbox, clock } = this.#deps;
    const until = subscription.expiresAt ?? 0;
    if (until <= clock.now()) return this.#end(job, subscription, 'expired');
    await ledger.write((tx) => outbox.postpone(tx, job, until, false));
  }

  async #end(job: Job, subscription: StoredSubscription, reason: string): Promise<void> {
    const { ledger, outbox, clock, publisher, log } = this.#deps;
    this.#calls.forget(subscription.id);
    this.#batches.forget(subscription.id);
    const facts = { subscription: subscription.id, reason };
    if (subscription.once) log.info(facts, 'The wait for a reply ended; a reply it did not take goes to triggers');
    await ledger.write(async (tx) => {
      if (subscription.once) await publisher.returnToTriggers(tx, subscription);
      await subscriptions.end(tx, subscription.id, reason, clock.now());
      await outbox.finish(tx, job);
    });
  }

  /** Postpones the job as too many other calls hang; that costs no attempt. */
  async #standBack(job: Job): Promise<void> {
    const { ledger, outbox, clock, random } = this.#deps;
    const dueAt = clock.now() + Math.ceil(random() * NO_ROOM_MS);
    await ledger.write((tx) => outbox.postpone(tx, job, dueAt, false));
  }

  /** Calls again at once, with less: an answer that is about the events says that somebody is there. */
  async #again(job: Job): Promise<void> {
    const { ledger, outbox, clock } = this.#deps;
    await ledger.write((tx) => outbox.postpone(tx, job, clock.now(), false));
  }

  async #retry(job: Job): Promise<void> {
    const { ledger, outbox, clock, random } = this.#deps;
    const dueAt = clock.now() + backoffMs(job.attempts + 1, random(), BACKOFF_BASE_MS, BACKOFF_CAP_MS);
    await ledger.write((tx) => outbox.postpone(tx, job, dueAt, true));
  }
}

/** One call as it goes out. */
interface Call extends MadeCall {
  id: string;
  batch: readonly PendingDelivery[];
  body: Buffer;
}

/** Writes the body of a call with as many events as fit in so many bytes, at least one. */
function bodyOf(texts: readonly string[], maxBytes: number): { count: number; body: Buffer } {
  let bytes = Buffer.byteLength('{"events":[]}');
  const end = texts.findIndex((text) => (bytes += Buffer.byteLength(text) + 1) > maxBytes);
  const count = end === -1 ? texts.length : Math.max(1, end);
  return { count, body: Buffer.from(`{"events":[${texts.slice(0, count).join(',')}]}`) };
}

function withRaw(json: string, raw: string | undefined): string {
  return raw === undefined ? json : `${json.slice(0, -1)},"raw":${raw}}`;
}

/** Makes the id of a call. The same events always make the same id, so that a repeated call can be known as one. */
function deliveryId(batch: readonly PendingDelivery[]): string {
  const digest = createHash('sha256').update(batch.map((one) => one.eventId).join(' '));
  return `dlv_${digest.digest('hex').slice(0, 26)}`;
}
