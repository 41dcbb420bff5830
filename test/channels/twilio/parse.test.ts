/** What messages become that Twilio's webhooks bring, row by row. */
import type { ParsedContent, ParsedMessage } from '../../../service/src/channels/channel.ts';
import {
  AD,
  BUTTON,
  file,
  FLOW,
  LIST,
  LOCATION,
  MEDIA_URL,
  MMS,
  REPLY,
  SMS_TEXT,
  whatsapp,
  WHATSAPP_TEXT,
} from './fixtures/webhooks.ts';
import { twilioSms } from '../../../service/src/channels/twilio/index.ts';
import type { TwilioSettings } from '../../../service/src/channels/twilio/settings.ts';
import { parseForm, parseSms, SERVICE_SID, SMS, smsWith, type Form } from './support.ts';

const ZOE = [
  { kind: 'user_id', address: 'DE.13491208655302741918' },
  { kind: 'phone', address: '4915112345678' },
];
const onlyMessage = (form: Form): ParsedMessage => {
  const [event] = parseForm(form);
  if (event?.type !== 'message.received') throw new Error(`It became ${event?.type}`);
  return event;
};

describe('a message', () => {
  test('on WhatsApp has its person, its account and opens the window', () => {
    expect(parseForm(WHATSAPP_TEXT)).toEqual([
      {
        type: 'message.received',
        address: ['+14155238886', 'any number'],
        dedupeKey: 'message:SM00000000000000000000000000000012',
        providerMessageId: 'SM00000000000000000000000000000012',
        contact: { identities: ZOE, name: 'Zoë' },
        content: { type: 'text', text: 'Yes please' },
        opensWindow: 'message',
        raw: WHATSAPP_TEXT,
      },
    ]);
  });

  test('on WhatsApp whose addresses have no prefix is one on WhatsApp', () => {
    const form = { ...WHATSAPP_TEXT, From: '+4915112345678', To: '+14155238886', WaId: '4915112345678' };
    const [expected] = parseForm({ ...form, From: 'whatsapp:+4915112345678', To: 'whatsapp:+14155238886' });
    expect(parseForm(form)).toEqual([{ ...expected, raw: form }]);
  });

  test('tells the name that its person chose for themselves', () => {
    const form = { ...WHATSAPP_TEXT, ProfileUsername: 'zoe.b' };
    expect(parseForm(form)).toMatchObject([{ contact: { name: 'Zoë', username: 'zoe.b' } }]);
  });

  test.each([
    ['WhatsApp', WHATSAPP_TEXT],
    ['RCS', { ...SMS_TEXT, From: 'rcs:+15550001111' }],
  ])('by %s at the URL of an SMS account, as a Messaging Service sends it, is not taken for an SMS', (_name, form) => {
    expect(parseSms({ ...form, To: '+15550002222' })).toMatchObject([
      { type: 'unsupported', data: { reason: expect.stringMatching(/did not come by SMS/) } },
    ]);
  });

  test('by SMS at the URL of a WhatsApp account is not taken for one on WhatsApp', () => {
    expect(parseForm({ ...SMS_TEXT, To: '+14155238886' })).toMatchObject([{ type: 'unsupported' }]);
  });

  test('by SMS has a number in full, and no window', () => {
    expect(parseSms(SMS_TEXT)).toEqual([
      {
        type: 'message.received',
        address: ['+15550002222', SERVICE_SID, 'any number'],
        dedupeKey: 'message:SM00000000000000000000000000000010',
        providerMessageId: 'SM00000000000000000000000000000010',
        contact: { identities: [{ kind: 'phone', address: '+15550001111' }] },
        content: { type: 'text', text: 'Hello' },
        raw: SMS_TEXT,
      },
    ]);
  });

  const media = (mimeType: string) => ({ providerId: MEDIA_URL, mimeType });
  test.each<[string, Form, ParsedContent]>([
    [
      'an image with a caption',
      file('image/jpeg', { MessageType: 'image', Body: 'Look' }),
      { type: 'image', caption: 'Look', media: media('image/jpeg') },
    ],
    ['a voice message', file('audio/ogg', { MessageType: 'audio' }), { type: 'audio', media: media('audio/ogg') }],
    ['a video', file('video/mp4', { MessageType: 'video' }), { type: 'video', media: media('video/mp4') }],
    [
      'a document',
      file('application/pdf', { MessageType: 'document', Body: 'a.pdf' }),
      { type: 'document', caption: 'a.pdf', media: media('application/pdf') },
    ],
    ['a sticker', file('image/webp', { MessageType: 'sticker' }), { type: 'sticker', media: media('image/webp') }],
    [
      'a contact card',
      file('text/vcard', { MessageType: 'contacts' }),
      { type: 'document', media: media('text/vcard') },
    ],
    ['a file without a type', file(''), { type: 'document', media: { providerId: MEDIA_URL } }],
    [
      'a place',
      LOCATION,
      { type: 'location', latitude: 52.52, longitude: 13.405, name: 'Tower', address: 'Alexanderplatz' },
    ],
    ['a tapped button', BUTTON, { type: 'button', buttonId: 'confirm_1', text: 'Confirm', source: 'message' }],
    [
      "a tapped button of a template's",
      { ...BUTTON, MessageType: 'button' },
      { type: 'button', buttonId: 'confirm_1', text: 'Confirm', source: 'template' },
    ],
    [
      'a tapped button without a payload',
      { ...BUTTON, ButtonPayload: '' },
      { type: 'button', buttonId: 'Confirm', text: 'Confirm', source: 'message' },
    ],
    ['a picked row', LIST, { type: 'list', buttonId: 'row_1', text: 'Row 1' }],
    [
      'a filled form',
      FLOW,
      { type: 'form', name: 'flow', text: 'Sent', token: 't-1', data: { flow_token: 't-1', size: 'XL' } },
    ],
    [
      'a form that is no JSON',
      { ...FLOW, InteractiveData: 'no json' },
      { type: 'form', name: 'flow', text: 'Sent', data: { value: 'no json' } },
    ],
    ['a text of an older API', whatsapp({ MessageType: '' }), { type: 'text', text: 'Yes please' }],
    ['an empty text', whatsapp({ Body: '' }), { type: 'text', text: '' }],
    [
      'what is not known',
      whatsapp({ MessageType: 'order', Body: '2 teas' }),
      { type: 'unsupported', reason: 'message kind "order" is not known, or its content is missing: 2 teas' },
    ],
    [
      'an image without a file',
      whatsapp({ MessageType: 'image', Body: '' }),
      { type: 'unsupported', reason: 'message kind "image" is not known, or its content is missing' },
    ],
    [
      'a place without a longitude',
      { ...LOCATION, Longitude: 'far' },
      { type: 'unsupported', reason: 'message kind "location" is not known, or its content is missing' },
    ],
  ])('%s', (_name, form, content) => {
    expect(onlyMessage(form).content).toEqual(content);
  });

  test('with several files is one message', () => {
    const [event] = parseSms(MMS);
    const base = MMS['MediaUrl0'] as string;
    expect(event).toMatchObject({
      type: 'message.received',
      content: {
        type: 'image',
        media: { providerId: base, mimeType: 'image/jpeg' },
        more: [{ type: 'document', media: { providerId: MMS['MediaUrl1'], mimeType: 'text/x-vcard' } }],
      },
    });
  });

  test.each<[string, Form, unknown]>([
    ['quotes', REPLY, { replyToProviderId: 'SM00000000000000000000000000000009' }],
    ['was forwarded', whatsapp({ Forwarded: 'true' }), { forwarded: true }],
    [
      'was forwarded often',
      whatsapp({ Forwarded: 'true', FrequentlyForwarded: 'true' }),
      { forwarded: true, frequentlyForwarded: true },
    ],
    [
      'came from an ad',
      AD,
      {
        referral: {
          ...{ sourceUrl: 'https://fb.me/ad', sourceId: '120', sourceType: 'ad', headline: 'Tea', body: 'Buy tea' },
          ...{ mediaType: 'image/jpeg', mediaUrl: 'https://cdn.example/1.jpg', clickId: 'clid' },
        },
      },
    ],
  ])('that %s says so', (_name, form, context) => {
    expect(onlyMessage(form).context).toEqual(context);
  });

  test.each<[string, Form, string | undefined]>([
    ['a tap', BUTTON, 'button'],
    ['a pick', LIST, 'button'],
    ['a form', FLOW, 'message'],
    ['an ad', AD, 'ad'],
    ['what is not known', whatsapp({ MessageType: 'order' }), 'message'],
    ['a reaction', whatsapp({ MessageType: 'reaction' }), undefined],
  ])('%s opens the window as %s %s', (_name, form, opener) => {
    expect(onlyMessage(form).opensWindow).toBe(opener);
  });

  test.each<[string, Form, unknown]>([
    [
      'whose number is hidden',
      whatsapp({ From: 'whatsapp:US.1234', ExternalUserId: '' }),
      [{ kind: 'user_id', address: 'US.1234' }],
    ],
    ['without a user id', whatsapp({ ExternalUserId: '' }), [{ kind: 'phone', address: '4915112345678' }]],
    [
      "whose WhatsApp id is another than the number's",
      whatsapp({ ExternalUserId: '', From: 'whatsapp:+5215512345678', WaId: '525512345678' }),
      [{ kind: 'phone', address: '5215512345678' }],
    ],
  ])('of someone %s', (_name, form, identities) => {
    expect(onlyMessage(form).contact.identities).toEqual(identities);
  });

  test('that came by the fallback URL is the same message', () => {
    const [first] = parseForm(WHATSAPP_TEXT);
    const [again] = parseForm({ ...WHATSAPP_TEXT, ErrorCode: '11200', ErrorUrl: 'https://hooks.example.com/a' });
    expect(again).toMatchObject({ type: 'message.received', dedupeKey: first?.dedupeKey });
  });

  test('of nobody is kept', () => {
    expect(parseForm(whatsapp({ From: '' }))).toMatchObject([
      { type: 'unsupported', data: { reason: 'a message of nobody' } },
    ]);
  });
});

