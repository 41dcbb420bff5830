/** Whatever comes in that is wrong: a clear, stable answer; nothing is changed, nothing secret is told. */
import { createHmac } from 'node:crypto';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { ACCOUNT, ANA, closeApps, sandboxSettings, startApp, type App } from '../../support/app.ts';
import type { Answer } from '../../support/api-client.ts';

/** One service for every row: none of them may change anything. Tests that do change something start their own. */
let shared: App;
beforeAll(async () => {
  shared = await startApp();
  await shared.sandbox.customer.sends({ from: ANA, text: 'hi' });
});
afterAll(closeApps);

const SECRET = SANDBOX_DEFAULTS.appSecret;
/** Stands in every body that a test sends; it must be found nowhere else. */
const SLOT = { id: '1', startsAt: '2026-01-01T12:00:00Z', durationMs: 60_000 };
const PAYMENT = {
  type: 'payment_request' as const,
  text: 'Pay',
  payment: { reference_id: 'o-1', currency: 'INR', total_amount: {}, order: {} },
};
const MARK = 'utterly-private-words';

const sign = (body: string, secret: string = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

const WEBHOOK = JSON.stringify({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: SANDBOX_DEFAULTS.wabaId,
      changes: [
        {
          field: 'messages',
          value: {
            metadata: { phone_number_id: ACCOUNT.externalId },
            messages: [{ from: ANA, id: 'wamid.x', timestamp: '1767268800', type: 'text', text: { body: MARK } }],
          },
        },
      ],
    },
  ],
});

type Body = { code?: string; status?: number; errors?: { field: string; message: string }[] };

/** Runs the call and checks what every refusal has in common. */
async function refused(app: App, call: () => Promise<Answer>, status: number, code: string): Promise<Body> {
  await app.idle();
  const before = app.dump();
  const logged = app.log.lines.length;
  const answer = await call();
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ status, code, type: `urn:parley:problem:${code}`, detail: expect.any(String) });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  await app.idle();
  expect(app.dump()).toEqual(before);
  const told = answer.text + JSON.stringify([...answer.headers]) + JSON.stringify(app.log.lines.slice(logged));
  for (const secret of secrets(app)) expect(told).not.toContain(secret);
  return answer.body as Body;
}

function secrets(app: App): string[] {
  const { accessToken, appSecret, verifyToken } = SANDBOX_DEFAULTS;
  const digest = sign(WEBHOOK).slice('sha256='.length);
  const proof = createHmac('sha256', appSecret).update(accessToken).digest('hex');
  return [accessToken, appSecret, verifyToken, MARK, digest, proof, app.key];
}

