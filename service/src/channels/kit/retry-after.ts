/** How long a provider asks to be left alone: the header `Retry-After` (RFC 9110, 10.2.3), in seconds or as a date. */
import type { HttpResponse } from '../../core/http.ts';
import { MAX_TOLD_MS } from '../../core/retry.ts';
import { numberOf } from './json.ts';

/**
 * Answers the wait in whole milliseconds; 0: none is told, or it is over. A date counts from the provider's own `Date`, as clocks differ; without that
 * it tells nothing. What is told may be anything (an instant instead of a duration), so it is bounded as the retry table bounds waits.
 */
export function toldWaitMs(headers: HttpResponse['headers']): number {
  const value = headers['retry-after'];
  if (value === undefined) return 0;
  const seconds = numberOf(value);
  const waitMs = seconds === undefined ? Date.parse(value) - Date.parse(headers['date'] ?? '') : seconds * 1_000;
  return Number.isFinite(waitMs) ? Math.min(MAX_TOLD_MS, Math.max(0, Math.ceil(waitMs))) : 0;
}
