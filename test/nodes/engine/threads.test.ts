/** A channel with threads, made as every channel's node is, in n8n's real engine: answers stay in the thread of the item that came in. */
import type { IDataObject, INodeProperties, INodeType } from 'n8n-workflow';
import type { Permission, SendMessage } from '../../../contract/api.ts';
import type { EventFrame } from '../../../contract/event.ts';
import { channelAccount } from '../../../nodes/shared/account.ts';
import { plainText } from '../../../nodes/shared/content/text.ts';
import { PHONE_OR_USER } from '../../../nodes/shared/descriptions.ts';
import { resourceProperties, runOperation, type Resource } from '../../../nodes/shared/operation.ts';
import type { ChannelForm } from '../../../nodes/shared/operations/channel-form.ts';
import { resumeSendAndWait, sendAndWaitOperation } from '../../../nodes/shared/operations/send-and-wait.ts';
import { sendTemplateOperation } from '../../../nodes/shared/operations/send-template.ts';
import { sendOperation } from '../../../nodes/shared/operations/send.ts';
import { sessionResource } from '../../../nodes/shared/operations/session.ts';
import { replyWebhooks } from '../../../nodes/shared/reply-wait.ts';
import { simplifyEvent } from '../../../nodes/shared/simplify.ts';
import { type ActionFixture, type MakeWorkflow, startActionFixture, TEMPLATE } from './action-fixture.ts';

const NAME = 'Threaded';
const TYPE = 'test.threaded';

const FORM: ChannelForm = {
  account: async () => channelAccount('threaded', '7', { token: 't' }),
  kinds: [plainText],
  notices: [],
  recipient: { ...PHONE_OR_USER, threads: true },
  sendDescription: 'Send',
  ...{ templates: true, people: false, options: [], footer: false },
};

const message = (form: ChannelForm): Resource => ({
  value: 'message',
  name: 'Message',
  operations: [sendOperation(form), sendAndWaitOperation(form), sendTemplateOperation(form, {})],
  defaultOperation: 'send',
});
const RESOURCES = [message(FORM), sessionResource(FORM)];

const threaded: INodeType = {
  description: {
    ...{ displayName: NAME, name: 'threaded', group: ['output'], version: 1, description: 'Sends' },
    ...{ defaults: { name: NAME }, inputs: ['main'], outputs: ['main'], webhooks: replyWebhooks },
    credentials: [{ name: 'parleyApi', required: true }],
    properties: resourceProperties(RESOURCES),
  },
  webhook: resumeSendAndWait,
  async execute() {
    return await runOperation(this, RESOURCES);
  },
};

const workflow: MakeWorkflow = (parameters, node = {}) => {
  const json = JSON.parse(JSON.stringify(parameters)) as never;
  return {
    nodes: [{ name: NAME, type: TYPE, parameters: json, credentials: { parleyApi: { id: '1', name: 'p' } }, ...node }],
  };
};

const FRAME: EventFrame = {
  ...{ id: 'evt_1', at: '2026-11-22T10:00:00.000Z', channel: 'threaded' },
  ...{ account: { id: 'acc_1', externalId: '7' }, conversationId: 'cnv_7', thread: 'order-7' },
  contact: { id: 'con_1', identities: [{ kind: 'user_id', address: 'ana' }] },
};
const ITEM = simplifyEvent({
  ...FRAME,
  type: 'message.received',
  message: {
    ...{ id: 'msg_1', providerMessageId: 'p1', sentAt: '2026-11-22T10:00:00.000Z' },
    content: { type: 'text', text: 'Where is it?' },
  },
});
const STATUS_ITEM = simplifyEvent({
  ...FRAME,
  type: 'message.status',
  status: { id: 'msg_2', status: 'failed', kind: 'text' },
});
const { thread: _, ...threadless } = ITEM;

let fixture: ActionFixture;

