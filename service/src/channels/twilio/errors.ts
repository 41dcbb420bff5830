/**
 * Twilio's error codes, as data: what each means for a message. The same codes come as the answer of a call and as `ErrorCode` of a
 * status. Source: Twilio's "Error and warning dictionary".
 */
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
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const INVALID: ErrorRule = { kind: 'invalid' };
const REJECTED: ErrorRule = { kind: 'rejected' };
/** Something failed at Twilio, or behind it: nobody knows how far it got, so it is looked for before it is sent again. */
const UNCERTAIN: ErrorRule = { kind: 'uncertain' };
/** It did not reach the recipient at this time; what is said to others is not concerned. */
const PASSING: ErrorRule = { kind: 'unavailable', scope: 'message' };
const settings = (hint: string): ErrorRule => ({ kind: 'settings', hint });
/** Other messages of the account are not concerned. */
const onlyThis = (hint: string): ErrorRule => ({ kind: 'settings', scope: 'message', hint });
const throttled = (retryAfterMs: number, scope: SendErrorScope = 'account'): ErrorRule => ({
  ...{ kind: 'throttled', retryAfterMs, scope },
});
const rejected = (hint: string): ErrorRule => ({ kind: 'rejected', hint });

const KEYS = settings('Check Account SID, Auth Token or API key in the account, and that the account is active.');
const SENDER = settings('Check the sender: the number, or the Messaging Service, has to belong to this account.');
const SENDER_FOR_THIS = onlyThis('This sender cannot write to this recipient: use another one.');
const TRIAL = onlyThis('A trial account may only write to numbers that were verified in the Console.');
const MMS_OFF = onlyThis('This sender has no MMS: use one that has, or send a link in a text.');
// Of a message that is the link of its file as well as the webhook of its statuses.
const URL_FAILED = onlyThis(
  'Twilio could not call a URL: check that the link of the file opens, and PARLEY_PUBLIC_URL.',
);
const URL_ANSWER = onlyThis(
  "Twilio could not read a URL's answer: check the file's content type, and PARLEY_PUBLIC_URL.",
);
const REGISTER = onlyThis('Register the sender for this destination (10DLC, toll-free verification, or sender id).');
const SERVICE = settings('Add a number that can send to the Messaging Service, or check its SID.');
const WHATSAPP_SENDER = settings('Check the WhatsApp sender in the Console: it has to be online in this account.');

