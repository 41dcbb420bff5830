/** The retry table says what each kind of send error means for the message. One place, no exceptions elsewhere. */
import type { SendError, SendErrorKind } from './errors.ts';

/**
 * `fail`: over, with this reason. `retry`: again after a delay. `pause`: the account's sends wait until it works again. `settle`: never again
 * by itself; wait for the provider to tell. `gateMs`: nothing else of the account is sent for so long either; 0: it goes on.
 */
export type RetryDecision =
  | { action: 'fail'; alert: boolean; gateMs: number }
  | { action: 'retry'; afterMs: number; costsAttempt: boolean; gateMs: number }
  | { action: 'pause'; gateMs: 0 }
  | { action: 'settle'; gateMs: number };

interface RetryRule {
  /**
   * - `wait`: as long as told, longer each time, a little apart from the others that were told the same; costs no try.
   * - `backoff`: exponential with full jitter, at least as long as told; costs a try.
   * - `once`: one repeat in all, after a pause in which a status of the first can come; the account waits as well.
   * - `pause`: the account waits, not the message alone; what concerns one message only fails with an alert.
   */
  action: 'fail' | 'wait' | 'backoff' | 'once' | 'pause' | 'settle';
}

const TABLE: Record<SendErrorKind, RetryRule> = {
  settings: { action: 'pause' },
  invalid: { action: 'fail' },
  session_closed: { action: 'fail' },
  opted_out: { action: 'fail' },
  rejected: { action: 'fail' },
  throttled: { action: 'wait' },
  unreachable: { action: 'backoff' },
  unavailable: { action: 'once' },
  // Where the provider drops repeats by our key, a repeat is safe: as for `unreachable`.
  uncertain: { action: 'settle' },
};

/** A provider that says that it did not take the message may still have: its status comes within this time and ends the sending. */
const STATUS_WAIT_MS = 30_000;
/** No provider's word holds anything up for longer: what it means may be an instant of its own making. */
export const MAX_TOLD_MS = 3_600_000;
/** Bounds the tries of an unreachable provider: about a quarter of an hour in all, longer when it says how long to wait. */
export const MAX_ATTEMPTS = 12;
const BASE_MS = 1_000;
const CAP_MS = 5 * 60_000;
/** Full jitter halves the waits on average; the base makes up for it. */
const TRY_BASE_MS = 2_000;
/** No repeat is sooner, whatever the dice say. */
const MIN_WAIT_MS = 100;
/** A wait is up to this share longer than the provider asked. */
const WAIT_JITTER = 0.25;
/**
 * Bounds how long a message waits to be sent; then it fails with `expired` rather than arrive absurdly late, unless its sender says otherwise.
 */
export const MAX_AGE_MS = 24 * 3_600_000;

/**
 * Computes an exponential backoff in milliseconds; the upper half of each step is jitter. `attempt` counts from 1; `random` is uniform in [0, 1).
 */
export function backoffMs(attempt: number, random: number, baseMs = BASE_MS, capMs = CAP_MS): number {
  const ceiling = ceilingMs(attempt, baseMs, capMs);
  return Math.ceil(ceiling / 2 + (ceiling / 2) * random);
}

/**
 * Computes an exponential backoff in milliseconds with full jitter: anything up to the step, so that those that failed together do not come back
 * together. `attempt` counts from 1; `random` is uniform in [0, 1).
 */
export function fullJitterMs(attempt: number, random: number, baseMs = TRY_BASE_MS, capMs = CAP_MS): number {
  return Math.max(MIN_WAIT_MS, Math.ceil(ceilingMs(attempt, baseMs, capMs) * random));
}

function ceilingMs(attempt: number, baseMs: number, capMs: number): number {
  return Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
}

/** Counts how often the sending of a message was tried so far. */
export interface Tries {
  /** Tries that counted, this one included. */
  counted: number;
  /** Tries that were throttled, this one included. */
  throttled: number;
  /** Tries of which the provider said that it did not take them, this one included. */
  unavailable: number;
  /** The provider drops a repeat by our key. */
  idempotent: boolean;
}

