/** What is taken back at Meta when a number is deleted, and what is said to stay. */
import type { HttpRequest, HttpResponse } from '../../../service/src/core/http.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { answering, json } from '../../conformance/fake-io.ts';
import { APP_ID, graphError, PHONE_ID, SECRET, SETTINGS, WABA_ID } from './support.ts';

const OURS = 'https://parley.example.com/webhooks/whatsapp/e1';
const FORMER = 'https://parley.example.com/webhooks/whatsapp/e0';
const OTHER = 'https://other.example.com/hook';
const APP = `DELETE ${APP_ID}/subscriptions?object=whatsapp_business_account`;
const WABA = `DELETE ${WABA_ID}/subscribed_apps`;
const NUMBER = `POST ${PHONE_ID}`;

interface Meta {
  callback: string | undefined;
  isActive: boolean;
  override: string | undefined;
  wabaOverride: string | undefined;
  subscribed: string[];
  refuse: (request: HttpRequest) => HttpResponse | Error | undefined;
}

/** What Meta answers in a world like this; everything is ours unless it is said otherwise. */
function meta(change: Partial<Meta> = {}) {
  const world: Meta = {
    ...{ callback: OURS, isActive: true, override: OURS, wabaOverride: undefined, subscribed: ['1', APP_ID] },
    ...{ refuse: () => undefined, ...change },
  };
  return answering((request) => {
    const path = new URL(request.url).pathname.replace('/v23.0/', '');
    const refused = world.refuse(request);
    if (refused) return refused;
    if (request.method !== 'GET') return json(200, { success: true });
    if (path === PHONE_ID) {
      return json(200, { id: PHONE_ID, webhook_configuration: { phone_number: world.override, application: OURS } });
    }
    if (path === `${APP_ID}/subscriptions`) {
      const own = { object: 'whatsapp_business_account', callback_url: world.callback, active: world.isActive };
      return json(200, { data: [{ object: 'page', callback_url: OURS }, ...(world.callback ? [own] : [])] });
    }
    const override = world.wabaOverride && { override_callback_uri: world.wabaOverride };
    return json(200, { data: world.subscribed.map((id) => ({ whatsapp_business_api_data: { id }, ...override })) });
  });
}

async function removed(
  fake: ReturnType<typeof meta>,
  change: Record<string, unknown> = {},
  others: Record<string, unknown>[] = [],
) {
  const removal = { webhookUrls: [OURS, FORMER], others: others.map((other) => ({ ...SETTINGS, ...other })) };
  const steps = (await whatsapp.provisioning?.remove?.(removal, { ...SETTINGS, ...change }, fake.io)) ?? [];
  const written = fake.requests.filter(({ method }) => method !== 'GET');
  return {
    steps,
    ok: Object.fromEntries(steps.map(({ step, ok }) => [step, ok])),
    details: Object.fromEntries(steps.map(({ step, detail }) => [step, detail ?? ''])),
    written: written.map(({ method, url, query }) => {
      const object = query?.object === undefined ? '' : `?object=${query.object}`;
      return `${method} ${new URL(url).pathname.replace('/v23.0/', '')}${object}`;
    }),
    requests: fake.requests,
  };
}

test('the last number of an app takes everything with it', async () => {
  const { steps, written, requests } = await removed(meta());
  expect(steps).toEqual(
    ['number_override', 'account_subscription', 'app_callback'].map((step) => ({ step, ok: true })),
  );
  expect(written).toEqual([NUMBER, WABA, APP]);
  expect(requests.find(({ method }) => method === 'POST')?.json).toEqual({
    webhook_configuration: { override_callback_uri: '' },
  });
  expect(requests.at(-1)?.headers).toMatchObject({ authorization: `Bearer ${APP_ID}|${SECRET}` });
});

test.each<[string, Partial<Meta>, string[]]>([
  ['a URL of a former release is ours', { callback: FORMER, override: FORMER }, [NUMBER, WABA, APP]],
  ['the number calls someone else', { override: OTHER }, [WABA, APP]],
  ['the number calls nobody of its own', { override: undefined }, [WABA, APP]],
  ['the app calls nobody', { callback: undefined }, [NUMBER, WABA]],
  ['the app called someone else once', { callback: OTHER, isActive: false }, [NUMBER, WABA]],
  ['the account is not subscribed', { subscribed: ['1'] }, [NUMBER, APP]],
])('%s', async (_name, world, expected) => {
  const { steps, written } = await removed(meta(world));
  expect(written).toEqual(expected);
  expect(steps.every(({ ok }) => ok)).toBe(true);
});

test.each<[string, Partial<Meta>, string[]]>([
  ['the app calls someone else', { callback: OTHER }, [NUMBER]],
  ['its account calls someone else', { wabaOverride: OTHER }, [NUMBER, APP]],
])('%s, who keeps what is subscribed, and it is said', async (_name, world, expected) => {
  const { ok, details, written } = await removed(meta(world));
  expect(written).toEqual(expected);
  expect(ok).toEqual({ number_override: true, account_subscription: false, app_callback: true });
  expect(details.account_subscription).toContain(OTHER);
  expect(details.account_subscription).toContain(`DELETE /${WABA_ID}/subscribed_apps`);
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['of the same WhatsApp Business account', {}, [NUMBER]],
  ['of another one', { wabaId: '5' }, [NUMBER, WABA]],
])('a number of the app that is left, %s, keeps what it needs', async (_name, other, expected) => {
  const { steps, written } = await removed(meta(), {}, [other]);
  expect(written).toEqual(expected);
  expect(steps.every(({ ok }) => ok)).toBe(true);
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['appId', { appId: undefined }, ['account_subscription', 'app_callback']],
  ['appSecret', { appSecret: undefined }, ['account_subscription', 'app_callback']],
  ['appSecret and wabaId', { appSecret: undefined, wabaId: undefined }, ['app_callback']],
])('without %s it says what stays', async (_name, change, stay) => {
  const { steps, details, written } = await removed(meta(), change);
  expect(steps.filter(({ ok }) => !ok).map(({ step }) => step)).toEqual(stay);
  expect(details.app_callback).toMatch(/takes appId and appSecret.*remove that in the Meta app/);
  expect(written).toEqual([NUMBER]);
});

test('what Meta refuses is a step that says what stays, and the next ones are still tried', async () => {
  const refuse = ({ method }: HttpRequest) => (method === 'GET' ? undefined : graphError(200, 403));
  const { ok, details, written } = await removed(meta({ refuse }));
  expect(ok).toEqual({ number_override: false, account_subscription: false, app_callback: false });
  expect(written).toEqual([NUMBER, WABA, APP]);
  for (const step of ['number_override', 'app_callback']) expect(details[step]).toContain(OURS);
  expect(details.account_subscription).toContain(WABA_ID);
});

test('an unreachable Meta fails every step, throws nothing, shows no secret', async () => {
  const refuse = () => new SendError('unreachable', `GET …?input_token=EAAtesttoken123&x=${APP_ID}|${SECRET}`);
  const { ok, details } = await removed(meta({ refuse }));
  expect(Object.values(ok)).toEqual([false, false, false]);
  expect(JSON.stringify(details)).not.toMatch(new RegExp(`EAAtesttoken123|${SECRET}`));
});