describe('a webhook', () => {
  const post = (app: App, body: string, signature: string, url = app.account.webhookUrl) =>
    app.call('POST', url.slice(app.url.length), body, {
      authorization: '',
      'content-type': 'application/json',
      'x-hub-signature-256': signature,
    });

  const good = sign(WEBHOOK);
  const flipped = good.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  test.each<[string, string]>([
    ['signed with another secret', sign(WEBHOOK, 'not-the-secret')],
    ['signed over another body', sign(`${WEBHOOK} `)],
    ['with one wrong digit', flipped],
    ['without a signature', ''],
    ['with a truncated signature', good.slice(0, -1)],
    ['with half a signature', good.slice(0, 39)],
    ['with more than a signature', `${good}00`],
    ['with a signature that is not hex', `sha256=${'z'.repeat(64)}`],
    ['with an upper-case signature', good.toUpperCase()],
    ['without the name of the algorithm', good.slice(7)],
    ['signed with the weaker algorithm', good.replace('sha256', 'sha1')],
  ])('%s is refused', async (_name, signature) => {
    const app = shared;
    await refused(app, () => post(app, WEBHOOK, signature), 401, 'invalid_signature');
  });

  test('for an account without a secret is refused, signed or not', async () => {
    const app = await startApp();
    const { appSecret: _, ...settings } = sandboxSettings(app.sandbox);
    await app.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, { settings });
    await refused(app, () => post(app, WEBHOOK, good), 401, 'signature_not_configured');
    await refused(app, () => post(app, WEBHOOK, sign(WEBHOOK, '')), 401, 'signature_not_configured');
  });

  const deep = `{"object":"whatsapp_business_account","entry":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  test.each<[string, string]>([
    ['that is not JSON', `{"object": ${MARK}`],
    ['that is empty', ''],
    ['that is no object', '[1, 2, 3]'],
    ['of another product', '{"object":"page","entry":[]}'],
    ['whose entries are no list', '{"object":"whatsapp_business_account","entry":{}}'],
    ['that nests deeply', deep],
  ])('%s is refused though it is signed', async (_name, body) => {
    const app = shared;
    await refused(app, () => post(app, body, sign(body)), 400, 'invalid_body');
  });

  test('over the limit is refused, announced or not', async () => {
    const app = await startApp({ env: { PARLEY_MAX_WEBHOOK_BYTES: '2048' } });
    const large = JSON.stringify({ object: 'whatsapp_business_account', entry: [], pad: 'x'.repeat(2048) });
    await refused(app, () => post(app, large, sign(large)), 413, 'body_too_large');
    const chunks = new Blob([large]).stream();
    const unannounced = async (): Promise<Answer> => {
      const init = { method: 'POST', body: chunks, duplex: 'half', headers: { 'x-hub-signature-256': sign(large) } };
      const { status, headers, ...response } = await fetched(app.account.webhookUrl, init as RequestInit);
      return { status, headers, text: response.text, body: JSON.parse(response.text) };
    };
    await refused(app, unannounced, 413, 'body_too_large');
  });

  test.each<[string, (app: App) => string, string]>([
    ['an unknown endpoint', (app) => `${app.account.webhookUrl}x`, 'unknown_endpoint'],
    ['an unknown channel', (app) => app.account.webhookUrl.replace('whatsapp', 'carrier-pigeon'), 'unknown_channel'],
  ])('to %s is refused', async (_name, url, code) => {
    const app = shared;
    await refused(app, () => post(app, WEBHOOK, good, url(app)), 404, code);
  });

  test('for a deleted account is refused', async () => {
    const app = await startApp();
    await app.call('DELETE', `/v1/accounts/${app.account.id}`);
    await refused(app, () => post(app, WEBHOOK, good), 404, 'unknown_endpoint');
    await app.stop();
    await app.start();
    await refused(app, () => post(app, WEBHOOK, good), 404, 'unknown_endpoint');
  });

  test('handshake with the wrong token is refused, with the right one answered', async () => {
    const app = shared;
    const ask = (token: string) =>
      app.call(
        'GET',
        `${new URL(app.account.webhookUrl).pathname}?hub.mode=subscribe&hub.challenge=4711&hub.verify_token=${token}`,
      );
    await refused(app, () => ask('wrong'), 401, 'invalid_signature');
    expect(await ask(SANDBOX_DEFAULTS.verifyToken)).toMatchObject({ status: 200, text: '4711' });
  });
});

async function fetched(url: string, init: RequestInit) {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('the API key', () => {
  test.each<[string, (key: string) => string]>([
    ['missing', () => ''],
    ['wrong', (key) => `Bearer ${key.slice(0, -1)}x`],
    ['of another id', (key) => `Bearer pk_0000000000000000_${key.split('_').at(-1)}`],
    ['in another scheme', (key) => `Basic ${Buffer.from(key).toString('base64')}`],
    ['cut short', (key) => `Bearer ${key.slice(0, 20)}`],
  ])('%s is refused by every route', async (_name, authorization) => {
    const app = shared;
    const headers = { authorization: authorization(app.key), 'idempotency-key': 'k' };
    const ref = `channel=whatsapp&externalId=${ACCOUNT.externalId}`;
    for (const [method, path] of [
      ['PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`],
      ['GET', '/v1/accounts'],
      ['DELETE', `/v1/accounts/${app.account.id}`],
      ['POST', '/v1/subscriptions'],
      ['POST', '/v1/messages'],
      ['POST', '/v1/messages/read'],
      ['GET', `/v1/permission?${ref}&to=${ANA}&kind=text`],
      ['GET', `/v1/templates?${ref}`],
      ['POST', `/v1/media?${ref}`],
      ['GET', '/v1/media/mdi_1'],
    ] as const) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : { private: MARK };
      await refused(app, () => app.call(method, path, body, headers), 401, 'unauthorized');
    }
  });
});

