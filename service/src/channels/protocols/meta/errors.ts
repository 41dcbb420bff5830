/**
 * Meta's error codes for Messenger and Instagram, as data: what each code and subcode means for a message. Sources: the pages
 * "Error codes" and "Send API errors" of the Messenger Platform and of Instagram messaging.
 */
import type { SendErrorScope } from '../../../core/errors.ts';
import { idOf, numberOf, type JsonObject } from '../../kit/json.ts';
import { faultBy, UNCERTAIN, type ErrorRule, type ProviderFault } from './fault.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const INVALID: ErrorRule = { kind: 'invalid' };
const REJECTED: ErrorRule = { kind: 'rejected' };
const invalid = (hint: string): ErrorRule => ({ kind: 'invalid', hint });
const rejected = (hint: string): ErrorRule => ({ kind: 'rejected', hint });
const settings = (hint: string): ErrorRule => ({ kind: 'settings', hint });
/** Messages of this kind, or to this person, may not be sent; others may. */
const onlyThis = (hint: string): ErrorRule => ({ kind: 'settings', scope: 'message', hint });
const throttled = (retryAfterMs: number, scope: SendErrorScope = 'account'): ErrorRule => ({
  ...{ kind: 'throttled', retryAfterMs, scope },
});

const PERMISSION = settings(
  'Give the token the permissions for messages (pages_messaging; instagram_manage_messages or ' +
    'instagram_business_manage_messages), and let its owner manage the messages of the Page',
);
const TOKEN = settings('Make a new access token and save it in the account');
const CLOSED: ErrorRule = {
  kind: 'session_closed',
  hint: 'Wait until the contact writes; a person may still write for 7 days',
};
const AWAY = rejected('This person cannot be reached, or has blocked the account');
const RESTRICTED = settings('Meta restricted this account for a policy violation: see Business Support Home');
const OTHER_OWNER = rejected(
  'Another app controls this conversation: take or request the control of it, or change the conversation routing in the settings of the Page',
);
const NO_APPROVAL = onlyThis(
  'The app has no Advanced Access yet: only people with a role in the app can be written to',
);
const UNLINKED = settings(
  'Connect the Instagram account to its Facebook Page again, and see whether two-factor authentication is asked for',
);

/** Code, or inclusive range of codes; subcodes, or none for all that are not named; the rule. The first that fits counts. */
type Row = readonly [code: number | readonly [number, number], subcodes: readonly number[], rule: ErrorRule];
const ANY: readonly number[] = [];

