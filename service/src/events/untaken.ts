/** Deals with calls that were not taken: later again, with less, with the event that is refused apart from the others, or no more. */
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Observer } from '../core/observer.ts';
import { backoffMs } from '../core/retry.ts';
import type { Job, Outbox } from '../outbox/outbox.ts';
import * as deadEvents from '../store/dead-event.store.ts';
import * as isolation from '../store/isolation.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { StoredSubscription } from '../store/subscription.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { Reading } from './answers.ts';
import type { Batches } from './batches.ts';
import type { Call } from './caller.ts';
import { failingMs, MAX_SUSPECTS, stepAfter, type Failure } from './patience.ts';
import { lockSequence } from './publish.ts';
import { deliverJob, isApart, shardsOf } from './shards.ts';

const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 60_000;

/** Lists what it takes to deal with them. */
export interface UntakenDeps {
  ledger: Ledger;
  outbox: Outbox;
  clock: Clock;
  random(): number;
  observer: Pick<Observer, 'delivered'>;
  log: Pick<Log, 'warn'>;
  batches: Batches;
  /** Ends a subscription at which nobody is any more. */
  end(job: Job, subscription: StoredSubscription, reason: string): Promise<void>;
  /** Goes on with the shard's next event, in the caller's unit of work. */
  next(tx: Tx, job: Job, subscriptionId: string, shard: number): Promise<void>;
}

/** Describes everything about one call that was not taken. */
interface Case {
  job: Job;
  subscription: StoredSubscription;
  call: Call;
  reading: Reading & { outcome: Failure['outcome'] };
  now: number;
  failingMs: number;
}

/** Deals with calls that were not taken. */
export class Untaken {
  readonly #deps: UntakenDeps;

  constructor(deps: UntakenDeps) {
    this.#deps = deps;
  }

  async handle(job: Job, subscription: StoredSubscription, call: Call, reading: Case['reading']): Promise<void> {
    const { clock, batches } = this.#deps;
    const now = clock.now();
    if (reading.outcome === 'away') batches.away(call);
    else if (reading.outcome === 'too_large') batches.tooLarge(call);
    else batches.refused(call);
    const one: Case = { job, subscription, call, reading, now, failingMs: failingMs(subscription, now) };
    const failure = await this.#failure(one);
    const step = stepAfter(failure);
    const { outcome, reason } = reading;
    const counted = step === 'end' ? 'ended' : outcome === 'away' ? 'unreachable' : 'refused';
    this.#deps.observer.delivered(counted, call.events);
    if (step === 'end') return this.#deps.end(job, subscription, outcome === 'gone' ? reason : 'unreachable');
    await this.#deps.ledger.write(async (tx) => {
      // Before anything else is locked, as those do who publish.
      if (step === 'isolate') await this.#isolate(tx, one);
      await isolation.noteFailed(tx, subscription.id, now, one.failingMs);
      if (call.events === 1) await isolation.noteRefusal(tx, deliveryOf(call), subscription.takes);
      if (step === 'put_aside') return this.#putAside(tx, one);
      const isAtOnce = step === 'less' || (step === 'isolate' && outcome !== 'away');
      await this.#deps.outbox.postponeBy(tx, job, isAtOnce ? 0 : this.#backoffMs(job.attempts + 1), !isAtOnce);
    });
  }

  async #failure({ job, subscription, call, reading, failingMs: failing }: Case): Promise<Failure> {
    const { reader } = this.#deps.ledger;
    const isSuspect = call.events === 1 && !subscription.once;
    const isOut = isApart(call.shard);
    const known = isSuspect && isOut ? await isolation.refusalsOf(reader, deliveryOf(call)) : undefined;
    const isSupported = known !== undefined && known.refusedTakes !== null && known.refusedTakes < subscription.takes;
    return {
      ...{ outcome: reading.outcome, call, subscription, failingMs: failing, tries: job.attempts },
      refusals: (known?.refusals ?? 0) + (isSupported ? 1 : 0),
      suspects: isSuspect && !isOut ? await isolation.suspects(reader, subscription.id, MAX_SUSPECTS) : 0,
    };
  }

  /** Lets the conversation of the one event stand apart: its job tries the event again, and the shard goes on without it. */
  async #isolate(tx: Tx, { subscription, call }: Case): Promise<void> {
    const [event] = call.batch;
    if (event === undefined) return;
    await lockSequence(tx, event);
    const shards = shardsOf(event);
    await isolation.isolate(tx, subscription.id, event, shards);
    await isolation.noteRefusal(tx, { ...deliveryOf(call), shard: shards.own }, subscription.takes);
    this.#deps.batches.away({ subscriptionId: subscription.id, shard: shards.own });
    await this.#deps.outbox.enqueue(tx, deliverJob(subscription.id, shards.own), this.#backoffMs(1));
  }

  async #putAside(tx: Tx, { job, subscription, call, reading, now }: Case): Promise<void> {
    const death = { code: 'refused', reason: reading.reason, at: now } as const;
    await deadEvents.putAside(tx, subscription, deliveryOf(call), death);
    await this.#deps.next(tx, job, subscription.id, call.shard);
    const facts = { subscription: subscription.id, event: call.batch[0]?.eventId, reason: reading.reason };
    tx.afterCommit(() => this.#deps.log.warn(facts, 'An event that its workflow refuses is now a dead letter'));
  }

  #backoffMs(attempt: number): number {
    return backoffMs(attempt, this.#deps.random(), BACKOFF_BASE_MS, BACKOFF_CAP_MS);
  }
}

function deliveryOf({ subscriptionId, shard, batch }: Call): isolation.OneDelivery {
  return { subscriptionId, shard, eventSeq: batch[0]?.eventSeq ?? 0 };
}
