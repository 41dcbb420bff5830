/** A waiting workflow that is not there any more: the contact's answer is not lost, it goes to the triggers. */
import type { ParleyEvent } from '../../../contract/event.ts';
import { ANA, closeApps, HOUR, MINUTE, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { Answer, Receiver } from '../../support/receiver.ts';

afterEach(closeApps);

const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;

interface Scene {
  app: App;
  waiter: Receiver;
  trigger: Receiver;
}

/** A workflow asked Ana something and waits for an hour. */
async function asked(wait: { confirms?: boolean } = {}): Promise<Scene> {
  const app = await startApp();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  const waiter = await app.receiver();
  const trigger = await app.listen();
  const until = new Date(app.clock.now() + HOUR).toISOString();
  await app.reaches(await app.sent('How many?', { wait: { url: waiter.url, until, ...wait } }), 'read');
  return { app, waiter, trigger };
}

/** Lets minutes pass, one by one, until it is so. */
async function passUntil(app: App, minutes: number, isSo: () => boolean): Promise<void> {
  for (let minute = 0; minute < minutes && !isSo(); minute++) {
    app.advance(MINUTE);
    await app.idle();
  }
}

const openWaits = (app: App) => app.rows('SELECT id FROM subscriptions WHERE once = 1 AND ended_at IS NULL');

/** The triggers have the answer, each once, as the event that the wait was to have. */
async function expectGivenBack({ app, waiter, trigger }: Scene): Promise<void> {
  const [event] = await trigger.took(1);
  expect(event && textOf(event)).toBe('three');
  for (const { events } of waiter.deliveries) expect(events.map(({ id }) => id)).toEqual([event?.id]);
  await app.idle();
  expect(trigger.taken()).toHaveLength(1);
  expect(waiter.taken()).toEqual([]);
  expect(openWaits(app)).toEqual([]);
  expect(app.rows('SELECT * FROM deliveries')).toEqual([]);
  await app.sandbox.customer.sends({ from: ANA, text: 'hello?' });
  expect((await trigger.took(2)).map(textOf)).toEqual(['three', 'hello?']);
}

const ofN8n = (status: number, message: string) => ({ status, body: { code: status, message } });

test.each<[string, Answer, string]>([
  ['gone', 410, 'gone'],
  [
    'finished',
    { status: 200, body: '<html><head><title>No action required</title></head></html>' },
    'execution finished',
  ],
  ['failed', ofN8n(409, 'The execution "7" has finished with error.'), 'execution failed'],
  ['deleted', ofN8n(404, 'The execution "7" does not exist.'), 'execution unknown'],
  ['of another n8n', { status: 401, body: { error: 'Invalid token' } }, 'signature refused'],
])(
  'an execution that is %s: the answer goes to the triggers at once, and the log says so',
  async (_name, answer, reason) => {
    const scene = await asked();
    scene.waiter.answer = answer;
    await scene.app.sandbox.customer.sends({ from: ANA, text: 'three' });
    await expectGivenBack(scene);
    expect(scene.waiter.deliveries).toHaveLength(1);
    expect(scene.app.log.of('The wait for a reply ended')).toMatchObject([{ reason }]);
  },
);

test.each<[string, Answer]>([
  ['502', { status: 502, body: '<html><title>502 Bad Gateway</title></html>' }],
  ['503', 503],
  ['504', 504],
  ['404 of a proxy that has lost its backend', { status: 404, body: '404 page not found' }],
  ['401 of a proxy', { status: 401, body: '<html><title>Authorization Required</title></html>' }],
  ['a page, 200', { status: 200, body: '<html><title>Sign in</title></html>' }],
  ['n8n that starts', { status: 200, body: 'n8n is starting up. Please wait' }],
  ['an execution that still runs', ofN8n(409, 'The execution "7" is running already.')],
])('n8n away for half an hour (%s): the reply is not taken from the execution that waits', async (_name, answer) => {
  const { app, waiter, trigger } = await asked();
  waiter.answer = answer;
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await app.idle();
  await passUntil(app, 30, () => trigger.deliveries.length > 0);
  expect(trigger.deliveries).toEqual([]);
  waiter.answer = 200;
  app.advance(MINUTE);
  expect((await waiter.took(1)).map(textOf)).toEqual(['three']);
  await app.idle();
  expect(trigger.deliveries).toEqual([]);
});

test('a page in place of an execution that confirms is not taken for its answer, nor is a bare 200', async () => {
  const { app, waiter, trigger } = await asked({ confirms: true });
  waiter.answers.push({ status: 200, body: '<html>' }, 200, { status: 200, body: {} });
  waiter.confirms = false;
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await passUntil(app, 10, () => waiter.deliveries.length === 3);
  waiter.confirms = true;
  app.advance(MINUTE);
  await eventually(() => waiter.deliveries.length === 4, 'the reply to be delivered again');
  await app.idle();
  expect(openWaits(app)).toEqual([]);
  expect(trigger.deliveries).toEqual([]);
});

test('a trigger that wants answers, too, has it already', async () => {
  const { app, waiter, trigger } = await asked();
  const curious = await app.listen({ includeAwaited: true });
  waiter.answer = 410;
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await trigger.took(1);
  await app.idle();
  expect(curious.taken().map(textOf)).toEqual(['three']);
});

test('not there until its time is over, the answer goes to the triggers', async () => {
  const scene = await asked();
  await scene.waiter.goDown();
  await scene.app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await scene.app.idle();
  await passUntil(scene.app, 70, () => scene.trigger.deliveries.length > 0);
  expect(scene.app.clock.now()).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 1, 13));
  await scene.waiter.comeUp();
  await expectGivenBack(scene);
});

test('n8n being down for a while is not the end of the wait', async () => {
  const { app, waiter, trigger } = await asked();
  await waiter.goDown();
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await app.idle();
  await passUntil(app, 30, () => trigger.deliveries.length > 0);
  expect(trigger.deliveries).toEqual([]);
  await waiter.comeUp();
  app.advance(MINUTE);
  expect((await waiter.took(1)).map(textOf)).toEqual(['three']);
  await app.idle();
  expect(trigger.deliveries).toEqual([]);
});

test('refused at first, then down, then back: the wait is resumed', async () => {
  const { app, waiter, trigger } = await asked();
  waiter.answers.push(409);
  await app.sandbox.customer.sends({ from: ANA, text: 'three' });
  await app.idle();
  await waiter.goDown();
  await passUntil(app, 30, () => trigger.deliveries.length > 0);
  await waiter.comeUp();
  app.advance(MINUTE);
  expect((await waiter.took(1)).map(textOf)).toEqual(['three']);
});

test('a wait whose time is over is ended, not only passed over', async () => {
  const { app } = await asked();
  expect(openWaits(app)).toHaveLength(1);
  app.advance(HOUR + MINUTE);
  await eventually(() => openWaits(app).length === 0, 'the wait to be ended');
  await app.idle();
  expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
});
