import type { ProvisioningStep } from '../../../contract/api.ts';
import type { HttpRequest, HttpResponse } from '../../../service/src/core/http.ts';
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import type { TwilioSettings } from '../../../service/src/channels/twilio/settings.ts';
import { answering, json } from '../../conformance/fake-io.ts';
import { formOf, SERVICE_SID, SMS, smsWith, twilioError, WHATSAPP, whatsappWith } from './support.ts';

const URL_OK = 'https://parley.example.com/webhooks/twilio/e1';
/** As Twilio is asked to repeat what fails. */
const REPEATED = `${URL_OK}#rc=5&rp=all`;
const SENDERS = 'https://messaging.twilio.com/v2/Channels/Senders';
const OWN_SENDER = whatsappWith({ from: '+14155550100' });

type Answers = Record<string, HttpResponse>;
const ACCOUNT: Answers = {
  'GET /Messages.json': json(200, { messages: [] }),
};
const NUMBER: Answers = {
  ...ACCOUNT,
  'GET /IncomingPhoneNumbers.json': json(200, {
    incoming_phone_numbers: [
      { sid: 'PN0', phone_number: '+155500022229' },
      { sid: 'PN1', phone_number: '+15550002222' },
    ],
  }),
  'POST /IncomingPhoneNumbers/PN1.json': json(200, {}),
};
const SENDER: Answers = {
  ...ACCOUNT,
  'GET /v2/Channels/Senders': json(200, {
    senders: [
      { sid: 'XE0', sender_id: 'whatsapp:+1999' },
      { sid: 'XE1', sender_id: 'whatsapp:+14155550100', status: 'ONLINE' },
    ],
  }),
  'POST /v2/Channels/Senders/XE1': json(202, {}),
};

/** Answers by method and end of the path. */
async function provisioned(
  answers: Answers,
  settings: TwilioSettings,
  webhookUrl = URL_OK,
  channel = settings === OWN_SENDER || settings === WHATSAPP ? twilioWhatsApp : twilioSms,
): Promise<{ steps: ProvisioningStep[]; requests: HttpRequest[]; failed: Record<string, unknown> }> {
  const { io, requests } = answering(({ method, url }) => {
    const { pathname } = new URL(url);
    const found = Object.keys(answers).find((key) => {
      const [verb, end = ''] = key.split(' ');
      return verb === method && pathname.endsWith(end);
    });
    return (found === undefined ? undefined : answers[found]) ?? twilioError(20404, 404, 'not found');
  });
  const steps = (await channel.provisioning?.provision(webhookUrl, settings, io, async (learned) => learned)) ?? [];
  const failed = Object.fromEntries(
    steps.filter(({ ok }) => !ok).map(({ step, blocking }) => [step, blocking === true]),
  );
  return { steps, requests, failed };
}

test('a number gets our URL, and loses what would come before it', async () => {
  const { steps, requests } = await provisioned(NUMBER, SMS);
  expect(steps).toEqual([
    { step: 'settings', ok: true },
    { step: 'account', ok: true },
    { step: 'number', ok: true },
  ]);
  expect(requests[1]?.query).toEqual({ PhoneNumber: '+15550002222' });
  expect(formOf(requests[2])).toEqual({ SmsUrl: REPEATED, SmsMethod: 'POST', SmsApplicationSid: '' });
});

test('a short code has a place of its own', async () => {
  const answers = {
    ...ACCOUNT,
    'GET /SMS/ShortCodes.json': json(200, {
      short_codes: [
        { sid: 'SC0', short_code: '555123' },
        { sid: 'SC1', short_code: '55512' },
      ],
    }),
    'POST /SMS/ShortCodes/SC1.json': json(200, {}),
  };
  const { failed, requests } = await provisioned(answers, smsWith({ from: '55512' }));
  expect(failed).toEqual({});
  expect(requests[1]?.query).toEqual({ ShortCode: '55512' });
});

test('a name gets no answers, which stops nobody from sending', async () => {
  const { failed } = await provisioned(ACCOUNT, smsWith({ from: 'Parley' }));
  expect(failed).toEqual({ number: false });
});

test.each([
  ['takes over the messages of its numbers', false, undefined, true],
  ['that leaves them to its numbers gets them too where the account has no number', true, undefined, true],
  ['that leaves them to its numbers is left alone where the account has one', true, '+15550002222', false],
])('a Messaging Service %s', async (_name, use_inbound_webhook_on_number, from, isChanged) => {
  const path = `/v1/Services/${SERVICE_SID}`;
  const service = json(200, { use_inbound_webhook_on_number });
  const answers = { ...NUMBER, [`GET ${path}`]: service, [`POST ${path}`]: service };
  const { failed, requests } = await provisioned(answers, smsWith({ from, messagingServiceSid: SERVICE_SID }));
  expect(failed).toEqual({});
  const change = requests.find(({ method, url }) => method === 'POST' && url.endsWith(path));
  expect(change !== undefined).toBe(isChanged);
  if (change === undefined) return;
  expect(formOf(change)).toEqual({
    InboundRequestUrl: REPEATED,
    InboundMethod: 'POST',
    UseInboundWebhookOnNumber: 'false',
  });
});

