/** Reads the provider's clock from its answers: their `Date` (RFC 9110, 6.6.1) tells it in whole seconds. */
import type { HttpResponse } from '../../core/http.ts';

const SECOND_MS = 1_000;
/** Where nothing tells how far the provider's clock and ours are apart, they may be so far, in milliseconds. */
export const MAX_APART_MS = 15 * 60_000;

/** Answers what the provider's clock showed when it answered, in milliseconds since the epoch; undefined: it did not tell. */
export function answeredAt(headers: HttpResponse['headers']): number | undefined {
  const at = Date.parse(headers['date'] ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/**
 * Answers how far the provider's clock is ahead of ours, in milliseconds, by an answer to a call that ours timed from `calledAt` to `now`; 0 where the
 * difference may be that of whole seconds and of the way; undefined: it did not tell.
 */
export function aheadIn(headers: HttpResponse['headers'], calledAt: number, now: number): number | undefined {
  const at = answeredAt(headers);
  return at === undefined ? undefined : Math.max(at - now, Math.min(0, at + SECOND_MS - calledAt));
}
