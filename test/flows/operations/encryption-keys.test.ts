/** Which encryption keys a database can be used with, and how one takes the place of another while the service works. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { verifyDelivery } from '../../../contract/signature.ts';
import { ACCOUNT, ANA, BEN, closeApps, HOUR, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';

afterEach(closeApps);

const OLD = `old:${'ab'.repeat(32)}`;
const NEW = `new:${'cd'.repeat(32)}`;
/** Another key that somebody gave the same name. */
const SAME_NAME = `old:${'ef'.repeat(32)}`;

async function startWith(keys: string, registered = true) {
  const env: Record<string, string> = { PARLEY_ENCRYPTION_KEY: keys };
  const app = await startApp({ env, registered });
  const restartWith = async (others: string) => {
    await app.stop();
    env['PARLEY_ENCRYPTION_KEY'] = others;
    await app.start();
  };
  return { app, restartWith };
}

/** Everything sealed that is still needed. */
function boxes(app: App): string[] {
  const sealed = app.rows(
    'SELECT settings AS box FROM accounts WHERE deleted_at IS NULL' +
      ' UNION ALL SELECT secret FROM subscriptions WHERE ended_at IS NULL' +
      " UNION ALL SELECT position FROM cursors WHERE name = 'encryption-key'",
  );
  return sealed.map(({ box }) => String(box));
}

const sealedWith = (app: App, id: string) => boxes(app).every((box) => box.startsWith(`v1.${id}.`));

async function sealedByOldKeys(app: App): Promise<number> {
  const { text } = await app.call('GET', '/metrics');
  return Number(/^parley_secrets_sealed_by_old_keys (\d+)$/m.exec(text)?.[1]);
}

const messages = ({ log }: App) => log.lines.map(({ msg }) => msg);
const DONE = expect.stringContaining('the older ones can be taken away');

test('a new key takes the place of the old one under traffic: nothing is lost, and the old one can go', async () => {
  const { app, restartWith } = await startWith(OLD);
  const trigger = await app.listen();
  const waiter = await app.receiver();
  for (const from of [ANA, BEN]) await app.sandbox.customer.sends({ from, text: 'hi' });
  const until = new Date(app.clock.now() + HOUR).toISOString();
  await app.reaches(await app.sent('How many?', { wait: { url: waiter.url, until } }), 'read');
  expect(sealedWith(app, 'old')).toBe(true);

  await restartWith(`${NEW},${OLD}`);
  const during = Promise.all([
    app.sent('while keys change', { to: `+${BEN}` }).then((id) => app.reaches(id, 'read')),
    app.sandbox.customer.sends({ from: BEN, text: 'while keys change' }),
  ]);
  await eventually(() => sealedWith(app, 'new'), 'everything to be sealed with the new key');
  await during;
  await eventually(async () => (await sealedByOldKeys(app)) === 0, 'the metric to say so');
  expect(messages(app)).toContainEqual(DONE);

  await restartWith(NEW);
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await waiter.took(1);
  await app.sandbox.customer.sends({ from: BEN, text: 'afterwards' });
  await trigger.took(4);
  await app.reaches(await app.sent('afterwards', { to: `+${BEN}` }), 'read');
  expect(trigger.taken().map(({ message }) => (message?.content as { text: string }).text)).toEqual([
    'hi',
    'hi',
    'while keys change',
    'afterwards',
  ]);
  const last = trigger.deliveries.at(-1);
  const verified = verifyDelivery(trigger.subscription.secret, last?.headers ?? {}, last?.raw ?? '', app.clock.now());
  expect(verified).toBe(true);
});

test('how much is left is known from the start on, and what is registered meanwhile is sealed with the new key', async () => {
  const { app, restartWith } = await startWith(OLD);
  await app.listen();
  await restartWith(`${NEW},${OLD}`);
  expect(messages(app)).toContainEqual(expect.stringMatching(/^Secrets that older encryption keys sealed/));
  await app.listen();
  await eventually(() => sealedWith(app, 'new'), 'everything to be sealed with the new key');
  expect(boxes(app)).toHaveLength(4);
});

test.each([
  ['a key that is still needed is missing', NEW, /with the key "old", which is not configured/],
  ['another key has the same name', SAME_NAME, /used with another encryption key/],
])('%s: the service refuses to start, changes nothing, and starts with the right one', async (_what, wrong, reason) => {
  const { app, restartWith } = await startWith(OLD);
  await app.listen();
  await app.stop();
  const before = app.dump();
  const error: unknown = await restartWith(wrong).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'SecretBoxError', message: expect.stringMatching(reason) });
  expect(app.dump()).toEqual(before);
  await restartWith(OLD);
  await app.reaches(await app.sent('hello', { ifSessionClosed: 'hold' }), 'held');
});

test.each([NEW, SAME_NAME])('even an empty database keeps to its key: %s is refused', async (wrong) => {
  const { restartWith } = await startWith(OLD, false);
  await expect(restartWith(wrong)).rejects.toThrow(/used with another encryption key/);
  await restartWith(`${OLD},${wrong.replace('old', 'wrong')}`);
});

test('a database of the first version, which has no proof of its key, is not taken over by another', async () => {
  const { app, restartWith } = await startWith(OLD);
  await app.stop();
  const db = new DatabaseSync(join(app.dataDir, 'parley.db'));
  db.exec('DELETE FROM cursors');
  db.close();
  await expect(restartWith(SAME_NAME)).rejects.toThrow(/used with another encryption key/);
  expect(app.rows('SELECT * FROM cursors')).toEqual([]);
  await restartWith(OLD);
  expect(boxes(app)).toHaveLength(2);
});

test('when the key is lost, the way out that the documentation tells works: accounts come back as they were', async () => {
  const { app, restartWith } = await startWith(OLD);
  const lost = await app.listen();
  await app.sandbox.customer.sends({ from: ANA, text: 'before' });
  await lost.took(1);
  const said = await app.reaches(await app.sent('hello'), 'read');
  await app.stop();
  const manual = readFileSync(join(PACKAGE_DIR, 'docs/operations.md'), 'utf8');
  const statements = /sqlite3 data\/parley\.db "\n([^"]*cursors[^"]*)"/.exec(manual)?.[1] ?? '';
  const db = new DatabaseSync(join(app.dataDir, 'parley.db'));
  db.exec(statements);
  db.close();
  await restartWith(NEW);
  expect((await app.call('GET', '/v1/accounts')).body).toEqual({ data: [] });
  const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
  const { body } = await app.call('PUT', path, { settings: sandboxSettings(app.sandbox) });
  expect(body).toMatchObject({ id: app.account.id, webhookUrl: app.account.webhookUrl });
  const trigger = await app.listen();
  await app.sandbox.customer.sends({ from: ANA, text: 'after' });
  expect((await trigger.took(1))[0]?.message?.content).toMatchObject({ text: 'after' });
  expect((await app.message(said.id)).status).toBe('read');
});
