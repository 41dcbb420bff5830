/** What Twilio's webhooks become besides messages: wishes, statuses, and what nobody knows. */
import { twilioSms } from '../../../service/src/channels/twilio/index.ts';
import { signedJson } from '../../sandbox/twilio/webhooks.ts';
import { READ, SMS_STATUS, SMS_TEXT, UNDELIVERED, whatsapp } from './fixtures/webhooks.ts';
import { encode, parseForm, parseSms, requestWith, sign, SMS, TOKEN, SERVICE_SID } from './support.ts';

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
        address: ['+15550002222', SERVICE_SID, 'any number'],
        contact: { identities: [{ kind: 'phone', address: '+15550001111' }] },
        topic: 'all',
        value,
        data: { keyword: OptOutType, providerMessageId: 'SM00000000000000000000000000000010' },
      },
    ]);
  });

  test.each([
    ['START', 'resume'],
    [' unstop ', 'resume'],
    ['STOP', 'stop'],
    ['StopAll', 'stop'],
    ['Unsubscribe', 'stop'],
    ['cancel', 'stop'],
    ['end', 'stop'],
    ['QUIT', 'stop'],
    ['revoke', 'stop'],
    [' optout ', 'stop'],
  ])('%s is a wish also when Twilio keeps it to itself', (Body, value) => {
    expect(parseSms({ ...SMS_TEXT, Body })).toMatchObject([
      { type: 'message.received', wishTold: true },
      { type: 'contact.preference', topic: 'all', value },
    ]);
  });

  test.each([
    ['YES is mostly an answer', { ...SMS_TEXT, Body: 'YES' }],
    ['HELP is no wish', { ...SMS_TEXT, Body: 'HELP', OptOutType: 'HELP' }],
    ['a sentence is none to Twilio', { ...SMS_TEXT, Body: 'please stop' }],
    ['nor is a word of another language', { ...SMS_TEXT, Body: 'ARRET' }],
  ])('%s', (_name, form) => {
    expect(parseSms(form).map(({ type }) => type)).toEqual(['message.received']);
  });
});

describe('a status', () => {
  const url = 'https://hooks.example.com/webhooks/twilio_sms/e1?message=msg_1&sender=MG7';

  test('names our message by the URL it was sent with', () => {
    expect(twilioSms.parse(sign(encode(SMS_STATUS), url), SMS)).toEqual([
      {
        type: 'message.status',
        address: ['MG7'],
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
    ['30003', 'unavailable'],
    ['30008', 'unavailable'],
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
