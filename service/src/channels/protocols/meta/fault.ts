/** How Meta writes an error, whatever the product: read into Parley's kinds by a rule that the product's own table gives. */
import { type SendErrorDetails, type SendErrorKind, type SendErrorScope } from '../../../core/errors.ts';
import { compact, idOf, isObject, textOf, type JsonObject } from '../../kit/json.ts';
import { sentences } from '../../kit/sentences.ts';

export interface ErrorRule {
  kind: SendErrorKind;
  retryAfterMs?: number;
  maxAttempts?: number;
  /** Default: the whole account. */
  scope?: SendErrorScope;
  /** How to mend it, for a person. */
  hint?: string;
  /** About the access to Meta, which is the provider's own affair where one stands in between. */
  isAccess?: true;
}

/** What a provider's error says, in one form for answers and webhooks. */
export interface ProviderFault {
  kind: SendErrorKind;
  message: string;
  details: SendErrorDetails;
}

/**
 * Meta says that the send failed, and warns that the message may have gone out all the same. If it did, a webhook that names it
 * comes within seconds and ends the sending; so each repeat waits long enough for that. What fails for an unknown reason is
 * repeated once only.
 */
const STATUS_WAIT_MS = 30_000;
export const UNAVAILABLE: ErrorRule = { kind: 'unreachable', retryAfterMs: STATUS_WAIT_MS };
export const RISKY: ErrorRule = { ...UNAVAILABLE, maxAttempts: 2 };

function explanation(error: JsonObject, hint: string | undefined): string {
  const what =
    textOf(error.message) ?? textOf(error.title) ?? textOf(error.error_user_title) ?? 'The provider gave no reason';
  const data = error.error_data;
  const more = isObject(data) ? textOf(data.details) : (textOf(data) ?? textOf(error.details));
  return sentences(what, more === what ? undefined : more, textOf(error.error_user_msg), hint);
}

/** `is_transient` makes everything but a rate limit a passing failure, whatever the code (Graph API, "Handling errors"). */
export function faultBy(known: ErrorRule, error: JsonObject, providerCode = idOf(error.code)): ProviderFault {
  const rule = error.is_transient === true && known.kind !== 'throttled' ? { ...RISKY, hint: known.hint } : known;
  return {
    kind: rule.kind,
    message: explanation(error, rule.hint),
    details: compact({
      providerCode,
      retryAfterMs: rule.retryAfterMs,
      maxAttempts: rule.maxAttempts,
      scope: rule.scope,
      traceId: textOf(error.fbtrace_id),
    }),
  };
}
