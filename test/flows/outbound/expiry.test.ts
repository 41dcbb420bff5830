/** A message that is not sent in time is not sent at all, wherever it waits. */
import { ANA, closeApps, DAY, HOUR, MINUTE, startApp, type App, type SendOptions } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { objectOf } from '../../sandbox/kit/json.ts';

afterEach(closeApps);

const accepted = (app: App) => app.sandbox.listReceivedMessages().map(({ body }) => objectOf(body['text'])['body']);
const inMs = (app: App, ms: number) => new Date(app.clock.now() + ms).toISOString();

async function appWithSession(): Promise<App> {
  const app = await startApp();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  return app;
}

const expired = { status: 'failed', error: { code: 'expired' } };

test.each([
  ['in the past', -1, /future/],
  ['now', 0, /future/],
  ['more than 30 days ahead', 30 * DAY + 1, /30 days/],
])('an end %s is refused, naming the field', async (_name, ms, message) => {
  const app = await appWithSession();
  const answer = await app.send('hello', { expiresAt: inMs(app, ms) });
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', errors: [{ field: 'expiresAt', message: expect.stringMatching(message) }] },
  });
});

test('what is not an instant is refused', async () => {
  const app = await appWithSession();
  expect(await app.send('hello', { expiresAt: 'tomorrow' })).toMatchObject({ status: 400 });
});

test('the same key with another end is the same message: a node counts the time anew with each try', async () => {
  const app = await appWithSession();
  const first = await app.send('hello', { key: 'one', expiresAt: inMs(app, MINUTE) });
  expect(first).toMatchObject({ status: 202 });
  app.advance(2 * MINUTE);
  const again = await app.send('hello', { key: 'one', expiresAt: inMs(app, MINUTE) });
  expect(again).toMatchObject({ status: 202, body: { duplicate: true } });
});

test('one that goes out in time shows its end and is not touched by it', async () => {
  const app = await appWithSession();
  const expiresAt = inMs(app, MINUTE);
  const id = await app.sent('hello', { expiresAt });
  expect(await app.reaches(id, 'read')).toMatchObject({ expiresAt });
  app.advance(HOUR);
  await app.idle();
  expect((await app.message(id)).status).toBe('read');
});

test('put off by the provider: it fails with an event, and what waits behind it goes on', async () => {
  const app = await appWithSession();
  const workflow = await app.listen({ events: ['message.status'] });
  // The recipient gets no more for some seconds.
  app.sandbox.faults.next({ kind: 'recipient_throttled' });
  const first = await app.sent('first', { expiresAt: inMs(app, 10_000) });
  await eventually(async () => (await app.message(first)).attempts?.[0]?.outcome, 'the first try');
  const second = await app.sent('second');
  app.advance(10_000);
  expect(await app.reaches(first, 'failed')).toMatchObject(expired);
  await app.reaches(second, 'read');
  expect(accepted(app)).toEqual(['second']);
  expect((await workflow.took(1))[0]).toMatchObject({ status: { id: first, ...expired } });
});

test.each<[string, SendOptions]>([
  ['held until the contact writes', { ifSessionClosed: 'hold' }],
  ['behind another that waits', {}],
])('%s', async (name, options) => {
  const app = await appWithSession();
  if (name.startsWith('held')) app.advance(2 * DAY);
  else app.sandbox.faults.next({ kind: 'recipient_throttled', times: 100 });
  await app.sent('before', options);
  const id = await app.sent('late', { ...options, expiresAt: inMs(app, MINUTE) });
  await app.idle();
  app.advance(MINUTE);
  expect(await app.reaches(id, 'failed')).toMatchObject(expired);
});

test('held back with its whole account', async () => {
  const app = await appWithSession();
  app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 3_600 });
  const first = await app.sent('first');
  await eventually(async () => (await app.message(first)).attempts?.length === 1, 'the first try');
  const id = await app.sent('late', { expiresAt: inMs(app, MINUTE) });
  app.advance(MINUTE);
  expect(await app.reaches(id, 'failed')).toMatchObject(expired);
  expect((await app.message(first)).status).toBe('queued');
  app.advance(25 * HOUR);
  expect(await app.reaches(first, 'failed')).toMatchObject(expired);
  await eventually(() => app.rows("SELECT * FROM jobs WHERE kind = 'send'").length === 0, 'no job to be left');
  expect(accepted(app)).toEqual([]);
});
