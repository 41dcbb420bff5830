/** Retention in the whole service: what is old goes by itself, and nobody waits for it. */
import { LIMIT } from '../../../service/src/store/stretch.ts';
import { ANA, closeApps, DAY, HOUR, MINUTE, startApp, type App } from '../../support/app.ts';
import { change, placesOf } from '../../support/ledger-file.ts';
import { says } from '../../support/meta-messages.ts';

afterEach(closeApps);

const SECRET = 'my card is 4111 4242';
const FORGOTTEN = { type: 'unsupported', reason: 'no longer kept' };
const SHORT = { PARLEY_KEEP_BODIES: '1h', PARLEY_KEEP_RECEIPTS: '8d', PARLEY_KEEP_EVENTS: '8d' };

/** Lets the next sweep run to its end. */
async function later(app: App, byMs: number): Promise<void> {
  app.advance(byMs);
  await app.idle();
}

test('what was said goes by its age in both directions, what became of it stays', async () => {
  const app = await startApp({ env: SHORT });
  const trigger = await app.listen({ includeRaw: true });
  await app.sandbox.customer.sends({ from: ANA, text: SECRET });
  const id = await app.sent(`you said ${SECRET}`, { metadata: { SECRET } });
  await app.reaches(id, 'read');
  await trigger.took(1);
  await later(app, 59 * MINUTE);
  expect(placesOf(app.dataDir, SECRET)).toContain('messages.content');
  await later(app, 2 * HOUR);
  expect(placesOf(app.dataDir, SECRET)).toEqual([]);
  expect(await app.message(id)).toMatchObject({ status: 'read', content: FORGOTTEN, attempts: [{ number: 1 }] });
  await later(app, 9 * DAY);
  for (const table of ['events', 'receipts', 'attempts', 'idempotency'])
    expect([table, app.rows(`SELECT * FROM ${table}`)]).toEqual([table, []]);
});

test('by default messages stay, and a webhook that comes again after a week changes nothing', async () => {
  const app = await startApp();
  const trigger = await app.listen();
  const { delivery } = await app.sandbox.customer.sends({ from: ANA, text: SECRET });
  await delivery?.done;
  await trigger.took(1);
  await later(app, 8 * DAY);
  const before = app.rows('SELECT digest FROM receipts');
  expect(before).not.toEqual([]);
  await later(app, 7 * DAY);
  expect(app.rows('SELECT digest FROM receipts')).toEqual([]);
  expect(placesOf(app.dataDir, SECRET)).toEqual(['events.payload', 'messages.content']);
  await later(app, 16 * DAY);
  expect(placesOf(app.dataDir, SECRET)).toEqual(['messages.content']);
});

test('a workflow that was down for long still learns what was said, and then it goes', async () => {
  const app = await startApp({ env: SHORT });
  const trigger = await app.listen();
  await trigger.goDown();
  await says(app, { from: ANA }, SECRET);
  await later(app, 2 * DAY);
  expect(placesOf(app.dataDir, SECRET)).toEqual(['events.payload']);
  await trigger.comeUp();
  await later(app, HOUR);
  const [event] = await trigger.took(1);
  expect(event?.message?.content).toMatchObject({ text: SECRET });
  await later(app, 25 * HOUR);
  expect(placesOf(app.dataDir, SECRET)).toEqual([]);
});

test('a held message is sent as it was asked for, however old', async () => {
  const app = await startApp({ env: SHORT });
  const id = await app.sent(SECRET, { ifSessionClosed: 'hold' });
  await later(app, 5 * DAY);
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.reaches(id, 'read');
  expect(app.sandbox.listReceivedMessages()).toMatchObject([{ body: { text: { body: SECRET } } }]);
  await later(app, 26 * HOUR);
  expect(placesOf(app.dataDir, SECRET)).toEqual([]);
});

test('nobody waits for a sweep through much that is old', async () => {
  const app = await startApp({ env: SHORT });
  await says(app, { from: ANA }, SECRET);
  const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)';
  change(
    app.dataDir,
    `INSERT INTO events (id, account_id, conversation_id, type, dedupe_key, payload, created_at) ${many}
     SELECT id || '-' || i, account_id, conversation_id, type, dedupe_key || '-' || i, payload, created_at FROM events, n`,
  );
  app.advance(9 * DAY);
  const waits: number[] = [];
  while (app.rows('SELECT count(*) AS n FROM events')[0]?.['n'] !== 0) {
    const startedAt = performance.now();
    await app.service.ledger.write(async () => undefined);
    waits.push(performance.now() - startedAt);
  }
  // However slow the machine is: the sweep is many short steps, and none of them is a large part of it.
  expect(waits.length).toBeGreaterThan(8_000 / LIMIT / 2);
  expect(Math.max(...waits)).toBeLessThan(waits.reduce((sum, wait) => sum + wait) / 3);
});
