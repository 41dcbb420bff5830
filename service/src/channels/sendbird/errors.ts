/** Sendbird's error codes, as data: what each means for a message. Source: page "Error codes" of the Chat Platform API. */
import type { SendErrorDetails, SendErrorKind, SendErrorScope } from '../../core/errors.ts';
import { compact, idOf, objectOf, textOf } from '../kit/json.ts';
import { sentences } from '../kit/sentences.ts';

export interface ErrorRule {
  kind: SendErrorKind;
  retryAfterMs?: number;
  /** Default: the whole account. */
  scope?: SendErrorScope;
  /** How to mend it, for a person. */
  hint?: string;
}

const SECOND = 1000;
const INVALID: ErrorRule = { kind: 'invalid' };
const rejected = (hint: string): ErrorRule => ({ kind: 'rejected', hint });
/** Other messages of the account are not concerned. */
const onlyThis = (hint: string): ErrorRule => ({ kind: 'settings', scope: 'message', hint });

const KEYS: ErrorRule = { kind: 'settings', hint: 'Check Application ID and API token in the account.' };
const GONE = rejected('The channel, or a user in it, is not there (any more): check the thread.');
const INACTIVE = rejected('The user was deactivated.');
const MODERATED = rejected("The application's moderation holds it back.");
const MUTED = onlyThis('The sender is muted: unmute it in the dashboard.');

/** Code or inclusive range of codes → rule. */
export const ERROR_TABLE: readonly (readonly [code: number | readonly [number, number], rule: ErrorRule])[] = [
  [[400100, 400107], INVALID],
  [400108, onlyThis('The token may not do this: use the master API token, or one of this application.')],
  [[400109, 400111], INVALID],
  [400151, INVALID],
  [400201, GONE],
  // Something with this key is there: perhaps the message itself, by an earlier call.
  [400202, { kind: 'uncertain' }],
  [400203, rejected('A limit of the application is reached.')],
  [[400300, 400301], INACTIVE],
  [[400302, 400304], KEYS],
  [400305, INVALID],
  [400306, { kind: 'settings', hint: "The plan's quota is used up: raise it in the dashboard." }],
  [[400309, 400310], KEYS],
  [400401, KEYS],
  [[400402, 400403], INVALID],
  // Something failed at Sendbird: nobody knows how far it got.
  [500901, { kind: 'uncertain' }],
  [500910, { kind: 'throttled', retryAfterMs: SECOND }],
  [900010, KEYS],
  [900020, onlyThis('The sender is no member of the channel: invite it there first.')],
  [900021, onlyThis('The sender was deactivated: activate it in the dashboard.')],
  [[900022, 900030], rejected('The sender may not do this in the channel.')],
  [[900040, 900041], MUTED],
  [900050, rejected('The channel is frozen: unfreeze it, then send again.')],
  [[900060, 900066], MODERATED],
  [900070, GONE],
  [900080, { kind: 'opted_out', hint: 'The user blocks the sender.' }],
  [900081, INACTIVE],
  [900090, INVALID],
  [900100, onlyThis('The sender is banned from the channel.')],
  [900200, { kind: 'throttled', retryAfterMs: SECOND, scope: 'recipient' }],
  [900300, rejected('The message is not there (any more).')],
  [900400, rejected('The channel has too many members.')],
  [900500, GONE],
];

/** The rule of a code; `undefined` when it is not known. */
export function ruleOf(code: number): ErrorRule | undefined {
  const found = ERROR_TABLE.find(([codes]) =>
    typeof codes === 'number' ? codes === code : code >= codes[0] && code <= codes[1],
  );
  return found?.[1];
}

/** What Sendbird says of a refused call. */
export interface SendbirdFault {
  kind: SendErrorKind;
  message: string;
  details: SendErrorDetails;
}

/** Reads `{"error": true, "code", "message"}`; undefined when it says nothing. `fallback` is for a code that is not known. */
export function faultIn(body: unknown, fallback: ErrorRule): SendbirdFault | undefined {
  const { code, message } = objectOf(body);
  const providerCode = idOf(code);
  const said = textOf(message);
  if (providerCode === undefined && said === undefined) return undefined;
  const rule = ruleOf(Number(providerCode ?? NaN)) ?? fallback;
  return {
    kind: rule.kind,
    message: sentences(said ?? `Sendbird's error ${providerCode}`, rule.hint),
    details: compact({ providerCode, retryAfterMs: rule.retryAfterMs, scope: rule.scope }),
  };
}
