/** What is taken back at Meta when a Page or an Instagram account is deleted, and what is said to stay. */
import type { HttpRequest, HttpResponse } from '../../../service/src/core/http.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { answering, json } from '../../conformance/fake-io.ts';
import { graphError } from './answers.ts';

const APP = '654839201847362';
const PAGE_ID = '1234567890';
const IG_ID = '17841400000000000';
const GRAPH = 'https://graph.facebook.com/v25.0';
const OURS = 'https://p.example/webhooks/x/e1';
const FORMER = 'https://p.example/webhooks/x/e0';
const OTHER = 'https://crm.example/hook';
const SHARED = { appId: APP, appSecret: 'an-app-secret', verifyToken: 'a-token-of-ours' };
const PAGE = { ...SHARED, pageId: PAGE_ID, pageAccessToken: 'EAAtoken123' };
const LINKED = { ...SHARED, loginType: 'facebook', igUserId: IG_ID, pageId: PAGE_ID, accessToken: 'EAAtoken123' };
const OWN = { ...SHARED, loginType: 'instagram', igUserId: IG_ID, accessToken: 'IGAAtoken123' };

interface World {
  callbacks: Record<string, string>;
  apps: Record<string, unknown>[];
  refuse: (request: HttpRequest) => HttpResponse | undefined;
}

function meta(change: Partial<World>) {
  const world: World = { callbacks: {}, apps: [{ id: '999' }, { id: APP }], refuse: () => undefined, ...change };
  return answering((request) => {
    const refused = world.refuse(request);
    if (refused) return refused;
    if (request.method === 'DELETE') return json(200, { success: true });
    if (request.url.endsWith('/subscribed_apps')) return json(200, { data: world.apps });
    const entries = Object.entries(world.callbacks);
    return json(200, { data: entries.map(([object, url]) => ({ object, callback_url: url, active: true })) });
  });
}

async function removed(given: object, change: Partial<World>, isLast = true) {
  const fake = meta(change);
  const webhookUrls = [OURS, FORMER];
  const steps =
    'pageAccessToken' in given
      ? await messenger.provisioning?.remove?.(
          { webhookUrls, others: isLast ? [] : [messenger.settings.parse({ ...PAGE, pageId: '1' })] },
          messenger.settings.parse(given),
          fake.io,
        )
      : await instagram.provisioning?.remove?.(
          { webhookUrls, others: isLast ? [] : [instagram.settings.parse({ ...OWN, igUserId: '1' })] },
          instagram.settings.parse(given),
          fake.io,
        );
  const told = steps ?? [];
  return {
    told: told.map(({ step, ok }) => [step, ok]),
    details: Object.fromEntries(told.map(({ step, detail }) => [step, detail ?? ''])),
    deleted: fake.requests
      .filter(({ method }) => method === 'DELETE')
      .map(({ url, query }) => `${url}${query?.object === undefined ? '' : ` ${query.object}`}`),
  };
}

const BOTH = [
  ['account_subscription', true],
  ['app_callback', true],
];

test.each<[string, object, string, string, string]>([
  ['a Page', PAGE, 'page', `${GRAPH}/${PAGE_ID}`, 'page'],
  ['an Instagram account with its Page', LINKED, 'instagram', `${GRAPH}/${PAGE_ID}`, 'instagram'],
  ['one with its own log-in', OWN, 'instagram', `https://graph.instagram.com/v25.0/${IG_ID}`, 'instagram'],
])('%s: the last takes the callback of its app with it, others leave it', async (_name, given, object, node) => {
  const last = await removed(given, { callbacks: { [object]: OURS, user: 'https://u.example' } });
  expect(last.told).toEqual(BOTH);
  expect(last.deleted).toEqual([`${node}/subscribed_apps`, `${GRAPH}/${APP}/subscriptions ${object}`]);
  const one = await removed(given, { callbacks: { [object]: FORMER } }, false);
  expect(one.told).toEqual([['account_subscription', true]]);
  expect(one.deleted).toEqual([`${node}/subscribed_apps`]);
});

test.each<[string, Partial<World>, string[]]>([
  ['nobody is called any more', { callbacks: {} }, [`${GRAPH}/${PAGE_ID}/subscribed_apps`]],
  ['the Page is not subscribed', { callbacks: { page: OURS }, apps: [] }, [`${GRAPH}/${APP}/subscriptions page`]],
])('%s', async (_name, world, expected) => {
  const { told, deleted } = await removed(PAGE, world);
  expect(told).toEqual(BOTH);
  expect(deleted).toEqual(expected);
});

test.each<[string, object, Record<string, string>, string, string[]]>([
  ['a callback of somebody else', PAGE, { page: OTHER }, OTHER, []],
  ['Instagram accounts', PAGE, { page: OURS, instagram: OTHER }, 'instagram', [`${GRAPH}/${APP}/subscriptions page`]],
  ['Pages', LINKED, { instagram: OURS, page: OTHER }, 'page', [`${GRAPH}/${APP}/subscriptions instagram`]],
])('the subscription of a Page stays for %s, and it is said', async (_name, given, callbacks, named, expected) => {
  const { told, details, deleted } = await removed(given, { callbacks });
  expect(told).toEqual([
    ['account_subscription', false],
    ['app_callback', true],
  ]);
  expect(details.account_subscription).toContain(named);
  expect(details.account_subscription).toContain("Meta app's Messenger settings");
  expect(deleted).toEqual(expected);
});

test('without what it takes to ask the app, it says what stays', async () => {
  const { told, details, deleted } = await removed({ ...PAGE, appId: undefined }, { callbacks: { page: OURS } });
  expect(told).toEqual([
    ['account_subscription', false],
    ['app_callback', false],
  ]);
  expect(details.account_subscription).toContain(PAGE_ID);
  expect(details.app_callback).toContain(OURS);
  expect(deleted).toEqual([]);
});

test('what Meta refuses is a step that says what stays, without a secret', async () => {
  const refuse = ({ method }: HttpRequest) =>
    method === 'DELETE' ? graphError(190, 401, { message: 'Bad EAAtoken123' }) : undefined;
  const { told, details, deleted } = await removed(PAGE, { callbacks: { page: OURS }, refuse });
  expect(told.map(([, ok]) => ok)).toEqual([false, false]);
  expect(deleted).toHaveLength(2);
  expect(JSON.stringify(details)).not.toContain('EAAtoken123');
});
