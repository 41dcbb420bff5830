/** The retry table says what each kind of send error means for the message. One place, no exceptions elsewhere. */
import type { SendError, SendErrorKind } from './errors.ts';

/**
 * `fail`: over, with this reason. `retry`: again after a delay; `gate`: and until then nothing else of the account either. `pause`: the
 * account's sends wait until it works again. `settle`: never again by itself; wait for the provider to tell.
 */
export type RetryDecision =
  | { action: 'fail'; alert: boolean }
  | { action: 'retry'; afterMs: number; costsAttempt: boolean; gate: boolean }
  | { action: 'pause' }
  | { action: 'settle' };

interface RetryRule {
  /**
   * - `wait`: as long as told, longer each time, a little apart from the others that were told the same; costs no try.
   * - `backoff`: exponential with full jitter, at least as long as told; costs a try.
   * - `pause`: the account waits, not the message alone; what concerns one message only fails with an alert.
   */
  action: 'fail' | 'wait' | 'backoff' | 'pause' | 'settle';
}

const TABLE: Record<SendErrorKind, RetryRule> = {
  settings: { action: 'pause' },
  invalid: { action: 'fail' },
  session_closed: { action: 'fail' },
  opted_out: { action: 'fail' },
  rejected: { action: 'fail' },
  throttled: { action: 'wait' },
  unreachable: { action: 'backoff' },
  // Where the provider drops repeats by our key, a repeat is safe: as for `unreachable`.
  uncertain: { action: 'settle' },
};

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
  /** The provider drops a repeat by our key. */
  idempotent: boolean;
}

/**
 * Decides what to do after `error`; `random` is uniform in [0, 1). An error that the table would retry fails once the tries are used up.
 */
export function decide(error: SendError, tries: Tries, random: number): RetryDecision {
  const rule = TABLE[error.kind];
  const { retryAfterMs = 0, maxAttempts = MAX_ATTEMPTS, scope = 'account' } = error.details;
  const told = Math.max(0, retryAfterMs) * (1 + random * WAIT_JITTER);
  const isRepeatable = rule.action === 'backoff' || (rule.action === 'settle' && tries.idempotent);
  if (rule.action === 'pause' && scope === 'account') return { action: 'pause' };
  if (rule.action === 'wait') {
    const ownMs = backoffMs(tries.throttled, random) * (1 + random * WAIT_JITTER);
    const afterMs = Math.ceil(Math.max(told, ownMs));
    return { action: 'retry', afterMs, costsAttempt: false, gate: scope === 'account' };
  }
  if (isRepeatable && tries.counted < maxAttempts) {
    const afterMs = Math.ceil(Math.max(told, fullJitterMs(tries.counted, random)));
    return { action: 'retry', afterMs, costsAttempt: true, gate: false };
  }
  if (rule.action === 'settle') return { action: 'settle' };
  return { action: 'fail', alert: rule.action === 'pause' };
}
