/** A workflow that is saved while two of its triggers have one URL: both hand over at once. */
import type { CreatedSubscription } from '../../../contract/api.ts';
import { ACCOUNT, ANA, closeApps, startApp } from '../../support/app.ts';

afterEach(closeApps);

test('two subscriptions with one URL hand over to one: each event is delivered once', async () => {
  const app = await startApp();
  const workflow = await app.receiver();
  const wish = { url: workflow.url, events: ['message.received'], account: ACCOUNT };
  const make = () => app.call('POST', '/v1/subscriptions', wish);
  for (const { body } of [await make(), await make()]) {
    const { id } = body as CreatedSubscription;
    expect((await app.call('DELETE', `/v1/subscriptions/${id}?handOver=true`)).status).toBe(200);
  }
  for (const text of ['1', '2']) await app.sandbox.customer.sends({ from: ANA, text });
  await app.idle();
  expect((await make()).status).toBe(201);
  await app.sandbox.customer.sends({ from: ANA, text: '3' });
  await workflow.took(3);
  await app.idle();
  expect(workflow.taken().map(({ message }) => (message?.content as { text?: string }).text)).toEqual(['1', '2', '3']);
  expect((await app.call('GET', '/v1/subscriptions')).body).toMatchObject({ data: [{ url: workflow.url }] });
});
