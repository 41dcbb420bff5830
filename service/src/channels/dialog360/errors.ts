/**
 * What a refusal means. There are two layers: Meta's error object is passed through and read as Meta's; everything else is the proxy's
 * own and is read by HTTP status and text, whose form varies (`{"error":"…"}`, `{"meta":{"developer_message"}}`, bare text).
 */
import { SendError } from '../../core/errors.ts';
import type { HttpResponse } from '../../core/http.ts';
import { kindOfStatus } from '../../core/retry.ts';
import { idOf, isObject, objectOf, objectsOf, textOf } from '../kit/json.ts';
import { toldWaitMs } from '../kit/retry-after.ts';
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
  { status: 502, says: /not available/i, kind: 'unavailable', scope: 'account', retryAfterMs: 30 * SECOND },
];

const ACCESS_HINT = 'Access to Meta is kept by 360dialog: ask its support, with the trace id.';

/** The proxy's own words; `undefined` for a page of a gateway. */
function wordsOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body.trim().startsWith('<') ? undefined : textOf(body.trim());
  const { error, errors, meta, message, title } = objectOf(body);
  const [first] = objectsOf(errors);
  const candidates = [error, objectOf(error).message, objectOf(meta).developer_message, first?.details, first?.title];
  return [...candidates, message, title].map(textOf).find((text) => text !== undefined);
}

/** Whatever words a proxy has for its failure, it does not know what became of the call that it passed on. */
function ruleOf(status: number, words: string | undefined, writes: boolean): ErrorRule {
  const known = PROXY_RULES.find((rule) => rule.status === status && (rule.says?.test(words ?? '') ?? true));
  return known ?? { kind: kindOfStatus(status, writes) };
}

function ownFault(status: number, words: string | undefined, { kind, hint, ...rule }: ErrorRule): ProviderFault {
  const { retryAfterMs, scope } = rule;
  const what = words ?? `360dialog answered with HTTP status ${status} and no explanation`;
  const details = { providerCode: `http_${status}`, retryAfterMs, scope };
  return { kind, message: sentences(what, hint), details };
}

/** Reads a refusal; `writes`: the call asked to change something. Its message is still to be cleaned of what must not stand in it. */
export function errorOf(response: Pick<HttpResponse, 'status' | 'headers' | 'body'>, writes: boolean): SendError {
  const { status, headers, body } = response;
  const { error } = objectOf(body);
  const words = wordsOf(body);
  const rule = ruleOf(status, words, writes);
  const isMetas = isObject(error) && idOf(error.code) !== undefined;
  const fault = isMetas ? faultOf(error, rule, ACCESS_HINT) : ownFault(status, words, rule);
  const kind = fault.kind === 'uncertain' && !writes ? 'unreachable' : fault.kind;
  const wait = Math.max(fault.details.retryAfterMs ?? 0, toldWaitMs(headers));
  const { retryAfterMs: _, ...rest } = fault.details;
  return new SendError(kind, `${fault.message}.`, { ...rest, ...(wait > 0 && { retryAfterMs: wait }) });
}
