/** How messages are sent: quotes, idempotency, what happens when the session is closed, and what an item's error says. */
import type { IDataObject } from 'n8n-workflow';
import type { Account, MessageView } from '../../../contract/api.ts';
import { objectOf } from '../../sandbox/kit/json.ts';
import { ANA, BEN, closeApps, DAY, HOUR, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { accepted, actionWorkflow, anaWrites, NODE, type NodeFixture, sentId, startNodes } from './node-fixture.ts';

let nodes: NodeFixture;
let app: App;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh();
});
afterEach(closeApps);

const text = { resource: 'message', operation: 'send', to: `+${ANA}`, kind: 'text', text: 'Hello' };
const said = (text: string) => ({ type: 'text', text: { body: text } });
const items = (...values: string[]) => values.map((value) => ({ json: { value } }));

/** Ana wrote, and the event said so; answers the ids of her message. */
async function anaWrote(): Promise<{ messageId: string; conversationId: string; providerId: string }> {
  const workflow = await app.listen();
  const providerId = await anaWrites(app);
  const [event] = await workflow.took(1);
  return { messageId: event?.message?.id ?? '', conversationId: event?.conversationId ?? '', providerId };
}

test('the account is registered from the credential when the service does not know it', async () => {
  await closeApps();
  app = await nodes.fresh({ registered: false });
  const session = { resource: 'session', operation: 'get', to: `+${ANA}` };
  expect(await nodes.output(session)).toMatchObject([{ json: { sessionOpen: false } }]);
  const { body } = await app.call('GET', '/v1/accounts');
  app.sandbox.subscribe((body as { data: Account[] }).data[0]?.webhookUrl ?? '');
  await anaWrites(app);
  expect(await nodes.output(session)).toMatchObject([{ json: { sessionOpen: true } }]);
});

describe('a message', () => {
  test('quotes and reacts to what the trigger named, in a conversation', async () => {
    const { messageId, conversationId, providerId } = await anaWrote();
    await nodes.output({ ...text, sendTo: 'conversation', conversationId, options: { replyTo: messageId } });
    await accepted(app);
    await nodes.output({ ...text, kind: 'reaction', messageId, emoji: '👍' });
    await accepted(app, 2);
    await nodes.output({ ...text, kind: 'reaction', messageId, emoji: '' });
    expect(await accepted(app, 3)).toEqual([
      { ...said('Hello'), context: { message_id: providerId } },
      { type: 'reaction', reaction: { message_id: providerId, emoji: '👍' } },
      { type: 'reaction', reaction: { message_id: providerId, emoji: '' } },
    ]);
  });

  test('carries purpose and metadata', async () => {
    await anaWrites(app);
    const options = { purpose: 'campaign', metadata: '{"orderId":"77"}' };
    const id = sentId(await nodes.output({ ...text, options }));
    const view: MessageView = await app.reaches(id, 'read');
    expect(view.metadata).toEqual({ orderId: '77' });
  });
});

describe('a message that may be too late', () => {
  test.each([
    ['after so many minutes', { expiresAfter: 30 }, (now: number) => now + 30 * 60_000],
    ['at a time', { expiresAt: '2099-01-01T00:00:00Z', expiresAfter: 90 }, (now: number) => now + 90 * 60_000],
  ])('ends %s, the earlier when both are set', async (_name, options, end) => {
    await anaWrites(app);
    const id = sentId(await nodes.output({ ...text, options }));
    const { expiresAt = '' } = await app.reaches(id, 'read');
    expect(Math.abs(Date.parse(expiresAt) - end(Date.now()))).toBeLessThan(60_000);
  });

  test('is refused when that time is over', async () => {
    await anaWrites(app);
    const execution = await nodes.run({ ...text, options: { expiresAt: '2020-01-01T00:00:00Z' } });
    expect(execution.status).toBe('error');
    expect(app.sandbox.listReceivedMessages()).toEqual([]);
  });
});

describe('nothing is sent twice', () => {
  test("when 'Retry On Fail' runs every item again because the second failed", async () => {
    await anaWrites(app);
    // Nobody may write to Ben until he writes, which he does between the tries.
    const parameters = { ...text, to: '={{ $json.value }}', text: '=For {{ $json.value }}' };
    const retry = { retryOnFail: true, maxTries: 5, waitBetweenTries: 50 };
    const running = nodes.run(parameters, { items: items(`+${ANA}`, `+${BEN}`), node: retry });
    await accepted(app);
    await app.sandbox.customer.sends({ from: BEN, text: 'hi' });
    const execution = await running;
    expect(execution.status).toBe('success');
    expect(execution.items(NODE)).toMatchObject([{ json: { duplicate: true } }, { json: { duplicate: false } }]);
    expect(await accepted(app, 2)).toEqual([said(`For +${ANA}`), said(`For +${BEN}`)]);
    await app.idle();
    expect(app.sandbox.listReceivedMessages()).toHaveLength(2);
  });

  test('when two executions use the same key, and another message under that key is refused', async () => {
    await anaWrites(app);
    const options = { idempotencyKey: 'order-77' };
    const first = await nodes.output({ ...text, options });
    const again = await nodes.output({ ...text, options });
    expect(again).toMatchObject([{ json: { messageId: sentId(first), duplicate: true } }]);
    const { message } = await nodes.failure({ ...text, text: 'Bye', options });
    expect(message).toBe('Another message was already sent with this idempotency key');
    await app.reaches(sentId(first), 'read');
    expect(await accepted(app)).toEqual([said('Hello')]);
  });

  test('but two executions without a key send two messages', async () => {
    await anaWrites(app);
    const ids = [sentId(await nodes.output(text)), sentId(await nodes.output(text))];
    expect(new Set(ids).size).toBe(2);
    expect(await accepted(app, 2)).toEqual([said('Hello'), said('Hello')]);
  });
});

