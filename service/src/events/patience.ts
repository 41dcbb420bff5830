/**
 * Decides what follows when a call is not taken. Time counts only from try to try: a service that was off for a week has tried nothing, and gives
 * nothing up. Pure.
 */
import type { StoredSubscription } from '../store/subscription.store.ts';
import type { Outcome } from './answers.ts';
import type { MadeCall } from './batches.ts';
import { isApart } from './shards.ts';

/** A subscription at which nobody was for so long, while it was tried, is ended: whoever made it is gone. */
export const GIVE_UP_MS = 7 * 24 * 3_600_000;
/** Tries follow each other at least once a minute; what lies further apart was no trying. */
export const LONGEST_GAP_MS = 2 * 60_000;
/** A subscription that hands over gathers events for so long. Saving an active workflow takes n8n a second or two. */
export const HAND_OVER_MS = 60_000;
/** An event that was refused so often, while the workflow took others in between, is put aside. */
export const REFUSALS = 10;
/** Bounds the conversations that stand apart on suspicion alone, while the workflow takes nothing: it may be down altogether. */
export const MAX_SUSPECTS = 64;

/**
 * Says what comes next. `end`: nobody is there any more. `less`: the same with fewer events, at once. `isolate`: let the conversation stand apart. `put_aside`: go on
 * without this event. `wait`: the same again, later.
 */
export type Step = 'end' | 'less' | 'isolate' | 'put_aside' | 'wait';

/** Says what is known when a call was not taken. */
export interface Failure {
  outcome: Exclude<Outcome, 'taken'>;
  call: MadeCall;
  subscription: Pick<StoredSubscription, 'once' | 'failedAt'>;
  /** Says how long the subscription has taken nothing, this try included. */
  failingMs: number;
  /** Says how often the one event was tried without success. */
  tries: number;
  /** Says how often the one event was refused while the subscription took others, this try included. */
  refusals: number;
  /** Conversations of the subscription that stand apart although it took nothing between their refusals. */
  suspects: number;
}

/** Adds up how long a subscription has taken nothing. */
export function failingMs(
  { failingMs, failedAt }: Pick<StoredSubscription, 'failingMs' | 'failedAt'>,
  now: number,
): number {
  return failedAt === null ? 0 : failingMs + Math.min(LONGEST_GAP_MS, Math.max(0, now - failedAt));
}

/** Decides what follows. */
export function stepAfter(failure: Failure): Step {
  const { outcome, call, subscription, tries, refusals } = failure;
  const isLong = failure.failingMs >= GIVE_UP_MS;
  if (outcome === 'gone' || (outcome === 'away' && isLong)) return 'end';
  if (call.events > 1) return outcome === 'away' ? 'wait' : 'less';
  // A reply that the execution does not take goes to the triggers when the wait is over.
  if (subscription.once) return 'wait';
  if (isApart(call.shard)) {
    const isRefused = refusals >= REFUSALS || (outcome !== 'away' && isLong && tries >= REFUSALS);
    return isRefused ? 'put_aside' : 'wait';
  }
  // The workflow took what came just before: the event is suspect, not the workflow.
  const isWell = subscription.failedAt === null;
  return isWell || failure.suspects < MAX_SUSPECTS ? 'isolate' : 'wait';
}
