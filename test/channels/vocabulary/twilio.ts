/** Webhooks of Twilio: forms. */
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { file, SMS_TEXT, whatsapp } from '../twilio/fixtures/webhooks.ts';
import { encode, sign, SMS, WHATSAPP, type Form } from '../twilio/support.ts';
import { OURS, OWN, type Speaker } from './acts.ts';

const own = { MessageSid: OWN, SmsSid: OWN, SmsMessageSid: OWN };
const sms = (change: Form): Form => ({ ...SMS_TEXT, ...own, ...change });
const said = (change: Form): Form => whatsapp({ ...own, ...change });
const status = (change: Form): Form => ({
  ...{ MessageSid: OURS, SmsSid: OURS, AccountSid: String(SMS_TEXT['AccountSid']) },
  ...change,
});

export const TWILIO_SMS: Speaker = {
  channel: 'twilio_sms',
  parse: (form) => twilioSms.parse(sign(encode(form)), SMS),
  says: {
    'writes a text': sms({ Body: 'hello' }),
    'sends a captioned photo': sms({
      ...{ Body: 'look', NumMedia: '1', MediaUrl0: 'https://api.twilio.com/1', MediaContentType0: 'image/jpeg' },
    }),
    'has got our message': status({ MessageStatus: 'delivered', To: '+15550001111', From: '+15550002222' }),
  },
  // SMS has no window.
  opens: { 'writes a text': '', 'sends a captioned photo': '' },
};

export const TWILIO_WHATSAPP: Speaker = {
  channel: 'twilio_whatsapp',
  parse: (form) => twilioWhatsApp.parse(sign(encode(form)), WHATSAPP),
  says: {
    'writes a text': said({ Body: 'hello' }),
    'answers our message': said({ Body: 'this', OriginalRepliedMessageSid: OURS }),
    'taps a button': said({ MessageType: 'interactive', ButtonText: 'Yes', ButtonPayload: 'yes', Body: 'Yes' }),
    'picks from a list': said({ MessageType: 'interactive', ListId: 'row_1', ListTitle: 'Row 1', Body: 'Row 1' }),
    'sends a captioned photo': file('image/jpeg', { ...own, Body: 'look' }),
    'sends a voice note': file('audio/ogg', own),
    'sends a file': file('application/pdf', own),
    'sends a sticker': file('image/webp', { ...own, MessageType: 'sticker' }),
    'sends a place': said({ MessageType: 'location', Latitude: '52.52', Longitude: '13.405', Body: '' }),
    'comes from an ad': said({
      ...{ Body: 'hello', ReferralSourceType: 'ad', ReferralSourceId: '61', ReferralHeadline: 'Sale' },
      ReferralMediaUrl: 'https://ads.example/1',
    }),
    'has got our message': status({ MessageStatus: 'delivered', To: 'whatsapp:+1', From: 'whatsapp:+2' }),
    'has read our message': status({
      EventType: 'READ',
      MessageStatus: 'read',
      To: 'whatsapp:+1',
      From: 'whatsapp:+2',
    }),
    'sends what nobody knows': said({ MessageType: 'hologram', Body: '' }),
  },
};
