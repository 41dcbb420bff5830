/** A secret is changed at one process while webhooks, and the calls that prove a webhook URL, come to another. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../../../contract/api.ts';
import { loadConfig } from '../../../service/src/config/config.ts';
import { makeLogger } from '../../../service/src/platform/logger.ts';
import { startService, type RunningService } from '../../../service/src/service.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';
import { startMetaSandbox, type MetaSandbox } from '../../sandbox/meta/sandbox.ts';
import { signatureOf } from '../../sandbox/kit/meta/hub-webhooks.ts';
import { apiClient, type ApiClient } from '../../support/api-client.ts';
import { databases } from '../../support/databases.ts';
import { freePort } from '../../support/free-port.ts';
import { metaAccount } from '../channels/meta-fixture.ts';

const API_KEY = 'the-api-key-of-both-processes';
const { empty } = databases();
const closers: (() => Promise<unknown>)[] = [];

let meta: MetaSandbox;
/** Where accounts are saved, and where providers call. */
let [here, there] = [] as unknown as [ApiClient, RunningService];

beforeEach(async () => {
  meta = await startMetaSandbox();
  const port = await freePort();
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-elsewhere-'));
  const shared = { PARLEY_DATABASE_URL: await empty(), PARLEY_API_KEY: API_KEY };
  const start = async (name: string, own: number) => {
    const config = loadConfig({
      ...{ ...shared, PARLEY_ENCRYPTION_KEY: `one:${'ab'.repeat(32)}`, PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback' },
      ...{ PARLEY_DATA_DIR: join(dataDir, name), PARLEY_PORT: String(own) },
      PARLEY_PUBLIC_URL: `http://127.0.0.1:${port}`,
    });
    const service = await startService(config, makeLogger({ level: 'silent' }));
    closers.push(() => service.stop());
    return service;
  };
  closers.push(
    () => rm(dataDir, { recursive: true, force: true }),
    () => meta.close(),
  );
  const { url } = await start('here', 0);
  here = apiClient(() => url, API_KEY);
  there = await start('there', port);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function save(change: Record<string, unknown> = {}): Promise<Account> {
  const { externalId, settings } = metaAccount('messenger', meta.url);
  const path = `/v1/accounts/messenger/${externalId}`;
  return (await here('PUT', path, { settings: { ...settings, ...change } })).body as Account;
}

async function post({ webhookUrl }: Account, secret: string): Promise<number> {
  const body = Buffer.from(JSON.stringify({ object: 'page', entry: [] }));
  const headers = { 'x-hub-signature-256': signatureOf(secret, body) };
  return (await fetch(webhookUrl, { method: 'POST', headers, body: new Uint8Array(body) })).status;
}

test('a webhook with the new secret is taken at once, one that nobody signed is not', async () => {
  const account = await save();
  expect(await post(account, META_DEFAULTS.appSecret)).toBe(200);
  await save({ appSecret: ['another secret', META_DEFAULTS.appSecret] });
  expect(await post(account, 'another secret')).toBe(200);
  expect(await post(account, 'of nobody')).toBe(401);
});

test('the URL is proved with the new verify token, which the provider asks for while it is being saved', async () => {
  const account = await save();
  expect(account.webhookUrl.startsWith(there.url)).toBe(true);
  expect(await post(account, META_DEFAULTS.appSecret)).toBe(200);
  const { provisioning } = await save({ verifyToken: 'another token' });
  expect(provisioning).toContainEqual({ step: 'app_callback', ok: true });
});