describe('a request', () => {
  const send = (app: App, change: object, headers: Record<string, string> = {}) =>
    app.call(
      'POST',
      '/v1/messages',
      { account: ACCOUNT, to: `+${ANA}`, content: { type: 'text', text: MARK }, ...change },
      { 'idempotency-key': 'k', ...headers },
    );
  const subscribe = (app: App, change: object) =>
    app.call('POST', '/v1/subscriptions', {
      url: 'https://n8n.example/x',
      events: ['call'],
      account: ACCOUNT,
      ...change,
    });
  const register = (app: App, settings: Record<string, unknown>) =>
    app.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, {
      settings: sandboxSettings(app.sandbox, settings),
    });

  test.each<[string, (app: App) => Promise<Answer>, string[], string?]>([
    ['a send without a recipient', (app) => send(app, { to: undefined }), ['to']],
    ['a send without content', (app) => send(app, { content: undefined }), ['content']],
    ['a send of an unknown kind', (app) => send(app, { content: { type: 'hologram' } }), ['content.type']],
    ['a send of an empty text', (app) => send(app, { content: { type: 'text', text: '' } }), ['content.text']],
    ['a send of a number as text', (app) => send(app, { content: { type: 'text', text: 5 } }), ['content.text']],
    [
      'a send with a member that is not known',
      (app) => send(app, { content: { type: 'text', text: MARK, colour: MARK } }),
      ['content.colour'],
    ],
    [
      'a send of a file from two places',
      (app) => send(app, { content: { type: 'image', link: 'https://x.example/a.png', mediaId: '1' } }),
      ['content.link'],
    ],
    ['a send with two errors', (app) => send(app, { to: true, purpose: 'spam' }), ['to', 'purpose']],
    [
      'a send to an account without a channel',
      (app) => send(app, { account: { externalId: '1' } }),
      ['account.channel'],
    ],
    [
      'a text over the limit of the channel',
      (app) => send(app, { content: { type: 'text', text: MARK.repeat(300) } }),
      ['text'],
      'invalid_content',
    ],
    [
      'a button with too long a title',
      (app) =>
        send(app, {
          content: { type: 'buttons', text: 'Tea?', buttons: [{ id: '1', title: 'far too long a title' + MARK }] },
        }),
      ['buttons[0].title'],
      'invalid_content',
    ],
    ['a subscription to nothing', (app) => subscribe(app, { events: [] }), ['events']],
    ['a subscription to an unknown event', (app) => subscribe(app, { events: ['rain'] }), ['events.0']],
    ['a subscription without an address', (app) => subscribe(app, { url: 'n8n' }), ['url']],
    ['a subscription in huge batches', (app) => subscribe(app, { maxBatch: 501 }), ['maxBatch']],
    ['an account with a bad setting', (app) => register(app, { wabaId: MARK }), ['wabaId'], 'invalid_settings'],
    ['an account with an unknown setting', (app) => register(app, { colour: MARK }), ['colour'], 'invalid_settings'],
    [
      'an account that lacks its token',
      (app) => register(app, { accessToken: undefined }),
      ['accessToken'],
      'invalid_settings',
    ],
  ])('%s is refused and its fields are named', async (_name, call, fields, code = 'invalid_request') => {
    const app = shared;
    const { errors } = await refused(app, () => call(app), 400, code);
    expect(errors?.map(({ field }) => field).sort()).toEqual([...fields].sort());
    for (const { message } of errors ?? []) expect(message).not.toBe('');
  });

  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const json = { 'content-type': 'application/json', 'idempotency-key': 'k' };
  const sendBody = (metadata: string) =>
    `{"account":${JSON.stringify(ACCOUNT)},"to":"+${ANA}","content":{"type":"text","text":"hi"},"metadata":${metadata}}`;
  test.each<[string, number, string, (app: App) => Promise<Answer>]>([
    ['that is not JSON', 400, 'invalid_body', (app) => app.call('POST', '/v1/messages', `{${MARK}`, json)],
    [
      'that is another type',
      415,
      'invalid_body',
      (app) => app.call('POST', '/v1/messages', MARK, { ...json, 'content-type': 'text/plain' }),
    ],
    [
      'that is compressed',
      415,
      'invalid_body',
      (app) => app.call('POST', '/v1/messages', MARK, { ...json, 'content-encoding': 'gzip' }),
    ],
    ['that nests deeply', 400, 'invalid_body', (app) => app.call('POST', '/v1/messages', deep, json)],
    [
      'that nests deeply inside',
      400,
      'invalid_body',
      (app) => app.call('POST', '/v1/messages', sendBody(`{"a":${deep}}`), json),
    ],
    [
      'that poisons prototypes',
      400,
      'invalid_body',
      (app) => app.call('POST', '/v1/messages', sendBody('{"__proto__":{"admin":true}}'), json),
    ],
    [
      'over the limit',
      413,
      'body_too_large',
      (app) => app.call('POST', '/v1/messages', `"${MARK.repeat(60_000)}"`, json),
    ],
    ['without an idempotency key', 400, 'invalid_request', (app) => send(app, {}, { 'idempotency-key': '' })],
    [
      'with too long an idempotency key',
      400,
      'invalid_request',
      (app) => send(app, {}, { 'idempotency-key': 'k'.repeat(256) }),
    ],
    [
      'to an unknown account',
      409,
      'account_required',
      (app) => send(app, { account: { channel: 'whatsapp', externalId: '1' } }),
    ],
    [
      'on other settings',
      409,
      'account_required',
      (app) => send(app, { account: { ...ACCOUNT, settingsDigest: '0'.repeat(64) } }),
    ],
    [
      'to an unknown channel',
      404,
      'unknown_channel',
      (app) => send(app, { account: { channel: 'pigeon', externalId: '1' } }),
    ],
    ['to a recipient who is no number', 400, 'invalid_recipient', (app) => send(app, { to: MARK })],
    ['to a number that is none', 400, 'invalid_recipient', (app) => send(app, { to: '+12' })],
    ['to an unknown conversation', 404, 'not_found', (app) => send(app, { to: { conversationId: 'cnv_1' } })],
    ['that quotes an unknown message', 404, 'not_found', (app) => send(app, { replyTo: 'msg_1' })],
    [
      'of a kind the channel lacks',
      400,
      'unsupported_by_channel',
      (app) => send(app, { content: { type: 'app', text: 'Look', appId: 'a', name: 'b', url: '?c' } }),
    ],
    [
      'that waits at a forbidden address',
      400,
      'forbidden_url',
      (app) => send(app, { wait: { url: 'http://169.254.169.254/', until: '2026-01-02T12:00:00Z' } }),
    ],
    [
      'of which several of no choices may be picked',
      400,
      'invalid_request',
      (app) => send(app, { content: { type: 'text', text: 'Which?', multiple: true } }),
    ],
    [
      'that asks for a payment below a header',
      400,
      'invalid_content',
      (app) => send(app, { content: { ...PAYMENT, header: { type: 'text', text: 'Order' } } }),
    ],
    [
      'with one time of one name twice',
      400,
      'invalid_request',
      (app) => send(app, { content: { type: 'time_picker', text: 'When?', slots: [SLOT, SLOT] } }),
    ],
    [
      'with a time zone that there is not',
      400,
      'invalid_request',
      (app) => send(app, { content: { type: 'time_picker', text: 'When?', slots: [SLOT], timeZone: 'Mars/Rover' } }),
    ],
    ['for an unknown message', 404, 'not_found', (app) => app.call('GET', '/v1/messages/msg_1')],
    ['for an unknown conversation', 404, 'not_found', (app) => app.call('GET', '/v1/conversations/cnv_1/messages')],
    ['for an unknown subscription', 404, 'not_found', (app) => app.call('DELETE', '/v1/subscriptions/sub_1')],
    ['for an unknown account', 404, 'not_found', (app) => app.call('GET', '/v1/accounts/acc_1')],
    ['for an unknown file', 404, 'not_found', (app) => app.call('GET', '/v1/media/mdi_1')],
    ['to nowhere', 404, 'not_found', (app) => app.call('GET', '/v1/nowhere')],
    ['by another method', 405, 'method_not_allowed', (app) => app.call('PATCH', '/v1/messages')],
  ])('%s is refused', async (_name, status, code, call) => {
    const app = shared;
    await refused(app, () => call(app), status, code);
  });

  test.each<[string, (app: App) => Promise<Answer>, object]>([
    [
      'without an idempotency key',
      (app) => send(app, {}, { 'idempotency-key': '' }),
      {
        detail: 'Not valid: Idempotency-Key.',
        errors: [{ field: 'Idempotency-Key', message: /the same for each try/ }],
      },
    ],
    [
      'on an account that nobody registered',
      (app) => send(app, { account: { channel: 'whatsapp', externalId: '1/2' } }),
      { detail: /PUT \/v1\/accounts\/whatsapp\/1%2F2/ },
    ],
    [
      'on other settings',
      (app) => send(app, { account: { ...ACCOUNT, settingsDigest: '0'.repeat(64) } }),
      { detail: /PUT \/v1\/accounts\/whatsapp\// },
    ],
    ['in a thread', (app) => send(app, { thread: 'a' }), { errors: [{ field: 'thread', message: /^WhatsApp has/ }] }],
  ])('%s is told the way out', async (_name, call, expected) => {
    const { body } = await call(shared);
    expect(body).toMatchObject(matching(expected) as object);
  });
});

