/** Webhook → events: one form tells one thing, a message of a person or a step of one of ours. */
import { VerificationError } from '../../core/errors.ts';
import type { ChannelEvent } from '../channel.ts';
import type { RawRequest } from '../../connectors/connector.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { readJsonObject } from '../kit/json-body.ts';
import { compact, textOf, type JsonObject } from '../kit/json.ts';
import { bare, identities, lineOf, type Line } from './addresses.ts';
import { decodeForm, membersOf } from './form.ts';
import { messageEvents } from './parse-message.ts';
import { stepOf } from './payloads.ts';
import { CORRELATION } from './render.ts';
import type { TwilioSettings } from './settings.ts';
import { bodyDigestIn } from './verify.ts';

function unsupported(key: string, reason: string, raw: unknown): ChannelEvent {
  return { type: 'unsupported', dedupeKey: `unsupported:${key}`, raw, data: { reason } };
}

/** Of bodies that are no form; Twilio's messaging sends none. */
function jsonEvents(request: RawRequest): ChannelEvent[] {
  try {
    const body = readJsonObject(request.body);
    return [unsupported(fingerprint(body), 'a JSON webhook', body)];
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    const raw = request.body.toString('utf8');
    return [unsupported(fingerprint(raw), error.message, raw)];
  }
}

/**
 * A status callback. It comes to the URL that the message was sent with, so it is always for the account that is called; `ErrorCode`
 * stands only in those of messages that failed.
 */
function statusEvent(form: JsonObject, sid: string, said: string, correlationId: string | undefined): ChannelEvent {
  const dedupeKey = `status:${sid}:${said}`;
  const step = stepOf(said, form.ErrorCode, form.ErrorMessage ?? form.ChannelStatusMessage);
  const people = identities(form.To);
  const contact = people.length > 0 ? { identities: people } : undefined;
  if (step === undefined) {
    return compact({
      ...{ type: 'unsupported' as const, dedupeKey, raw: form, contact },
      data: { reason: `status "${said}" is not known`, status: said },
    });
  }
  return compact({
    ...{ type: 'message.status' as const, dedupeKey, raw: form, contact },
    ...{ providerMessageId: sid, correlationId, ...step },
  });
}

/** Statuses of messages that people sent. */
const INBOUND_STATUSES = new Set(['received', 'receiving']);

/** Of several accounts of one Messaging Service, that of the number which was written to; one without a number gets all of them. */
function addressOf(form: JsonObject, { from, messagingServiceSid }: TwilioSettings): string | undefined {
  if (from !== undefined) return bare(form.To);
  return form.MessagingServiceSid === messagingServiceSid ? messagingServiceSid : undefined;
}

/** A Messaging Service posts what comes on all of its senders to one URL, and an answer on this line would not reach the person. */
function isOnOtherLine(form: JsonObject, line: Line): boolean {
  return textOf(form.From) !== undefined && lineOf(form.From) !== line;
}

/** Total, also for a body that `verify` would have refused: it is kept as one `unsupported`. */
export const parseOn =
  (line: Line) =>
  (request: RawRequest, settings: TwilioSettings): ChannelEvent[] => {
    if (bodyDigestIn(request.url) !== undefined) return jsonEvents(request);
    const form = membersOf(decodeForm(request.body));
    const sid = textOf(form.MessageSid) ?? textOf(form.SmsMessageSid) ?? textOf(form.SmsSid);
    const status = textOf(form.MessageStatus) ?? textOf(form.SmsStatus);
    if (sid === undefined) return [unsupported(fingerprint(Object.entries(form)), 'a form without a message', form)];
    if (status !== undefined && !INBOUND_STATUSES.has(status)) {
      return [statusEvent(form, sid, status, textOf(request.query[CORRELATION]))];
    }
    if (isOnOtherLine(form, line)) {
      const names = { sms: 'SMS', whatsapp: 'WhatsApp' };
      return [unsupported(sid, `a message that did not come by ${names[line]}, but to the URL of this account`, form)];
    }
    const people = identities(form.From, form.ExternalUserId);
    if (people.length === 0) return [unsupported(sid, 'a message of nobody', form)];
    return messageEvents(form, sid, people, addressOf(form, settings));
  };
