/**
 * What a refusal means. There are two layers: Meta's error object is passed through and read as Meta's; everything else is the proxy's
 * own and is read by HTTP status and text, whose form varies (`{"error":"…"}`, `{"meta":{"developer_message"}}`, bare text).
 */
import { SendError } from '../../core/errors.ts';
import type { HttpResponse } from '../../core/http.ts';
import { idOf, isObject, numberOf, objectOf, objectsOf, textOf } from '../kit/json.ts';
import { sentences } from '../kit/sentences.ts';
import { faultOf, type ErrorRule, type ProviderFault } from '../protocols/whatsapp/errors.ts';

const SECOND = 1000;

interface ProxyRule extends ErrorRule {
  status: number;
  /** What the text has to say; absent: whatever it says. */
  says?: RegExp;
}

const WAIT: Pick<ErrorRule, 'kind' | 'scope'> = { kind: 'throttled', scope: 'account' };

/** The first that fits counts. */
const PROXY_RULES: readonly ProxyRule[] = [
  // Not 429: the proxy's own limits answer with 400, and do not say how long.
  { status: 400, says: /rate limit/i, ...WAIT, retryAfterMs: 10 * SECOND },
  {
    status: 400,
    says: /api (is )?disabled/i,
    kind: 'settings',
    hint: 'The number or its plan is not active: see the 360dialog Hub.',
  },
  { status: 400, says: /overdue/i, kind: 'settings', hint: 'Settle what is due in the 360dialog Hub.' },
  {
    status: 401,
    kind: 'settings',
    hint: 'The API key was revoked or replaced: make a new one in the 360dialog Hub and save it in the account.',
  },
  {
    status: 403,
    kind: 'settings',
    hint: 'The API key may not do this: check which number it is of, and the permissions given to the partner.',
  },
  { status: 404, kind: 'settings', hint: 'There is no such call at this address: check baseUrl.' },
  { status: 409, kind: 'rejected' },
  { status: 429, ...WAIT, retryAfterMs: 5 * SECOND },
  // Meta was not reached, so it took nothing.
  { status: 502, says: /not available/i, kind: 'unreachable', retryAfterMs: 30 * SECOND },
];

/** A failure that the proxy reports in words. Should Meta have the message all the same, its status comes before the one repeat. */
const REPORTED_FAILURE: ErrorRule = { kind: 'unreachable', retryAfterMs: 30 * SECOND, maxAttempts: 2 };

const ACCESS_HINT = 'Access to Meta is kept by 360dialog: ask its support, with the trace id.';

/** The proxy's own words; `undefined` for a page of a gateway. */
function wordsOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body.trim().startsWith('<') ? undefined : textOf(body.trim());
  const { error, errors, meta, message, title } = objectOf(body);
  const [first] = objectsOf(errors);
  const candidates = [error, objectOf(error).message, objectOf(meta).developer_message, first?.details, first?.title];
  return [...candidates, message, title].map(textOf).find((text) => text !== undefined);
}

/** `writes`: the call asked to change something, so that what a gateway does not explain leaves open whether it was done. */
function ruleOf(status: number, words: string | undefined, writes: boolean): ErrorRule {
  const known = PROXY_RULES.find((rule) => rule.status === status && (rule.says?.test(words ?? '') ?? true));
  if (known !== undefined) return known;
  if (status < 500) return { kind: 'rejected' };
  if (status === 503 || !writes) return { kind: 'unreachable' };
  // Whatever words a gateway has for it, it does not know what became of the call that it passed on.
  return words === undefined || status !== 500 ? { kind: 'uncertain' } : REPORTED_FAILURE;
}

function ownFault(status: number, words: string | undefined, { kind, hint, ...rule }: ErrorRule): ProviderFault {
  const { retryAfterMs, maxAttempts, scope } = rule;
  const what = words ?? `360dialog answered with HTTP status ${status} and no explanation`;
  const details = { providerCode: `http_${status}`, retryAfterMs, maxAttempts, scope };
  return { kind, message: sentences(what, hint), details };
}

/** Reads a refusal. Its message is still to be cleaned of what must not stand in it. */
export function errorOf(response: Pick<HttpResponse, 'status' | 'headers' | 'body'>, writes: boolean): SendError {
  const { status, headers, body } = response;
  const { error } = objectOf(body);
  const words = wordsOf(body);
  const rule = ruleOf(status, words, writes);
  const isMetas = isObject(error) && idOf(error.code) !== undefined;
  const { kind, message, details } = isMetas ? faultOf(error, rule, ACCESS_HINT) : ownFault(status, words, rule);
  const asked = numberOf(headers['retry-after']);
  const wait = Math.max(details.retryAfterMs ?? 0, asked === undefined ? 0 : asked * SECOND);
  const { retryAfterMs: _, ...rest } = details;
  return new SendError(kind, `${message}.`, { ...rest, ...(wait > 0 && { retryAfterMs: wait }) });
}
