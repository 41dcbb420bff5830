/** RingCentral's refusals, as data: what each status means. Source: pages "Errors" and "Rate limits" of the Engage Digital API. */
import type { SendErrorKind } from '../../core/errors.ts';

export interface ErrorRule {
  kind: SendErrorKind;
  retryAfterMs?: number;
  scope?: 'message';
  /** How to mend it, for a person. */
  hint?: string;
}

/** 500 calls a minute for the whole account; nobody says when the minute is over. */
const MINUTE = 60_000;

/** By HTTP status. */
export const ERROR_TABLE: Readonly<Record<number, ErrorRule>> = {
  400: { kind: 'invalid' },
  401: { kind: 'settings', hint: 'Check domain and access token in the account.' },
  403: { kind: 'settings', scope: 'message', hint: "The token's agent may not do this: check its role." },
  404: { kind: 'rejected', hint: "It is not there (any more), or the token's agent may not read its source." },
  409: { kind: 'rejected', hint: 'Somebody else is changing it at this moment.' },
  413: { kind: 'invalid', hint: 'It is too large.' },
  422: { kind: 'rejected', hint: 'Replies need an open case of an agent, and a source that takes them.' },
  429: { kind: 'throttled', retryAfterMs: MINUTE },
};
