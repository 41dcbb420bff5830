/** Keys change while several processes work on one database, and are replaced one after the other. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account, CreatedSubscription } from '../../../contract/api.ts';
import { loadConfig } from '../../../service/src/config/config.ts';
import { API_KEY_CACHE_MS } from '../../../service/src/platform/api-keys.ts';
import { makeLogger } from '../../../service/src/platform/logger.ts';
import { startService, type RunningService } from '../../../service/src/service.ts';
import { manualClock } from '../../sandbox/kit/clock.ts';
import { startWhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { apiClient } from '../../support/api-client.ts';
import { ACCOUNT, ANA, sandboxSettings, START_AT } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { databases } from '../../support/databases.ts';
import { query } from '../../support/postgres.ts';
import { startReceiver } from '../../support/receiver.ts';

const OLD_API_KEY = 'the-old-key-of-the-operator';
const NEW_API_KEY = 'the-new-key-of-the-operator';
const OLD = `old:${'ab'.repeat(32)}`;
const NEW = `new:${'cd'.repeat(32)}`;

const { empty } = databases();

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Two processes over one database; `replace` takes one after the other away and starts it with other keys. */
async function startTwo(env: Record<string, string>) {
  const clock = manualClock(START_AT);
  const url = await empty();
  const running: RunningService[] = [];
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-rotation-'));
  const start = async (i: number, its: Record<string, string>) => {
    const all = { PARLEY_DATABASE_URL: url, PARLEY_DATA_DIR: join(dataDir, String(i)), PARLEY_PORT: '0', ...its };
    const config = loadConfig({ ...all, PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback' });
    return startService(config, makeLogger({ level: 'silent' }), { clock });
  };
  closers.push(async () => {
    for (const one of running.splice(0)) await one.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  for (const i of [0, 1]) running.push(await start(i, env));
  const replace = async (its: Record<string, string>, between: () => Promise<unknown> = async () => undefined) => {
    for (const i of [0, 1]) {
      await running.splice(i, 1)[0]?.stop();
      running.splice(i, 0, await start(i, its));
      await between();
    }
  };
  return { clock, url, running, replace };
}

const statusAt = async ({ url }: RunningService, key: string) =>
  (await fetch(`${url}/v1/accounts`, { headers: { authorization: `Bearer ${key}` } })).status;

test('a listed API key is refused by no process at any time, one that was struck off by all within seconds', async () => {
  const keys = (list: string) => ({ PARLEY_API_KEY: list, PARLEY_ENCRYPTION_KEY: OLD });
  const { clock, running, replace } = await startTwo(keys(OLD_API_KEY));
  const statuses = (key: string) => Promise.all(running.map((one) => statusAt(one, key)));
  await replace(keys(`${NEW_API_KEY},${OLD_API_KEY}`), async () => {
    clock.advance(API_KEY_CACHE_MS);
    expect(await statuses(OLD_API_KEY)).toEqual([200, 200]);
    // One that has not been replaced yet hears of the new key as well.
    expect(await statuses(NEW_API_KEY)).toEqual([200, 200]);
  });
  let replaced = 0;
  await replace(keys(NEW_API_KEY), async () => {
    expect(await statuses(NEW_API_KEY)).toEqual([200, 200]);
    // The one that still lists it had it in mind a moment ago.
    if (++replaced === 1) expect(await statuses(OLD_API_KEY)).toEqual([401, 200]);
    clock.advance(API_KEY_CACHE_MS);
    expect(await statuses(OLD_API_KEY)).toEqual([401, 401]);
  });
});

test('the encryption key changes while messages come and go through both', async () => {
  const keys = (list: string) => ({ PARLEY_API_KEY: OLD_API_KEY, PARLEY_ENCRYPTION_KEY: list });
  const { clock, url, running, replace } = await startTwo(keys(OLD));
  const sandbox = await startWhatsAppSandbox({ clock, throughputPerSecond: null });
  closers.push(() => sandbox.close());
  const workflow = await startReceiver();
  closers.push(() => workflow.close());
  const callAt = (i: number) => apiClient(() => running[i]?.url ?? '', OLD_API_KEY);
  const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
  const account = (await callAt(0)('PUT', path, { settings: sandboxSettings(sandbox) })).body as Account;
  const wish = { url: workflow.url, events: ['message.received'], account: ACCOUNT };
  expect((await callAt(1)('POST', '/v1/subscriptions', wish)).status).toBe(201);
  let count = 0;
  /** A customer writes by way of each process, and is answered by way of the other. */
  const talk = async () => {
    for (const i of [0, 1]) {
      const webhook = new URL(account.webhookUrl);
      sandbox.subscribe(`${running[i]?.url}${webhook.pathname}`);
      await sandbox.customer.sends({ from: ANA, text: `message ${++count}` });
      await workflow.took(count);
      const body = { account: ACCOUNT, to: `+${ANA}`, content: { type: 'text', text: `answer ${count}` } };
      const sent = await callAt(1 - i)('POST', '/v1/messages', body, { 'idempotency-key': `key-${count}` });
      expect(sent.status).toBe(202);
      const { id } = sent.body as { id: string };
      await eventually(async () => {
        const { status } = (await callAt(i)('GET', `/v1/messages/${id}`)).body as { status: string };
        return ['sent', 'delivered', 'read'].includes(status);
      }, `answer ${count} to be sent`);
    }
  };
  await talk();
  await replace(keys(`${OLD},${NEW}`), talk);
  await replace(keys(`${NEW},${OLD}`), talk);
  const another = (await callAt(0)('POST', '/v1/subscriptions', { ...wish, events: ['message.edited'] })).body;
  expect((another as CreatedSubscription).secret).toEqual(expect.any(String));
  await eventually(async () => {
    const texts = await Promise.all([0, 1].map(async (i) => (await callAt(i)('GET', '/metrics')).text));
    return texts.every((text) => /^parley_secrets_sealed_by_old_keys 0$/m.test(text));
  }, 'both processes to count no secret of the old key');
  const boxes = await query(url, 'select settings as box from accounts union all select secret from subscriptions');
  expect(boxes.map(({ box }) => String(box).slice(0, 7))).toEqual(['v1.new.', 'v1.new.', 'v1.new.']);
  await replace(keys(NEW), talk);
  expect(workflow.taken()).toHaveLength(count);
}, 60_000);

test('a process with another encryption key is refused by a database that is in use, and by an empty one', async () => {
  const url = await empty();
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-rotation-'));
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  const start = (key: string) =>
    startService(
      loadConfig({
        PARLEY_DATABASE_URL: url,
        PARLEY_DATA_DIR: dataDir,
        PARLEY_PORT: '0',
        PARLEY_ENCRYPTION_KEY: key,
      }),
      makeLogger({ level: 'silent' }),
    );
  const results = await Promise.allSettled([start(OLD), start(NEW)]);
  const refused = results.filter(({ status }) => status === 'rejected');
  for (const result of results) if (result.status === 'fulfilled') closers.push(() => result.value.stop());
  expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ name: 'SecretBoxError' }) }]);
});