/**
 * Decides what to do after `error`; `random` is uniform in [0, 1). An error that the table would retry fails once the tries are used up.
 */
export function decide(error: SendError, tries: Tries, random: number): RetryDecision {
  const { action } = TABLE[error.kind];
  const { retryAfterMs = 0, scope = 'account' } = error.details;
  const askedMs = Math.ceil(Math.min(MAX_TOLD_MS, Math.max(0, retryAfterMs)) * (1 + random * WAIT_JITTER));
  const gated = (ms: number) => (scope === 'account' ? ms : 0);
  if (action === 'pause' && scope === 'account') return { action: 'pause', gateMs: 0 };
  if (action === 'wait') {
    const ownMs = backoffMs(tries.throttled, random) * (1 + random * WAIT_JITTER);
    const afterMs = Math.ceil(Math.max(askedMs, ownMs));
    return { action: 'retry', afterMs, costsAttempt: false, gateMs: gated(afterMs) };
  }
  if (action === 'once') {
    const afterMs = Math.max(askedMs, Math.ceil(STATUS_WAIT_MS * (1 + random * WAIT_JITTER)));
    if (tries.unavailable > 1) return { action: 'fail', alert: false, gateMs: gated(afterMs) };
    return { action: 'retry', afterMs, costsAttempt: true, gateMs: gated(afterMs) };
  }
  const isRepeatable = action === 'backoff' || (action === 'settle' && tries.idempotent);
  if (isRepeatable && tries.counted < MAX_ATTEMPTS) {
    const afterMs = Math.ceil(Math.max(askedMs, fullJitterMs(tries.counted, random)));
    return { action: 'retry', afterMs, costsAttempt: true, gateMs: 0 };
  }
  if (action === 'settle') return { action: 'settle', gateMs: gated(askedMs) };
  return { action: 'fail', alert: action === 'pause', gateMs: 0 };
}

/** The look-up of an uncertain message says that it is absent: it is sent once more, never twice. */
export const MAX_ABSENT = 2;

/** Statuses between 400 and 431 that servers and gateways also answer to what they acted on. */
const SAYS_LITTLE = [408, 425];
const LAST_REFUSAL = 431;

/**
 * Tells what the status of an answer means when no word of the provider does. Only a refusal as HTTP defines it (RFC 9110, 15.5) proves that
 * nothing was done: whatever else it is, a request that was to change something (`writes`) may have been carried out.
 */
export function kindOfStatus(status: number, writes: boolean): SendErrorKind {
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'settings';
  const isRefusal = status >= 400 && status <= LAST_REFUSAL && !SAYS_LITTLE.includes(status);
  if (isRefusal || (!writes && status < 400)) return 'rejected';
  return writes ? 'uncertain' : 'unreachable';
}

/** Bounds how long what is said in a conversation waits for the rest of an earlier fact, in milliseconds. */
export const MAX_FETCH_MS = 3_600_000;
const FETCH_BASE_MS = 2_000;
const FETCH_CAP_MS = 10 * 60_000;

/**
 * Decides after how many milliseconds to fetch the rest of a fact again, which has waited for `waitedMs`; undefined: never. A fetch changes nothing
 * at the provider, so everything is asked again but what fails a send for good; as long as told, and a last time when the wait is over. `attempt` counts from 1.
 */
export function fetchAgainMs(error: SendError, attempt: number, waitedMs: number, random: number): number | undefined {
  if (TABLE[error.kind].action === 'fail' || waitedMs >= MAX_FETCH_MS) return undefined;
  const ownMs = backoffMs(attempt, random, FETCH_BASE_MS, FETCH_CAP_MS);
  return Math.ceil(Math.min(Math.max(error.details.retryAfterMs ?? 0, ownMs), MAX_FETCH_MS - waitedMs));
}