test('a WhatsApp sender gets our URL', async () => {
  const { steps, requests } = await provisioned(SENDER, OWN_SENDER);
  expect(steps.map(({ step, ok }) => [step, ok])).toEqual([
    ['settings', true],
    ['account', true],
    ['sender', true],
  ]);
  expect(requests.at(-1)).toMatchObject({
    ...{ method: 'POST', url: `${SENDERS}/XE1` },
    json: { webhook: { callback_url: REPEATED, callback_method: 'POST' } },
  });
});

test('a WhatsApp sender that takes no wish to repeat gets the URL alone', async () => {
  const { io, requests } = answering(({ method, url, json: body }) => {
    if (url.includes('/2010')) return json(200, { status: 'active' });
    if (method === 'GET')
      return json(200, { senders: [{ sid: 'XE1', sender_id: 'whatsapp:+14155550100', status: 'ONLINE' }] });
    const isRefused = JSON.stringify(body).includes('#');
    return isRefused ? twilioError(20001, 400) : json(202, {});
  });
  const steps = await twilioWhatsApp.provisioning?.provision(URL_OK, OWN_SENDER, io, async (learned) => learned);
  expect(steps?.at(-1)).toEqual({ step: 'sender', ok: true });
  expect(requests.at(-1)).toMatchObject({ json: { webhook: { callback_url: URL_OK, callback_method: 'POST' } } });
});

test('a WhatsApp sender is found on any page', async () => {
  const pages = [
    json(200, { senders: [], meta: { next_page_url: `${SENDERS}?Channel=whatsapp&PageSize=100&Page=1&PageToken=P1` } }),
    json(200, { senders: [{ sid: 'XE1', sender_id: 'whatsapp:+14155550100', status: 'ONLINE:UPDATING' }] }),
  ];
  const { io, requests } = answering(({ method, url }) => {
    if (url.includes('/2010')) return json(200, { status: 'active' });
    return method === 'POST' ? json(202, {}) : (pages.shift() ?? json(200, {}));
  });
  const steps = await twilioWhatsApp.provisioning?.provision(URL_OK, OWN_SENDER, io, async (learned) => learned);
  expect(steps?.every(({ ok }) => ok)).toBe(true);
  expect(requests[2]?.query).toMatchObject({ Page: '1', PageToken: 'P1' });
});

test('what is missing is said', async () => {
  const offline = json(200, { senders: [{ sid: 'XE1', sender_id: 'whatsapp:+14155550100', status: 'OFFLINE' }] });
  expect((await provisioned({ ...SENDER, 'GET /v2/Channels/Senders': offline }, OWN_SENDER)).failed).toEqual({
    sender: false,
  });
  expect((await provisioned(ACCOUNT, OWN_SENDER)).failed).toEqual({ sender: true });
  expect((await provisioned({ ...ACCOUNT, 'GET /v2/Channels/Senders': json(200, {}) }, OWN_SENDER)).failed).toEqual({
    sender: true,
  });
  expect((await provisioned(ACCOUNT, WHATSAPP)).failed).toEqual({ sender: false });
  const none = { ...ACCOUNT, 'GET /IncomingPhoneNumbers.json': json(200, { incoming_phone_numbers: [] }) };
  expect((await provisioned(none, SMS)).failed).toEqual({ number: true });
  expect((await provisioned({}, SMS)).failed).toEqual({ account: true, number: true });
  const suspended = { ...NUMBER, 'GET /Messages.json': twilioError(20005, 403) };
  expect((await provisioned(suspended, SMS)).failed).toEqual({ account: true });
});

test.each([
  ['no auth token', smsWith({ authToken: undefined }), URL_OK, /authToken/],
  ['plain http', SMS, 'http://parley.example.com/in', /https/],
  ['an underscore in the host', SMS, 'https://my_parley.example.com/in', /underscore/],
])('%s blocks', async (_name, settings, webhookUrl, detail) => {
  const { steps } = await provisioned(NUMBER, settings, webhookUrl);
  expect(steps[0]).toMatchObject({
    step: 'settings',
    ok: false,
    blocking: true,
    detail: expect.stringMatching(detail),
  });
});

test('a stand-in takes plain http', async () => {
  const { failed } = await provisioned(
    NUMBER,
    smsWith({ baseUrl: 'http://127.0.0.1:4012' }),
    'http://127.0.0.1:3000/in',
  );
  expect(failed).toEqual({});
});
