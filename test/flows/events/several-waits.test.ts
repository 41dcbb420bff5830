/** Two questions wait for one contact: what they do on the phone resumes the workflow whose question it answers. */
import type { ParleyEvent } from '../../../contract/event.ts';
import { ANA, closeApps, HOUR, startApp, type App } from '../../support/app.ts';
import type { Receiver } from '../../support/receiver.ts';

afterEach(closeApps);

interface Question {
  waiter: Receiver;
  providerId: string;
}

async function ask(app: App, text: string): Promise<Question> {
  const waiter = await app.receiver();
  const until = new Date(app.clock.now() + HOUR).toISOString();
  const buttons = [
    { id: 'approve', title: 'Yes' },
    { id: 'decline', title: 'No' },
  ];
  const id = await app.sent(text, { content: { type: 'buttons', text, buttons }, wait: { url: waiter.url, until } });
  const { providerMessageId = '' } = await app.reaches(id, 'read');
  return { waiter, providerId: providerMessageId };
}

const saidIn = (receiver: Receiver) => receiver.taken().map(({ message }: ParleyEvent) => message?.content.type);

test.each<[string, (app: App, first: Question) => Promise<unknown>, string]>([
  ['taps', (app, { providerId }) => app.sandbox.customer.taps({ messageId: providerId, choice: 'Yes' }), 'button'],
  ['quotes', (app, { providerId }) => app.sandbox.customer.replies({ messageId: providerId, text: 'Yes' }), 'text'],
])('who %s the first answers the first, and a bare text then answers the second', async (_name, act, type) => {
  const app = await startApp();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  const trigger = await app.listen();
  const [first, second] = [await ask(app, 'Delete your account?'), await ask(app, 'More news?')];
  await act(app, first);
  await first.waiter.took(1);
  await app.idle();
  expect(second.waiter.deliveries).toEqual([]);
  // Once more, and nobody waits for that answer: it is no answer to the other question.
  await act(app, first);
  await trigger.took(1);
  await app.idle();
  expect(second.waiter.deliveries).toEqual([]);
  await app.sandbox.customer.sends({ from: ANA, text: 'No' });
  await second.waiter.took(1);
  await app.idle();
  expect([first, second].map(({ waiter }) => saidIn(waiter))).toEqual([[type], ['text']]);
  expect(saidIn(trigger)).toEqual([type]);
});

test('a bare text answers the question that was asked last, also when the clock was set back in between', async () => {
  const app = await startApp();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  const first = await ask(app, 'Delete your account?');
  await app.stop();
  app.clock.set(app.clock.now() - HOUR / 2);
  await app.start();
  const second = await ask(app, 'More news?');
  await app.sandbox.customer.sends({ from: ANA, text: 'No' });
  await second.waiter.took(1);
  await app.idle();
  expect(first.waiter.deliveries).toEqual([]);
});
