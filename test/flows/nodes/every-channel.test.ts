/** The example workflow as people import it, in n8n's engine, over the real service and each channel's sandbox: built once, it works on all. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConversationView } from '../../../contract/api.ts';
import { closeApps, closing, type App } from '../../support/app.ts';
import { CHANNELS, type ChannelUnderTest, type Customer } from '../../support/customers.ts';
import { eventually } from '../../support/eventually.ts';
import { CORE_NODES } from '../../support/engine/core-nodes.ts';
import type { Activation, Execution, WorkflowJson } from '../../support/engine/engine.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { type NodeFixture, publicEnv, startNodes } from './node-fixture.ts';

const HOURS = 'We are open Monday to Friday, 9:00 to 18:00.';
const PERSON = 'A colleague will write to you here shortly.';

let nodes: NodeFixture;
let app: App;
let active: Activation;
let executionsBefore: number;

beforeAll(async () => {
  nodes = await startNodes(CORE_NODES);
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh({ registered: false, env: await publicEnv() });
  active = await nodes.engine.activate(exampleWorkflow());
  executionsBefore = nodes.engine.executions.length;
});
afterEach(async () => {
  await active.deactivate();
  await closeApps();
});

/** The very file, with the credential that a user chooses after the import. */
function exampleWorkflow(): WorkflowJson {
  const text = readFileSync(join(PACKAGE_DIR, 'examples', 'reply-on-every-channel.json'), 'utf8');
  const { name, nodes: all, connections, settings } = JSON.parse(text) as WorkflowJson;
  const credentials = { parleyApi: { id: '1', name: 'p' } };
  const chosen = all.map((node) => (node.type.startsWith('n8n-nodes-parley.') ? { ...node, credentials } : node));
  return { name, nodes: chosen, connections, settings };
}

/** Starts the provider and registers its account, so that what the customer does comes to the service. */
async function arrivesOn(channel: string, start: ChannelUnderTest['start']): Promise<Customer> {
  const { customer, externalId, settings, subscribe, close } = await start(app.clock);
  closing(close);
  const answer = await app.call('PUT', `/v1/accounts/${channel}/${encodeURIComponent(externalId)}`, { settings });
  if (answer.status !== 201) throw new Error(`Not registered: ${answer.text}`);
  subscribe((answer.body as { webhookUrl: string }).webhookUrl);
  return customer;
}

/** What the customer reads as soon as there are so many messages. */
async function reads(customer: Customer, count: number): Promise<string[]> {
  await eventually(() => Promise.resolve(customer.read().length >= count), `${count} messages on the phone`);
  await app.idle();
  return customer.read();
}

/** The executions of this test, which are so many and all ended well. */
async function ended(count: number): Promise<Execution[]> {
  const own = () => nodes.engine.executions.slice(executionsBefore);
  await eventually(() => Promise.resolve(own().every(({ status }) => status !== 'running')), 'the executions to end');
  expect(own().map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'success'));
  return own();
}

async function conversation(): Promise<ConversationView | undefined> {
  const { body } = await app.call('GET', '/v1/conversations');
  return (body as { data: ConversationView[] }).data[0];
}

describe.each(CHANNELS)('$channel, where buttons are sent as $buttonsAs', ({ channel, buttonsAs, start }) => {
  const arrive = async () => await arrivesOn(channel, start);

  test('a customer writes, is offered choices, chooses, and gets the answer', async () => {
    const customer = await arrive();
    await customer.write('Hello');
    const [greeting] = await reads(customer, 1);
    expect(greeting).toMatch(/^Hello.*! What can we do for you\?/);
    await customer.choose('hours', 'Opening hours');
    expect((await reads(customer, 2)).at(-1)).toBe(HOURS);
    expect(await conversation()).toMatchObject({ channel, owner: 'bot' });
    const [first, second] = await ended(2);
    expect(first?.items('Greet with Buttons')).toMatchObject([{ json: { status: 'queued', sentAs: buttonsAs } }]);
    expect(second?.items('Anybody Writes')).toMatchObject([
      { json: { event: 'message.received', channel, kind: 'button', buttonId: 'hours', buttonText: 'Opening hours' } },
    ]);
    expect(customer.read()).toHaveLength(2);
  });

  test('who asks for a person is handed over, and no workflow answers any more', async () => {
    const customer = await arrive();
    await customer.write('Hello');
    await reads(customer, 1);
    await customer.choose('person', 'Talk to a person');
    expect((await reads(customer, 2)).at(-1)).toBe(PERSON);
    await eventually(async () => (await conversation())?.owner === 'human', 'the hand-over');
    await customer.write('Is anybody there?');
    await app.idle();
    expect(customer.read()).toHaveLength(2);
    await ended(2);
  });
});

test('one active workflow serves all channels at the same time, each in its own conversation', async () => {
  const customers: Customer[] = [];
  for (const { channel, start } of CHANNELS) customers.push(await arrivesOn(channel, start));
  await Promise.all(customers.map((customer) => customer.write('Hello')));
  for (const customer of customers) await reads(customer, 1);
  await Promise.all(customers.map((customer) => customer.choose('order', 'Track my order')));
  for (const customer of customers) {
    expect((await reads(customer, 2)).at(-1)).toBe('Please send us your order number, and we look it up.');
  }
  await ended(2 * CHANNELS.length);
  const { body } = await app.call('GET', '/v1/conversations');
  const channels = (body as { data: ConversationView[] }).data.map(({ channel }) => channel);
  expect(channels.sort()).toEqual(CHANNELS.map(({ channel }) => channel).sort());
});
