/** The error classes of the service: one that becomes a problem+json answer, one of a send, one of a forged webhook. */
import type { ProblemCode } from '../../../contract/api.ts';

/** Answered as problem+json. `detail` says what happened and how to mend it; it must never hold a secret or a message body. */
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

export const SEND_ERROR_KINDS = [
  'settings',
  'invalid',
  'session_closed',
  'opted_out',
  'rejected',
  'throttled',
  'unreachable',
  'uncertain',
] as const;
/** What went wrong with a send, by what it means for the message; the action of each is in `core/retry.ts`. */
export type SendErrorKind = (typeof SEND_ERROR_KINDS)[number];

/** What an error is about: the whole account (the default), what is said to this recipient, or this one message. */
export type SendErrorScope = 'account' | 'recipient' | 'message';

export interface SendErrorDetails {
  /** For `throttled` and `settings`: what has to wait. */
  scope?: SendErrorScope;
  /** The provider's own code, for people and for filters. */
  providerCode?: string;
  /** Wait at least this long before the next try, as the provider said. */
  retryAfterMs?: number;
  /** At most this many tries in all, fewer than the table's, where a repeat may show the contact the message twice. */
  maxAttempts?: number;
  /** The provider's trace id, for a support case. */
  traceId?: string;
}

/** Thrown by `Channel.send` and by every call to a provider. The message is the provider's explanation; never a secret or a body. */
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

/** Why a webhook is refused. `malformed` is authentic but no webhook of this provider. */
export type VerificationFailure = 'not_configured' | 'missing' | 'mismatch' | 'malformed';

/** Thrown by `Channel.verify`. Says which failure it was and nothing of what was expected. */
export class VerificationError extends Error {
  readonly failure: VerificationFailure;

  constructor(failure: VerificationFailure, message: string) {
    super(message);
    this.name = 'VerificationError';
    this.failure = failure;
  }
}
