/**
 * Twilio signs names and values without borders between them, and without a time: the parameters of a captured webhook may be cut in other
 * places, `MessageSid=SM…1NumMedia0` for `MessageSid=SM…1` and `NumMedia=0`, and the signature still fits. So that such a webhook is not
 * taken for another one, the values by which it is known have to be of their form (pages "SIDs", "Twilio's request to your webhook URL",
 * "Track the message status"), and whole.
 */
import { VerificationError } from '../../core/errors.ts';

const MESSAGE_SID = /^[SM]M[0-9a-f]{32}$/i;
/** A message has one id under three names; the older two are copies. */
const ID_NAMES = ['MessageSid', 'SmsMessageSid', 'SmsSid'];
const STATUS = /^[a-z]+(?:[_-][a-z]+)*$/;
const NUMBER = /^\d{1,6}$/;

const FORMS: Readonly<Record<string, RegExp>> = {
  MessageStatus: STATUS,
  SmsStatus: STATUS,
  NumMedia: NUMBER,
  NumSegments: NUMBER,
  ErrorCode: /^\d{0,6}$/,
  ApiVersion: /^\d{4}-\d\d-\d\d$/,
};

/** Throws `VerificationError('malformed')` for a form about a message whose ids, steps or counts are not as Twilio writes them. */
export function checkBorders(form: URLSearchParams): void {
  const named = ID_NAMES.flatMap((name) => form.getAll(name));
  if (named.length === 0) return;
  const ids = new Set(named);
  if (form.get('MessageSid') === null || ids.size > 1 || !named.every((id) => MESSAGE_SID.test(id))) {
    throw new VerificationError('malformed', 'MessageSid is missing, or is no id of a message.');
  }
  // A message that a service sends has no sender yet when its first steps are told.
  for (const name of form.has('MessageStatus') ? ['To'] : ['To', 'From'])
    if (!form.get(name)) throw new VerificationError('malformed', `${name} is missing.`);
  for (const [name, pattern] of Object.entries(FORMS)) {
    if (form.getAll(name).some((value) => !pattern.test(value)))
      throw new VerificationError('malformed', `${name} is not as Twilio writes it.`);
  }
}
