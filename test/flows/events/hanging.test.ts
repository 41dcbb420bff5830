/** Workflows that hang or refuse keep nothing from the others, however many they are; what waits for them stays in order. */
import type { ParleyEvent } from '../../../contract/event.ts';
import { ACCOUNT, closeApps, DAY, MINUTE, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { Receiver } from '../../support/receiver.ts';

afterEach(closeApps);

const people = Array.from({ length: 12 }, (_, i) => `1555000${1000 + i}`);
const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;
const never = new Promise<void>(() => undefined);

/** Subscribes workflows that share a receiver. */
async function subscribe(app: App, receiver: Receiver, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const body = { url: `${receiver.url}/${i}`, events: ['message.received'], account: ACCOUNT };
    expect((await app.call('POST', '/v1/subscriptions', body)).status).toBe(201);
  }
}

async function everybodyWrites(app: App, text: string): Promise<void> {
  for (const from of people) await app.sandbox.customer.sends({ from, text });
}

test('twenty workflows that never answer: another gets everything at once', async () => {
  const app = await startApp();
  const bad = await app.receiver();
  bad.gate = never;
  await subscribe(app, bad, 20);
  const good = await app.listen();
  await everybodyWrites(app, 'first');
  await everybodyWrites(app, 'second');
  await good.took(2 * people.length);
  // All of them were called, some on each of their shards.
  expect(bad.deliveries.length).toBeGreaterThanOrEqual(20);
  for (const person of people) {
    const own = good.taken().filter(({ contact }) => contact?.identities.some(({ address }) => address === person));
    expect(own.map(textOf)).toEqual(['first', 'second']);
  }
});

test('so many that fail and then hang that they would take up every call: there is room for another', async () => {
  const app = await startApp();
  const bad = await app.receiver();
  bad.answer = 500;
  await subscribe(app, bad, 70);
  await everybodyWrites(app, 'refused');
  await app.idle();
  const refused = bad.deliveries.length;
  expect(refused).toBeGreaterThan(256);
  bad.gate = never;
  app.advance(MINUTE);
  const hanging = () => bad.deliveries.length - refused;
  await eventually(() => hanging() >= 128, 'half of all calls to hang');
  const good = await app.listen();
  await everybodyWrites(app, 'hello');
  await good.took(people.length);
  expect(hanging()).toBe(128);
});

test('what waits is handed over in order, in batches that soon are full, when the workflow is back; others did not notice', async () => {
  const app = await startApp();
  const [slow, other] = [await app.listen({ maxBatch: 5 }), await app.listen({ maxBatch: 5 })];
  slow.answer = 503;
  const [ana = ''] = people;
  for (let i = 0; i < 23; i++) await app.sandbox.customer.sends({ from: ana, text: String(i) });
  await other.took(23);
  await app.idle();
  const refusals = slow.deliveries.length;
  slow.answer = 200;
  app.advance(MINUTE);
  await slow.took(23);
  for (const workflow of [slow, other]) {
    expect(workflow.taken().map(textOf)).toEqual(Array.from({ length: 23 }, (_, i) => String(i)));
  }
  expect(slow.deliveries.slice(refusals).map(({ events }) => events.length)).toEqual([1, 2, 4, 5, 5, 5, 1]);
});

test('a workflow that is away while the clock is set back is called again soon', async () => {
  const app = await startApp();
  const workflow = await app.listen();
  const { ledger } = app.service;
  const write = ledger.write.bind(ledger);
  const setBack = () => {
    // Between the decision how long to wait and its being written.
    ledger.write = (unit) => {
      ledger.write = write;
      app.clock.set(app.clock.now() - DAY);
      return write(unit);
    };
    return 503;
  };
  workflow.answers = [setBack];
  await app.sandbox.customer.sends({ from: people[0] as string, text: 'hi' });
  await eventually(() => workflow.deliveries.length > 0, 'the first call');
  await app.idle();
  app.advance(MINUTE);
  expect((await workflow.took(1)).map(textOf)).toEqual(['hi']);
});