/** Puts a matcher in the place of each pattern. */
function matching(value: unknown): unknown {
  if (value instanceof RegExp) return expect.stringMatching(value);
  if (Array.isArray(value)) return value.map(matching);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, matching(member)]));
}

describe('a template', () => {
  async function appWithTemplate(): Promise<App> {
    const app = await startApp();
    app.sandbox.templates.seed({
      name: 'order',
      components: [{ type: 'BODY', text: 'Hi {{1}}, your order {{2}} is here' }],
    });
    return app;
  }
  const content = (...values: string[]) => ({
    type: 'template' as const,
    name: 'order',
    language: 'en_US',
    body: values.map((text) => ({ type: 'text' as const, text })),
  });

  test.each<[string, object, string, string]>([
    ['with a variable missing', content('Ana'), 'invalid', '132000'],
    ['with a variable too many', content('Ana', '7', 'more'), 'invalid', '132000'],
    ['that is not there', { ...content('Ana', '7'), name: 'other' }, 'invalid', '132001'],
    ['in another language', { ...content('Ana', '7'), language: 'de' }, 'invalid', '132001'],
  ])('%s fails and says so, without repeating what was written', async (_name, given, code, providerCode) => {
    const app = await appWithTemplate();
    const id = await app.sent('', { content: given as never });
    const { error } = await app.reaches(id, 'failed');
    expect(error).toMatchObject({ code, providerCode });
    expect(error?.message).not.toContain('Ana');
    expect(app.sandbox.listReceivedMessages()).toEqual([]);
  });
});

test('hundreds of wrong webhooks leave no trace but a count', async () => {
  const app = await startApp();
  const before = app.dump();
  const path = new URL(app.account.webhookUrl).pathname;
  const signature = { 'content-type': 'application/json', 'x-hub-signature-256': sign(WEBHOOK, 'wrong') };
  await Promise.all(Array.from({ length: 300 }, () => app.call('POST', path, WEBHOOK, signature)));
  expect(app.dump()).toEqual(before);
  const { text } = await app.call('GET', '/metrics');
  expect(text).toMatch(/parley_webhooks_total\{channel="whatsapp",outcome="mismatch"\} 300/);
});
