/** The Sunshine nodes in n8n's engine, over the real service and the strict stand-in of Sunshine. */
import type { IDataObject } from 'n8n-workflow';
import { SUNSHINE_DEFAULTS } from '../../sandbox/sunshine/defaults.ts';
import { startSunshineSandbox, type SunshineSandbox } from '../../sandbox/sunshine/sandbox.ts';
import { closeApps, closing, startApp, type App } from '../../support/app.ts';
import { startEngine, type Engine, type WorkflowJson } from '../../support/engine/engine.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { publicEnv } from './node-fixture.ts';

const NODE = 'Sunshine Conversations';
const CHOSEN = { parleyApi: { id: '1', name: 'p' }, parleySunshineApi: { id: '2', name: 's' } };
const credentials: Record<string, IDataObject> = { parleyApi: {}, parleySunshineApi: {} };
const { appId, keyId, secret, integrations } = SUNSHINE_DEFAULTS;
let engine: Engine;
let app: App;
let sandbox: SunshineSandbox;

beforeAll(async () => {
  engine = await startEngine({ packageDir: PACKAGE_DIR, credentials });
}, 60_000);
afterAll(() => engine.close());
beforeEach(async () => {
  app = await startApp({ registered: false, startAt: Date.now(), env: await publicEnv() });
  sandbox = await startSunshineSandbox({ clock: app.clock });
  closing(() => sandbox.close());
  Object.assign(credentials['parleyApi'] ?? {}, { url: app.url, apiKey: app.key });
  const account = { appId, keyId, secret, integrationId: integrations.whatsapp, region: 'us' };
  Object.assign(credentials['parleySunshineApi'] ?? {}, { ...account, baseUrl: sandbox.url });
});
afterEach(closeApps);

function workflow(parameters: IDataObject): WorkflowJson {
  const json = JSON.parse(JSON.stringify(parameters)) as WorkflowJson['nodes'][number]['parameters'];
  return { nodes: [{ name: NODE, type: 'n8n-nodes-parley.sunshine', parameters: json, credentials: CHOSEN }] };
}

async function output(parameters: IDataObject): Promise<IDataObject[]> {
  const execution = await engine.run(workflow(parameters));
  if (execution.error) throw execution.error;
  return execution.items(NODE).map(({ json }) => json);
}

/** Any call of the node registers the account, which makes the webhook; then Zoë writes. */
async function zoeWrote(): Promise<string> {
  const user = { resource: 'user', operation: 'get', userId: 'nobody' };
  await output(user).catch(() => undefined);
  await sandbox.customer.sends({ from: 'zoe', name: 'Zoë', text: 'Hello' });
  await app.idle();
  return sandbox.conversations()[0]?.id ?? '';
}

test.each([
  ['a text', { kind: 'text', text: 'hello' }, { type: 'text', text: 'hello' }],
  [
    'an image',
    { kind: 'image', mediaSource: 'url', mediaUrl: 'https://x.example/a.jpg', caption: 'look' },
    { type: 'image', text: 'look' },
  ],
  [
    'buttons',
    { kind: 'buttons', text: 'Sure?', buttons: { button: [{ id: 'y', title: 'Yes' }] } },
    { actions: [{ type: 'reply', payload: 'y' }] },
  ],
])('sends %s into the conversation', async (_name, parameters, expected) => {
  const thread = await zoeWrote();
  await output({ resource: 'message', operation: 'send', to: 'zoe', thread, ...parameters });
  const [message] = await sandbox.waitFor(
    () => sandbox.listReceivedMessages().length > 0 && sandbox.listReceivedMessages(),
  );
  expect(message).toMatchObject({ conversationId: thread, content: expected });
});

test('passes a conversation on with what the ticket is to hold, and releases it', async () => {
  const thread = await zoeWrote();
  const metadata = '{"dataCapture.systemField.tags": "vip"}';
  const control = { resource: 'control', thread, target: 'zd:agentWorkspace', metadata };
  expect(await output({ ...control, operation: 'pass' })).toEqual([{ thread, to: 'zd:agentWorkspace', done: true }]);
  expect(sandbox.conversations()[0]?.active).toMatchObject({ name: 'zd:agentWorkspace' });
  await output({ ...control, operation: 'release' });
  expect(sandbox.conversations()[0]?.active).toBeUndefined();
  const { error } = await engine.run(workflow({ ...control, operation: 'pass', metadata: 'vip' }));
  expect(error?.message).toBe("The field 'Metadata' is no JSON object");
});

test('keeps the ID of a CRM with a user, finds their thread, writes first to a number', async () => {
  const thread = await zoeWrote();
  const entry = [{ name: 'crmId', value: '7' }];
  const user = { resource: 'user', userId: 'zoe' };
  expect(await output({ ...user, operation: 'update', metadata: { entry } })).toMatchObject([
    { metadata: { crmId: '7' } },
  ]);
  expect(await output({ ...user, operation: 'get' })).toMatchObject([{ externalId: 'zoe', metadata: { crmId: '7' } }]);
  expect(await output({ resource: 'thread', operation: 'open', userId: 'zoe' })).toEqual([{ thread, isNew: false }]);
  const first = { resource: 'thread', operation: 'notify', address: '+12125552368', text: 'Hi' };
  expect(await output(first)).toMatchObject([{ to: '+12125552368' }]);
  expect(sandbox.listNotifications()).toMatchObject([{ destination: { integrationId: integrations.whatsapp } }]);
});

test('an account without an app says which field is empty', async () => {
  Object.assign(credentials['parleySunshineApi'] ?? {}, { appId: '', integrationId: '' });
  const { error } = await engine.run(workflow({ resource: 'user', operation: 'get', userId: 'zoe' }));
  expect(error?.message).toMatch(
    /^The 'Sunshine Conversations API' credential has no 'Integration ID' and no 'App ID'/,
  );
});
