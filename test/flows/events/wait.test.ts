/** Send and wait: the contact's reply resumes the workflow that asked, once, and no other workflow hears of it. */
import type { ParleyEvent } from '../../../contract/event.ts';
import { ANA, BEN, closeApps, HOUR, MINUTE, startApp, type App } from '../../support/app.ts';
import type { Receiver } from '../../support/receiver.ts';

afterEach(closeApps);

const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;

/** Ana has written; a workflow asked her something and waits; another one listens to everything. */
async function asked(): Promise<{ app: App; waiter: Receiver; trigger: Receiver; id: string; providerId: string }> {
  const app = await startApp();
  for (const from of [ANA, BEN]) await app.sandbox.customer.sends({ from, text: 'hi' });
  await app.idle();
  const waiter = await app.receiver();
  const trigger = await app.listen();
  const until = new Date(app.clock.now() + HOUR).toISOString();
  const id = await app.sent('How many?', { wait: { url: waiter.url, until } });
  const { providerMessageId = '' } = await app.reaches(id, 'read');
  return { app, waiter, trigger, id, providerId: providerMessageId };
}

test('the next reply resumes the waiting workflow, once, and is left out of triggers', async () => {
  const { app, waiter, trigger } = await asked();
  const curious = await app.listen({ includeAwaited: true });
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  const [reply] = await waiter.took(1);
  expect(reply).toMatchObject({ type: 'message.received', awaited: true, message: { content: { text: 'three' } } });
  await app.sandbox.customer.sends({ from: ANA, text: 'or four' });
  await trigger.took(1);
  await app.idle();
  expect(trigger.taken().map(textOf)).toEqual(['or four']);
  expect(waiter.taken().map(textOf)).toEqual(['three']);
  expect((await curious.took(2)).map(textOf)).toEqual(['three', 'or four']);
});

test('only the contact who was asked answers', async () => {
  const { app, waiter, trigger } = await asked();
  await app.sandbox.customer.sends({ from: BEN, text: 'me, me' });
  await trigger.took(1);
  await app.idle();
  expect(waiter.deliveries).toEqual([]);
});

test('a reaction is no reply', async () => {
  const { app, waiter, trigger, providerId } = await asked();
  await app.sandbox.customer.sends({ from: ANA, reaction: { messageId: providerId, emoji: '🤔' } });
  await trigger.took(1);
  expect(waiter.deliveries).toEqual([]);
  await app.sandbox.customer.replies({ messageId: providerId, text: 'two' });
  expect((await waiter.took(1)).map(textOf)).toEqual(['two']);
});

test.each([404, 409, 503])(
  'a workflow that answers %s first, as it is not parked yet, is asked again',
  async (status) => {
    const { app, waiter, trigger } = await asked();
    waiter.answers.push(status);
    await app.sandbox.customer.sends({ from: ANA, text: 'three' });
    await app.idle();
    app.advance(MINUTE);
    expect((await waiter.took(1)).map(textOf)).toEqual(['three']);
    await app.idle();
    expect(waiter.deliveries).toHaveLength(2);
    expect(trigger.deliveries).toEqual([]);
  },
);

test('what the contact adds before the workflow took the reply goes to the triggers', async () => {
  const { app, waiter, trigger } = await asked();
  waiter.answers.push(409);
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await app.sandbox.customer.sends({ from: ANA, text: 'and a bag' });
  await app.idle();
  app.advance(MINUTE);
  await waiter.took(1);
  await app.idle();
  expect(waiter.taken().map(textOf)).toEqual(['three']);
  expect((await trigger.took(1)).map(textOf)).toEqual(['and a bag']);
});

test('the reply survives a restart', async () => {
  const { app, waiter } = await asked();
  await waiter.goDown();
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await app.idle();
  await app.stop();
  await waiter.comeUp();
  app.clock.advance(MINUTE);
  await app.start();
  expect((await waiter.took(1)).map(textOf)).toEqual(['three']);
});

test('after its deadline nobody waits: replies go to the triggers', async () => {
  const { app, waiter, trigger } = await asked();
  app.advance(HOUR);
  await app.sandbox.customer.sends({ from: ANA, text: 'too late?' });
  expect((await trigger.took(1)).map(textOf)).toEqual(['too late?']);
  expect(waiter.deliveries).toEqual([]);
});

test('a question that fails tells the workflow that waits for its answer', async () => {
  const app = await startApp();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  const waiter = await app.receiver();
  app.sandbox.settings.recipientErrors = 'at_once';
  app.sandbox.settings.unreachable = [ANA];
  const until = new Date(app.clock.now() + HOUR).toISOString();
  const id = await app.sent('How many?', { wait: { url: waiter.url, until } });
  const [event] = await waiter.took(1);
  expect(event).toMatchObject({
    type: 'message.status',
    status: { id, status: 'failed', error: { code: 'rejected' } },
  });
  await app.sandbox.customer.sends({ from: ANA, text: 'hello?' });
  await app.idle();
  expect(waiter.deliveries).toHaveLength(1);
});

test('asked again under the same key, only one workflow waits', async () => {
  const app = await startApp();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  const waiter = await app.receiver();
  const until = new Date(app.clock.now() + HOUR).toISOString();
  const ask = (query: string) => app.send('How many?', { key: 'one', wait: { url: waiter.url + query, until } });
  expect((await ask('?signature=1')).status).toBe(202);
  expect(await ask('?signature=2')).toMatchObject({ status: 202, body: { duplicate: true } });
  await app.idle();
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await waiter.took(1);
  await app.idle();
  expect(waiter.deliveries).toHaveLength(1);
});
