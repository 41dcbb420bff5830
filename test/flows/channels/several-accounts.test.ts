/** What others report of systems with several accounts at one provider; each test names the report. */
import type { Account, Page } from '../../../contract/api.ts';
import type { DeadLetter } from '../../../contract/dead-letter.ts';
import { SMS_TEXT } from '../../channels/twilio/fixtures/webhooks.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';
import { startMetaSandbox } from '../../sandbox/meta/sandbox.ts';
import { signatureOf } from '../../sandbox/twilio/webhooks.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { ACCOUNT, closeApps, closing, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { freePort } from '../../support/free-port.ts';
import { postWebhook, webhookOf } from '../../support/webhook.ts';
import { ANA, metaAccount } from './meta-fixture.ts';

afterEach(closeApps);

async function save(app: App, channel: string, externalId: string, settings: object): Promise<Account> {
  const path = `/v1/accounts/${channel}/${encodeURIComponent(externalId)}`;
  return (await app.call('PUT', path, { settings })).body as Account;
}

const deadLetters = async (app: App) => ((await app.call('GET', '/v1/dead-letters')).body as Page<DeadLetter>).data;

// ChatbotXIO/ChatbotX#746: to delete one of the two unsubscribes the Page for both, or for neither.
test.each([
  ['messenger', 'instagram'],
  ['instagram', 'messenger'],
] as const)(
  'a Page with Messenger and Instagram: without %s it goes on for %s, and ends with both',
  async (gone, left) => {
    const port = await freePort();
    const env = { PARLEY_PORT: String(port), PARLEY_PUBLIC_URL: `http://127.0.0.1:${port}` };
    const app = await startApp({ registered: false, env });
    const meta = await startMetaSandbox({ clock: app.clock });
    closing(() => meta.close());
    const saved = new Map<string, Account>();
    for (const platform of [gone, left] as const) {
      const { externalId, settings } = metaAccount(platform, meta.url);
      saved.set(platform, await save(app, platform, externalId, settings));
    }
    const heard = async (on: typeof gone) => (await meta[on].customer.sends({ from: ANA, text: 'hello' })).status;
    const remove = (on: string) => app.call('DELETE', `/v1/accounts/${saved.get(on)?.id}`);
    expect([await heard(gone), await heard(left)]).toEqual([200, 200]);
    await remove(gone);
    expect([await heard(gone), await heard(left)]).toEqual([undefined, 200]);
    await remove(left);
    expect([await heard(gone), await heard(left)]).toEqual([undefined, undefined]);
    const url = `${meta.url}/v25.0/${META_DEFAULTS.pageId}/subscribed_apps`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${META_DEFAULTS.pageAccessToken}` } });
    expect(await answer.json()).toEqual({ data: [] });
  },
);

// chatwoot/chatwoot#12029: of two numbers with tokens of their own, Meta proves the one URL with either.
test('the URL of two numbers is proved by the verify token of each', async () => {
  const app = await startApp();
  const other = sandboxSettings(app.sandbox, { phoneNumberId: '222', verifyToken: 'the token of the other' });
  expect((await save(app, 'whatsapp', '222', other)).webhookUrl).toBe(app.account.webhookUrl);
  const ask = async (token: string) => {
    const query = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': '42' });
    return (await fetch(`${app.account.webhookUrl}?${query}`)).status;
  };
  expect([await ask(SANDBOX_DEFAULTS.verifyToken), await ask('the token of the other')]).toEqual([200, 200]);
  expect(await ask('of nobody')).toBe(401);
});

// chatwoot/chatwoot#14492, #8845: a number that the provider spells otherwise (Brazil's ninth digit) is an unknown channel.
test('a number is known by its id, however its digits are spelled', async () => {
  const app = await startApp();
  const workflow = await app.listen();
  const said = JSON.parse(webhookOf().body.toString()) as { entry: [{ changes: [{ value: { metadata: object } }] }] };
  Object.assign(said.entry[0].changes[0].value.metadata, { display_phone_number: '551187654321' });
  await app.sandbox.webhooks.emitRaw(said, app.account.webhookUrl).done;
  await workflow.took(1);
});

// Auxx-Ai/auxx-ai#1699, chatwoot/chatwoot#5896: a number that comes back after it was deleted is a stranger, or cannot come back.
test('an account that is deleted while its webhooks wait comes back, with all that was accepted', async () => {
  const app = await startApp();
  await app.service.pipelines.driver.stop();
  expect((await postWebhook(app.account.webhookUrl, webhookOf({ text: 'before' })))?.status).toBe(200);
  await app.call('DELETE', `/v1/accounts/${app.account.id}`);
  expect((await postWebhook(app.account.webhookUrl, webhookOf({ text: 'meanwhile' })))?.status).toBe(404);
  await app.stop();
  await app.start();
  await app.idle();
  const [letter] = await deadLetters(app);
  expect(letter).toMatchObject({
    type: 'unrouted',
    code: 'no_account',
    detail: expect.stringContaining('was deleted'),
  });
  const replay = () => app.call('POST', `/v1/dead-letters/${letter?.id}/replay`);
  expect(await replay()).toMatchObject({ status: 409, body: { code: 'account_required' } });
  const again = await save(app, 'whatsapp', ACCOUNT.externalId, sandboxSettings(app.sandbox));
  expect(again).toMatchObject({ id: app.account.id, webhookUrl: app.account.webhookUrl });
  const workflow = await app.listen();
  expect((await replay()).status).toBe(200);
  expect((await postWebhook(app.account.webhookUrl, webhookOf({ text: 'after' })))?.status).toBe(200);
  const texts = (await workflow.took(2)).map(({ message }) => (message?.content as { text?: string }).text);
  expect(texts).toEqual(['before', 'after']);
  expect(await deadLetters(app)).toEqual([]);
});

describe('Twilio', () => {
  const sid = (prefix: string, digit: number) => `${prefix}${String(digit).padStart(32, '0')}`;
  const SERVICE = sid('MG', 1);
  let count = 0;

  async function post({ webhookUrl }: Account, form: Record<string, string>, token: string): Promise<number> {
    const ids = sid('SM', ++count);
    const all = { ...SMS_TEXT, MessageSid: ids, SmsMessageSid: ids, SmsSid: ids, ...form };
    const body = new URLSearchParams(all);
    const headers = { 'x-twilio-signature': signatureOf(token, webhookUrl, new URLSearchParams(body.toString())) };
    return (await fetch(webhookUrl, { method: 'POST', headers, body })).status;
  }

  // twilio/twilio-node#693, twilio/twilio-php#436: each subaccount signs with its own token, and one check for all refuses them.
  test('each subaccount is proved by its own token, and by no other', async () => {
    const app = await startApp({ registered: false });
    const subaccount = (digit: number) => {
      const settings = { accountSid: sid('AC', digit), authToken: `token of ${digit}`, from: `+1555000000${digit}` };
      return save(app, 'twilio_sms', settings.from, { ...settings, baseUrl: app.sandbox.url });
    };
    const [one, two] = [await subaccount(1), await subaccount(2)];
    const heard = await app.listen({ account: { channel: 'twilio_sms', externalId: '+15550000002' } });
    const form = (digit: number) => ({ AccountSid: sid('AC', digit), To: `+1555000000${digit}` });
    expect(await post(two, form(2), 'token of 2')).toBe(200);
    expect(await post(two, form(2), 'token of 1')).toBe(401);
    expect(await post(one, form(2), 'token of 2')).toBe(401);
    expect(await post(one, form(2), 'token of 1')).toBe(400);
    await heard.took(1);
    await app.idle();
    expect(heard.taken()).toHaveLength(1);
  });

  // chatwoot/chatwoot#5040, #4204, nyaruka/courier#420: what names the service is for its account, though its number has one of its own.
  test('what comes by a Messaging Service is for the account of the number, else for that of the service', async () => {
    const app = await startApp({ registered: false });
    const settings = { accountSid: SMS_TEXT['AccountSid'], authToken: 'the token', baseUrl: app.sandbox.url };
    const service = await save(app, 'twilio_sms', SERVICE, { ...settings, messagingServiceSid: SERVICE });
    await save(app, 'twilio_sms', '+15550002222', { ...settings, from: '+15550002222' });
    const listen = (externalId: string) => app.listen({ account: { channel: 'twilio_sms', externalId } });
    const [byService, byNumber] = [await listen(SERVICE), await listen('+15550002222')];
    for (const To of ['+15550002222', '+15550003333']) {
      expect(await post(service, { To, Body: `to ${To}`, MessagingServiceSid: SERVICE }, 'the token')).toBe(200);
    }
    expect(await byNumber.took(1)).toMatchObject([{ message: { content: { text: 'to +15550002222' } } }]);
    expect(await byService.took(1)).toMatchObject([{ message: { content: { text: 'to +15550003333' } } }]);
    await app.idle();
    expect([byService.taken().length, byNumber.taken().length]).toEqual([1, 1]);
  });
});
