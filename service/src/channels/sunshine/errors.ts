/** Sunshine's error codes, as data: what each means for a message. Source: the API's description, "Errors". */
import type { SendErrorDetails, SendErrorKind, SendErrorScope } from '../../core/errors.ts';
import { compact, labelOf, objectsOf, objectOf, textOf } from '../kit/json.ts';
import { sentences } from '../kit/sentences.ts';

export interface ErrorRule {
  kind: SendErrorKind;
  /** Default: the whole account. */
  scope?: SendErrorScope;
  /** How to mend it, for a person. */
  hint?: string;
}

const KEYS: ErrorRule = { kind: 'settings', hint: 'Check app ID, key ID and secret in the account.' };
const rejected = (hint: string): ErrorRule => ({ kind: 'rejected', hint });

/** By code. */
export const ERROR_TABLE: Readonly<Record<string, ErrorRule>> = {
  bad_request: { kind: 'invalid' },
  too_many_switchboard_integrations: { kind: 'invalid' },
  unauthorized: KEYS,
  payment_required: { kind: 'settings', hint: 'The plan does not allow it: see the billing of the Zendesk account.' },
  forbidden: {
    kind: 'settings',
    scope: 'message',
    hint: 'The API key may not do this, or another side has the conversation.',
  },
  app_not_found: KEYS,
  integration_not_found: {
    kind: 'settings',
    // Of a send it is the one that the message itself names.
    scope: 'message',
    hint: 'Check the integration ID in the account, or in the message.',
  },
  user_not_found: rejected('The user is not there (any more).'),
  conversation_not_found: rejected('The conversation is not there (any more): check the thread.'),
  client_not_found: rejected('The user has no client on this channel.'),
  switchboard_not_found: rejected('The app has no switchboard.'),
  switchboard_integration_not_found: rejected('The switchboard has no integration of this name.'),
  not_found: rejected('It is not there (any more).'),
  conflict: { kind: 'rejected' },
  payload_too_large: { kind: 'invalid' },
  locked: rejected('The conversation has 30,000 messages, and takes no more until some are deleted.'),
  too_many_requests: { kind: 'throttled' },
};

/** Rules of statuses whose code says nothing more. */
export const BY_STATUS: Readonly<Record<number, ErrorRule>> = {
  402: ERROR_TABLE['payment_required'] as ErrorRule,
  413: { kind: 'invalid', hint: 'It is too large: 100 KB, or 50 MB for a file.' },
  423: ERROR_TABLE['locked'] as ErrorRule,
};

/** What Sunshine says, in one form for answers and delivery failures. */
export interface SunshineFault {
  kind: SendErrorKind;
  message: string;
  details: SendErrorDetails;
}

/** `fallback` is for a code that is not known. */
export function faultOf(code: unknown, said: unknown, fallback: ErrorRule): SunshineFault {
  const providerCode = labelOf(code);
  const known = providerCode !== undefined && Object.hasOwn(ERROR_TABLE, providerCode);
  const rule = (known ? ERROR_TABLE[providerCode] : undefined) ?? fallback;
  const what =
    textOf(said) ?? (providerCode === undefined ? 'Sunshine gave no reason' : `Sunshine's error ${providerCode}`);
  return {
    kind: rule.kind,
    message: sentences(what, rule.hint),
    details: compact({ providerCode, scope: rule.scope }),
  };
}

/**
 * Reads why a message was not delivered. Its codes are those of the channel behind, whatever they are called: none of them says anything of the
 * account's key.
 */
export function deliveryFault(code: unknown, said: unknown): SunshineFault {
  const providerCode = labelOf(code);
  const kind = providerCode === 'too_many_requests' ? 'throttled' : 'rejected';
  const what = textOf(said) ?? (providerCode === undefined ? 'The channel gave no reason' : `Error ${providerCode}`);
  return { kind, message: sentences(what), details: compact({ providerCode }) };
}

/** Reads `{"errors": [{"code", "title"}]}`; undefined when it says nothing. */
export function answeredFault(body: unknown, fallback: ErrorRule): SunshineFault | undefined {
  const [first] = objectsOf(objectOf(body).errors);
  return first && (textOf(first.code) ?? textOf(first.title)) !== undefined
    ? faultOf(first.code, first.title, fallback)
    : undefined;
}
