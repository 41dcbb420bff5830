import type { HttpRequest, HttpResponse } from '../../../service/src/core/http.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { answering, json } from '../../conformance/fake-io.ts';
import { APP_ID, graphError, PHONE_ID, SECRET, SETTINGS, WABA_ID } from './support.ts';

const OURS = 'https://parley.example.com/webhooks/whatsapp/e1';
const OTHER = 'https://other.example.com/hook';
const BOTH = ['whatsapp_business_messaging', 'whatsapp_business_management'];

interface Meta {
  scopes: string[];
  token: Record<string, unknown>;
  callback: string | undefined;
  configuration: Record<string, string>;
  subscribed: string[];
  refuse: (request: HttpRequest) => HttpResponse | Error | undefined;
}

/** What Meta answers in a world like this. */
function meta(change: Partial<Meta> = {}) {
  const world: Meta = {
    scopes: BOTH,
    token: {},
    callback: undefined,
    configuration: {},
    subscribed: [],
    refuse: () => undefined,
    ...change,
  };
  return answering((request) => {
    const path = new URL(request.url).pathname.replace('/v23.0/', '');
    const refused = world.refuse(request);
    if (refused) return refused;
    if (request.method === 'POST') return json(200, { success: true });
    if (path === 'debug_token')
      return json(200, { data: { app_id: APP_ID, is_valid: true, scopes: world.scopes, ...world.token } });
    if (path === PHONE_ID) return json(200, { id: PHONE_ID, webhook_configuration: world.configuration });
    if (path === `${APP_ID}/subscriptions`) {
      const { callback } = world;
      return json(200, {
        data: callback ? [{ object: 'whatsapp_business_account', callback_url: callback, active: true }] : [],
      });
    }
    return json(200, { data: world.subscribed.map((id) => ({ whatsapp_business_api_data: { id } })) });
  });
}

async function provision(fake: ReturnType<typeof meta>, change: Record<string, unknown> = {}, url = OURS) {
  const steps =
    (await whatsapp.provisioning?.provision(url, { ...SETTINGS, ...change }, fake.io, async (learned) => learned)) ??
    [];
  const posts = fake.requests.filter(({ method }) => method === 'POST');
  return {
    ok: Object.fromEntries(steps.map(({ step, ok }) => [step, ok])),
    details: Object.fromEntries(steps.map(({ step, detail }) => [step, detail])),
    posted: posts.map(({ url: to }) => new URL(to).pathname.replace('/v23.0/', '')),
    posts,
  };
}
const SUBSCRIBE_APP = `${APP_ID}/subscriptions`;
const SUBSCRIBE_WABA = `${WABA_ID}/subscribed_apps`;