describe('when the session is closed', () => {
  /** Ana wrote 25 hours ago; answers when her session ended. */
  async function closed(): Promise<string> {
    await anaWrites(app);
    const endedAt = new Date(Math.floor(app.clock.now() / 1000) * 1000 + DAY).toISOString();
    app.advance(25 * HOUR);
    return endedAt;
  }

  test('the node fails and says when it ended', async () => {
    const endedAt = await closed();
    const error = await nodes.failure(text);
    expect(error.message).toBe(`The session with this contact closed at ${endedAt}`);
    expect(error.description).toMatch(/Send Template.*If Session Closed/);
    expect(app.sandbox.listReceivedMessages()).toEqual([]);
  });

  test('the node says so, too, of a contact who never wrote', async () => {
    expect((await nodes.failure(text)).message).toBe('There is no open session with this contact');
  });

  test('the message is held until the contact writes', async () => {
    await closed();
    const output = await nodes.output({ ...text, ifSessionClosed: 'hold' });
    expect(output).toMatchObject([{ json: { status: 'held' } }]);
    expect(app.sandbox.listReceivedMessages()).toEqual([]);
    await anaWrites(app, 'still there?');
    await app.reaches(sentId(output), 'read');
    expect(await accepted(app)).toEqual([said('Hello')]);
  });

  test('a template goes out instead, with its variables', async () => {
    await closed();
    const components = [{ type: 'BODY', text: 'Hi {{1}}, write to us.' }];
    const { id } = app.sandbox.templates.seed({ name: 'come_back', components });
    const parameters: IDataObject = {
      ...{ ...text, ifSessionClosed: 'template' },
      fallbackTemplate: { __rl: true, mode: 'list', value: id },
      fallbackVariables: { mappingMode: 'defineBelow', value: { 'body.1': '={{ $json.name }}' } },
    };
    const form = await nodes.engine.editor('resourceMapping', actionWorkflow(parameters), NODE, 'getFallbackVariables');
    expect(form).toMatchObject({ fields: [{ id: 'body.1', required: true }] });
    await nodes.output(parameters, { items: [{ json: { name: 'Ana' } }] });
    const filled = [{ type: 'text', text: 'Ana' }];
    const [body] = await accepted(app);
    expect(objectOf(body?.['template'])).toEqual({
      name: 'come_back',
      language: { code: 'en_US' },
      components: [{ type: 'body', parameters: filled }],
    });
  });
});

describe("with 'Continue On Fail'", () => {
  test('each failing item is an error item paired with it, and the others are sent', async () => {
    await anaWrites(app);
    const to = ['nobody', `+${ANA}`, `+${BEN}`, ''];
    const node = { onError: 'continueRegularOutput' as const };
    const execution = await nodes.run({ ...text, to: '={{ $json.value }}' }, { items: items(...to), node });
    expect(execution.status).toBe('success');
    const outputs = execution.items(NODE);
    expect(outputs.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2, 3].map((item) => ({ item })));
    expect(outputs.map(({ json }) => json['error'])).toEqual([
      expect.stringMatching(/^The field 'To' cannot be used: /),
      undefined,
      'There is no open session with this contact',
      "The field 'To' is empty",
    ]);
    expect(await accepted(app)).toEqual([said('Hello')]);
  });

  test("the errors go to the node's error output, one per item", async () => {
    await anaWrites(app);
    const node = { onError: 'continueErrorOutput' as const };
    const execution = await nodes.run({ ...text, to: '={{ $json.value }}' }, { items: items('nobody', ANA), node });
    expect(execution.items(NODE)).toMatchObject([{ json: { status: 'queued' }, pairedItem: { item: 1 } }]);
    expect(execution.items(NODE, 1)).toHaveLength(1);
    expect(execution.items(NODE, 1)).toMatchObject([{ pairedItem: { item: 0 } }]);
  });
});

test('a message the provider refuses later is accepted by the node and told as failed', async () => {
  await anaWrites(app);
  app.sandbox.settings.unreachable.push(ANA);
  const id = sentId(await nodes.output(text));
  const view = await eventually(async () => {
    const found = await app.message(id);
    return found.status === 'failed' && found;
  }, 'the message to fail');
  expect(view.error).toMatchObject({ providerCode: '131026' });
});
