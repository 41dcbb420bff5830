/** The Parley node over the real service: conversations are found, read, answered in their own channel, and handed to people. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { ANA, BEN, closeApps, MINUTE, type App } from '../../support/app.ts';
import type { Execution, WorkflowJson } from '../../support/engine/engine.ts';
import { startPage, type Page } from '../../support/page.ts';
import { accepted, anaWrites, fileItem, type NodeFixture, startNodes, uploads } from './node-fixture.ts';

const NAME = 'Parley';
const BUTTONS = { button: [{ title: 'Yes', id: 'yes' }, { title: 'No' }] };

let nodes: NodeFixture;
let app: App;
let page: Page;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh();
  page = await startPage(app);
});
afterEach(async () => {
  await page.close();
  await closeApps();
});

function workflow(parameters: IDataObject): WorkflowJson {
  const json = JSON.parse(JSON.stringify(parameters)) as never;
  const credentials = { parleyApi: { id: '1', name: 'p' } };
  return { nodes: [{ name: NAME, type: 'n8n-nodes-parley.parley', parameters: json, credentials }] };
}

async function run(parameters: IDataObject, items?: INodeExecutionData[]): Promise<Execution> {
  return await nodes.engine.run(workflow(parameters), items ? { items } : {});
}

async function output(parameters: IDataObject, items?: INodeExecutionData[]): Promise<IDataObject[]> {
  const execution = await run(parameters, items);
  if (execution.error) throw execution.error;
  return execution.items(NAME).map(({ json }) => json);
}

const conversations = async (filters: IDataObject = {}) =>
  await output({ resource: 'conversation', operation: 'getAll', filters });
const itemsOf = (all: IDataObject[]) => all.map((json) => ({ json }));
const send = (more: IDataObject) => ({ resource: 'message', operation: 'send', kind: 'text', text: 'Hello', ...more });

/** Ana writes on WhatsApp, then somebody on Messenger; answers the conversations, the newest first. */
async function bothWrite(): Promise<IDataObject[]> {
  await anaWrites(app, 'on WhatsApp');
  app.advance(MINUTE);
  await page.says('on Messenger');
  return await conversations();
}

/** The messages that the Page sent, without what each has. */
const pageSent = () => page.calls.filter(({ path }) => path.endsWith('/messages')).map(({ body }) => body);

describe('Conversation', () => {
  test('Get Many finds by every filter, Get gives the one of an item', async () => {
    const [messenger, whatsapp] = await bothWrite();
    expect(whatsapp).toMatchObject({ channel: 'whatsapp', from: ANA, name: 'Ana', owner: 'bot', sessionOpen: true });
    expect(messenger).toMatchObject({ channel: 'messenger', account: '1001', sessionOpen: true });
    expect(await conversations({ channel: 'whatsapp' })).toEqual([whatsapp]);
    expect(await conversations({ account: { __rl: true, mode: 'list', value: 'messenger/1001' } })).toEqual([
      messenger,
    ]);
    expect(await conversations({ contactId: whatsapp?.['contactId'] })).toEqual([whatsapp]);
    expect(await conversations({ heardSince: messenger?.['heardAt'] })).toEqual([messenger]);
    expect(await conversations({ owner: 'human' })).toEqual([]);
    expect(await conversations({ open: true })).toHaveLength(2);
    const both = itemsOf([messenger ?? {}, whatsapp ?? {}]);
    expect(await output({ resource: 'conversation', operation: 'get' }, both)).toEqual([messenger, whatsapp]);
  });

  test('Set Owner silences programs, not people, until it is handed back', async () => {
    const items = itemsOf((await bothWrite()).slice(1));
    const owner = (to: string) => ({ resource: 'conversation', operation: 'setOwner', owner: to });
    expect(await output(owner('human'), items)).toMatchObject([{ owner: 'human', channel: 'whatsapp' }]);
    expect(await conversations({ owner: 'human' })).toHaveLength(1);
    expect((await run(send({}), items)).error?.message).toMatch(/^A person has taken over this conversation/);
    await output(send({ text: 'It is me', options: { writtenByPerson: true } }), items);
    await output(owner('bot'), items);
    await output(send({ text: 'It is me again' }), items);
    expect((await accepted(app, 2)).map(({ text }) => text)).toEqual([
      { body: 'It is me' },
      { body: 'It is me again' },
    ]);
  });

  test('Set Owner of what was seen says who changed it meanwhile', async () => {
    const [, seen = {}] = await bothWrite();
    const set = (owner: string, options = {}) => ({ resource: 'conversation', operation: 'setOwner', owner, options });
    const options = { version: '={{ $json.version }}' };
    const [taken = {}] = await output(set('human', options), itemsOf([seen]));
    const { error } = await run(set('bot', options), itemsOf([seen]));
    expect(error).toMatchObject({
      message: 'Somebody changed this conversation meanwhile',
      description: expect.stringMatching(/A person answers in it since 20/) as string,
    });
    expect(await output(set('bot', options), itemsOf([taken]))).toMatchObject([{ owner: 'bot' }]);
  });

  test('Get Messages is the transcript of both sides', async () => {
    const items = itemsOf((await bothWrite()).slice(1));
    app.advance(MINUTE);
    await output(send({}), items);
    await accepted(app);
    await app.idle();
    const transcript = { resource: 'conversation', operation: 'getMessages', order: 'oldest' };
    expect(await output(transcript, items)).toMatchObject([
      { direction: 'inbound', text: 'on WhatsApp', kind: 'text', status: 'received' },
      { direction: 'outbound', text: 'Hello', kind: 'text' },
    ]);
    expect(await output({ ...transcript, limit: 1 }, items)).toMatchObject([{ text: 'Hello' }]);
  });

  test.each(['get', 'getMessages', 'setOwner'])('%s of one that does not exist says so', async (operation) => {
    const { error } = await run({ resource: 'conversation', operation, conversationId: 'cnv_none' });
    expect(error?.message).toMatch(/^Not found: There is no conversation 'cnv_none'/);
  });
});