test('a fresh app gets our callback with every field, and the account is switched on', async () => {
  const { ok, details, posted, posts } = await provision(meta());
  expect(ok).toEqual({ settings: true, token: true, number: true, app_callback: true, account_subscription: true });
  expect(Object.values(details)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect(posted).toEqual([SUBSCRIBE_APP, SUBSCRIBE_WABA]);
  expect(posts[0]).toMatchObject({
    headers: { authorization: `Bearer ${APP_ID}|${SECRET}` },
    json: { object: 'whatsapp_business_account', callback_url: OURS, verify_token: 'a-token-of-our-choice' },
  });
  const { fields } = posts[0]?.json as { fields: string };
  expect(fields.split(',')).toEqual(
    expect.arrayContaining(['messages', 'user_preferences', 'account_alerts', 'standby']),
  );
  expect(posts[1]?.json).toBeUndefined();
});

test('an app that calls someone else keeps it; the number gets an override, and the report says what goes elsewhere', async () => {
  const { ok, details, posted, posts } = await provision(meta({ callback: OTHER }));
  expect(ok).toMatchObject({ app_callback: false, number_override: true });
  expect(details.app_callback).toContain(OTHER);
  expect(details.app_callback).toContain('template and account events go there');
  expect(posted).toEqual([SUBSCRIBE_WABA, PHONE_ID]);
  expect(posts[1]?.json).toEqual({
    webhook_configuration: { override_callback_uri: OURS, verify_token: 'a-token-of-our-choice' },
  });
});

test.each<[string, Partial<Meta>, string[]]>([
  ['our callback already', { callback: OURS, subscribed: [APP_ID] }, [SUBSCRIBE_APP]],
  ['another app is subscribed', { callback: OURS, subscribed: ['1'] }, [SUBSCRIBE_APP, SUBSCRIBE_WABA]],
  [
    'the number calls someone else',
    { configuration: { phone_number: OTHER } },
    [SUBSCRIBE_APP, SUBSCRIBE_WABA, PHONE_ID],
  ],
  [
    'its WABA calls someone else',
    { configuration: { whatsapp_business_account: OTHER } },
    [SUBSCRIBE_APP, SUBSCRIBE_WABA, PHONE_ID],
  ],
  [
    'the number calls us, the WABA another',
    { configuration: { phone_number: OURS, whatsapp_business_account: OTHER } },
    [SUBSCRIBE_APP, SUBSCRIBE_WABA],
  ],
  ['the override is there already', { callback: OTHER, configuration: { phone_number: OURS } }, [SUBSCRIBE_WABA]],
])('%s', async (_name, world, expected) => {
  expect((await provision(meta(world))).posted).toEqual(expected);
});

test.each<[string, Record<string, unknown>, string[], RegExp]>([
  [
    'appSecret',
    { appSecret: undefined },
    [SUBSCRIBE_WABA, PHONE_ID],
    /appSecret is not set: every webhook will be refused/,
  ],
  ['appId', { appId: undefined }, [SUBSCRIBE_WABA, PHONE_ID], /appId is not set/],
  [
    'verifyToken and the appSecret to make one from',
    { verifyToken: undefined, appSecret: undefined },
    [SUBSCRIBE_WABA],
    /verifyToken is not set/,
  ],
  ['wabaId', { wabaId: undefined }, [SUBSCRIBE_APP], /wabaId is not set/],
])('without %s does what it can and says what is missing', async (_name, change, expected, detail) => {
  const { ok, details, posted } = await provision(meta(), change);
  expect(posted).toEqual(expected);
  expect(ok.settings).toBe(false);
  expect(details.settings).toMatch(detail);
});

test('an http webhook URL is reported', async () => {
  const { details } = await provision(meta(), {}, 'http://parley.internal/webhooks/whatsapp/e1');
  expect(details.settings).toContain('PARLEY_PUBLIC_URL');
});

test.each<[string, Partial<Meta>, RegExp]>([
  [
    'lacks a permission',
    { scopes: ['whatsapp_business_messaging'] },
    /lacks whatsapp_business_management\. In Meta Business/,
  ],
  ['is not valid', { token: { is_valid: false } }, /not valid any more/],
  ['has run out', { token: { expires_at: 1_749_990_000 } }, /not valid any more/],
  ['is of another app', { token: { app_id: '1' } }, /belongs to the app 1/],
])('a token that %s', async (_name, world, detail) => {
  const { ok, details } = await provision(meta(world));
  expect(ok.token).toBe(false);
  expect(details.token).toMatch(detail);
});

test('what Meta refuses is a step that failed, and the next ones are still tried', async () => {
  const refuse = ({ method }: HttpRequest) => (method === 'POST' ? graphError(200, 403) : undefined);
  const { ok, details } = await provision(meta({ refuse }));
  expect(ok).toMatchObject({ app_callback: false, number_override: false, account_subscription: false });
  expect(details.account_subscription).toContain('whatsapp_business_management');
});

test('an unreachable Meta fails every step, throws nothing, shows no secret', async () => {
  const refuse = () => new SendError('unreachable', `GET …?input_token=EAAtesttoken123&x=${APP_ID}|${SECRET}`);
  const { ok, details } = await provision(meta({ refuse }));
  expect(Object.values(ok).slice(1)).toEqual([false, false, false, false, false]);
  expect(JSON.stringify(details)).not.toMatch(new RegExp(`EAAtesttoken123|${SECRET}`));
});
