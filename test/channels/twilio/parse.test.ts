/** What Twilio's webhooks become, row by row. */
import type { ParsedContent, ParsedMessage } from '../../../service/src/channels/channel.ts';
import { twilioSms } from '../../../service/src/channels/twilio/index.ts';
import {
  AD,
  BUTTON,
  file,
  FLOW,
  LIST,
  LOCATION,
  MEDIA_URL,
  MMS,
  READ,
  REPLY,
  SMS_STATUS,
  SMS_TEXT,
  UNDELIVERED,
  whatsapp,
  WHATSAPP_TEXT,
} from './fixtures/webhooks.ts';
import { encode, parseForm, requestWith, SERVICE_SID, sign, SMS, smsWith, TOKEN, type Form } from './support.ts';
import { signedJson } from '../../sandbox/twilio/webhooks.ts';

const ZOE = [
  { kind: 'user_id', address: 'DE.13491208655302741918' },
  { kind: 'phone', address: '4915112345678' },
];
const parseSms = (form: Form, settings = SMS) => twilioSms.parse(sign(encode(form)), settings);
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
        address: '+14155238886',
        dedupeKey: 'message:SM00000000000000000000000000000012',
        providerMessageId: 'SM00000000000000000000000000000012',
        contact: { identities: ZOE, name: 'Zoë' },
        content: { type: 'text', text: 'Yes please' },
        opensWindow: 'message',
        raw: WHATSAPP_TEXT,
      },
    ]);
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
        address: '+15550002222',
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
  test.each([
    ['its own number', SMS_TEXT, SMS, '+15550002222'],
    ["another number of the account's Messaging Service", form, smsWith({ messagingServiceSid: SERVICE_SID }), form.To],
    [
      'any number of a Messaging Service',
      form,
      smsWith({ from: undefined, messagingServiceSid: SERVICE_SID }),
      SERVICE_SID,
    ],
    [
      'a number outside the Messaging Service',
      { ...form, MessagingServiceSid: '' },
      smsWith({ from: undefined, messagingServiceSid: SERVICE_SID }),
      undefined,
    ],
  ])('%s', (_name, sent, settings, address) => {
    expect(parseSms(sent, settings)).toMatchObject([{ type: 'message.received', ...(address && { address }) }]);
    if (address === undefined) expect(parseSms(sent, settings)[0]).not.toHaveProperty('address');
  });
});

describe('keywords', () => {
  test.each([
    ['STOP', 'stop'],
    ['START', 'resume'],
  ])('that Twilio read as %s are a wish besides the message', (OptOutType, value) => {
    expect(parseSms({ ...SMS_TEXT, Body: OptOutType, OptOutType })).toMatchObject([
      { type: 'message.received', content: { type: 'text', text: OptOutType } },
      {
        type: 'contact.preference',
        dedupeKey: 'preference:SM00000000000000000000000000000010',
        address: '+15550002222',
        contact: { identities: [{ kind: 'phone', address: '+15550001111' }] },
        topic: 'all',
        value,
        data: { keyword: OptOutType, providerMessageId: 'SM00000000000000000000000000000010' },
      },
    ]);
  });

  test.each(['START', ' unstop '])('%s is a wish also when Twilio keeps it to itself', (Body) => {
    expect(parseSms({ ...SMS_TEXT, Body })).toMatchObject([
      { type: 'message.received' },
      { type: 'contact.preference', value: 'resume' },
    ]);
  });

  test.each([
    ['YES is mostly an answer', { ...SMS_TEXT, Body: 'YES' }],
    ['HELP is no wish', { ...SMS_TEXT, Body: 'HELP', OptOutType: 'HELP' }],
    ['what Twilio keeps to itself is a message', { ...SMS_TEXT, Body: 'STOP' }],
  ])('%s', (_name, form) => {
    expect(parseSms(form).map(({ type }) => type)).toEqual(['message.received']);
  });
});

describe('a status', () => {
  const url = 'https://hooks.example.com/webhooks/twilio_sms/e1?message=msg_1';

  test('names our message by the URL it was sent with', () => {
    expect(twilioSms.parse(sign(encode(SMS_STATUS), url), SMS)).toEqual([
      {
        type: 'message.status',
        dedupeKey: 'status:SM00000000000000000000000000000020:delivered',
        providerMessageId: 'SM00000000000000000000000000000020',
        correlationId: 'msg_1',
        contact: { identities: [{ kind: 'phone', address: '+15550001111' }] },
        status: 'delivered',
        raw: SMS_STATUS,
      },
    ]);
    expect(parseSms(SMS_STATUS)[0]).not.toHaveProperty('correlationId');
  });

  test.each([
    ['accepted', 'sent'],
    ['scheduled', 'sent'],
    ['queued', 'sent'],
    ['sending', 'sent'],
    ['sent', 'sent'],
    ['partially_delivered', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['undelivered', 'failed'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('%s is %s', (MessageStatus, status) => {
    expect(parseForm({ ...READ, MessageStatus, SmsStatus: MessageStatus })).toMatchObject([
      { type: 'message.status', status, dedupeKey: `status:SM00000000000000000000000000000021:${MessageStatus}` },
    ]);
  });

  test.each([
    ['63016', 'session_closed'],
    ['21610', 'opted_out'],
    ['30003', 'unreachable'],
    ['63018', 'throttled'],
    ['30007', 'rejected'],
    ['63027', 'invalid'],
    ['63001', 'settings'],
    ['99999', 'rejected'],
  ])('of a failed message says why: %s is %s', (ErrorCode, kind) => {
    const [event] = parseForm({ ...UNDELIVERED, ErrorCode });
    expect(event).toMatchObject({ status: 'failed', error: { kind, code: kind, providerCode: ErrorCode } });
    expect(event).toMatchObject({ error: { message: expect.stringMatching(/^outside window/) } });
  });

  test('that was cancelled says so, without a code', () => {
    expect(parseForm({ ...READ, MessageStatus: 'canceled' })).toMatchObject([
      { error: { kind: 'rejected', message: 'Twilio says "canceled"' } },
    ]);
  });

  test('that nobody knows is kept', () => {
    expect(parseForm({ ...READ, MessageStatus: 'pondered' })).toMatchObject([
      { type: 'unsupported', data: { reason: 'status "pondered" is not known', status: 'pondered' } },
    ]);
  });

  test('of an older API, without MessageStatus, counts', () => {
    const { MessageStatus: _, ...older } = SMS_STATUS;
    expect(parseSms(older)).toMatchObject([{ type: 'message.status', status: 'delivered' }]);
  });
});

test('on WhatsApp START is a word like others', () => {
  expect(parseForm(whatsapp({ Body: 'START' })).map(({ type }) => type)).toEqual(['message.received']);
});

test('what is no message is kept whole', () => {
  const form = { AccountSid: 'AC00000000000000000000000000000001', Level: 'ERROR' };
  expect(parseForm(form)).toMatchObject([
    { type: 'unsupported', data: { reason: 'a form without a message' }, raw: form },
  ]);
  const body = Buffer.from('{"specversion":"1.0"}');
  const json = signedJson(TOKEN, 'https://hooks.example.com/in', body);
  expect(twilioSms.parse(requestWith(body, json.signature, json.url), SMS)).toMatchObject([
    { type: 'unsupported', raw: { specversion: '1.0' } },
  ]);
});

test('names that every object has are parameters like others', () => {
  expect(parseForm({ ...WHATSAPP_TEXT, constructor: 'x', __proto__x: 'y' })).toMatchObject([
    { type: 'message.received', raw: { constructor: 'x' } },
  ]);
});
