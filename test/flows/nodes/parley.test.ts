/** The Parley node over the real service: what failed is found, sent again once, and let go; a workflow that was down gets its events. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { closeApps, MINUTE, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { WorkflowJson } from '../../support/engine/engine.ts';
import { anaWrites, itemsOf, type NodeFixture, publicEnv, startNodes, triggerWorkflow } from './node-fixture.ts';

const NAME = 'Parley';

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

function workflow(operation: string, more: IDataObject): WorkflowJson {
  const parameters = JSON.parse(JSON.stringify({ resource: 'deadLetter', operation, ...more })) as never;
  const credentials = { parleyApi: { id: '1', name: 'p' } };
  return { nodes: [{ name: NAME, type: 'n8n-nodes-parley.parley', parameters, credentials }] };
}

async function output(operation: string, more: IDataObject = {}, items?: INodeExecutionData[]) {
  const execution = await nodes.engine.run(workflow(operation, more), items ? { items } : {});
  if (execution.error) throw execution.error;
  return execution.items(NAME).map(({ json }) => json);
}

async function fails(text: string): Promise<string> {
  app.sandbox.faults.next({ kind: 'maintenance', times: 2 });
  const id = await app.sent(text);
  await eventually(async () => {
    if ((await app.message(id)).status === 'failed') return true;
    app.advance(MINUTE);
    return false;
  }, 'the message to fail');
  return id;
}

test('what failed is listed, and each is replayed once for its item', async () => {
  const dead = [await fails('1'), await fails('2')];
  const found = await output('getAll', { filters: { code: 'unavailable', channel: 'whatsapp' } });
  expect(found.map(({ id }) => id)).toEqual(dead.toReversed());
  const items = found.map((json) => ({ json }));
  const replayed = await output('replay', { deadLetterIds: '={{ $json.id }}' }, items);
  expect(replayed).toMatchObject(dead.toReversed().map((id) => ({ id, replayed: true, status: 'queued' })));
  app.advance(3 * MINUTE);
  for (const { messageId } of replayed) await app.reaches(String(messageId), 'read');
  const again = await output('replay', { deadLetterIds: dead.join(',') });
  expect(again).toEqual(
    dead.map((id) => ({ ...replayed.find((one) => one['id'] === id), status: 'read', duplicate: true })),
  );
  expect(app.sandbox.listReceivedMessages()).toHaveLength(2);
  expect(await output('getAll')).toEqual([]);
});

test('all that match are replayed; the rest is shown with its attempts and let go', async () => {
  const [first, second] = [await fails('1'), await fails('2')];
  const [, deadLetter] = await output('getAll');
  const filters = { to: new Date(Date.parse(String(deadLetter?.['deadAt'])) + 1).toISOString() };
  expect(await output('replay', { choose: 'filter', filters })).toMatchObject([{ id: first, replayed: true }]);
  expect(await output('get', { deadLetterId: second })).toMatchObject([{ id: second, code: 'unavailable', tries: 2 }]);
  expect(await output('discard', { choose: 'filter' })).toEqual([{ discarded: 1, skipped: [] }]);
  expect(await output('getAll', { returnAll: true })).toEqual([]);
});

test('an unknown dead letter is an error that says so', async () => {
  const { error } = await nodes.engine.run(workflow('replay', { deadLetterIds: 'msg_none' }));
  expect(error?.message).toMatch(/^Not found: There is no dead letter 'msg_none'/);
});

test('a trigger gets the events of a time again, as they were', async () => {
  await closeApps();
  app = await nodes.fresh({ env: await publicEnv() });
  await anaWrites(app);
  const listening = triggerWorkflow();
  const active = await nodes.engine.activate(listening);
  await anaWrites(app, 'while you were down');
  const [first] = itemsOf(await nodes.ran(listening, 1));
  const [subscription] = ((await app.call('GET', '/v1/subscriptions')).body as { data: { url: string }[] }).data;
  const locator = { __rl: true, mode: 'list', value: subscription?.url };
  const from = new Date(app.clock.now() - MINUTE).toISOString();
  const [answer] = await output('replayEvents', { subscription: locator, from });
  // What Ana wrote before the trigger was active is among them.
  expect(answer).toMatchObject({ events: 2, pending: false });
  const all = itemsOf(await nodes.ran(listening, 3));
  expect(all.map(({ json }) => json['text'])).toEqual(['while you were down', 'hi', 'while you were down']);
  expect(all[2]?.json).toEqual(first?.json);
  await active.deactivate();
});
