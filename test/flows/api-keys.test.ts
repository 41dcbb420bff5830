/** Which API key counts after the operator chose another one. */
import { closeApps, startApp, type App } from '../support/app.ts';

afterEach(closeApps);

const CHOSEN = 'a-key-that-the-operator-chose';
const OTHER = 'another-key-the-operator-chose';

const statusWith = async (app: App, key: string) =>
  (await app.call('GET', '/v1/accounts', undefined, { authorization: `Bearer ${key}` })).status;

test('the one that is configured, and none of those before', async () => {
  const env: Record<string, string> = {};
  const app = await startApp({ env, registered: false });
  const restartWith = async (change: Record<string, string>) => {
    await app.stop();
    delete env['PARLEY_API_KEY'];
    Object.assign(env, change);
    await app.start();
  };
  const statuses = async () => [
    await statusWith(app, app.key),
    await statusWith(app, CHOSEN),
    await statusWith(app, OTHER),
  ];
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
