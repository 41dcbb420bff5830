import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { authTokens } from '../../../service/src/channels/twilio/settings.ts';
import { CREDENTIAL, SENDER, SERVICE_SID, smsWith, SMS_CREDENTIAL, TOKEN, whatsappWith } from './support.ts';

const smsIssues = (change: Record<string, unknown>) =>
  twilioSms.settings.safeParse({ ...SMS_CREDENTIAL, ...change }).error?.issues.map(({ path }) => path.join('.'));
const whatsappIssues = (change: Record<string, unknown>) =>
  twilioWhatsApp.settings.safeParse({ ...CREDENTIAL, ...change }).error?.issues.map(({ path }) => path.join('.'));

test.each([
  ['a number', '+15550002222'],
  ['a short code', '55512'],
  ['a name', 'Parley'],
  ['a name of two words', 'Shop & Co'],
])('SMS is sent from %s', (_name, from) => {
  expect(twilioSms.externalId(smsWith({ from }))).toBe(from);
});

test('SMS may have a Messaging Service only, which then names the account', () => {
  const settings = smsWith({ from: undefined, messagingServiceSid: SERVICE_SID });
  expect(twilioSms.externalId(settings)).toBe(SERVICE_SID);
  expect(twilioSms.addresses(settings)).toEqual([SERVICE_SID, 'any number']);
});

test.each([[SENDER], [`whatsapp:${SENDER}`], [`WhatsApp:${SENDER}`]])('WhatsApp is sent from %s', (from) => {
  const settings = whatsappWith({ from });
  expect(settings.from).toBe(SENDER);
  expect(twilioWhatsApp.addresses(settings)).toEqual([SENDER]);
});

test.each([
  [{ accountSid: 'AC1' }, ['accountSid']],
  [{ accountSid: undefined }, ['accountSid']],
  [{ from: 'a name that is long' }, ['from']],
  [{ from: '1' }, ['from']],
  [{ from: ' Shop' }, ['from']],
  [{ from: 'Shop ' }, ['from']],
  [{ from: undefined }, ['from']],
  [{ messagingServiceSid: 'MG' }, ['messagingServiceSid']],
  [{ apiKeySid: undefined }, ['apiKeySid']],
  [{ apiKeySecret: undefined }, ['apiKeySecret']],
  [{ authToken: undefined, apiKeySid: undefined, apiKeySecret: undefined }, ['authToken']],
  [{ authToken: [] }, ['authToken']],
  [{ baseUrl: 'http://example.com' }, ['baseUrl']],
  [{ baseUrl: 'https://user@example.com' }, ['baseUrl']],
])('%j is refused', (change, path) => {
  expect(smsIssues(change)).toEqual(path);
});

test.each([[{ from: undefined }], [{ from: '55512' }], [{ from: 'Parley' }]])('WhatsApp refuses %j', (change) => {
  expect(whatsappIssues(change)).toEqual(['from']);
});

test('either the token or an API key is enough', () => {
  expect(smsIssues({ authToken: undefined })).toBeUndefined();
  expect(smsIssues({ apiKeySid: undefined, apiKeySecret: undefined })).toBeUndefined();
});

test('tokens are one or several', () => {
  expect(authTokens(smsWith())).toEqual([TOKEN]);
  expect(authTokens(smsWith({ authToken: [TOKEN, 'another-token'] }))).toEqual([TOKEN, 'another-token']);
  expect(authTokens(smsWith({ authToken: undefined }))).toEqual([]);
});

test("a stand-in's address loses its slash", () => {
  expect(smsWith({ baseUrl: 'http://127.0.0.1:4012/' }).baseUrl).toBe('http://127.0.0.1:4012');
});
