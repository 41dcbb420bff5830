/** Webhook → events: one form tells one thing, a message of a person or a step of one of ours. */
import type { ChannelEvent } from '../channel.ts';
import type { RawRequest } from '../../connectors/connector.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { parseJsonBody } from '../kit/json-body.ts';
import { compact, textOf, type JsonObject } from '../kit/json.ts';
import { bare, identities, isByWhatsApp, lineOf, type Line } from './addresses.ts';
import { decodeForm, membersOf } from './form.ts';
import { messageEvents } from './parse-message.ts';
import { stepOf } from './payloads.ts';
import { CORRELATION, SENDER } from './render.ts';
import { ANY_NUMBER } from './settings.ts';
import { bodyDigestIn, signedText } from './verify.ts';

function unsupported(key: string, reason: string, raw: unknown): ChannelEvent {
  return { type: 'unsupported', dedupeKey: `unsupported:${key}`, raw, data: { reason } };
}

/** Keeps bodies that are no form; Twilio's messaging sends none. */
function jsonEvents({ body }: RawRequest): ChannelEvent[] {
  return parseJsonBody(body, (json) => [unsupported(fingerprint(json), 'a JSON webhook', json)]);
}

/** A status callback comes to the URL that the message was sent with; `ErrorCode` stands only in those of messages that failed. */
function statusEvent(form: JsonObject, sid: string, said: string, query: RawRequest['query']): ChannelEvent {
  const correlationId = textOf(query[CORRELATION]);
  const sender = textOf(query[SENDER]);
  // Messages that were sent by earlier releases do not tell their sender in the URL.
  const address = sender === undefined ? sendersIn(form.From, form) : [sender];
  const dedupeKey = `status:${sid}:${said}`;
  const step = stepOf(said, form.ErrorCode, form.ErrorMessage ?? form.ChannelStatusMessage);
  const people = identities(form.To, form);
  const contact = people.length > 0 ? { identities: people } : undefined;
  if (step === undefined) {
    return compact({
      ...{ type: 'unsupported' as const, address, dedupeKey, raw: form, contact },
      data: { reason: `status "${said}" is not known`, status: said },
    });
  }
  return compact({
    ...{ type: 'message.status' as const, address, dedupeKey, raw: form, contact },
    ...{ providerMessageId: sid, correlationId, ...step },
  });
}

/** Statuses of messages that people sent. */
const INBOUND_STATUSES = new Set(['received', 'receiving']);

/** Accounts go by their number; what no account's number is, is for that of the Messaging Service, or for any without a number. */
function sendersIn(number: unknown, { MessagingServiceSid: service }: JsonObject): string[] {
  return [bare(number), textOf(service), ANY_NUMBER].filter((sender) => sender !== undefined);
}

/** A Messaging Service posts what comes on all of its senders to one URL, and an answer on this line would not reach the person. */
function isOnOtherLine(form: JsonObject, line: Line): boolean {
  const actual = isByWhatsApp(form.From, form) ? 'whatsapp' : lineOf(form.From);
  return textOf(form.From) !== undefined && actual !== line;
}

/** Total, also for a body that `verify` would have refused: it is kept as one `unsupported`. */
export const parseOn =
  (line: Line) =>
  (request: RawRequest): ChannelEvent[] => {
    if (bodyDigestIn(request.url) !== undefined) return jsonEvents(request);
    const pairs = decodeForm(request.body);
    const form = membersOf(pairs);
    const sid = textOf(form.MessageSid) ?? textOf(form.SmsMessageSid) ?? textOf(form.SmsSid);
    const status = textOf(form.MessageStatus) ?? textOf(form.SmsStatus);
    if (sid === undefined) return [unsupported(fingerprint(signedText(pairs)), 'a form without a message', form)];
    if (status !== undefined && !INBOUND_STATUSES.has(status)) {
      return [statusEvent(form, sid, status, request.query)];
    }
    if (isOnOtherLine(form, line)) {
      const names = { sms: 'SMS', whatsapp: 'WhatsApp' };
      return [unsupported(sid, `a message that did not come by ${names[line]}, but to the URL of this account`, form)];
    }
    const people = identities(form.From, form, form.ExternalUserId);
    if (people.length === 0) return [unsupported(sid, 'a message of nobody', form)];
    return messageEvents(form, sid, people, sendersIn(form.To, form));
  };
