/**
 * Meta's error codes for WhatsApp, as data: what each means for a message. The same codes come as the answer of a call and as
 * `errors[]` of a status. Source: Meta's page "Error codes" (support/error-codes) and the Graph API's general codes.
 */
import type { SendErrorScope } from '../../../core/errors.ts';
import { idOf, objectOf, textOf, type JsonObject } from '../../kit/json.ts';
import { faultBy, UNCERTAIN, type ErrorRule, type ProviderFault } from '../meta/fault.ts';

export type { ErrorRule, ProviderFault } from '../meta/fault.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const INVALID: ErrorRule = { kind: 'invalid' };
const REJECTED: ErrorRule = { kind: 'rejected' };
const SETTINGS: ErrorRule = { kind: 'settings' };
const PERMISSION: ErrorRule = {
  kind: 'settings',
  isAccess: true,
  hint: 'Give the access token the permissions whatsapp_business_messaging and whatsapp_business_management for this account.',
};
const TOKEN: ErrorRule = {
  ...{ kind: 'settings', isAccess: true },
  hint: 'Make a new access token and save it in the account.',
};
/** By default the whole account has to slow down. */
const throttled = (retryAfterMs: number, scope: SendErrorScope = 'account'): ErrorRule => ({
  ...{ kind: 'throttled', retryAfterMs, scope },
});
/** The account may not send messages of this kind; others it may. */
const onlyThis = (hint: string): ErrorRule => ({ kind: 'settings', scope: 'message', hint });
/** Meta does not have a file that the message names by its id: its 30 days are over, it was deleted, or it is another account's. */
const LOST_FILE: ErrorRule = {
  ...{ kind: 'invalid', lostFile: true },
  hint: 'Meta does not have this file any more: upload it again, and send the message with the mediaId that you get.',
};
/** "Object does not exist, cannot be loaded due to missing permissions": of code 100, what is wrong is the number or the token. */
const NO_ACCESS_SUBCODE = '33';
/** Said of a state that passes and in which nothing is sent; of the account, unless told otherwise. */
const maintenance = (retryAfterMs: number, scope: SendErrorScope = 'account'): ErrorRule => ({
  ...{ kind: 'unavailable', retryAfterMs, scope },
});

