/** Whatever comes in at 360dialog's URL that is wrong: a clear answer; nothing is changed, nothing secret is told. */
import { createHmac } from 'node:crypto';
import type { Account, Problem } from '../../../contract/api.ts';
import { DIALOG360_DEFAULTS } from '../../sandbox/dialog360/defaults.ts';
import { ANA, closeApps, startApp, type App } from '../../support/app.ts';

const EXTERNAL_ID = DIALOG360_DEFAULTS.phoneNumberId;
const PATH = `/v1/accounts/dialog360/${EXTERNAL_ID}`;
const PLATFORM_SECRET = 'the-secret-of-the-platform';
const { apiKey, webhookHeader, webhookSecret } = DIALOG360_DEFAULTS;
const SETTINGS = { ...DIALOG360_DEFAULTS, platformSecret: PLATFORM_SECRET };
/** Stands in every body; it must be found nowhere else. */
const MARK = 'utterly-private-words';

const message = { from: ANA, id: 'wamid.x', timestamp: '1767268800', type: 'text', text: { body: MARK } };
const value = { metadata: { phone_number_id: EXTERNAL_ID }, messages: [message] };
const WEBHOOK = JSON.stringify({
  object: 'whatsapp_business_account',
  entry: [{ id: DIALOG360_DEFAULTS.wabaId, changes: [{ field: 'messages', value }] }],
});
const sign = (body: string, secret = PLATFORM_SECRET) => createHmac('sha256', secret).update(body).digest('hex');
const GOOD = sign(WEBHOOK);

let app: App;
let account: Account;

beforeAll(async () => {
  app = await startApp({ registered: false, env: { PARLEY_MAX_WEBHOOK_BYTES: '300000' } });
  account = (await app.call('PUT', PATH, { settings: SETTINGS })).body as Account;
});
afterAll(closeApps);

type Headers = Record<string, string>;
const both = (body: string): Headers => ({ [webhookHeader]: webhookSecret, 'x-360dialog-signature': sign(body) });

async function refused(body: string, headers: Headers, status: number, code: string): Promise<Problem> {
  const before = app.dump();
  const logged = app.log.lines.length;
  const answer = await fetch(account.webhookUrl, { method: 'POST', body, headers });
  const text = await answer.text();
  await app.idle();
  expect(app.dump()).toEqual(before);
  const told = text + JSON.stringify([...answer.headers]) + JSON.stringify(app.log.lines.slice(logged));
  for (const secret of [apiKey, webhookSecret, PLATFORM_SECRET, MARK, GOOD, app.key])
    expect(told).not.toContain(secret);
  const problem = JSON.parse(text) as Problem;
  expect({ status: answer.status, code: problem.code }).toEqual({ status, code });
  return problem;
}

test('a good one is taken', async () => {
  const answer = await fetch(account.webhookUrl, { method: 'POST', body: WEBHOOK, headers: both(WEBHOOK) });
  expect(answer.status).toBe(200);
  await app.idle();
});

test.each<[string, Headers]>([
  ['with nothing', {}],
  ['without the header', { 'x-360dialog-signature': GOOD }],
  ['without the signature', { [webhookHeader]: webhookSecret }],
  ['with the secret in another header', { authorization: webhookSecret, 'x-360dialog-signature': GOOD }],
  ['with a part of the secret', { ...both(WEBHOOK), [webhookHeader]: webhookSecret.slice(0, -1) }],
  ['with more than the secret', { ...both(WEBHOOK), [webhookHeader]: `${webhookSecret}x` }],
  ['with the API key instead', { ...both(WEBHOOK), [webhookHeader]: apiKey }],
  ['signed with another secret', { ...both(WEBHOOK), 'x-360dialog-signature': sign(WEBHOOK, 'not-the-secret') }],
  ['signed over another body', { ...both(WEBHOOK), 'x-360dialog-signature': sign(`${WEBHOOK} `) }],
  [
    'with one wrong digit',
    { ...both(WEBHOOK), 'x-360dialog-signature': GOOD.replace(/.$/, (d) => (d === '0' ? '1' : '0')) },
  ],
  ['with a truncated signature', { ...both(WEBHOOK), 'x-360dialog-signature': GOOD.slice(0, -1) }],
  ['with a signature that is not hex', { ...both(WEBHOOK), 'x-360dialog-signature': 'z'.repeat(64) }],
  ['with an upper-case signature', { ...both(WEBHOOK), 'x-360dialog-signature': GOOD.toUpperCase() }],
  ['with the weaker algorithm', { ...both(WEBHOOK), 'x-360dialog-signature': `sha1=${GOOD.slice(0, 40)}` }],
  ["with Meta's header", { [webhookHeader]: webhookSecret, 'x-hub-signature-256': `sha256=${GOOD}` }],
])('a webhook %s is refused', async (_name, headers) => {
  await refused(WEBHOOK, headers, 401, 'invalid_signature');
});

const deep = `{"object":"whatsapp_business_account","entry":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
test.each<[string, string]>([
  ['is not JSON', `{"object": ${MARK}`],
  ['is empty', ''],
  ['is no object', '[1, 2, 3]'],
  ['is of another product', '{"object":"page","entry":[]}'],
  ['has entries that are no list', '{"object":"whatsapp_business_account","entry":{}}'],
  ['nests deeply', deep],
])('one that %s is refused though it is authentic', async (_name, body) => {
  await refused(body, both(body), 400, 'invalid_body');
});

test.each([
  ['messages', { contacts: [{ wa_id: ANA }], messages: [{ text: { body: MARK } }] }],
  ['statuses', { statuses: [{ id: 'x', status: 'delivered' }] }],
])('%s of the retired hosting are refused, and the log says why', async (_name, retired) => {
  const body = JSON.stringify(retired);
  await refused(body, both(body), 400, 'invalid_body');
  expect(JSON.stringify(app.log.lines)).toContain('retired on-premise hosting');
});

test('one over the limit is refused', async () => {
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [], pad: 'x'.repeat(300_000) });
  await refused(body, both(body), 413, 'body_too_large');
});

test.each([
  ['an API key with a line break', { apiKey: `${MARK}\n` }, 'apiKey'],
  ['a short webhook secret', { webhookSecret: 'short' }, 'webhookSecret'],
  ['a header of its own', { webhookHeader: 'x-mine' }, 'webhookHeader'],
  ['a phone number as its ID', { phoneNumberId: '+4915112345678' }, 'phoneNumberId'],
  ['an http address', { baseUrl: 'http://waba-v2.360dialog.io' }, 'baseUrl'],
  ['an unknown setting', { colour: MARK }, 'colour'],
])('an account with %s is refused by name', async (_name, change, field) => {
  const answer = await app.call('PUT', PATH, { settings: { ...SETTINGS, ...change } });
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_settings', errors: [{ field }] } });
  for (const secret of [apiKey, webhookSecret, PLATFORM_SECRET, MARK]) expect(answer.text).not.toContain(secret);
});
