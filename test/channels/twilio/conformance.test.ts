import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { channelConformance } from '../../conformance/channel.ts';
import { json } from '../../conformance/fake-io.ts';
import { PLAIN, STORED, WHATSAPP_ONLY } from './fixtures/outbound.ts';
import { SMS_WEBHOOKS, WHATSAPP_WEBHOOKS } from './fixtures/webhooks.ts';
import { CREDENTIAL, encode, isSame, SERVICE_SID, sign, SMS_CREDENTIAL, twilioError } from './support.ts';

const NUMBERS = ['+15550001111', '15550001111', '+44 (0)20 7946 0958', '0049 171 1234567'];
const NO_RECIPIENTS = ['', 'Ana', '123', 'call +15550001111', '+1 555 000 1111 ext. 5', 'us.1349'];

const shared = {
  encode,
  isSame,
  sign: (body: Buffer) => sign(body),
  refusals: (text: string) => [
    twilioError(20003, 401, text),
    twilioError(21617, 400, text),
    twilioError(99999, 400, text),
    json(500, text),
  ],
};

channelConformance({
  channel: twilioSms,
  settings: SMS_CREDENTIAL,
  unverifiable: { ...SMS_CREDENTIAL, authToken: undefined },
  sibling: { ...SMS_CREDENTIAL, from: undefined, messagingServiceSid: SERVICE_SID },
  samples: {
    ...shared,
    webhooks: SMS_WEBHOOKS,
    outbound: PLAIN.map(({ content }) => content),
    recipients: { good: NUMBERS, bad: [...NO_RECIPIENTS, 'US.134912'] },
  },
});

channelConformance({
  channel: twilioWhatsApp,
  settings: CREDENTIAL,
  unverifiable: { ...CREDENTIAL, authToken: undefined },
  sibling: { ...CREDENTIAL, from: '+14155238887' },
  samples: {
    ...shared,
    webhooks: WHATSAPP_WEBHOOKS,
    outbound: [...PLAIN, ...WHATSAPP_ONLY, ...STORED].map(({ content }) => content),
    recipients: { good: [...NUMBERS, '5215512345678', 'US.134912', 'US.ENT.1181'], bad: NO_RECIPIENTS },
  },
});
