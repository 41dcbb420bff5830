/** The retry table: what each kind of send error means for the message. One place, no exceptions elsewhere. */
import type { SendError, SendErrorKind } from './errors.ts';

/** `fail`: over, with this reason. `retry`: again after a delay. `settle`: never again; wait for the provider to tell. */
export type RetryDecision =
  | { action: 'fail'; alert: boolean; optOut: boolean }
  | { action: 'retry'; afterMs: number; costsAttempt: boolean }
  | { action: 'settle' };

interface RetryRule {
  action: 'fail' | 'wait' | 'backoff' | 'settle';
  /** The account needs a person. */
  alert?: boolean;
  /** Record the contact's wish. */
  optOut?: boolean;
}

const TABLE: Record<SendErrorKind, RetryRule> = {
  settings: { action: 'fail', alert: true },
  invalid: { action: 'fail' },
  session_closed: { action: 'fail' },
  opted_out: { action: 'fail', optOut: true },
  rejected: { action: 'fail' },
  throttled: { action: 'wait' },
  unreachable: { action: 'backoff' },
  uncertain: { action: 'settle' },
};

/** Tries of an unreachable provider: about a quarter of an hour in all, longer when it says how long to wait. */
export const MAX_ATTEMPTS = 12;
const BASE_MS = 1_000;
const CAP_MS = 5 * 60_000;
/** A wait is up to this share longer than the provider asked. */
const WAIT_JITTER = 0.25;
/** A message that could not be sent for this long fails with `expired` rather than arriving absurdly late. */
export const MAX_AGE_MS = 24 * 3_600_000;

/** Exponential backoff; the upper half of each step is jitter. `attempt` counts from 1; `random` is uniform in [0, 1). */
export function backoffMs(attempt: number, random: number, baseMs = BASE_MS, capMs = CAP_MS): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.ceil(ceiling / 2 + (ceiling / 2) * random);
}

/**
 * What to do after `error`. `attempts`: tries so far that counted, this one included; `throttled`: those that were throttled. An error that the table would retry fails
 * once the tries are used up.
 */
export function decide(error: SendError, attempts: number, random: number, throttled = 1): RetryDecision {
  const rule = TABLE[error.kind];
  const { retryAfterMs = 0, maxAttempts = MAX_ATTEMPTS } = error.details;
  if (rule.action === 'settle') return { action: 'settle' };
  if (rule.action === 'wait') {
    // As told, but longer each time, and not all that were throttled together at the same instant again.
    const afterMs = Math.max(retryAfterMs, backoffMs(throttled, random));
    return { action: 'retry', afterMs: Math.ceil(afterMs * (1 + random * WAIT_JITTER)), costsAttempt: false };
  }
  if (rule.action === 'backoff' && attempts < maxAttempts) {
    return { action: 'retry', afterMs: Math.max(retryAfterMs, backoffMs(attempts, random)), costsAttempt: true };
  }
  return { action: 'fail', alert: rule.alert ?? false, optOut: rule.optOut ?? false };
}
