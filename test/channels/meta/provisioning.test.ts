/** What is set up at Meta, and what is said where it cannot be. */
import type { HttpRequest, HttpResponse } from '../../../service/src/core/http.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { answering, json } from '../../conformance/fake-io.ts';
import { graphError } from './answers.ts';

const APP = '654839201847362';
const PAGE_ID = '1234567890';
const IG_ID = '17841400000000000';
const URL_OF = {
  messenger: 'https://p.example/webhooks/messenger/e1',
  instagram: 'https://p.example/webhooks/instagram/e1',
};
const SHARED = { appId: APP, appSecret: 'an-app-secret', verifyToken: 'a-token-of-ours' };
const PAGE = { ...SHARED, pageId: PAGE_ID, pageAccessToken: 'EAAtoken123' };
const LINKED = { ...SHARED, loginType: 'facebook', igUserId: IG_ID, pageId: PAGE_ID, accessToken: 'EAAtoken123' };
const OWN = { ...SHARED, loginType: 'instagram', igUserId: IG_ID, accessToken: 'IGAAtoken123' };

const SCOPES = ['pages_messaging', 'pages_manage_metadata', 'instagram_basic', 'instagram_manage_messages'];
const TOKEN = { app_id: APP, is_valid: true, scopes: SCOPES, expires_at: 0 };

/** Answers by method and the end of the path; `undefined` falls back to an account where all is well. */
function meta(
  change: (method: string, path: string, request: HttpRequest) => HttpResponse | undefined = () => undefined,
) {
  return answering((request) => {
    const path = new URL(request.url).pathname.replace('/v25.0', '');
    const found = change(request.method, path, request);
    if (found !== undefined) return found;
    if (path === '/debug_token') return json(200, { data: TOKEN });
    if (request.method === 'POST') return json(200, { success: true });
    if (path === `/${PAGE_ID}`)
      return json(200, { id: PAGE_ID, name: 'Shop', instagram_business_account: { id: IG_ID } });
    if (path === `/${IG_ID}`) return json(200, { id: IG_ID, username: 'shop' });
    return json(200, { data: [] });
  });
}

type Given = typeof PAGE | typeof LINKED | typeof OWN | Record<string, unknown>;

async function stepsOf(id: 'messenger' | 'instagram', given: Given, { io } = meta(), url = URL_OF[id]) {
  const steps =
    id === 'messenger'
      ? await messenger.provisioning?.provision(url, messenger.settings.parse(given), io, async (learned) => learned)
      : await instagram.provisioning?.provision(url, instagram.settings.parse(given), io, async (learned) => learned);
  return steps ?? [];
}

const written = (requests: HttpRequest[]) =>
  requests
    .filter(({ method }) => method === 'POST')
    .map(({ url, json: body, query }) => ({ url, body, fields: query?.subscribed_fields }));

test('a Page: the app gets our callback, the Page is subscribed, with the field list', async () => {
  const fake = meta();
  const steps = await stepsOf('messenger', PAGE, fake);
  expect(steps).toEqual(
    ['settings', 'token', 'account', 'app_callback', 'account_subscription'].map((step) => ({ step, ok: true })),
  );
  const [app, page] = written(fake.requests);
  expect(app).toMatchObject({
    url: `https://graph.facebook.com/v25.0/${APP}/subscriptions`,
    body: { object: 'page', callback_url: URL_OF.messenger, verify_token: 'a-token-of-ours' },
  });
  expect(page?.url).toBe(`https://graph.facebook.com/v25.0/${PAGE_ID}/subscribed_apps`);
  const fields = String(page?.fields).split(',');
  expect(fields).toEqual(expect.arrayContaining(['messages', 'message_echoes', 'messaging_referrals', 'standby']));
  expect(fields).not.toContain('response_feedback');
  expect((app?.body as { fields: string }).fields.split(',').sort()).toEqual([...fields].sort());
});

test('an Instagram account through its Page: the object instagram, and the Page for messages', async () => {
  const fake = meta();
  const steps = await stepsOf('instagram', LINKED, fake);
  expect(steps.every(({ ok }) => ok)).toBe(true);
  const [app, page] = written(fake.requests);
  expect(app?.body).toMatchObject({ object: 'instagram', callback_url: URL_OF.instagram });
  expect(page).toMatchObject({
    url: `https://graph.facebook.com/v25.0/${PAGE_ID}/subscribed_apps`,
    fields: 'messages',
  });
});

