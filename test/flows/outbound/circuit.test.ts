/** An account that the provider refuses: its messages wait, one alert is raised, and all goes on when it works again. */
import type { Account } from '../../../contract/api.ts';
import { ANA, BEN, closeApps, HOUR, MINUTE, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { objectOf } from '../../sandbox/kit/json.ts';

afterEach(closeApps);

const accepted = (app: App) => app.sandbox.listReceivedMessages().map(({ body }) => objectOf(body['text'])['body']);
const account = async (app: App) => (await app.call('GET', `/v1/accounts/${app.account.id}`)).body as Account;
const calls = (app: App) => app.sandbox.requests().filter(({ path }) => path.endsWith('/messages')).length;

/** An app whose token the provider takes no more, with messages for two people. */
async function broken() {
  const app = await startApp();
  for (const from of [ANA, BEN]) await app.sandbox.customer.sends({ from, text: 'hi' });
  await app.idle();
  const workflow = await app.listen({ events: ['message.status', 'account.alert', 'account.changed'] });
  app.sandbox.settings.accessToken = 'another-token';
  const ids = [];
  for (const text of ['1', '2', '3']) ids.push(await app.sent(text, { to: `+${text === '2' ? BEN : ANA}` }));
  await eventually(async () => (await account(app)).paused, 'the account to be paused');
  await app.idle();
  return { app, workflow, ids };
}

test('its messages stay queued, and one alert tells why', async () => {
  const { app, workflow, ids } = await broken();
  for (const id of ids) expect(await app.message(id)).toMatchObject({ status: 'queued' });
  const [alert] = await workflow.took(1);
  expect(alert).toMatchObject({
    type: 'account.alert',
    data: { reason: 'settings', providerCode: '190', pausedAt: expect.any(String) },
  });
  expect(await account(app)).toMatchObject({ paused: { since: expect.any(String), reason: expect.any(String) } });
  const metrics = (await app.call('GET', '/metrics')).text;
  expect(metrics).toContain('parley_accounts_paused{channel="whatsapp"} 1');
  const soFar = calls(app);
  await app.sent('4');
  await app.idle();
  expect(calls(app)).toBe(soFar);
  expect(workflow.taken()).toHaveLength(1);
});

test('saved again, it goes on at once, in order, with nothing lost', async () => {
  const { app, workflow, ids } = await broken();
  const settings = sandboxSettings(app.sandbox, { accessToken: 'another-token' });
  await app.call('PUT', `/v1/accounts/whatsapp/${app.account.externalId}`, { settings });
  for (const id of ids) await app.reaches(id, 'read');
  expect(accepted(app).filter((text) => text !== '2')).toEqual(['1', '3']);
  expect(accepted(app)).toHaveLength(3);
  expect((await account(app)).paused).toBeUndefined();
  const events = await workflow.took(2 + 9);
  expect(events.filter(({ type }) => type === 'account.alert')).toHaveLength(1);
  expect(events.find(({ type }) => type === 'account.changed')?.data).toMatchObject({ reason: 'resumed' });
  expect((await app.call('GET', '/metrics')).text).toContain('parley_accounts_paused{channel="whatsapp"} 0');
});

test('one message after another tries whether it works, less and less often; the first that is taken lets all go', async () => {
  const { app, ids } = await broken();
  for (const waitMs of [MINUTE, 2 * MINUTE, 4 * MINUTE]) {
    const before = calls(app);
    app.advance(waitMs - 1);
    await app.idle();
    expect(calls(app)).toBe(before);
    app.advance(1);
    await eventually(() => calls(app) === before + 1, 'the trial');
    await app.idle();
    expect(calls(app)).toBe(before + 1);
  }
  app.sandbox.settings.accessToken = SANDBOX_DEFAULTS.accessToken;
  app.advance(HOUR);
  for (const id of ids) await app.reaches(id, 'read');
  expect((await account(app)).paused).toBeUndefined();
});

test('a message that may not wait so long expires meanwhile', async () => {
  const { app, workflow } = await broken();
  const id = await app.sent('soon', { expiresAt: new Date(app.clock.now() + MINUTE / 2).toISOString() });
  app.advance(MINUTE / 2);
  expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'expired' } });
  expect((await workflow.took(2))[1]).toMatchObject({ status: { id, error: { code: 'expired' } } });
});

test('what concerns one message only does not stop the others', async () => {
  const app = await startApp({ env: { PARLEY_ALLOW_PRIVATE_PROVIDERS: 'none' } });
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  expect(await app.reaches(await app.sent('hello'), 'failed')).toMatchObject({ error: { code: 'settings' } });
  expect((await account(app)).paused).toBeUndefined();
});
