/** Whatever comes in for Twilio that is wrong: a clear, stable answer; nothing is changed, nothing secret is told. */
import type { Answer } from '../../support/api-client.ts';
import { TWILIO_DEFAULTS } from '../../sandbox/twilio/defaults.ts';
import { signatureOf, signedJson } from '../../sandbox/twilio/webhooks.ts';
import { SMS_TEXT } from '../../channels/twilio/fixtures/webhooks.ts';
import { closeTwilioApps, startTwilioApp, twilioSettings, type TwilioApp } from './twilio-fixture.ts';

/** One service for every row: none of them may change anything. */
let shared: TwilioApp;
beforeAll(async () => {
  shared = await startTwilioApp('sms');
});
afterAll(closeTwilioApps);

const { authToken, smsNumber, accountSid } = TWILIO_DEFAULTS;
/** Stands in every body that a test sends; it must be found nowhere else. */
const MARK = 'utterly-private-words';
const FORM = { ...SMS_TEXT, To: smsNumber, Body: MARK };
const encoded = (form: Record<string, string>) => new URLSearchParams(form).toString();
const BODY = encoded(FORM);

const signed = (body: string, url = shared.account.webhookUrl, token: string = authToken) =>
  signatureOf(token, url, new URLSearchParams(body));

interface Posted {
  body?: string;
  signature?: string;
  path?: string;
  type?: string;
}

function post({ body = BODY, signature, path, type = 'application/x-www-form-urlencoded' }: Posted): Promise<Answer> {
  const { app, account } = shared;
  const headers: Record<string, string> = { authorization: '', 'content-type': type };
  if (signature !== undefined) headers['x-twilio-signature'] = signature;
  return app.call('POST', path ?? account.webhookUrl.slice(app.url.length), body, headers);
}

/** Runs the call and checks what every refusal has in common. */
async function refused(call: () => Promise<Answer>, status: number, code: string): Promise<Answer> {
  const { app } = shared;
  await app.idle();
  const before = app.dump();
  const logged = app.log.lines.length;
  const answer = await call();
  expect(answer).toMatchObject({ status, body: { status, code, detail: expect.any(String) } });
  await app.idle();
  expect(app.dump()).toEqual(before);
  const told = answer.text + JSON.stringify([...answer.headers]) + JSON.stringify(app.log.lines.slice(logged));
  for (const secret of [authToken, signed(BODY), MARK, app.key]) expect(told).not.toContain(secret);
  return answer;
}