test('an Instagram account by its own log-in: its own host, but for what concerns the app; no token step', async () => {
  const fake = meta();
  const steps = await stepsOf('instagram', OWN, fake);
  expect(steps.map(({ step }) => step)).toEqual(['settings', 'account', 'app_callback', 'account_subscription']);
  expect(steps.every(({ ok }) => ok)).toBe(true);
  const [app, account] = written(fake.requests);
  expect(app?.url).toBe(`https://graph.facebook.com/v25.0/${APP}/subscriptions`);
  expect(account?.url).toBe(`https://graph.instagram.com/v25.0/${IG_ID}/subscribed_apps`);
  expect(String(account?.fields).split(',')).toContain('messaging_seen');
});

test('fields that the Page has for this app already stay', async () => {
  const apps = [
    { id: '999', subscribed_fields: ['feed'] },
    { id: APP, subscribed_fields: ['leadgen', 'messages'] },
  ];
  const fake = meta((method, path) =>
    method === 'GET' && path.endsWith('/subscribed_apps') ? json(200, { data: apps }) : undefined,
  );
  await stepsOf('instagram', LINKED, fake);
  expect(written(fake.requests).at(-1)?.fields).toBe('messages,leadgen');
});

test('a field that Meta refuses does not keep the others away', async () => {
  const fake = meta((method, path, { query }) =>
    method === 'POST' && path.endsWith('/subscribed_apps') && String(query?.subscribed_fields).includes('inbox_labels')
      ? graphError(100)
      : undefined,
  );
  const step = (await stepsOf('messenger', PAGE, fake)).at(-1);
  expect(step).toMatchObject({ step: 'account_subscription', ok: false });
  expect(step?.blocking).toBeUndefined();
  expect(step?.detail).toContain('inbox_labels');
  expect(written(fake.requests).at(-1)?.fields).toBe(
    'messages,messaging_postbacks,message_deliveries,message_reads,message_echoes',
  );
});

test('of the fields only those are left out that Meta names', async () => {
  const refused = ['inbox_labels', 'messenger_template_status_update'];
  const fake = meta((method, path, { query }) => {
    const fields = String(query?.subscribed_fields).split(',');
    const index = fields.findIndex((field) => refused.includes(field));
    if (method !== 'POST' || !path.endsWith('/subscribed_apps') || index < 0) return undefined;
    const message = `(#100) Param subscribed_fields[${index}] must be one of {feed, messages} - got "${fields[index]}".`;
    return graphError(100, 400, { message });
  });
  const step = (await stepsOf('messenger', PAGE, fake)).at(-1);
  expect(step).toMatchObject({ step: 'account_subscription', ok: false });
  expect(step?.blocking).toBeUndefined();
  for (const field of refused) expect(step?.detail).toContain(field);
  const fields = String(written(fake.requests).at(-1)?.fields).split(',');
  expect(fields).toEqual(expect.arrayContaining(['message_reactions', 'messaging_referrals', 'standby', 'send_cart']));
  expect(fields).toHaveLength(15);
});

test('a field that nothing works without is not left out', async () => {
  const fake = meta((method, path) =>
    method === 'POST' && path.endsWith('/subscribed_apps')
      ? graphError(100, 400, { message: '(#100) Param subscribed_fields[0] must be one of {feed} - got "messages".' })
      : undefined,
  );
  const step = (await stepsOf('messenger', PAGE, fake)).at(-1);
  expect(step).toMatchObject({ step: 'account_subscription', ok: false, blocking: true });
  expect(written(fake.requests).length).toBeLessThan(5);
});

