/** Send and Wait, resumed by what the customer really does; and Mark as Read. */
import type { IDataObject } from 'n8n-workflow';
import { objectOf } from '../../sandbox/kit/json.ts';
import { ANA, BEN, closeApps, MINUTE, type App } from '../../support/app.ts';
import type { Execution } from '../../support/engine/engine.ts';
import { accepted, anaWrites, itemsOf, NODE, type NodeFixture, startNodes, triggerWorkflow } from './node-fixture.ts';

let nodes: NodeFixture;
let app: App;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh();
  await anaWrites(app);
});
afterEach(closeApps);

const question = { resource: 'message', operation: 'sendAndWait', to: `+${ANA}`, message: 'Tuesday?' };

/** A question that Ana has read; `messageId` is the provider's. */
async function asked(parameters: IDataObject = {}): Promise<{ execution: Execution; messageId: string }> {
  const execution = await nodes.run({ ...question, ...parameters });
  expect(execution).toMatchObject({ status: 'waiting' });
  const { messageId } = execution.items(NODE)[0]?.json as { messageId: string };
  const { providerMessageId = '' } = await app.reaches(messageId, 'read');
  return { execution, messageId: providerMessageId };
}

async function answer({ id }: Execution): Promise<IDataObject> {
  const ended = await nodes.engine.waitForExecution((each) => each.id === id && each.status === 'success');
  return ended.items(NODE)[0]?.json ?? {};
}

const startAnyway = { options: { ifSetUpFails: 'start' } };

describe('the execution goes on with', () => {
  const buttons = {
    button: [
      { title: 'Morning', id: 'am' },
      { title: 'Evening', id: 'pm' },
    ],
  };
  const slot = [
    { start: '2027-03-01T09:00', minutes: 60, id: 'early' },
    { start: '2027-03-01T16:30', minutes: 45, id: 'late' },
  ];
  const times = { responseType: 'times', slotsFrom: 'fields', slots: { slot } };
  const row = [{ title: 'Mint', id: 'm' }, { title: 'Lemon', id: 'l' }, { title: 'Fig' }];
  const rows = { responseType: 'list', buttonTitle: 'Choose', rows: { row } };
  const approval = { responseType: 'approval', approveLabel: 'Yes', declineLabel: 'No' };
  const tap = (choice: string) => (messageId: string) => app.sandbox.customer.taps({ messageId, choice });
  const write = (text: string) => () => app.sandbox.customer.sends({ from: ANA, text });

  test.each<[string, IDataObject, (messageId: string) => Promise<unknown>, IDataObject]>([
    ['a text', {}, write('Yes, at ten'), { text: 'Yes, at ten', kind: 'text', from: ANA, name: 'Ana' }],
    [
      'a text that quotes the question',
      {},
      (messageId) => app.sandbox.customer.replies({ messageId, text: 'Yes' }),
      { text: 'Yes', replyTo: expect.stringMatching(/^msg_/) as never },
    ],
    [
      'a file',
      {},
      () => app.sandbox.customer.sends({ from: ANA, image: { caption: 'This one' } }),
      { kind: 'image', text: 'This one', mediaId: expect.stringMatching(/./) as never },
    ],
    ['a tapped button', { responseType: 'buttons', buttons }, tap('pm'), { buttonId: 'pm', buttonText: 'Evening' }],
    [
      'a text instead of a button',
      { responseType: 'buttons', buttons },
      write('Noon?'),
      { text: 'Noon?', kind: 'text' },
    ],
    [
      'a time',
      { ...times, timeZone: 'Europe/Berlin', locale: 'en' },
      tap('Mon, Mar 1, 4:30 PM'),
      { kind: 'time_slot', slotId: 'late', slotStartsAt: '2027-03-01T15:30:00.000Z', slotMinutes: 45 },
    ],
    ['a row', { ...rows, multiple: false }, tap('Lemon'), { kind: 'list', buttonId: 'l', buttonText: 'Lemon' }],
    [
      'several rows',
      { ...rows, multiple: true },
      write('1 and 3'),
      {
        kind: 'choices',
        text: 'Mint, Fig',
        choices: [
          { buttonId: 'm', text: 'Mint' },
          { buttonId: 'Fig', text: 'Fig' },
        ],
      },
    ],
    ['a text instead of rows', { ...rows, multiple: true }, write('All of them?'), { kind: 'text' }],
    ['a text instead of a time', times, write('None of them'), { text: 'None of them', kind: 'text' }],
    ['a yes', approval, tap('Yes'), { approved: true, buttonId: 'approve' }],
    ['a no', approval, tap('No'), { approved: false, buttonId: 'decline' }],
    ['words instead of a yes', approval, write('yes'), { approved: false, text: 'yes' }],
  ])('%s', async (_name, parameters, reply, output) => {
    const { execution, messageId } = await asked(parameters);
    await reply(messageId);
    expect(await answer(execution)).toMatchObject({ replied: true, timedOut: false, awaited: true, ...output });
  });
});

test('the buttons are those of the form', async () => {
  await asked({ responseType: 'approval', approveLabel: 'Yes', declineLabel: 'No', footer: 'Bye' });
  const [body] = await accepted(app);
  const button = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
  expect(objectOf(body?.['interactive'])).toEqual({
    type: 'button',
    body: { text: 'Tuesday?' },
    footer: { text: 'Bye' },
    action: { buttons: [button('approve', 'Yes'), button('decline', 'No')] },
  });
});

