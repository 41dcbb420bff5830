/** Twilio: SMS/MMS, and WhatsApp through Twilio. One API serves both; the addresses, the window and the kinds of content differ. */
import type { Channel } from '../channel.ts';
import { actionsOn } from './actions.ts';
import { smsRecipient, whatsappRecipient, type Line } from './addresses.ts';
import { capabilities } from './capabilities.ts';
import { checkContent } from './check.ts';
import { lookupOn } from './lookup.ts';
import { mediaOn } from './media.ts';
import { smsOptions, whatsappOptions } from './options.ts';
import { parseOn } from './parse.ts';
import { provisioningOn } from './provisioning.ts';
import { presence, sendOn } from './send.ts';
import { addressesOf, authTokens, senderOf, smsSettings, whatsappSettings, type TwilioSettings } from './settings.ts';
import { templatesOn } from './templates.ts';
import { SIGNATURE_HEADER, verify } from './verify.ts';

/** What both lines have in common. */
function channelOn(line: Line) {
  return {
    capabilities: () => capabilities[line],
    secrets: ['authToken', 'apiKeySecret'],
    externalId: senderOf,
    addresses: addressesOf,
    connection: (settings) => {
      const { accountSid } = settings;
      return { key: accountSid, secrets: authTokens(settings), application: accountSid };
    },
    realm: () => '',
    webhookHeaders: [SIGNATURE_HEADER],
    // TwiML that says nothing: any other answer would be an error to Twilio, or be sent to the person.
    answer: () => ({ status: 200, contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' }),
    verify: (request, _at, settings) => verify(request, settings),
    parse: parseOn(line),
    check: (content) => checkContent(line, content),
    templateIn: ({ ContentSid: sid }) => (typeof sid === 'string' ? { name: sid, language: '' } : undefined),
    send: sendOn(line),
    media: mediaOn(line),
    templates: templatesOn(line),
    provisioning: provisioningOn(line),
    lookup: lookupOn(line),
    actions: actionsOn(line),
  } satisfies Partial<Channel<TwilioSettings>>;
}

export const twilioSms: Channel<TwilioSettings> = {
  ...channelOn('sms'),
  id: 'twilio_sms',
  name: 'Twilio SMS/MMS',
  settings: smsSettings,
  sendTo: ['phone'],
  recipient: smsRecipient,
  sendOptions: smsOptions,
};

export const twilioWhatsApp: Channel<TwilioSettings> = {
  ...channelOn('whatsapp'),
  id: 'twilio_whatsapp',
  name: 'WhatsApp through Twilio',
  settings: whatsappSettings,
  sendTo: ['phone', 'user_id'],
  recipient: whatsappRecipient,
  sendOptions: whatsappOptions,
  presence,
};
