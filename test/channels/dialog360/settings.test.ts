import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import { PHONE_ID, WABA_ID } from '../whatsapp/support.ts';
import { API, CREDENTIAL, settingsWith } from './support.ts';

test('only the key and the number are required', () => {
  const { apiKey, phoneNumberId } = CREDENTIAL;
  expect(dialog360.settings.parse({ apiKey, phoneNumberId })).toEqual({
    ...{ apiKey, phoneNumberId },
    ...{ webhookHeader: 'x-parley-webhook-secret', baseUrl: API },
  });
});

test.each([
  ['apiKey', ''],
  ['apiKey', 'with\nbreak'],
  ['apiKey', undefined],
  ['phoneNumberId', undefined],
  ['phoneNumberId', '+4915100000000'],
  ['phoneNumber', 'Ana'],
  ['wabaId', 'x'],
  ['webhookHeader', 'X-Mine'],
  ['webhookHeader', ''],
  ['webhookSecret', 'short'],
  ['webhookSecret', 'long enough, but\r\nx: y'],
  ['webhookSecret', ' begins with a space, ends with one '],
  ['webhookSecret', 'größer als ASCII ist dieser Wert'],
  ['platformSecret', ''],
  ['platformSecret', []],
  ['platformSecret', ['']],
  ['baseUrl', 'http://waba-v2.360dialog.io'],
  ['baseUrl', 'http://127.0.0.1.evil.example'],
  ['baseUrl', 'https://user:pw@waba-v2.360dialog.io'],
  ['baseUrl', 'https://waba-v2.360dialog.io/?x=1'],
  ['baseUrl', 'waba'],
  ['surplus', 1],
])('%s of %j is refused by name', (name, value) => {
  const { error } = dialog360.settings.safeParse({ ...CREDENTIAL, [name]: value });
  const isNamed = error?.issues.some(
    (issue) => issue.path[0] === name || ('keys' in issue && issue.keys?.includes(name)),
  );
  expect(isNamed).toBe(true);
});

test.each([
  ['https://waba-sandbox.360dialog.io/', 'https://waba-sandbox.360dialog.io'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
])('base address %s is read as %s', (baseUrl, read) => {
  expect(settingsWith({ baseUrl }).baseUrl).toBe(read);
});

test('the account is its number; its WABA is an address, or any when its own is not known', () => {
  expect(dialog360.externalId(settingsWith())).toBe(PHONE_ID);
  expect(dialog360.addresses(settingsWith())).toEqual([`phone:${PHONE_ID}`, `waba:${WABA_ID}`]);
  expect(dialog360.addresses(settingsWith({ wabaId: undefined }))).toEqual([`phone:${PHONE_ID}`, 'any waba']);
});
