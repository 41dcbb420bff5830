/** Whatever comes in that is wrong, on Messenger and Instagram: a clear, stable answer; nothing is changed, nothing secret is told. */
import { createHmac } from 'node:crypto';
import type { Platform } from '../../sandbox/meta/customer-world.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';
import type { Answer } from '../../support/api-client.ts';
import { ANA, closeMetaApps, metaAccount, startMetaApp, type MetaApp } from './meta-fixture.ts';

const SECRET = META_DEFAULTS.appSecret;
/** Stands in every body that a test sends; it must be found nowhere else. */
const MARK = 'utterly-private-words';
const TOPIC = { messenger: 'page', instagram: 'instagram' } as const;

const sign = (body: string, secret: string = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

function webhook(platform: Platform, id: string): string {
  const message = { mid: 'm_x', text: MARK };
  const messaging = [{ sender: { id: ANA }, recipient: { id }, timestamp: 1767268800000, message }];
  return JSON.stringify({ object: TOPIC[platform], entry: [{ id, time: 1, messaging }] });
}

type Body = { code?: string; errors?: { field: string; message: string }[] };

/** Runs the call and checks what every refusal has in common. */
async function refused({ app }: MetaApp, call: () => Promise<Answer>, status: number, code: string): Promise<Body> {
  await app.idle();
  const before = app.dump();
  const logged = app.log.lines.length;
  const answer = await call();
  expect(answer).toMatchObject({ status, body: { status, code, type: `urn:parley:problem:${code}` } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  await app.idle();
  expect(app.dump()).toEqual(before);
  const told = answer.text + JSON.stringify([...answer.headers]) + JSON.stringify(app.log.lines.slice(logged));
  const { pageAccessToken, appSecret, verifyToken } = META_DEFAULTS;
  const proof = createHmac('sha256', appSecret).update(pageAccessToken).digest('hex');
  for (const secret of [pageAccessToken, appSecret, verifyToken, proof, MARK, app.key]) {
    expect(told).not.toContain(secret);
  }
  return answer.body as Body;
}

describe.each([['messenger'], ['instagram']] as const)('%s', (platform) => {
  /** One service for every row: none of them may change anything. */
  let meta: MetaApp;
  beforeAll(async () => {
    meta = await startMetaApp(platform);
    await meta.customer.sends({ from: ANA, text: 'hi' });
  });
  afterAll(closeMetaApps);

  const path = () => new URL(meta.account.webhookUrl).pathname;
  const post = (body: string, signature: string) =>
    meta.app.call('POST', path(), body, {
      authorization: '',
      'content-type': 'application/json',
      'x-hub-signature-256': signature,
    });

  const good = webhook(platform, META_DEFAULTS[platform === 'messenger' ? 'pageId' : 'igUserId']);
  const signature = sign(good);
  test.each<[string, string]>([
    ['signed with another secret', sign(good, 'not-the-secret')],
    ['signed over another body', sign(`${good} `)],
    ['with one wrong digit', signature.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['without a signature', ''],
    ['with a truncated signature', signature.slice(0, -1)],
    ['with half a signature', signature.slice(0, 39)],
    ['with more than a signature', `${signature}00`],
    ['with a signature that is not hex', `sha256=${'z'.repeat(64)}`],
    ['with an upper-case signature', signature.toUpperCase()],
    ['without the name of the algorithm', signature.slice(7)],
    ['signed with the weaker algorithm', signature.replace('sha256', 'sha1')],
  ])('a webhook %s is refused', async (_name, given) => {
    await refused(meta, () => post(good, given), 401, 'invalid_signature');
  });

  const deep = `{"object":"${TOPIC[platform]}","entry":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  test.each<[string, string]>([
    ['that is not JSON', `{"object": ${MARK}`],
    ['that is empty', ''],
    ['that is no object', '[1, 2, 3]'],
    ['of another product', '{"object":"whatsapp_business_account","entry":[]}'],
    ['whose entries are no list', `{"object":"${TOPIC[platform]}","entry":{}}`],
    ['that nests deeply', deep],
  ])('a webhook %s is refused though it is signed', async (_name, body) => {
    await refused(meta, () => post(body, sign(body)), 400, 'invalid_body');
  });

  test('a handshake with the wrong token is refused, with the right one answered', async () => {
    const ask = (token: string) =>
      meta.app.call('GET', `${path()}?hub.mode=subscribe&hub.challenge=4711&hub.verify_token=${token}`);
    await refused(meta, () => ask('wrong'), 401, 'invalid_signature');
    expect(await ask(META_DEFAULTS.verifyToken)).toMatchObject({ status: 200, text: '4711' });
  });

  const token = platform === 'messenger' ? 'pageAccessToken' : 'accessToken';
  test.each<[string, Record<string, unknown>, string]>([
    ['with a bad setting', { appId: MARK }, 'appId'],
    ['with an unknown setting', { colour: MARK }, 'colour'],
    ['that lacks its token', { [token]: undefined }, token],
    ['that is reached at an address in the clear', { baseUrl: 'http://graph.example' }, 'baseUrl'],
  ])('an account %s is refused and the field is named', async (_name, change, field) => {
    const { externalId, settings } = metaAccount(platform, meta.sandbox.url);
    const call = () =>
      meta.app.call('PUT', `/v1/accounts/${platform}/${externalId}`, { settings: { ...settings, ...change } });
    const { errors } = await refused(meta, call, 400, 'invalid_settings');
    expect(errors?.map((error) => error.field)).toEqual([field]);
  });

  test.each<[string, object, number, string, string[]]>([
    ['a text over the limit', { content: { type: 'text', text: MARK.repeat(200) } }, 400, 'invalid_content', ['text']],
    [
      'a button with too long a title',
      { content: { type: 'buttons', text: 'Tea?', buttons: [{ id: '1', title: `far too long ${MARK}` }] } },
      400,
      'invalid_content',
      ['buttons[0].title'],
    ],
    [
      'a kind that the channel lacks',
      { content: { type: 'location', latitude: 1, longitude: 1 } },
      400,
      'unsupported_by_channel',
      [],
    ],
    ['a send to no scoped id', { to: MARK }, 400, 'invalid_recipient', []],
    [
      'a send with an option that nobody knows',
      { options: { colour: MARK } },
      400,
      'invalid_content',
      ['options.colour'],
    ],
    [
      'a send with a retired tag',
      { author: 'human', options: { tag: 'ACCOUNT_UPDATE' } },
      400,
      'invalid_content',
      ['options.tag'],
    ],
  ])('%s is refused', async (_name, change, status, code, fields) => {
    const { errors } = await refused(meta, () => meta.send({ type: 'text', text: MARK }, change), status, code);
    expect(errors?.map(({ field }) => field) ?? []).toEqual(fields);
  });
});

test.each([['messenger'], ['instagram']] as const)(
  '%s: without a secret every webhook is refused',
  async (platform) => {
    const meta = await startMetaApp(platform);
    const { externalId, settings } = metaAccount(platform, meta.sandbox.url);
    const { appSecret: _, ...without } = settings;
    await meta.app.call('PUT', `/v1/accounts/${platform}/${externalId}`, { settings: without });
    const body = webhook(platform, externalId);
    for (const signature of [sign(body), sign(body, '')]) {
      const headers = { authorization: '', 'content-type': 'application/json', 'x-hub-signature-256': signature };
      const call = () => meta.app.call('POST', new URL(meta.account.webhookUrl).pathname, body, headers);
      await refused(meta, call, 401, 'signature_not_configured');
    }
    await closeMetaApps();
  },
);