beforeAll(async () => {
  fixture = await startActionFixture(workflow, NAME, {}, { [TYPE]: threaded });
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => {
  fixture.reset();
  fixture.service.accounts.set('threaded/7', { settings: { token: 't' } });
  fixture.service.answers.set('GET /v1/templates/168', () => ({ body: { ...TEMPLATE, variables: [] } }));
});

const sends = () => fixture.service.at('POST /v1/messages').map(({ body }) => body as SendMessage);
const place = () => sends().map(({ to, thread }) => ({ to, ...(thread !== undefined && { thread }) }));

const FROM = '={{ $json.from }}';
const OPERATIONS: [string, IDataObject][] = [
  ['send', { kind: 'text', text: 'Tomorrow' }],
  ['sendTemplate', { template: { __rl: true, mode: 'id', value: '168' } }],
  ['sendAndWait', { message: 'Tuesday?' }],
];

describe.each(OPERATIONS)('%s', (operation, more) => {
  test.each<[string, IDataObject, IDataObject, object]>([
    ['an answer stays in the thread of the item', ITEM, { to: FROM }, { to: 'ana', thread: 'order-7' }],
    ['so does what follows a status', STATUS_ITEM, { to: '={{ $json.to }}' }, { to: 'ana', thread: 'order-7' }],
    ['nobody else is written to in it', ITEM, { to: 'ben' }, { to: 'ben' }],
    ['an item without a thread names none', threadless, { to: FROM }, { to: 'ana' }],
    ['the thread is said', ITEM, { to: 'ben', thread: ' order-9 ' }, { to: 'ben', thread: 'order-9' }],
    [
      'a conversation says its thread by itself',
      ITEM,
      { sendTo: 'conversation', conversationId: 'cnv_7' },
      {
        to: { conversationId: 'cnv_7' },
      },
    ],
  ])('%s', async (_name, json, parameters, expected) => {
    await fixture.run({ resource: 'message', operation, ...more, ...parameters }, { items: [{ json }] });
    expect(place()).toEqual([expected]);
  });
});

test('the output names the thread, so that the next node stays in it, too', async () => {
  const send = { resource: 'message', operation: 'send', kind: 'text', text: 'Hi' };
  const [first] = await fixture.output({ ...send, to: FROM }, { items: [{ json: ITEM }] });
  await fixture.output({ ...send, to: '={{ $json.to }}' }, { items: [{ json: first?.json ?? {} }] });
  expect(place()).toEqual([
    { to: 'ana', thread: 'order-7' },
    { to: 'ana', thread: 'order-7' },
  ]);
});

test("'Session: Get' asks about the thread of the item, and says when the contact left it", async () => {
  const closedAt = '2026-11-22T09:00:00.000Z';
  const reasons: Permission['reasons'] = [{ code: 'blocked', detail: 'The contact left' }];
  const permission: Permission = { allowed: false, reasons, session: { open: false, closedAt } };
  fixture.service.answers.set('GET /v1/permission', () => ({ body: permission }));
  const get = { resource: 'session', operation: 'get', kind: 'text' };
  const [item] = await fixture.output({ ...get, to: FROM }, { items: [{ json: ITEM }] });
  await fixture.output({ ...get, to: 'ben' }, { items: [{ json: ITEM }] });
  expect(item?.json).toMatchObject({ allowed: false, sessionClosedAt: closedAt, sessionExpiresAt: null });
  expect(fixture.service.at('GET /v1/permission').map(({ query: { to, thread } }) => [to, thread])).toEqual([
    ['ana', 'order-7'],
    ['ben', undefined],
  ]);
});

test('no node asks for a thread whose channel has none; that of all channels offers it among its options', () => {
  const namesOf = (properties: readonly INodeProperties[]) => properties.map(({ name }) => name);
  const { nodeTypes, nodeNames } = fixture.engine;
  const all = nodeNames.map((name) => nodeTypes.getByNameAndVersion(`n8n-nodes-parley.${name}`).description);
  const asking = all.filter(({ properties }) => namesOf(properties).includes('thread'));
  expect(asking.map(({ name }) => name).sort()).toEqual(['sendbird', 'sunshine']);
  const offering = all.filter(({ properties }) =>
    properties.some(({ options = [] }) => options.some((option) => option.name === 'thread')),
  );
  expect(offering.map(({ name }) => name)).toEqual(['parley']);
});
