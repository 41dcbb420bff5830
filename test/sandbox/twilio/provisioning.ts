import type { HttpReply } from '../kit/http-server.ts';
import { objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { ok, type Call } from './call.ts';
import { TWILIO_DEFAULTS } from './defaults.ts';
import { notFound, TwilioError } from './errors.ts';
import type { SmsNumber, WhatsAppSender } from './world.ts';

export const readAccount = ({ world }: Call): HttpReply =>
  ok({ sid: TWILIO_DEFAULTS.accountSid, friendly_name: 'Parley sandbox', status: world.settings.accountStatus });

function checkUrl(url: string | null): void {
  if (url !== null && url !== '' && !URL.canParse(url)) throw new TwilioError(20001, 'SmsUrl is not valid');
}

const numberResource = ({ sid, address, smsUrl, smsMethod, smsApplicationSid }: SmsNumber): JsonObject => ({
  ...{ sid, phone_number: address, sms_url: smsUrl, sms_method: smsMethod },
  ...(sid.startsWith('SC') && { short_code: address }),
  sms_application_sid: smsApplicationSid,
});

/** `IncomingPhoneNumbers` and `SMS/ShortCodes`: the same resource twice. The filter also finds a part of a number. */
export function numbers(key: string, filter: string, prefix: string) {
  const own = ({ world }: Call) => world.numbers.filter(({ sid }) => sid.startsWith(prefix));
  return {
    list: (call: Call): HttpReply => {
      const wanted = call.request.query.get(filter);
      const found = own(call).filter(({ address }) => wanted === null || address.includes(wanted));
      return ok({ [key]: found.map(numberResource), page: 0, next_page_uri: null });
    },
    write: (call: Call): HttpReply => {
      const { form, params, request } = call;
      const number = own(call).find(({ sid }) => sid === params['number']);
      if (number === undefined) throw notFound(request.path);
      checkUrl(form.get('SmsUrl'));
      number.smsUrl = form.get('SmsUrl') ?? number.smsUrl;
      number.smsMethod = form.get('SmsMethod') ?? number.smsMethod;
      number.smsApplicationSid = form.get('SmsApplicationSid') ?? number.smsApplicationSid;
      return ok(numberResource(number));
    },
  };
}

export function service({ world, params, form, request }: Call): HttpReply {
  const found = world.services.find(({ sid }) => sid === params['service']);
  if (found === undefined) throw notFound(request.path);
  if (request.method === 'POST') {
    checkUrl(form.get('InboundRequestUrl'));
    found.inboundUrl = form.get('InboundRequestUrl') ?? found.inboundUrl;
    const onNumber = form.get('UseInboundWebhookOnNumber');
    if (onNumber !== null) found.usesInboundWebhookOnNumber = onNumber === 'true';
  }
  return ok({
    sid: found.sid,
    inbound_request_url: found.inboundUrl,
    use_inbound_webhook_on_number: found.usesInboundWebhookOnNumber,
  });
}

const senderResource = ({ sid, address, status, callbackUrl, callbackMethod }: WhatsAppSender): JsonObject => ({
  ...{ sid, sender_id: address, status },
  webhook: { callback_url: callbackUrl, callback_method: callbackMethod },
});

export const listSenders = ({ world }: Call): HttpReply =>
  ok({ senders: world.senders.map(senderResource), meta: { page: 0, next_page_url: null, key: 'senders' } });

export function writeSender({ world, params, request }: Call): HttpReply {
  const sender = world.senders.find(({ sid }) => sid === params['sender']);
  if (sender === undefined) throw notFound(request.path);
  const webhook = objectOf(request.body.fields['webhook']);
  checkUrl(textOf(webhook['callback_url']) ?? null);
  sender.callbackUrl = textOf(webhook['callback_url']) ?? sender.callbackUrl;
  sender.callbackMethod = textOf(webhook['callback_method']) ?? sender.callbackMethod;
  return ok(senderResource(sender), 202);
}

/** Marks a message of a person as read and shows that an answer is being typed. */
export function typing({ world, form }: Call): HttpReply {
  const message = world.messages.get(form.get('messageId') ?? '');
  if (form.get('channel') !== 'whatsapp') throw new TwilioError(20001, 'channel must be whatsapp');
  if (message?.direction !== 'inbound' || message.line !== 'whatsapp') {
    throw new TwilioError(20001, 'messageId is not an inbound WhatsApp message');
  }
  world.readMarks.push({ messageSid: message.sid, at: world.clock.now() });
  world.changes.notify();
  return ok({ success: true });
}
