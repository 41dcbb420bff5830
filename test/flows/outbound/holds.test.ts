/** Messages that are held until the contact writes: how long, in what order they count, and what answers a held question. */
import type { ParleyEvent } from '../../../contract/event.ts';
import { ANA, closeApps, DAY, HOUR, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { says } from '../../support/meta-messages.ts';

afterEach(closeApps);

const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;

const held = async (app: App, text: string) => {
  const id = await app.sent(text, { ifSessionClosed: 'hold' });
  expect((await app.message(id)).status).toBe('held');
  return id;
};

test('a message is not too old when the contact writes after more than a day', async () => {
  const app = await startApp();
  const id = await held(app, 'hello');
  app.advance(30 * HOUR);
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  expect(await app.reaches(id, 'read')).toMatchObject({ attempts: [{ number: 1, outcome: 'accepted' }] });
});

test('a message that is released and put off for a day is too old then', async () => {
  const app = await startApp();
  const id = await held(app, 'hello');
  app.advance(30 * HOUR);
  app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 25 * 3600 });
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.sandbox.waitFor(() => app.sandbox.faults.pending() === 0);
  await app.idle();
  app.advance(2 * DAY);
  expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'expired' } });
});

test('a message that is held again has its seven days again', async () => {
  const app = await startApp();
  const id = await held(app, 'hello');
  app.advance(6 * DAY);
  // The provider does not know of this one: it refuses what it releases.
  await says(app, { from: ANA }, 'hi');
  await app.idle();
  expect(await app.reaches(id, 'held')).toMatchObject({ attempts: [{ outcome: 'session_closed' }] });
  app.advance(2 * DAY);
  await app.idle();
  expect((await app.message(id)).status).toBe('held');
  app.advance(5 * DAY);
  expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'expired' } });
  await app.idle();
  expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
});

test('the message that lets a held question go out does not answer it, the next one does', async () => {
  const app = await startApp();
  const trigger = await app.listen();
  const waiter = await app.receiver();
  const until = new Date(app.clock.now() + 3 * DAY).toISOString();
  const id = await app.sent('How many?', { ifSessionClosed: 'hold', wait: { url: waiter.url, until } });
  app.advance(HOUR);
  await app.sandbox.customer.sends({ from: ANA, text: 'is anybody there?' });
  await app.reaches(id, 'read');
  await app.idle();
  expect((await trigger.took(1)).map(textOf)).toEqual(['is anybody there?']);
  expect(waiter.deliveries).toEqual([]);
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  expect((await waiter.took(1)).map(textOf)).toEqual(['three']);
  await app.idle();
  expect(trigger.taken().map(textOf)).toEqual(['is anybody there?']);
});

test('nor does anything that the contact writes while the question has not gone out yet', async () => {
  const app = await startApp();
  const trigger = await app.listen();
  const waiter = await app.receiver();
  const until = new Date(app.clock.now() + 3 * DAY).toISOString();
  app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 60 });
  const id = await app.sent('How many?', { ifSessionClosed: 'hold', wait: { url: waiter.url, until } });
  await app.sandbox.customer.sends({ from: ANA, text: 'hello?' });
  await eventually(async () => (await app.message(id)).attempts?.[0]?.outcome === 'throttled', 'the throttled try');
  await app.sandbox.customer.sends({ from: ANA, text: 'anybody?' });
  expect((await trigger.took(2)).map(textOf)).toEqual(['hello?', 'anybody?']);
  app.advance(HOUR);
  await app.reaches(id, 'read');
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  expect((await waiter.took(1)).map(textOf)).toEqual(['three']);
});

test('a held message of an account that was deleted ends as failed', async () => {
  const app = await startApp();
  const id = await held(app, 'hello');
  expect((await app.call('DELETE', `/v1/accounts/${app.account.id}`)).status).toBe(200);
  app.advance(7 * DAY);
  expect((await app.reaches(id, 'failed')).error).toBeDefined();
  await app.idle();
  expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
});

test('held messages go out in the order in which they were asked, also when the clock was set back in between', async () => {
  const app = await startApp();
  const ids = [await held(app, 'first'), await held(app, 'second')];
  await app.stop();
  app.clock.set(app.clock.now() - DAY);
  await app.start();
  ids.push(await held(app, 'third'));
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  for (const id of ids) await app.reaches(id, 'read');
  const texts = app.sandbox.listReceivedMessages().map(({ body }) => (body['text'] as { body: string }).body);
  expect(texts).toEqual(['first', 'second', 'third']);
});