test('a reaction, or what somebody else says, does not end the wait; triggers hear those, but not the reply', async () => {
  const workflow = triggerWorkflow(startAnyway);
  await nodes.engine.activate(workflow);
  const { execution, messageId } = await asked();
  await app.sandbox.customer.sends({ from: ANA, reaction: { messageId, emoji: '🤔' } });
  await app.sandbox.customer.sends({ from: BEN, text: 'me, me' });
  await nodes.ran(workflow, 2);
  await app.idle();
  expect(execution.status).toBe('waiting');
  await app.sandbox.customer.sends({ from: ANA, text: 'Yes' });
  expect(await answer(execution)).toMatchObject({ text: 'Yes' });
  await app.sandbox.customer.sends({ from: ANA, text: 'Thanks' });
  const heard = itemsOf(await nodes.ran(workflow, 3)).map(({ json }) => json['text']);
  expect(heard.sort()).toEqual(['Thanks', 'me, me', '🤔'].sort());
});

test('a trigger that wants awaited replies hears them, too', async () => {
  const workflow = triggerWorkflow({ options: { ...startAnyway.options, includeAwaited: true } });
  await nodes.engine.activate(workflow);
  const { execution } = await asked();
  await app.sandbox.customer.sends({ from: ANA, text: 'Yes' });
  await answer(execution);
  expect(itemsOf(await nodes.ran(workflow, 1))).toMatchObject([{ json: { text: 'Yes', awaited: true } }]);
});

test('a reply that came before the execution was parked is tried again', async () => {
  const execution = await nodes.run(question);
  // Until a parked execution is written to its database, n8n says that it is running.
  execution.status = 'running';
  await accepted(app);
  await app.sandbox.customer.sends({ from: ANA, text: 'At once' });
  await app.idle();
  execution.status = 'waiting';
  app.advance(MINUTE);
  expect(await answer(execution)).toMatchObject({ text: 'At once' });
});

test('a reply that came while n8n started, and answered every URL with 200, is tried again', async () => {
  const { execution } = await asked();
  nodes.engine.setStarting(true);
  await app.sandbox.customer.sends({ from: ANA, text: 'Early' });
  await app.idle();
  nodes.engine.setStarting(false);
  expect(execution.status).toBe('waiting');
  app.advance(MINUTE);
  expect(await answer(execution)).toMatchObject({ text: 'Early' });
});

test('a question that could not be sent ends the wait with the reason', async () => {
  app.sandbox.settings.unreachable.push(ANA);
  const execution = await nodes.run(question);
  expect(await answer(execution)).toMatchObject({
    ...{ replied: false, timedOut: false, failed: true, status: 'failed', providerErrorCode: '131026' },
  });
});

test("when the time is up the execution goes on, and the contact's words start workflows again", async () => {
  const workflow = triggerWorkflow(startAnyway);
  await nodes.engine.activate(workflow);
  const { execution } = await asked({ waitAmount: 2, waitUnit: 'minutes' });
  await nodes.engine.expire(execution.id);
  expect(await answer(execution)).toMatchObject({ replied: false, timedOut: true, to: `+${ANA}` });
  app.advance(3 * MINUTE);
  await app.sandbox.customer.sends({ from: ANA, text: 'Too late?' });
  expect(itemsOf(await nodes.ran(workflow, 1))).toMatchObject([{ json: { text: 'Too late?' } }]);
});

test('asked again by a retry, the question goes out once', async () => {
  const parameters = { ...question, to: `+${BEN}` };
  const retry = { retryOnFail: true, maxTries: 5, waitBetweenTries: 50 };
  const running = nodes.run(parameters, { node: retry });
  await app.sandbox.customer.sends({ from: BEN, text: 'hi' });
  const execution = await running;
  expect(execution.status).toBe('waiting');
  await accepted(app);
  await app.idle();
  expect(app.sandbox.listReceivedMessages()).toHaveLength(1);
});

test('a held question is asked when the contact writes, and waits for the answer, not for those words', async () => {
  const execution = await nodes.run({ ...question, to: `+${BEN}`, ifSessionClosed: 'hold' });
  expect(execution.items(NODE)).toMatchObject([{ json: { status: 'held' } }]);
  await app.sandbox.customer.sends({ from: BEN, text: 'hi' });
  await accepted(app);
  await app.idle();
  expect(execution.status).toBe('waiting');
  await app.sandbox.customer.sends({ from: BEN, text: 'Yes' });
  expect(await answer(execution)).toMatchObject({ text: 'Yes' });
});

describe('mark as read', () => {
  test.each([false, true])('with typing %s', async (typing) => {
    const workflow = await app.listen();
    const providerId = await anaWrites(app, 'are you there?');
    const [event] = await workflow.took(1);
    const messageId = event?.message?.id ?? '';
    const items = await nodes.output({ resource: 'message', operation: 'markRead', messageId, typing });
    expect(items.map(({ json }) => json)).toEqual([{ read: true, typing, messageId }]);
    expect(app.sandbox.listReadMarks()).toMatchObject([{ messageId: providerId, isTyping: typing }]);
  });

  test('of a message that nobody knows', async () => {
    const mark = { resource: 'message', operation: 'markRead', messageId: 'msg_nothing' };
    expect((await nodes.failure(mark)).message).toMatch(/msg_nothing/);
  });
});