describe('a webhook', () => {
  test.each<[string, () => Posted]>([
    ['without a signature', () => ({})],
    ['with an empty signature', () => ({ signature: '' })],
    ['signed with another token', () => ({ signature: signed(BODY, undefined, 'another-token') })],
    ['signed over another body', () => ({ signature: signed(`${BODY}&Extra=1`) })],
    ['signed for another URL', () => ({ signature: signed(BODY, 'https://hooks.example.com/in') })],
    ['with one wrong letter', () => ({ signature: signed(BODY).replace(/^./, (a) => (a === 'A' ? 'B' : 'A')) })],
    ['with a truncated signature', () => ({ signature: signed(BODY).slice(0, -1) })],
    ['with more than a signature', () => ({ signature: `${signed(BODY)}A` })],
    [
      'with a query that was not signed',
      () => {
        const path = `${new URL(shared.account.webhookUrl).pathname}?message=msg_1`;
        return { signature: signed(BODY), path };
      },
    ],
    [
      'that is JSON with a signature of its URL',
      () => ({
        ...{ signature: signatureOf(authToken, shared.account.webhookUrl, []), type: 'application/json' },
        body: JSON.stringify(FORM),
      }),
    ],
    [
      'whose digest is that of another body',
      () => {
        const { url, signature } = signedJson(authToken, shared.account.webhookUrl, Buffer.from('{}'));
        return {
          signature,
          path: url.slice(shared.app.url.length),
          body: JSON.stringify(FORM),
          type: 'application/json',
        };
      },
    ],
  ])('%s is refused', async (_name, posted) => {
    await refused(() => post(posted()), 401, 'invalid_signature');
  });

  test.each<[string, string]>([
    ['that is empty', ''],
    ['that is no form', `{"Body": "${MARK}"}`],
    ['that nests without end', '['.repeat(50_000)],
    ['of another account', encoded({ ...FORM, AccountSid: `AC${'9'.repeat(32)}` })],
    ['of no account', encoded({ Body: MARK })],
  ])('%s is refused though it is signed', async (_name, body) => {
    await refused(() => post({ body, signature: signed(body) }), 400, 'invalid_body');
  });

  test('that is JSON with its digest but no object is refused', async () => {
    const { url, signature } = signedJson(authToken, shared.account.webhookUrl, Buffer.from('[1]'));
    const posted = { signature, path: url.slice(shared.app.url.length), body: '[1]', type: 'application/json' };
    await refused(() => post(posted), 400, 'invalid_body');
  });

  test('for an account without a token is refused, signed or not', async () => {
    const { app, sandbox } = shared;
    const { apiKeySid, apiKeySecret } = TWILIO_DEFAULTS;
    const { authToken: _, ...settings } = twilioSettings('whatsapp', sandbox.url);
    const path = `/v1/accounts/twilio_whatsapp/${encodeURIComponent(String(settings['from']))}`;
    const answer = await app.call('PUT', path, { settings: { ...settings, apiKeySid, apiKeySecret } });
    const { webhookUrl } = answer.body as { webhookUrl: string };
    const there = webhookUrl.slice(app.url.length);
    const call = (signature?: string) => () => post({ path: there, ...(signature !== undefined && { signature }) });
    await refused(call(), 401, 'signature_not_configured');
    await refused(call(signed(BODY, webhookUrl)), 401, 'signature_not_configured');
    await refused(call(signed(BODY, webhookUrl, '')), 401, 'signature_not_configured');
  });

  test('that is got instead of posted is refused', async () => {
    const answer = await fetch(`${shared.account.webhookUrl}?${BODY}`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe('settings', () => {
  const put = (externalId: string, settings: unknown) => () =>
    shared.app.call('PUT', `/v1/accounts/twilio_sms/${encodeURIComponent(externalId)}`, { settings });
  const good = { accountSid, authToken, from: smsNumber };

  test.each<[string, Record<string, unknown>]>([
    ['none', {}],
    ['no account', { ...good, accountSid: 'AC1' }],
    ['a member too many', { ...good, password: MARK }],
    ['half an API key', { ...good, apiKeySid: `SK${'0'.repeat(32)}` }],
    ['a stand-in that is no https URL', { ...good, baseUrl: 'http://twilio.example' }],
    ['no sender', { accountSid, authToken }],
    ['an empty list of tokens', { ...good, authToken: [] }],
  ])('%s are refused', async (_name, settings) => {
    await refused(put(smsNumber, settings), 400, 'invalid_settings');
  });

  test('of another sender than the URL says are refused', async () => {
    const answer = await refused(put('+15559999999', good), 400, 'invalid_settings');
    expect(answer.text).not.toContain(authToken);
  });
});

describe('a send', () => {
  const send = (more: Record<string, unknown>) => () => shared.send('hello', more as never);
  test.each<[string, Record<string, unknown>, string]>([
    ['to nobody', { to: 'Ana' }, 'invalid_recipient'],
    ['to a user id by SMS', { to: 'US.1234' }, 'invalid_recipient'],
    [
      'of a kind that SMS lacks',
      { content: { type: 'location', latitude: 1, longitude: 1 } },
      'unsupported_by_channel',
    ],
    ['that is too long', { content: { type: 'text', text: 'x'.repeat(1_601) } }, 'invalid_content'],
    ['of an uploaded file', { content: { type: 'image', mediaId: '1' } }, 'invalid_content'],
    [
      'with parameters that are not its own',
      { content: { type: 'native', body: { Body: 'x', To: '+1' } } },
      'invalid_content',
    ],
    ['with an option that Twilio lacks', { options: { maxPrice: 1 } }, 'invalid_content'],
    ['at no time', { options: { sendAt: 'soon' } }, 'invalid_content'],
  ])('%s is refused at once', async (_name, more, code) => {
    await refused(send(more), 400, code);
  });

  test('a file cannot be uploaded', async () => {
    const query = new URLSearchParams({ channel: 'twilio_sms', externalId: smsNumber, filename: 'a.png' });
    const answer = await shared.app.call('POST', `/v1/media?${query}`, 'png', { 'content-type': 'image/png' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'unsupported_by_channel' } });
    expect(answer.text).toMatch(/links only/);
  });

  test.each([
    ['message.cancel', {}],
    ['message.cancel', { messageId: '../..' }],
    ['link.make', { reference: 'x' }],
  ])('the action %s takes no %j', async (name, input) => {
    expect((await shared.act(name, input)).status).toBe(400);
  });
});
