/** Sends at the pace that the provider allows: a strict one has nothing to complain about. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../../../contract/api.ts';
import { ACCOUNT, ANA, closeApps, MINUTE, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { objectOf } from '../../sandbox/kit/json.ts';

afterEach(closeApps);

const throttles = (app: App) => app.rows("SELECT * FROM attempts WHERE outcome = 'throttled'");
const taken = (app: App) => app.sandbox.listReceivedMessages();

/** The time passes for service and sandbox, slower than on the wall, so that a busy machine is no reason to be late. */
async function passesUntil(app: App, what: () => boolean): Promise<number> {
  const startedAt = app.clock.now();
  for (let turn = 0; turn < 4_000 && !what(); turn++) {
    app.advance(5);
    await pause(15);
  }
  expect(what()).toBe(true);
  return app.clock.now() - startedAt;
}

test('a campaign of a number with 80 messages per second is never throttled, and hardly slower', async () => {
  const app = await startApp({ sandbox: { throughputPerSecond: 80, throughputLevel: 'STANDARD', autoStatuses: [] } });
  const people = Array.from({ length: 160 }, (_, index) => `1555200${String(index).padStart(4, '0')}`);
  for (const from of people) await app.sandbox.customer.sends({ from, text: 'hi' });
  await app.idle();
  app.advance(MINUTE);
  const send = (to: string) => app.sent('news', { to: `+${to}`, purpose: 'campaign' });
  await Promise.all(people.map(send));
  const tookMs = await passesUntil(app, () => taken(app).length === people.length);
  expect(throttles(app)).toEqual([]);
  expect(tookMs).toBeLessThan((people.length / 80) * 1_000 * 1.4);
});

test('one person gets no more than the provider lends, in order and without a refusal; others do not wait', async () => {
  const app = await startApp({ sandbox: { autoStatuses: [] } });
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  const texts = Array.from({ length: 48 }, (_, index) => String(index));
  for (const text of texts) {
    await app.sent(text);
    if (Number(text) % 20 === 19) app.advance(100);
  }
  await eventually(() => taken(app).length >= 44, 'what may go at once');
  await app.idle();
  expect(taken(app).length).toBeLessThanOrEqual(45);
  await app.sandbox.customer.sends({ from: '15550009999', text: 'hi' });
  await app.idle();
  await app.reaches(await app.sent('other', { to: '+15550009999' }), 'sent');
  for (let turn = 0; turn < 6; turn++) {
    app.advance(6_000);
    await app.idle();
  }
  await eventually(() => taken(app).length === texts.length + 1, 'the rest');
  const toAna = taken(app).filter(({ to }) => to.waId === ANA);
  expect(toAna.map(({ body }) => objectOf(body['text'])['body'])).toEqual(texts);
  expect(throttles(app)).toEqual([]);
});

describe('how many messages per second the provider takes is asked of it', () => {
  test.each([
    ['STANDARD', false, 80],
    ['HIGH', false, 1_000],
    ['STANDARD', true, 20],
    ['NOT_APPLICABLE', false, 80],
  ] as const)('%s, also used in the app: %s → %s', async (throughputLevel, isOnBizApp, perSecond) => {
    const app = await startApp({ sandbox: { throughputLevel, isOnBizApp } });
    expect(app.account).toMatchObject({ perSecond });
  });

  test('again when the provider says that it changed', async () => {
    const app = await startApp({ sandbox: { throughputLevel: 'STANDARD' } });
    app.sandbox.settings.throughputLevel = 'HIGH';
    const value = { display_phone_number: '15559990000', event: 'THROUGHPUT_UPGRADE' };
    app.sandbox.webhooks.emit({ field: 'phone_number_quality_update', value });
    const current = async () => (await app.call('GET', `/v1/accounts/${app.account.id}`)).body as Account;
    await eventually(async () => (await current()).perSecond === 1_000, 'the higher throughput');
  });

  test('and one that does not answer changes nothing', async () => {
    const app = await startApp({ sandbox: { throughputLevel: 'HIGH' } });
    const settings = sandboxSettings(app.sandbox, { baseUrl: 'http://127.0.0.1:9' });
    const answer = await app.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, { settings });
    expect(answer).toMatchObject({ status: 200, body: { perSecond: 1_000 } });
  });
});
