/**
 * Delivers events to workflows: signed POSTs to a subscription's URL, in order per conversation, several at once when it asked for that.
 */
import { createHash } from 'node:crypto';
import { signDelivery } from '../../../contract/signature.ts';
import type { ProviderHttp } from '../core/http.ts';
import type { Clock } from '../core/clock.ts';
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
import { Calls, type EndCall } from './calls.ts';
import { deliverJob, type Publisher } from './publish.ts';

/** The service ends a subscription that took nothing for this long: whoever made it is gone. */
export const GIVE_UP_MS = 7 * 24 * 3_600_000;
/**
 * One call holds so much at the most. n8n takes bodies up to 16 MB; a call stays far below, whatever `maxBatch` says, as many calls must fit in
 * memory at the same time.
 */
const MAX_CALL_BYTES = 1024 * 1024;
const MAX_CALLS = 256;
/** A workflow in trouble that finds no room comes back after so long, at random. */
const NO_ROOM_MS = 2_000;
/** A waiting workflow that refuses its reply for this long was cancelled. n8n refuses while it still parks the execution. */
const CANCELLED_MS = 5 * 60_000;
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
}

type Outcome = 'taken' | 'refused' | 'unreachable' | 'gone';

/** Runs the jobs that deliver events to a shard of a subscription, and those that end subscriptions. */
export class DeliverHandler implements JobHandler {
  readonly kind = 'deliver';
  readonly concurrency = MAX_CALLS;
  readonly #deps: DeliverDeps;
  readonly #calls = new Calls(MAX_CALLS / 2);

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
    const waiting = await subscriptions.pending(ledger.reader, subscriptionId, shard, subscription.maxBatch);
    if (waiting.length === 0) return ledger.write((tx) => this.#finish(tx, job, subscriptionId, shard));
    const batch = await this.#batch(subscription, waiting);
    const endCall = this.#calls.begin(subscriptionId);
    if (endCall === undefined) return this.#standBack(job);
    const outcome = await this.#post(subscription, batch, endCall);
    if (outcome === 'taken') return this.#acknowledged(job, subscription, shard, batch);
    if (this.#isOver(job, subscription, outcome)) {
      this.#deps.observer.delivered('ended', batch.length);
      return this.#end(job, subscription, outcome === 'gone' ? 'gone' : 'unreachable');
    }
    this.#deps.observer.delivered(outcome === 'gone' ? 'refused' : outcome, batch.length);
    await this.#retry(job);
  }

  /** Tells whether nobody is there any more. The job stands since the shard last took something, or since it had something to take. */
  #isOver(job: Job, subscription: StoredSubscription, outcome: Outcome): boolean {
    if (outcome === 'gone') return true;
    const patienceMs = subscription.once && outcome === 'refused' ? CANCELLED_MS : GIVE_UP_MS;
    return this.#deps.clock.now() - job.createdAt > patienceMs;
  }

  /** Takes as many events as fit in one call, at least one, with the provider's bodies for those who want them. */
  async #batch(subscription: StoredSubscription, waiting: readonly PendingDelivery[]): Promise<PendingDelivery[]> {
    const wantsRaw = subscription.filter.includeRaw === true;
    const seqs = waiting.map((one) => one.eventSeq);
    const raws = wantsRaw ? await events.raws(this.#deps.ledger.reader, seqs) : new Map<number, string>();
    return fitting(waiting.map((one) => ({ ...one, json: withRaw(one.json, raws.get(one.eventSeq)) })));
  }

  async #post(subscription: StoredSubscription, batch: readonly PendingDelivery[], endCall: EndCall): Promise<Outcome> {
    let outcome: Outcome | undefined;
    try {
      outcome = await this.#call(subscription, batch);
      return outcome;
    } finally {
      endCall(outcome === 'taken');
    }
  }

  async #call(subscription: StoredSubscription, batch: readonly PendingDelivery[]): Promise<Outcome> {
    const body = Buffer.from(`{"events":[${batch.map((one) => one.json).join(',')}]}`);
    const secret = this.#deps.sealer.decrypt(subscription.secret, subscription.id) as string;
    const signature = signDelivery(secret, deliveryId(batch), this.#deps.clock.now(), body);
    const headers = { 'content-type': 'application/json', ...signature };
    const call = { method: 'POST', url: subscription.url, headers, bytes: body, timeoutMs: TIMEOUT_MS } as const;
    try {
      const { status } = await this.#deps.http.request(call);
      if (status >= 200 && status < 300) return 'taken';
      return status === 410 ? 'gone' : 'refused';
    } catch (error) {
      if (error instanceof SendError || error instanceof ParleyError) return 'unreachable';
      throw error;
    }
  }

  async #acknowledged(
    job: Job,
    subscription: StoredSubscription,
    shard: number,
    batch: readonly PendingDelivery[],
  ): Promise<void> {
    const { ledger, clock } = this.#deps;
    const seqs = batch.map((one) => one.eventSeq);
    this.#deps.observer.delivered('taken', batch.length);
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
    const { ledger, outbox, clock, publisher } = this.#deps;
    this.#calls.forget(subscription.id);
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

  async #retry(job: Job): Promise<void> {
    const { ledger, outbox, clock, random } = this.#deps;
    const dueAt = clock.now() + backoffMs(job.attempts + 1, random(), BACKOFF_BASE_MS, BACKOFF_CAP_MS);
    await ledger.write((tx) => outbox.postpone(tx, job, dueAt, true));
  }
}

function fitting(waiting: readonly PendingDelivery[]): PendingDelivery[] {
  let bytes = 0;
  const end = waiting.findIndex((one) => (bytes += one.json.length) > MAX_CALL_BYTES);
  return end === -1 ? [...waiting] : waiting.slice(0, Math.max(1, end));
}

function withRaw(json: string, raw: string | undefined): string {
  return raw === undefined ? json : `${json.slice(0, -1)},"raw":${raw}}`;
}

/** Makes the id of a call. The same events always make the same id, so that a repeated call can be known as one. */
function deliveryId(batch: readonly PendingDelivery[]): string {
  const digest = createHash('sha256').update(batch.map((one) => one.eventId).join(' '));
  return `dlv_${digest.digest('hex').slice(0, 26)}`;
}
