/** Which API keys count after the operator chose others, and how one takes the place of another. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API_KEY_CACHE_MS, describeApiKey } from '../../../service/src/platform/api-keys.ts';
import { closeApps, startApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

afterEach(closeApps);

const CHOSEN = 'a-key-that-the-operator-chose';
const OTHER = 'another-key-the-operator-chose';

const statusAt = async (url: string, key: string) =>
  (await fetch(`${url}/v1/accounts`, { headers: { authorization: `Bearer ${key}` } })).status;

async function startRestartable() {
  const env: Record<string, string> = {};
  const app = await startApp({ env, registered: false });
  const restartWith = async (change: Record<string, string>) => {
    await app.stop();
    delete env['PARLEY_API_KEY'];
    Object.assign(env, change);
    await app.start();
  };
  const statuses = () => Promise.all([app.key, CHOSEN, OTHER].map((key) => statusAt(app.url, key)));
  return { app, restartWith, statuses };
}

test('the one that is configured, and none of those before', async () => {
  const { restartWith, statuses } = await startRestartable();
  expect(await statuses()).toEqual([200, 401, 401]);
  await restartWith({ PARLEY_API_KEY: CHOSEN });
  expect(await statuses()).toEqual([401, 200, 401]);
  await restartWith({ PARLEY_API_KEY: OTHER });
  expect(await statuses()).toEqual([401, 401, 200]);
  await restartWith({ PARLEY_API_KEY: CHOSEN });
  expect(await statuses()).toEqual([401, 200, 401]);
  await restartWith({});
  expect(await statuses()).toEqual([200, 401, 401]);
});

test('all of a list, and one less when one is struck off', async () => {
  const { app, restartWith, statuses } = await startRestartable();
  await restartWith({ PARLEY_API_KEY: `${CHOSEN},${app.key}` });
  expect(await statuses()).toEqual([200, 200, 401]);
  await restartWith({ PARLEY_API_KEY: `${OTHER},${CHOSEN}` });
  expect(await statuses()).toEqual([401, 200, 200]);
  await restartWith({ PARLEY_API_KEY: OTHER });
  expect(await statuses()).toEqual([401, 401, 200]);
});

test('all lines of the file', async () => {
  const { app, restartWith, statuses } = await startRestartable();
  const file = join(app.dataDir, 'api-key');
  await writeFile(file, `${CHOSEN}\n${app.key}\n`);
  await restartWith({});
  expect(await statuses()).toEqual([200, 200, 401]);
  await writeFile(file, `${CHOSEN}\n`);
  await restartWith({});
  expect(await statuses()).toEqual([401, 200, 401]);
});

test('a key that another process revoked is refused a few seconds later, one that it added counts at once', async () => {
  const { app, statuses } = await startRestartable();
  await app.service.ledger.write(async ({ db }) => {
    await db.updateTable('apiKeys').set({ revokedAt: app.clock.now() }).execute();
    const { id, hash } = describeApiKey(CHOSEN);
    await db.insertInto('apiKeys').values({ id, hash, createdAt: app.clock.now(), revokedAt: null }).execute();
  });
  app.clock.advance(API_KEY_CACHE_MS);
  expect(await statuses()).toEqual([401, 200, 401]);
});

/** Asks without a break, as n8n may; a service that is being replaced may be away, but must not say that a key is wrong. */
function keepAsking(url: string, keys: () => readonly string[]) {
  const statuses: number[] = [];
  let asking = true;
  const loop = async () => {
    while (asking) {
      const answers = await Promise.allSettled(keys().map((key) => statusAt(url, key)));
      statuses.push(...answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])));
    }
  };
  const done = loop();
  return {
    statuses,
    stop: async () => {
      asking = false;
      await done;
    },
  };
}

test('changing the key, step by step under traffic, refuses no request', async () => {
  const { app, restartWith } = await startRestartable();
  let used = [app.key];
  const asker = keepAsking(app.url, () => used);
  const more = async () => {
    const before = asker.statuses.length;
    await eventually(() => asker.statuses.length >= before + 20, 'more answers');
  };
  try {
    await more();
    await restartWith({ PARLEY_API_KEY: `${CHOSEN},${app.key}` });
    await more();
    used = [app.key, CHOSEN];
    await more();
    used = [CHOSEN];
    await more();
    await restartWith({ PARLEY_API_KEY: CHOSEN });
    await more();
  } finally {
    await asker.stop();
  }
  expect(asker.statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(await statusAt(app.url, app.key)).toBe(401);
});
