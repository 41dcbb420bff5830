/** What is taken back at Twilio when a sender is deleted, and what is said to stay. */
import type { HttpRequest, HttpResponse } from '../../../service/src/core/http.ts';
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import type { TwilioSettings } from '../../../service/src/channels/twilio/settings.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import { answering, json } from '../../conformance/fake-io.ts';
import { formOf, SERVICE_SID, SMS, smsWith, twilioError, WHATSAPP, whatsappWith } from './support.ts';

const OURS = 'https://parley.example.com/webhooks/twilio_sms/e1';
const REPEATED = `${OURS}#rc=5&rp=all`;
const FORMER = 'https://parley.example.com/webhooks/twilio_sms/e0';
const OTHER = 'https://other.example.com/in';
const SENDER = whatsappWith({ from: '+14155550100' });
const GONE = whatsappWith({ from: '+14155550999' });
const SERVICE_ONLY = smsWith({ from: undefined, messagingServiceSid: SERVICE_SID });
const BOTH = smsWith({ messagingServiceSid: SERVICE_SID });
const SHORT = smsWith({ from: '55512' });

/** Everything calls `url`. */
function provider(url: string, refuse: (request: HttpRequest) => HttpResponse | Error | undefined = () => undefined) {
  return answering((request) => {
    const { pathname } = new URL(request.url);
    const refused = refuse(request);
    if (refused) return refused;
    if (request.method === 'POST') return json(200, {});
    if (pathname.endsWith('/IncomingPhoneNumbers.json')) {
      const numbers = [{ sid: 'PN0', phone_number: '+155500022229', sms_url: url }];
      return json(200, {
        incoming_phone_numbers: [...numbers, { sid: 'PN1', phone_number: '+15550002222', sms_url: url }],
      });
    }
    if (pathname.endsWith('/SMS/ShortCodes.json')) {
      return json(200, { short_codes: [{ sid: 'SC1', short_code: '55512', sms_url: url }] });
    }
    if (pathname.endsWith('/Senders')) {
      const webhook = { callback_url: url, callback_method: 'POST' };
      return json(200, { senders: [{ sid: 'XE1', sender_id: 'whatsapp:+14155550100', webhook }] });
    }
    return json(200, { sid: SERVICE_SID, inbound_request_url: url });
  });
}

async function removed(settings: TwilioSettings, fake = provider(OURS), others: TwilioSettings[] = []) {
  const channel = [SENDER, GONE, WHATSAPP].includes(settings) ? twilioWhatsApp : twilioSms;
  const steps =
    (await channel.provisioning?.remove?.({ webhookUrls: [OURS, FORMER], others }, settings, fake.io)) ?? [];
  const posts = fake.requests.filter(({ method }) => method === 'POST');
  return {
    told: steps.map(({ step, ok }) => [step, ok]),
    details: steps.map(({ detail }) => detail ?? ''),
    posted: posts.map((request) => {
      const { pathname } = new URL(request.url);
      return [pathname.slice(pathname.lastIndexOf('/') + 1), request.json ?? formOf(request)];
    }),
  };
}

const NUMBER = ['PN1.json', { SmsUrl: '' }];
const SERVICE = [SERVICE_SID, { InboundRequestUrl: '' }];
const CODE = ['SC1.json', { SmsUrl: '' }];
const WEBHOOK = ['XE1', { webhook: { callback_url: '' } }];

test.each<[string, TwilioSettings, string, unknown[]]>([
  ['a number', SMS, 'number', [NUMBER]],
  ['a short code', SHORT, 'number', [CODE]],
  ['a WhatsApp sender', SENDER, 'sender', [WEBHOOK]],
  ['a Messaging Service', SERVICE_ONLY, 'messaging_service', [SERVICE]],
])('%s loses our URL, and nobody else loses theirs', async (_name, settings, step, expected) => {
  for (const url of [OURS, FORMER, REPEATED]) {
    const ours = await removed(settings, provider(url));
    expect(ours.told).toEqual([[step, true]]);
    expect(ours.posted).toEqual(expected);
  }
  for (const url of [OTHER, '']) {
    const theirs = await removed(settings, provider(url));
    expect(theirs.told).toEqual([[step, true]]);
    expect(theirs.posted).toEqual([]);
  }
});

test('a Messaging Service keeps the URL while another account here uses it', async () => {
  const alone = await removed(BOTH, provider(OURS), [SMS]);
  expect(alone.posted).toEqual([NUMBER, SERVICE]);
  const shared = await removed(BOTH, provider(OURS), [SERVICE_ONLY]);
  expect(shared.told).toEqual([['number', true]]);
  expect(shared.posted).toEqual([NUMBER]);
});

test('a name has nothing, and a number that is gone neither', async () => {
  expect(await removed(smsWith({ from: 'Parley' }))).toMatchObject({ told: [], posted: [] });
  const gone = await removed(smsWith({ from: '+15550009999' }));
  expect(gone).toMatchObject({ told: [['number', true]], posted: [] });
  expect(await removed(GONE)).toMatchObject({ told: [['sender', true]], posted: [] });
});

test("Twilio's sandbox is set up by hand, and is cleared by hand", async () => {
  const { told, details } = await removed(WHATSAPP);
  expect(told).toEqual([['sender', false]]);
  expect(details[0]).toContain(OURS);
});

test.each<[string, TwilioSettings, string[]]>([
  ['a number and its service', BOTH, ['+15550002222', SERVICE_SID]],
  ['a WhatsApp sender', SENDER, ['+14155550100']],
])('what Twilio refuses for %s is said, with what stays and without a secret', async (_name, settings, named) => {
  const refuse = ({ method }: HttpRequest) => (method === 'POST' ? twilioError(20003, 401) : undefined);
  const { told, details } = await removed(settings, provider(OURS, refuse));
  expect(told.map(([, ok]) => ok)).toEqual(named.map(() => false));
  for (const [index, name] of named.entries()) {
    expect(details[index]).toContain(name);
    expect(details[index]).toMatch(/may go on calling .*Twilio Console/);
  }
  const secret = String(settings.authToken);
  const lost = await removed(
    settings,
    provider(OURS, () => new SendError('unreachable', secret)),
  );
  expect(lost.told.map(([, ok]) => ok)).toEqual(named.map(() => false));
  expect(JSON.stringify(lost.details)).not.toContain(secret);
});
