/** The example that offers products, as people import it, in n8n's engine, over the real service and each channel's sandbox. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeApps, closing, type App } from '../../support/app.ts';
import { CHANNELS, type ChannelUnderTest, type Customer } from '../../support/customers.ts';
import { CORE_NODES } from '../../support/engine/core-nodes.ts';
import type { Activation, WorkflowJson } from '../../support/engine/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { type NodeFixture, publicEnv, startNodes } from './node-fixture.ts';

let nodes: NodeFixture;
let app: App;
let active: Activation;

beforeAll(async () => {
  nodes = await startNodes(CORE_NODES);
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh({ registered: false, env: await publicEnv() });
  const text = readFileSync(join(PACKAGE_DIR, 'examples', 'choose-products-from-a-list.json'), 'utf8');
  const json = JSON.parse(text) as WorkflowJson;
  const credentials = { parleyApi: { id: '1', name: 'p' } };
  const chosen = json.nodes.map((node) =>
    node.type.startsWith('n8n-nodes-parley.') ? { ...node, credentials } : node,
  );
  active = await nodes.engine.activate({ ...json, nodes: chosen });
});
afterEach(async () => {
  await active.deactivate();
  await closeApps();
});

async function offered(channel: string, start: ChannelUnderTest['start']): Promise<Customer> {
  const { customer, externalId, settings, subscribe, close } = await start(app.clock);
  closing(close);
  const path = `/v1/accounts/${channel}/${encodeURIComponent(externalId)}`;
  const { status, body } = await app.call('PUT', path, { settings });
  expect(status).toBe(201);
  subscribe((body as { webhookUrl: string }).webhookUrl);
  await customer.write('What do you have?');
  await reads(customer, 1);
  return customer;
}

async function reads(customer: Customer, count: number): Promise<string | undefined> {
  await eventually(() => Promise.resolve(customer.read().length >= count), `${count} messages on the phone`);
  await app.idle();
  return customer.read().at(-1);
}

test.each(CHANNELS)('$channel: a customer chooses two products and they are confirmed', async ({ channel, start }) => {
  const customer = await offered(channel, start);
  expect(customer.read().at(-1)).toMatch(/1\. Blue shoe.*\n2\. Red shoe.*\n3\. Leather bag/);
  await customer.write('1 and 3');
  expect(await reads(customer, 2)).toBe('We put aside for you: Blue shoe, Leather bag (sku-1, sku-3).');
});

test('who answers something else is told that a person will help', async () => {
  const [{ channel, start }] = CHANNELS as [ChannelUnderTest];
  const customer = await offered(channel, start);
  await customer.write('What do you have in green?');
  expect(await reads(customer, 2)).toBe('A colleague will help you choose.');
});
