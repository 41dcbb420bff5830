/** How much of its calls an app has used: what Meta tells in the headers of an answer (page "Rate limits"). */
import type { HttpResponse } from '../../../core/http.ts';
import { isObject, listOf, numberOf, objectOf, type JsonObject } from '../../kit/json.ts';

const HEADERS = { 'x-app-usage': 'app', 'x-page-usage': 'Page' } as const;
const BUSINESS = 'x-business-use-case-usage';
/** From here on Meta refuses. */
const FULL = 100;
const MINUTE_MS = 60_000;

function objectIn(header: string | undefined): JsonObject {
  if (header === undefined) return {};
  try {
    return objectOf(JSON.parse(header));
  } catch {
    return {};
  }
}

const highest = (usage: JsonObject): number =>
  Math.max(0, ...['call_count', 'total_time', 'total_cputime'].map((name) => numberOf(usage[name]) ?? 0));

export interface Usage {
  /** Who has used up what it may; absent: nobody, or it is not told. */
  message?: string;
  /** When calls are taken again, as Meta estimates. */
  retryAfterMs?: number;
}

/** Total: headers that cannot be read tell nothing. */
export function usageOf(headers: HttpResponse['headers']): Usage {
  const full = Object.entries(HEADERS)
    .filter(([header]) => highest(objectIn(headers[header])) >= FULL)
    .map(([, who]) => `the ${who}`);
  const business = Object.values(objectIn(headers[BUSINESS])).flatMap(listOf).filter(isObject);
  if (business.some((usage) => highest(usage) >= FULL)) full.push('the business');
  const waits = business.map((usage) => numberOf(usage.estimated_time_to_regain_access) ?? 0);
  const wait = Math.max(0, ...waits) * MINUTE_MS;
  return {
    ...(full.length > 0 && { message: `Used up are the calls of ${full.join(' and ')}` }),
    ...(wait > 0 && { retryAfterMs: wait }),
  };
}