/** Code or inclusive range of codes → rule. */
export const ERROR_TABLE: readonly (readonly [code: number | readonly [number, number], rule: ErrorRule])[] = [
  [20003, KEYS],
  [20005, KEYS],
  [20008, settings('These are test credentials: they send nothing. Use the live ones.')],
  [20404, REJECTED],
  // Refused before it was looked at, so a repeat is always safe.
  [20429, throttled(SECOND)],
  [20500, UNCERTAIN],
  [20503, UNCERTAIN],
  [14107, throttled(MINUTE, 'recipient')],
  [21201, INVALID],
  [21604, INVALID],
  [21210, SENDER],
  [21212, SENDER],
  [21603, SENDER],
  [21606, SENDER_FOR_THIS],
  [21211, INVALID],
  [21217, INVALID],
  [21401, INVALID],
  [21214, REJECTED],
  [21612, REJECTED],
  [21614, REJECTED],
  [21219, TRIAL],
  [21608, TRIAL],
  [21408, onlyThis("Allow the recipient's country in the Console: Messaging, Settings, Geo permissions.")],
  [21601, settings('This number has no SMS: choose one that has.')],
  [[21621, 21622], MMS_OFF],
  [21602, INVALID],
  [21609, onlyThis('The status URL is not valid: set PARLEY_PUBLIC_URL to the public https address of the service.')],
  [21610, { kind: 'opted_out' }],
  [21611, throttled(MINUTE)],
  [[21617, 21618], INVALID],
  [21620, INVALID],
  [21623, INVALID],
  [21624, INVALID],
  [[21654, 21656], INVALID],
  [[21703, 21705], SERVICE],
  [21710, SENDER_FOR_THIS],
  [21712, SENDER_FOR_THIS],
  [21910, INVALID],
  [[11200, 11249], URL_FAILED],
  [11751, INVALID],
  [12100, URL_ANSWER],
  [12200, URL_ANSWER],
  [12300, URL_ANSWER],
  [30001, throttled(MINUTE)],
  [30002, KEYS],
  [30003, PASSING],
  [30004, REJECTED],
  [[30005, 30006], REJECTED],
  [30007, rejected('A carrier, or Twilio, took it for spam.')],
  [30008, UNCERTAIN],
  [30009, REJECTED],
  [30010, REJECTED],
  [30011, rejected('The recipient cannot get MMS: send a link in a text.')],
  [[30012, 30013], INVALID],
  [[30014, 30016], INVALID],
  [30017, PASSING],
  [30018, REGISTER],
  [30019, INVALID],
  [[30020, 30021], UNCERTAIN],
  [30022, throttled(10 * SECOND)],
  [30023, throttled(HOUR)],
  [30024, REGISTER],
  [30027, throttled(HOUR)],
  [30032, REGISTER],
  [30410, UNCERTAIN],
  // Scheduling: too soon, too late, or without a Messaging Service.
  [[35111, 35127], INVALID],
  [63001, WHATSAPP_SENDER],
  [63002, WHATSAPP_SENDER],
  [63003, rejected('The recipient has no WhatsApp account.')],
  [[63005, 63006], INVALID],
  [[63007, 63008], WHATSAPP_SENDER],
  [[63009, 63010], UNCERTAIN],
  [63011, INVALID],
  [63012, UNCERTAIN],
  [63013, rejected("The message breaks WhatsApp's policy.")],
  [63014, rejected('The recipient blocked this sender.')],
  [63015, onlyThis("The recipient has to join the sandbox first: 'join <code>' to its number.")],
  [63016, { kind: 'session_closed', hint: 'Send a template, or wait until the contact writes.' }],
  [63017, throttled(5 * SECOND)],
  [63018, throttled(MINUTE)],
  [63019, PASSING],
  [63020, settings('Mend the terms or the payment method in Meta Business Manager.')],
  [63021, INVALID],
  [63022, settings("The sender's display name has to be approved again.")],
  [63023, UNCERTAIN],
  [63024, rejected('The recipient has no WhatsApp account, or it takes no messages from businesses.')],
  [63025, INVALID],
  [63026, rejected('The sender was flagged as spam: pause what is not asked for.')],
  [[63027, 63028], { kind: 'invalid', hint: 'Check the language of the template and its variables.' }],
  [63029, PASSING],
  [[63030, 63031], INVALID],
  [63032, rejected('WhatsApp limits this user.')],
  [63033, REJECTED],
  [63034, INVALID],
  [[63035, 63036], REJECTED],
  [63037, PASSING],
  [63038, throttled(HOUR)],
  [63039, rejected("Meta warns about this sender's behaviour.")],
  [[63040, 63041], { kind: 'invalid', hint: 'The template was refused or is paused: see its status.' }],
  [63049, rejected('Meta holds this marketing message back for this user: try again after a day or later.')],
  [63112, WHATSAPP_SENDER],
];

/** The rule of a code; `undefined` when it is not known. */
export function ruleOf(code: number): ErrorRule | undefined {
  const found = ERROR_TABLE.find(([codes]) =>
    typeof codes === 'number' ? codes === code : code >= codes[0] && code <= codes[1],
  );
  return found?.[1];
}

/** What Twilio says, in one form for answers and statuses. */
export interface TwilioFault {
  kind: SendErrorKind;
  message: string;
  details: SendErrorDetails;
}

/** `fallback` is for a code that is not known. */
export function faultOf(code: unknown, said: unknown, fallback: ErrorRule = REJECTED): TwilioFault {
  const providerCode = idOf(code);
  const rule = ruleOf(Number(providerCode ?? NaN)) ?? fallback;
  const what =
    textOf(said) ?? (providerCode === undefined ? 'Twilio gave no reason' : `Twilio's error ${providerCode}`);
  return {
    kind: rule.kind,
    message: sentences(what, rule.hint),
    details: compact({
      providerCode,
      retryAfterMs: rule.retryAfterMs,
      scope: rule.scope,
    }),
  };
}

/** `{"code", "message", "more_info", "status"}` of an answer; undefined when it says nothing. */
export function answeredFault(body: unknown, fallback: ErrorRule): TwilioFault | undefined {
  const { code, message } = objectOf(body);
  return idOf(code) === undefined && textOf(message) === undefined ? undefined : faultOf(code, message, fallback);
}