export const ERROR_TABLE: readonly Row[] = [
  // Of an unexpected failure Meta's own clients say that the message may have gone out.
  [-1, ANY, UNCERTAIN],
  [0, ANY, TOKEN],
  [1, ANY, UNCERTAIN],
  [2, [2018344], rejected('Accept the terms of labels in the settings of the Page')],
  // Also what is said when the person has blocked the Page.
  [2, ANY, UNCERTAIN],
  [3, ANY, PERMISSION],
  [4, [2018354], throttled(HOUR, 'message')],
  [4, ANY, throttled(HOUR)],
  [9, [2018352], throttled(HOUR, 'message')],
  [10, [2018278, 2534022, 2018065], CLOSED],
  [10, [2018108], AWAY],
  [10, [1893015], { kind: 'opted_out', hint: 'The contact has stopped this topic' }],
  [10, [1893063], RESTRICTED],
  [10, [1404170], onlyThis('Meta restricted the Page from asking for opt-ins')],
  [10, [2534077], UNLINKED],
  [10, ANY, PERMISSION],
  [17, ANY, throttled(HOUR)],
  [32, ANY, throttled(HOUR)],
  [33, ANY, settings('The account does not exist any more: check its id')],
  [
    100,
    [33],
    settings(
      'The account, or what was named by an id, does not exist, or the token does not reach it: check the ids and the token',
    ),
  ],
  [
    100,
    [2018001, 2534014],
    rejected('Nobody has this id here: ids of people are only valid for the account they wrote to'),
  ],
  [100, [2018008, 2018047], invalid('Meta could not fetch the file, or it is not what it was said to be')],
  [100, [2018294], { kind: 'unavailable', scope: 'message', hint: 'Meta took too long to fetch the video' }],
  [100, [2018014], INVALID],
  [
    100,
    [2018074],
    {
      ...{ kind: 'invalid', lostFile: true },
      hint: 'Meta does not have the uploaded file here (any more): upload it again, and send the message with the mediaId that you get',
    },
  ],
  [100, [2018109], invalid('The file is too large')],
  [100, [2018164], invalid('The app id is not right')],
  [100, [2018320, 2018328], invalid("The products have to be in the Page's own catalog")],
  [100, [2534013], UNLINKED],
  [100, [2534015], INVALID],
  [100, [2534025], invalid('A comment can be answered in private once, within 7 days')],
  [100, [2534029], RESTRICTED],
  [100, [2534037], OTHER_OWNER],
  [100, ANY, INVALID],
  [102, ANY, TOKEN],
  [104, ANY, settings("Check that appSecret is the current secret of the token's app")],
  [190, ANY, TOKEN],
  [200, [2018028, 2018027, 2018021], NO_APPROVAL],
  [200, [1545041, 551], AWAY],
  [
    200,
    [2534041],
    settings('In the Instagram app, allow access to messages: Settings, Messages, Message controls, Connected tools'),
  ],
  [[200, 299], ANY, PERMISSION],
  [368, ANY, RESTRICTED],
  [551, ANY, AWAY],
  [613, [1893016], rejected('This opt-in was asked for already')],
  [613, [2018338], onlyThis('Meta stopped the sending with tags for misuse')],
  [613, ANY, throttled(MINUTE)],
  [803, ANY, INVALID],
  [2022, ANY, onlyThis('Messages of commerce are switched off for this Page')],
  [10303, ANY, INVALID],
  [36103, ANY, rejected('This Instagram account may not do this')],
  [[80001, 80009], ANY, throttled(HOUR)],
  [2018171, ANY, rejected('The app has no such role in the conversation')],
  [2018234, ANY, rejected('The app has no such role in the conversation')],
  [2018218, ANY, rejected('There is no profile of this person')],
  [2018247, ANY, rejected('The app may not read profiles')],
  [2018300, ANY, OTHER_OWNER],
  // An automated flow of Meta's (instant questions) is talking; it ends by itself.
  [2018321, ANY, throttled(2 * MINUTE, 'recipient')],
  [9000001, ANY, rejected('The message was deleted')],
];

/** The rule of a code with its subcode; `undefined` when Meta's pages do not name it. */
export function ruleOf(code: number, subcode?: number): ErrorRule | undefined {
  const found = ERROR_TABLE.find(([codes, subcodes]) => {
    const isCode = typeof codes === 'number' ? codes === code : code >= codes[0] && code <= codes[1];
    return isCode && (subcodes.length === 0 || (subcode !== undefined && subcodes.includes(subcode)));
  });
  return found?.[2];
}

/** Whether a permission is missing, by `providerCode`: nothing is wrong with the token or the account. */
export function lacksPermission(providerCode = ''): boolean {
  const [code = NaN, subcode] = providerCode.split('/').map(Number);
  return ruleOf(code, subcode) === PERMISSION;
}

/** Codes from here on also come as subcodes of another, mostly of 10 or 100: they say more than it. */
const SPECIFIC = 1_000_000;

/** Reads a Graph error; `providerCode` of it is `code` or `code/subcode`. `fallback` is for a code that no page names. */
export function faultOf(error: JsonObject, fallback: ErrorRule = REJECTED): ProviderFault {
  const code = numberOf(error.code) ?? NaN;
  const subcode = numberOf(error.error_subcode);
  const specific = subcode !== undefined && subcode >= SPECIFIC ? ruleOf(subcode) : undefined;
  const named = [idOf(error.code), idOf(error.error_subcode)].filter((part) => part !== undefined);
  return faultBy(specific ?? ruleOf(code, subcode), error, fallback, named.length > 0 ? named.join('/') : undefined);
}
