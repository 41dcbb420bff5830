/**
 * The error classes of the service: `ParleyError` becomes a problem+json answer, `SendError` ends a try to send, `VerificationError` refuses a
 * webhook.
 */
import type { ProblemCode } from '../../../contract/api.ts';

/**
 * The API answers it as problem+json, with `status` and `code`. `detail` says what happened and how to mend it; it must never hold a secret or a
 * message body. `extra` holds the particulars of the code.
 */
export class ParleyError extends Error {
  readonly status: number;
  readonly code: ProblemCode;
  readonly extra: Record<string, unknown>;

  constructor(status: number, code: ProblemCode, detail: string, extra: Record<string, unknown> = {}) {
    super(detail);
    this.name = 'ParleyError';
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

/** Lists every `SendErrorKind`. */
export const SEND_ERROR_KINDS = [
  'settings',
  'invalid',
  'session_closed',
  'opted_out',
  'rejected',
  'throttled',
  'unreachable',
  'unavailable',
  'uncertain',
] as const;
/** Tells what went wrong with a send, by what it means for the message; `core/retry.ts` has the action of each. */
export type SendErrorKind = (typeof SEND_ERROR_KINDS)[number];

/** Tells what an error is about: the whole account (the default), what is said to this recipient, or this one message. */
export type SendErrorScope = 'account' | 'recipient' | 'message';

/** Says what a `SendError` tells besides its kind, as far as the provider told it. */
export interface SendErrorDetails {
  /** For `throttled`, `unavailable` and `settings`: what has to wait. */
  scope?: SendErrorScope;
  /** Holds the provider's own code, for people and for filters. */
  providerCode?: string;
  /** Wait at least this long before the next try, as the provider said. */
  retryAfterMs?: number;
  /** Holds the provider's trace id, for a support case. */
  traceId?: string;
  /** Set, of `invalid` only: the provider says that it does not have a file (any more) that the message names by its id. */
  lostFile?: true;
}

/**
 * `Channel.send` and every other call to a provider throw it. The message is the provider's explanation; it must never hold a secret or a body.
 */
export class SendError extends Error {
  readonly kind: SendErrorKind;
  readonly details: SendErrorDetails;

  constructor(kind: SendErrorKind, message: string, details: SendErrorDetails = {}) {
    super(message);
    this.name = 'SendError';
    this.kind = kind;
    this.details = details;
  }
}

/** Tells why a webhook is refused. `malformed` is authentic but no webhook of this provider. */
export type VerificationFailure = 'not_configured' | 'missing' | 'mismatch' | 'malformed';

/** `Channel.verify` throws it. It says which failure it was and nothing of what was expected. */
export class VerificationError extends Error {
  readonly failure: VerificationFailure;

  constructor(failure: VerificationFailure, message: string) {
    super(message);
    this.name = 'VerificationError';
    this.failure = failure;
  }
}
