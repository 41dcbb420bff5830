/** The Sendbird nodes in n8n's engine, over the real service and the strict stand-in of Sendbird. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { SENDBIRD_DEFAULTS } from '../../sandbox/sendbird/defaults.ts';
import { startSendbirdSandbox, type SendbirdSandbox } from '../../sandbox/sendbird/sandbox.ts';
import { closeApps, closing, startApp, type App } from '../../support/app.ts';
import { CORE_NODES } from '../../support/engine/core-nodes.ts';
import { startEngine, type Activation, type Engine, type WorkflowJson } from '../../support/engine/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { publicEnv } from './node-fixture.ts';

const NODE = 'Sendbird';
const CHOSEN = { parleyApi: { id: '1', name: 'p' }, parleySendbirdApi: { id: '2', name: 's' } };
const credentials: Record<string, IDataObject> = { parleyApi: {}, parleySendbirdApi: {} };
const { applicationId, apiToken, senderId } = SENDBIRD_DEFAULTS;
let engine: Engine;
let app: App;
let sandbox: SendbirdSandbox;

beforeAll(async () => {
  engine = await startEngine({ packageDir: PACKAGE_DIR, credentials, nodeTypes: CORE_NODES });
}, 60_000);
afterAll(() => engine.close());
beforeEach(async () => {
  app = await startApp({ registered: false, startAt: Date.now(), env: await publicEnv() });
  sandbox = await startSendbirdSandbox({ clock: app.clock });
  closing(() => sandbox.close());
  Object.assign(credentials['parleyApi'] ?? {}, { url: app.url, apiKey: app.key });
  const account = { applicationId, apiToken, webhookToken: apiToken, senderId, staffIds: 'agent-7, agent-8' };
  Object.assign(credentials['parleySendbirdApi'] ?? {}, { ...account, baseUrl: sandbox.url });
});
afterEach(closeApps);

function workflow(parameters: IDataObject): WorkflowJson {
  const json = JSON.parse(JSON.stringify(parameters)) as WorkflowJson['nodes'][number]['parameters'];
  return { nodes: [{ name: NODE, type: 'n8n-nodes-parley.sendbird', parameters: json, credentials: CHOSEN }] };
}

async function output(parameters: IDataObject): Promise<IDataObject[]> {
  const execution = await engine.run(workflow(parameters));
  if (execution.error) throw execution.error;
  return execution.items(NODE).map(({ json }) => json);
}

/** Any call of the node registers the account; its URL is entered at Sendbird by hand. */
async function zoeWrote(said: object = {}): Promise<void> {
  await output({ resource: 'thread', operation: 'getMembers', thread: 'support_zoe' }).catch(() => undefined);
  const { body } = await app.call('GET', '/v1/accounts');
  sandbox.subscribe((body as { data: { webhookUrl: string }[] }).data[0]?.webhookUrl ?? '');
  await sandbox.customer.sends({ from: 'zoe', name: 'Zoë', text: 'Hello', ...said });
  await app.idle();
}
const accepted = async (count = 1) =>
  await sandbox.waitFor(() => sandbox.listReceivedMessages().length >= count && sandbox.listReceivedMessages());

const SEND = { resource: 'message', operation: 'send', to: 'zoe', thread: 'support_zoe' };

test.each([
  ['a text', { kind: 'text', text: 'hello' }, { message: 'hello' }],
  [
    'buttons',
    { kind: 'buttons', text: 'Sure?', buttons: { button: [{ id: 'y', title: 'Yes' }] } },
    { message: 'Sure?\n\n1. Yes' },
  ],
  [
    'an option',
    { kind: 'text', text: 'hi', options: { customType: 'order-status', silent: true } },
    { customType: 'order-status' },
  ],
])('sends %s into the thread', async (_name, parameters, expected) => {
  await zoeWrote();
  await output({ ...SEND, ...parameters });
  expect((await accepted()).at(-1)).toMatchObject({ channelUrl: 'support_zoe', ...expected });
});

test('without a thread the node says which field is empty', async () => {
  await zoeWrote();
  const { error } = await engine.run(workflow({ ...SEND, thread: '', kind: 'text', text: 'hi' }));
  expect(error?.message).toMatch(/^The field 'Thread' is empty/);
  expect(sandbox.listReceivedMessages()).toEqual([]);
});

test('opens a thread, invites, lists its members', async () => {
  await zoeWrote();
  const [opened] = await output({ resource: 'thread', operation: 'open', userIds: 'zoe', name: 'A-77' });
  expect(opened).toEqual({ thread: expect.stringContaining('group_channel_'), isNew: true });
  await sandbox.customer.sends({ from: 'yan', text: 'hi' });
  const thread = { resource: 'thread', thread: opened?.['thread'] };
  expect(await output({ ...thread, operation: 'invite', userIds: 'yan,' })).toEqual([{ invited: ['yan'] }]);
  const members = await output({ ...thread, operation: 'getMembers' });
  expect(members.map(({ userId }) => userId)).toEqual([senderId, 'zoe', 'yan']);
});

test('marks as read and shows typing', async () => {
  await zoeWrote();
  const { body } = await app.call('GET', '/v1/conversations');
  const [conversation] = (body as { data: { id: string }[] }).data;
  const page = await app.call('GET', `/v1/conversations/${conversation?.id}/messages`);
  const [heard] = (page.body as { data: { id: string }[] }).data;
  await output({ resource: 'message', operation: 'markRead', messageId: heard?.id, typing: 'show' });
  expect(sandbox.listReadMarks()).toEqual([{ channelUrl: 'support_zoe', userId: senderId }]);
  expect(sandbox.listTyping()).toMatchObject([{ isTyping: true }]);
});

describe('the example', () => {
  let active: Activation;
  beforeEach(async () => {
    await zoeWrote();
    const text = readFileSync(join(PACKAGE_DIR, 'examples', 'in-app-order-question.json'), 'utf8');
    const json = JSON.parse(text) as WorkflowJson;
    const chosen = json.nodes.map((node) =>
      node.type.startsWith('n8n-nodes-parley.')
        ? { ...node, credentials: CHOSEN, parameters: { ...node.parameters, options: { ifSetUpFails: 'start' } } }
        : node,
    );
    active = await engine.activate({ ...json, nodes: chosen });
  });
  afterEach(() => active.deactivate());

  test.each([
    ['with the order beside the message', { data: '{"orderId":"A-77"}' }, 'Your order A-77 leaves tomorrow.'],
    [
      'without',
      { data: '' },
      'Which order is it about? Please send its number, or open the order in the app and write from there.',
    ],
    ['with something else beside it', { data: '{"page":"home"}' }, expect.stringMatching(/^Which order/)],
  ])('answers a question %s', async (_name, beside, answer) => {
    await sandbox.customer.sends({ from: 'zoe', text: 'Where is my order?', ...beside });
    await eventually(() => Promise.resolve(sandbox.listReceivedMessages().length > 0), 'the answer');
    await app.idle();
    expect(sandbox.listReceivedMessages().map(({ message }) => message)).toEqual([answer]);
  });
});