/** Code or inclusive range of codes → rule. */
export const ERROR_TABLE: readonly (readonly [code: number | readonly [number, number], rule: ErrorRule])[] = [
  [0, TOKEN],
  [1, UNCERTAIN],
  [2, UNCERTAIN],
  [3, PERMISSION],
  [4, throttled(HOUR)],
  [10, PERMISSION],
  [33, { kind: 'settings', hint: 'The phone number does not exist any more: check phoneNumberId.' }],
  [100, INVALID],
  [104, { ...TOKEN, hint: "Check that appSecret is the current secret of the token's app." }],
  [190, TOKEN],
  [[200, 299], PERMISSION],
  [368, { kind: 'settings', hint: 'Meta restricted this account for a policy violation: see Business Support Home.' }],
  [613, throttled(MINUTE, 'message')],
  [803, INVALID],
  [80007, throttled(HOUR)],
  [130403, REJECTED],
  [130429, throttled(5 * SECOND)],
  [130472, REJECTED],
  [130497, REJECTED],
  [131000, UNCERTAIN],
  [131005, PERMISSION],
  [[131008, 131009], INVALID],
  [131016, UNCERTAIN],
  [131020, INVALID],
  [131021, INVALID],
  [131026, REJECTED],
  [131030, { kind: 'rejected', hint: 'A test number may only write to the recipients on its allow list.' }],
  [
    131031,
    { kind: 'settings', hint: 'The account is locked, or the two-step PIN is wrong: see Business Support Home.' },
  ],
  [131037, { kind: 'settings', hint: "The number's display name has to be approved first." }],
  [131041, REJECTED],
  [131042, { kind: 'settings', hint: 'Mend the payment method of the WhatsApp Business account.' }],
  [131044, { kind: 'settings', hint: 'Mend the payment method of the WhatsApp Business account.' }],
  [131045, { kind: 'settings', hint: 'Register the phone number for the Cloud API.' }],
  [131047, { kind: 'session_closed', hint: 'Send a template, or wait until the contact writes.' }],
  [131048, REJECTED],
  [131049, REJECTED],
  [131050, { kind: 'opted_out' }],
  [131051, INVALID],
  [[131052, 131053], INVALID],
  [131055, INVALID],
  // The pair rate is retried after 4^n seconds; this is its first step.
  [131056, throttled(4 * SECOND, 'recipient')],
  [131057, maintenance(2 * MINUTE)],
  [131059, REJECTED],
  [131062, { kind: 'invalid', hint: 'This message needs a phone number as recipient, not a user id.' }],
  [131063, onlyThis('Marketing templates are switched off for the Cloud API on this account.')],
  [131064, REJECTED],
  [131208, throttled(MINUTE, 'message')],
  [[131201, 131215], REJECTED],
  [[132000, 132012], INVALID],
  [132015, { kind: 'invalid', hint: 'The template is paused for its quality: edit it, or unpause it.' }],
  [132016, { kind: 'invalid', hint: 'The template is disabled for good: make a new one.' }],
  [132018, INVALID],
  [132068, INVALID],
  [132069, throttled(6 * MINUTE, 'message')],
  [133000, maintenance(MINUTE)],
  [133004, UNCERTAIN],
  [133005, SETTINGS],
  [133006, SETTINGS],
  [[133008, 133009], throttled(HOUR, 'message')],
  [133010, { kind: 'settings', hint: 'Register the phone number for the Cloud API.' }],
  [133015, maintenance(5 * MINUTE)],
  [133016, throttled(72 * HOUR, 'message')],
  [134011, onlyThis('Accept the payments terms in WhatsApp Manager.')],
  [134100, INVALID],
  [134101, maintenance(10 * MINUTE, 'message')],
  [134102, onlyThis('Marketing messages through the Marketing Messages API are not available to this account.')],
  [135000, INVALID],
  [136024, SETTINGS],
  [
    137000,
    { kind: 'rejected', hint: "The contact's identity key changed: confirm who they are before writing again." },
  ],
  [138009, throttled(MINUTE, 'message')],
  [[138012, 138013], throttled(MINUTE, 'message')],
  [[138000, 138018], REJECTED],
  [[139000, 139004], INVALID],
  [[139100, 139102], REJECTED],
  [139103, maintenance(MINUTE, 'message')],
  [[147001, 147005], INVALID],
  [1752041, INVALID],
  [2388012, INVALID],
  [[2388019, 2388299], INVALID],
  [2494100, maintenance(5 * MINUTE)],
  [2494191, { kind: 'rejected', hint: 'Another responder owns this conversation.' }],
];

/** The rule of a code; `undefined` when Meta's pages do not name it. */
export function ruleOf(code: number): ErrorRule | undefined {
  const found = ERROR_TABLE.find(([codes]) =>
    typeof codes === 'number' ? codes === code : code >= codes[0] && code <= codes[1],
  );
  return found?.[1];
}

/** Codes that also tell of a file, when their text does. */
const FILE_CODES: readonly (string | undefined)[] = ['100', '131009', '131053'];
/** What the text then says of an id of ours: "Param image['id'] is not a valid whatsapp business account media attachment ID". */
const GONE_WORDS = ['media attachment id', 'not found', 'does not exist', 'no longer', 'expired'];

/** No code is about lost files alone. What Meta could not fetch from a link it calls one ("Downloading media from weblink failed …"). */
function saysLost(code: string | undefined, error: JsonObject): boolean {
  if (!FILE_CODES.includes(code)) return false;
  const words = [error.message, objectOf(error.error_data).details].map((text) => textOf(text) ?? '').join(' ');
  const said = words.toLowerCase();
  if (said.includes('weblink') || !said.includes('media')) return false;
  return GONE_WORDS.some((word) => said.includes(word));
}

/**
 * Reads a Graph error (`error` of an answer, one of `errors[]` of a webhook). `fallback` is for a code that no page names; `accessHint`
 * says how access to Meta is mended where it is not the account's own.
 */
export function faultOf(value: unknown, fallback: ErrorRule = REJECTED, accessHint?: string): ProviderFault {
  const error = objectOf(value);
  const code = idOf(error.code);
  const hasNoAccess = code === '100' && idOf(error.error_subcode) === NO_ACCESS_SUBCODE;
  const known = hasNoAccess ? PERMISSION : saysLost(code, error) ? LOST_FILE : ruleOf(Number(code ?? NaN));
  const rule = known?.isAccess && accessHint !== undefined ? { ...known, hint: accessHint } : known;
  return faultBy(rule, error, fallback);
}
