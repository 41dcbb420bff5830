/** Accounts that are deleted: what was set up for them at the provider goes with them, or is said to stay. */
import type { Account, DeletedAccount } from '../../../contract/api.ts';
import { signatureOf } from '../../sandbox/kit/meta/hub-webhooks.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';
import { startMetaSandbox, type MetaSandbox } from '../../sandbox/meta/sandbox.ts';
import { closeApps, closing, startApp, type App } from '../../support/app.ts';
import { freePort } from '../../support/free-port.ts';
import { ANA, metaAccount } from './meta-fixture.ts';

const { appId, appSecret, pageId } = META_DEFAULTS;
/** A Page of the same app whose token Meta does not know any more. */
const OTHER = '1002';

let app: App;
let meta: MetaSandbox;

beforeEach(async () => {
  const port = await freePort();
  const env = { PARLEY_PORT: String(port), PARLEY_PUBLIC_URL: `http://127.0.0.1:${port}` };
  app = await startApp({ registered: false, env });
  meta = await startMetaSandbox({ clock: app.clock });
  closing(() => meta.close());
});
afterEach(closeApps);

async function register(externalId: string, change: Record<string, unknown> = {}): Promise<Account> {
  const settings = { ...metaAccount('messenger', meta.url).settings, ...change };
  return (await app.call('PUT', `/v1/accounts/messenger/${externalId}`, { settings })).body as Account;
}

/** What the app calls, as Meta says it. */
async function called(): Promise<string[]> {
  const url = `${meta.url}/v25.0/${appId}/subscriptions`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${appId}|${appSecret}` } });
  return ((await answer.json()) as { data: { callback_url: string }[] }).data.map((entry) => entry.callback_url);
}

const deleted = async ({ id }: Account) => (await app.call('DELETE', `/v1/accounts/${id}`)).body as DeletedAccount;

test('one of two Pages leaves the callback of their app, the last takes it back; both tell their steps', async () => {
  const page = await register(pageId);
  const other = await register(OTHER, { pageId: OTHER, pageAccessToken: 'revoked' });
  expect(await called()).toEqual([page.webhookUrl]);
  expect((await meta.messenger.customer.sends({ from: ANA, text: 'hello' })).status).toBe(200);

  expect(await deleted(page)).toEqual({ deleted: true, provisioning: [{ step: 'account_subscription', ok: true }] });
  expect(await called()).toEqual([page.webhookUrl]);
  expect((await meta.messenger.customer.sends({ from: ANA, text: 'nobody?' })).status).toBeUndefined();

  const last = await deleted(other);
  expect(last.provisioning).toEqual([
    { step: 'account_subscription', ok: false, detail: expect.stringContaining(`the Page ${OTHER} stays subscribed`) },
    { step: 'app_callback', ok: true },
  ]);
  expect(JSON.stringify(last)).not.toContain('revoked');
  expect(await called()).toEqual([]);
});

test('a Page whose secret was changed before that of the others leaves them the callback of their app', async () => {
  const other = await register(OTHER, { pageId: OTHER, appSecret: 'no longer right' });
  await register(pageId, { appSecret: 'no longer right' });
  const page = await register(pageId);
  expect(page.webhookUrl).not.toBe(other.webhookUrl);
  expect(await called()).toEqual([page.webhookUrl]);
  expect((await deleted(page)).provisioning).toEqual([{ step: 'account_subscription', ok: true }]);
  expect(await called()).toEqual([page.webhookUrl]);
  await app.call('PUT', `/v1/accounts/messenger/${OTHER}`, {
    settings: { ...metaAccount('messenger', meta.url).settings, pageId: OTHER, appId: '1' },
  });
  const body = Buffer.from(JSON.stringify({ object: 'page', entry: [] }));
  const headers = { 'x-hub-signature-256': signatureOf(appSecret, body) };
  expect((await fetch(page.webhookUrl, { method: 'POST', headers, body: new Uint8Array(body) })).status).toBe(200);
});

test('a callback of somebody else stays, and an account is gone even when Meta cannot be asked', async () => {
  const page = await register(pageId);
  meta.messenger.subscribe('https://crm.example/hook');
  expect((await deleted(page)).provisioning).toMatchObject([
    { step: 'account_subscription', ok: false, detail: expect.stringContaining('https://crm.example/hook') },
    { step: 'app_callback', ok: true },
  ]);
  expect(await called()).toEqual(['https://crm.example/hook']);
  const again = await register(pageId);
  meta.faults.next({ kind: 'connection_dropped', on: 'provisioning', times: 9 });
  expect((await deleted(again)).provisioning).toMatchObject([{ ok: false }, { ok: false }]);
  expect(await app.call('GET', `/v1/accounts/${again.id}`)).toMatchObject({ status: 404 });
});