describe('the callback of the app', () => {
  const calling = (callback_url: string, active = true) =>
    meta((method, path) =>
      method === 'GET' && path.endsWith('/subscriptions')
        ? json(200, {
            data: [
              { object: 'page', callback_url, active },
              { object: 'user', callback_url: 'https://u.example' },
            ],
          })
        : undefined,
    );
  const posts = ({ requests }: ReturnType<typeof meta>) =>
    written(requests).filter(({ url }) => url.endsWith('/subscriptions')).length;

  test.each([
    ['ours', URL_OF.messenger],
    ['of another account of this Parley', 'https://p.example/webhooks/messenger/e2'],
  ])('%s is set anew', async (_whose, url) => {
    const fake = calling(url);
    expect((await stepsOf('messenger', PAGE, fake)).every(({ ok }) => ok)).toBe(true);
    expect(posts(fake)).toBe(1);
  });

  test('of another system is left alone, and blocks', async () => {
    const fake = calling('https://crm.example/hook');
    const step = (await stepsOf('messenger', PAGE, fake)).find(({ step: name }) => name === 'app_callback');
    expect(step).toMatchObject({ ok: false, blocking: true });
    expect(step?.detail).toContain('https://crm.example/hook');
    expect(posts(fake)).toBe(0);
  });

  test('that is switched off is none', async () => {
    const fake = calling('https://crm.example/hook', false);
    expect((await stepsOf('messenger', PAGE, fake)).every(({ ok }) => ok)).toBe(true);
  });
});

test.each<[string, 'messenger' | 'instagram', object, string, boolean, RegExp]>([
  ['no app secret', 'messenger', { appSecret: undefined }, 'settings', true, /appSecret/],
  ['no app id', 'messenger', { appId: undefined }, 'app_callback', true, /by hand/],
  ['no app id, but a callback set by hand', 'instagram', { appId: undefined }, 'app_callback', false, /by hand/],
])('%s', async (_what, id, change, name, isBlocking, detail) => {
  const given = id === 'messenger' ? PAGE : OWN;
  const step = (await stepsOf(id, { ...given, ...change })).find(({ step: of }) => of === name);
  expect(step).toMatchObject({ ok: false, detail: expect.stringMatching(detail) });
  expect(step?.blocking ?? false).toBe(isBlocking);
});

test('a webhook URL without https blocks', async () => {
  const [step] = await stepsOf('messenger', PAGE, meta(), 'http://p.example/webhooks/messenger/e1');
  expect(step).toMatchObject({ step: 'settings', ok: false, blocking: true });
});

test.each([
  [{ ...TOKEN, scopes: ['pages_messaging'] }, /lacks pages_manage_metadata/],
  [{ ...TOKEN, is_valid: false }, /not valid any more/],
  [{ ...TOKEN, expires_at: 1_000_000_000 }, /not valid any more/],
  [{ ...TOKEN, app_id: '5' }, /belongs to the app 5/],
])('the token %j', async (data, detail) => {
  const fake = meta((_method, path) => (path === '/debug_token' ? json(200, { data }) : undefined));
  const step = (await stepsOf('messenger', PAGE, fake)).find(({ step: name }) => name === 'token');
  expect(step).toMatchObject({ ok: false, detail: expect.stringMatching(detail) });
});

test.each([
  [{ id: PAGE_ID, instagram_business_account: { id: '5' } }, /linked to the Instagram account 5/],
  [{ id: PAGE_ID }, /No Instagram account/],
])('the Page says %j', async (answer, detail) => {
  const fake = meta((_method, path) => (path === `/${PAGE_ID}` ? json(200, answer) : undefined));
  const step = (await stepsOf('instagram', LINKED, fake)).find(({ step: name }) => name === 'account');
  expect(step).toMatchObject({ ok: false, blocking: true, detail: expect.stringMatching(detail) });
});

test.each<[string, Record<string, unknown>, object]>([
  [
    'another than webhooks name it by',
    { user_id: '5' },
    { ok: false, blocking: true, detail: expect.stringContaining('5') },
  ],
  ['the one that webhooks name it by', { user_id: IG_ID }, { ok: true }],
  ['not told', {}, { ok: true }],
])('of an account with its own log-in the id is %s', async (_name, told, expected) => {
  const answer = json(200, { id: IG_ID, username: 'shop', ...told });
  const fake = meta((method, path) => (method === 'GET' && path === `/${IG_ID}` ? answer : undefined));
  const step = (await stepsOf('instagram', OWN, fake)).find(({ step: name }) => name === 'account');
  expect(step).toMatchObject(expected);
});

test('what Meta refuses is a step that says so, without a secret; what cannot be reached too', async () => {
  const refused = await stepsOf(
    'messenger',
    PAGE,
    meta(() => graphError(190, 401, { message: 'Bad EAAtoken123' })),
  );
  expect(refused.filter(({ ok }) => !ok).map(({ step }) => step)).toEqual([
    'token',
    'account',
    'app_callback',
    'account_subscription',
  ]);
  expect(JSON.stringify(refused)).not.toContain('EAAtoken123');
});
