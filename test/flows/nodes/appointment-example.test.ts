/** The example that offers times, as people import it, in n8n's engine, over the real service and each channel's sandbox. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { slotButtons } from '../../../service/src/core/time-slots.ts';
import { closeApps, closing, type App } from '../../support/app.ts';
import { CHANNELS, type ChannelUnderTest, type Customer } from '../../support/customers.ts';
import { CORE_NODES } from '../../support/engine/core-nodes.ts';
import type { Activation, WorkflowJson } from '../../support/engine/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { type NodeFixture, publicEnv, startNodes } from './node-fixture.ts';

const ZONE = 'Europe/Berlin';
let nodes: NodeFixture;
let app: App;
let active: Activation;

beforeAll(async () => {
  nodes = await startNodes(CORE_NODES);
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh({ registered: false, env: await publicEnv() });
  const text = readFileSync(join(PACKAGE_DIR, 'examples', 'offer-appointment-times.json'), 'utf8');
  const json = JSON.parse(text) as WorkflowJson;
  const credentials = { parleyApi: { id: '1', name: 'p' } };
  const chosen = json.nodes.map((node) =>
    node.type.startsWith('n8n-nodes-parley.') ? { ...node, credentials } : node,
  );
  active = await nodes.engine.activate({ ...json, nodes: chosen, settings: { ...json.settings, timezone: ZONE } });
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
  await customer.write('I need an appointment');
  await reads(customer, 1);
  return customer;
}

async function reads(customer: Customer, count: number): Promise<string | undefined> {
  await eventually(() => Promise.resolve(customer.read().length >= count), `${count} messages on the phone`);
  await app.idle();
  return customer.read().at(-1);
}

/** The day after tomorrow, as the workflow offers it. */
function second() {
  const at = DateTime.now().setZone(ZONE).plus({ days: 2 }).startOf('day').set({ hour: 10 });
  const startsAt = at.toUTC().toISO() ?? '';
  const slots = [{ id: startsAt, startsAt, durationMs: 45 * 60_000 }];
  const [button] = slotButtons({ type: 'time_picker', text: '', slots, timeZone: ZONE });
  return {
    id: button?.id ?? '',
    title: button?.title ?? '',
    answer: `See you on ${at.toFormat('cccc, d LLLL')} at 10:00.`,
  };
}

test.each(CHANNELS)('$channel: a customer chooses a time and it is confirmed', async ({ channel, start }) => {
  const customer = await offered(channel, start);
  const { id, title, answer } = second();
  await customer.choose(id, title);
  expect(await reads(customer, 2)).toBe(answer);
});

test('who answers something else is told that a person will find a time', async () => {
  const [{ channel, start }] = CHANNELS as [ChannelUnderTest];
  const customer = await offered(channel, start);
  await customer.write('None of them');
  expect(await reads(customer, 2)).toBe('A colleague will find a time with you.');
});
