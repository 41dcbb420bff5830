/** The Sunshine nodes in n8n's engine, over the real service and the strict stand-in of Sunshine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { SUNSHINE_DEFAULTS } from '../../sandbox/sunshine/defaults.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../sandbox/kit/webhook-receiver.ts';
import { startSunshineSandbox, type SunshineSandbox } from '../../sandbox/sunshine/sandbox.ts';
import { closeApps, closing, startApp, type App } from '../../support/app.ts';
import { CORE_NODES } from '../../support/engine/core-nodes.ts';
import { startEngine, type Activation, type Engine, type WorkflowJson } from '../../support/engine/engine.ts';
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
  engine = await startEngine({ packageDir: PACKAGE_DIR, credentials, nodeTypes: CORE_NODES });
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
  [
    'a form',
    {
      ...{ kind: 'form', text: 'Two questions' },
      pages: {
        page: [
          { type: 'select', title: 'Size?', id: 'size', choices: { choice: [{ title: 'Small', id: 's' }] } },
          { type: 'input', title: 'E-mail?', id: 'email', format: 'email' },
        ],
      },
    },
    {
      ...{ type: 'form', text: 'Two questions' },
      fields: [
        { type: 'select', name: 'size', label: 'Size?', options: [{ name: 's', label: 'Small' }] },
        { type: 'email', name: 'email', label: 'E-mail?' },
      ],
    },
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

test("a trigger's 'from' is somebody to write to", async () => {
  const thread = await zoeWrote();
  const { body } = await app.call('GET', '/v1/conversations');
  const [conversation] = (body as { data: { contact: { identities: { kind: string; address: string }[] } }[] }).data;
  expect(conversation?.contact.identities.map(({ kind }) => kind)).toEqual([
    'user_id',
    'external_id',
    'conversation_id',
  ]);
  const from = conversation?.contact.identities[0]?.address;
  expect(await output({ resource: 'thread', operation: 'open', userId: from })).toEqual([{ thread, isNew: false }]);
});

describe('the example', () => {
  let active: Activation;
  let crm: WebhookReceiver;
  beforeEach(async () => {
    crm = await startWebhookReceiver(() => ({ status: 404 }));
    closing(() => crm.close());
    const text = readFileSync(join(PACKAGE_DIR, 'examples', 'messages-to-crm-notes.json'), 'utf8');
    const json = JSON.parse(text.replaceAll('https://crm.example.com/api', crm.url)) as WorkflowJson;
    const chosen = json.nodes.map((node) =>
      node.type.startsWith('n8n-nodes-parley.') ? { ...node, credentials: CHOSEN } : node,
    );
    active = await engine.activate({ ...json, nodes: chosen });
  });
  afterEach(() => active.deactivate());
  const asked = () =>
    crm.received.map(({ path, rawBody }) => [path.split('/').at(-1), JSON.parse(String(rawBody)) as IDataObject]);
  const executed = async (count: number) => {
    await crm.waitFor(() => crm.received.length >= count);
    await app.idle();
    return asked();
  };

  test('makes whoever is new a contact of the CRM, keeps its ID with the user, and adds notes to it from then on', async () => {
    crm.answers.push({ status: 200, body: { id: 'crm-7' } });
    await sandbox.customer.sends({ from: 'zoe', name: 'Zoë', text: 'Hello' });
    const messageId = expect.stringMatching(/^msg_/);
    const first = [
      ['contacts', { name: 'Zoë', sunshineUserId: expect.stringMatching(/^[0-9a-f]{24}$/) }],
      ['notes', { contactId: 'crm-7', text: 'Hello', from: 'whatsapp', messageId }],
    ];
    expect(await executed(2)).toEqual(first);
    await sandbox.customer.sends({ from: 'zoe', text: 'Where is my order?' });
    const second = ['notes', { contactId: 'crm-7', text: 'Where is my order?', from: 'whatsapp', messageId }];
    expect(await executed(3)).toEqual([...first, second]);
  });

  test('a CRM that is away leaves the user as it was', async () => {
    crm.answers.push({ status: 503, body: {} });
    await sandbox.customer.sends({ from: 'zoe', name: 'Zoë', text: 'Hello' });
    expect(await executed(1)).toMatchObject([['contacts', {}]]);
    await sandbox.customer.sends({ from: 'zoe', text: 'Hello?' });
    expect((await executed(2))[1]).toMatchObject(['contacts', { name: 'Zoë' }]);
  });
});

test('an account without an app says which field is empty', async () => {
  Object.assign(credentials['parleySunshineApi'] ?? {}, { appId: '', integrationId: '' });
  const { error } = await engine.run(workflow({ resource: 'user', operation: 'get', userId: 'zoe' }));
  expect(error?.message).toMatch(
    /^The 'Sunshine Conversations API' credential has no 'Integration ID' and no 'App ID'/,
  );
});