describe('which account a message is for', () => {
  const form = { ...SMS_TEXT, To: '+15559999999' };
  const service = smsWith({ from: undefined, messagingServiceSid: SERVICE_SID });
  test.each<[string, Form, TwilioSettings, boolean]>([
    ['its own number', SMS_TEXT, SMS, true],
    ["another number of the account's Messaging Service", form, smsWith({ messagingServiceSid: SERVICE_SID }), false],
    ['any number of a Messaging Service', form, service, true],
    ['a number outside the Messaging Service', { ...form, MessagingServiceSid: '' }, service, true],
  ])('%s', (_name, sent, settings, isItsOwn) => {
    const [event] = parseSms(sent, settings);
    const own = twilioSms.addresses(settings);
    expect([event?.address ?? []].flat().some((address) => own.includes(address))).toBe(isItsOwn);
  });

  test('is known by its number before its Messaging Service', () => {
    const [event] = parseSms(SMS_TEXT);
    expect(event?.address).toEqual([SMS_TEXT['To'], SERVICE_SID, 'any number']);
  });
});

test('names that every object has are parameters like others', () => {
  expect(parseForm({ ...WHATSAPP_TEXT, constructor: 'x', __proto__x: 'y' })).toMatchObject([
    { type: 'message.received', raw: { constructor: 'x' } },
  ]);
});
