/** How Meta writes an error, whatever the product: read into Parley's kinds by a rule that the product's own table gives. */
import { type SendErrorDetails, type SendErrorKind, type SendErrorScope } from '../../../core/errors.ts';
import { compact, idOf, isObject, textOf, type JsonObject } from '../../kit/json.ts';
import { sentences } from '../../kit/sentences.ts';

export interface ErrorRule {
  kind: SendErrorKind;
  retryAfterMs?: number;
  /** Default: the whole account. */
  scope?: SendErrorScope;
  /** How to mend it, for a person. */
  hint?: string;
  /** Of `invalid`: Meta does not have a file (any more) that the message names by its id. */
  lostFile?: true;
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
 * Meta says that something failed, and not that nothing was sent: its own clients warn that the message may have gone out all the same. A
 * webhook that names it settles it.
 */
export const UNCERTAIN: ErrorRule = { kind: 'uncertain' };

/** `is_transient` says that a refusal passes, but for a rate limit (Graph API, "Handling errors"); it does not say that nothing was sent. */
function passing(known: ErrorRule): ErrorRule {
  if (known.kind === 'throttled' || known.kind === 'uncertain') return known;
  return { ...known, kind: 'unavailable', scope: known.kind === 'settings' ? (known.scope ?? 'account') : 'message' };
}

function explanation(error: JsonObject, hint: string | undefined): string {
  const what =
    textOf(error.message) ?? textOf(error.title) ?? textOf(error.error_user_title) ?? 'The provider gave no reason';
  const data = error.error_data;
  const more = isObject(data) ? textOf(data.details) : (textOf(data) ?? textOf(error.details));
  return sentences(what, more === what ? undefined : more, textOf(error.error_user_msg), hint);
}

/** Reads an error by the rule of its code; `fallback` is for a code that no page names, of which nothing is known but the status. */
export function faultBy(
  known: ErrorRule | undefined,
  error: JsonObject,
  fallback: ErrorRule,
  providerCode = idOf(error.code),
): ProviderFault {
  const isPassing = error.is_transient === true;
  const unnamed = isPassing && fallback.kind !== 'throttled' ? UNCERTAIN : fallback;
  const rule = known === undefined ? unnamed : isPassing ? passing(known) : known;
  return {
    kind: rule.kind,
    message: explanation(error, rule.hint),
    details: compact({
      providerCode,
      retryAfterMs: rule.retryAfterMs,
      scope: rule.scope,
      lostFile: rule.kind === 'invalid' ? rule.lostFile : undefined,
      traceId: textOf(error.fbtrace_id),
    }),
  };
}

/** What a fault is called in a status, which itself proves that the message did not go out. */
export function proven(kind: SendErrorKind): SendErrorKind {
  return kind === 'uncertain' ? 'unavailable' : kind;
}