describe('Message: Send', () => {
  test('each item is answered in its own channel, in its own form', async () => {
    const items = itemsOf(await bothWrite());
    const sent = await output(send({ kind: 'buttons', text: 'Well?', buttons: BUTTONS }), items);
    expect(sent).toMatchObject([{ sentAs: 'buttons' }, { sentAs: 'buttons' }]);
    expect(sent.map(({ conversationId }) => conversationId)).toEqual(items.map(({ json }) => json['conversationId']));
    const [onWhatsApp] = await accepted(app);
    expect(onWhatsApp).toMatchObject({ type: 'interactive', interactive: { type: 'button', body: { text: 'Well?' } } });
    await app.idle();
    expect(pageSent()).toMatchObject([{ message: { attachment: { type: 'template' } } }]);
  });

  test('what a channel lacks is refused by name, or takes its nearest form', async () => {
    const [messenger] = await bothWrite();
    const items = itemsOf([messenger ?? {}]);
    const place = send({ kind: 'location', latitude: 1.5, longitude: 2.5, placeName: 'Shop' });
    const { error } = await run(place, items);
    expect(error?.message).toMatch(/location/i);
    expect((error as { description?: string }).description).toMatch(/'If the Channel Lacks It'/);
    expect(await output({ ...place, ifLacking: 'degrade' }, items)).toMatchObject([{ sentAs: 'text' }]);
    await app.idle();
    expect(pageSent()).toMatchObject([{ message: { text: expect.stringContaining('Shop') as string } }]);
  });

  test('to a contact goes where they were last heard', async () => {
    const [messenger, whatsapp] = await bothWrite();
    const contacts = [{ sendTo: 'contact', contactId: messenger?.['contactId'] }];
    contacts.push({ sendTo: 'contact', contactId: whatsapp?.['contactId'] });
    for (const to of contacts) await output(send(to as IDataObject));
    await app.idle();
    expect(await accepted(app)).toHaveLength(1);
    expect(pageSent()).toMatchObject([{ message: { text: 'Hello' } }]);
    const other = { ...contacts[0], account: { __rl: true, mode: 'id', value: `whatsapp/${app.account.externalId}` } };
    expect((await run(send(other as IDataObject))).error).toBeDefined();
  });

  test('to an address goes from the chosen account', async () => {
    await app.sandbox.customer.sends({ from: BEN, text: 'hi' });
    await app.idle();
    const account = { __rl: true, mode: 'list', value: `whatsapp/${app.account.externalId}` };
    const [sent] = await output(send({ sendTo: 'address', account, to: `+${BEN}` }));
    expect(sent).toMatchObject({ status: 'queued', to: `+${BEN}` });
    expect(await accepted(app)).toMatchObject([{ text: { body: 'Hello' } }]);
    const byId = { __rl: true, mode: 'id', value: app.account.id };
    expect(await output(send({ sendTo: 'address', account: byId, to: `+${BEN}` }))).toHaveLength(1);
    const unknown = { __rl: true, mode: 'id', value: 'whatsapp/1' };
    const { error } = await run(send({ sendTo: 'address', account: unknown, to: `+${BEN}` }));
    expect(error?.message).toMatch(/^The service does not have this account: /);
  });

  test.each(['conversation', 'contact'])('a file of the item goes up to the account of the %s', async (sendTo) => {
    const [, whatsapp] = await bothWrite();
    const item = { ...fileItem('pixels', 'image/png', 'a.png'), json: whatsapp ?? {} };
    const image = send({ kind: 'image', caption: 'Look', sendTo, contactId: '={{ $json.contactId }}' });
    await output(image, [item]);
    expect(await accepted(app)).toMatchObject([{ type: 'image', image: { caption: 'Look' } }]);
    expect(uploads(app).map((body) => body.includes('pixels'))).toEqual([true]);
  });
});

test('Send and Wait asks in the conversation and goes on with its answer', async () => {
  const items = itemsOf((await bothWrite()).slice(1));
  const question = { resource: 'message', operation: 'sendAndWait', message: 'Tuesday?', responseType: 'approval' };
  const execution = await run(question, items);
  expect(execution.status).toBe('waiting');
  await accepted(app);
  const [asked] = app.sandbox.listReceivedMessages();
  await app.sandbox.customer.taps({ messageId: asked?.id ?? '', choice: 'approve' });
  await nodes.engine.waitForExecution(({ id, status }) => id === execution.id && status === 'success');
  expect(execution.items(NAME)).toMatchObject([{ json: { replied: true, approved: true, from: ANA } }]);
});

test('Session: Get tells by the conversation what may be sent', async () => {
  const items = itemsOf(await bothWrite());
  const ask = (kind: string) => ({ resource: 'session', operation: 'get', kind });
  expect(await output(ask('text'), items)).toMatchObject([
    { allowed: true, sessionOpen: true, conversationId: items[0]?.json['conversationId'] },
    { allowed: true, sessionOpen: true, contactName: 'Ana' },
  ]);
  expect(await output(ask('location'), items)).toMatchObject([
    { allowed: false, reasonCodes: ['unsupported_by_channel'] },
    { allowed: true },
  ]);
});
