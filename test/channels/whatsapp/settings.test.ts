import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { CREDENTIAL, PHONE_ID, settingsWith, WABA_ID } from './support.ts';

test('only the token and the number are required; version and address have defaults', () => {
  const { accessToken, phoneNumberId } = CREDENTIAL;
  expect(whatsapp.settings.parse({ accessToken, phoneNumberId })).toMatchObject({
    accessToken,
    phoneNumberId,
    apiVersion: 'v23.0',
    baseUrl: 'https://graph.facebook.com',
  });
});

test.each([
  ['accessToken', ''],
  ['accessToken', undefined],
  ['phoneNumberId', undefined],
  ['phoneNumberId', '+15550001111'],
  ['phoneNumberId', '1/../2'],
  ['wabaId', 'x'],
  ['appId', 12],
  ['appSecret', []],
  ['appSecret', ['']],
  ['verifyToken', ''],
  ['apiVersion', '23.0'],
  ['apiVersion', 'v23.0/..'],
  ['baseUrl', 'http://graph.facebook.com'],
  ['baseUrl', 'http://127.0.0.1.evil.example'],
  ['baseUrl', 'https://user:pw@graph.facebook.com'],
  ['baseUrl', 'https://graph.facebook.com/?x=1'],
  ['baseUrl', 'ftp://graph.facebook.com'],
  ['baseUrl', 'graph'],
  ['surplus', 1],
])('%s of %j is refused by name', (name, value) => {
  const { error } = whatsapp.settings.safeParse({ ...CREDENTIAL, [name]: value });
  const isNamed = error?.issues.some(
    (issue) => issue.path[0] === name || ('keys' in issue && issue.keys?.includes(name)),
  );
  expect(isNamed).toBe(true);
});

test.each([
  ['https://graph.facebook.com/', 'https://graph.facebook.com'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://localhost:8080/base/', 'http://localhost:8080/base'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
])('base address %s is read as %s', (baseUrl, read) => {
  expect(settingsWith({ baseUrl }).baseUrl).toBe(read);
});

test('the account is its number; its WABA is an address, or any when its own is not known', () => {
  expect(whatsapp.externalId(settingsWith())).toBe(PHONE_ID);
  expect(whatsapp.addresses(settingsWith())).toEqual([`phone:${PHONE_ID}`, `waba:${WABA_ID}`]);
  expect(whatsapp.addresses(settingsWith({ wabaId: undefined }))).toEqual([`phone:${PHONE_ID}`, 'any waba']);
});
