/** What the trigger gives: flat items, filtered by the service, with files and several events per execution when asked for. */
import type { IDataObject } from 'n8n-workflow';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import type { CustomerMessage } from '../../sandbox/whatsapp/customer-content.ts';
import { ANA, closeApps, DAY, type App } from '../../support/app.ts';
import type { WorkflowJson } from '../../support/engine/engine.ts';
import {
  accepted,
  anaWrites,
  itemsOf,
  NODE,
  type NodeFixture,
  startNodes,
  TRIGGER,
  triggerWorkflow,
} from './node-fixture.ts';

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

/** An active workflow that starts anyway: this provider was set up by hand. */
async function active(parameters: IDataObject = {}, options: IDataObject = {}): Promise<WorkflowJson> {
  const workflow = triggerWorkflow({ ...parameters, options: { ifSetUpFails: 'start', ...options } });
  await nodes.engine.activate(workflow);
  return workflow;
}

const send = (kind: string, more: IDataObject): IDataObject => ({
  ...{ resource: 'message', operation: 'send', to: `+${ANA}`, kind, text: 'Tea?' },
  ...more,
});
/** Sends to Ana; answers the provider's id. */
async function sent(parameters: IDataObject): Promise<string> {
  const [item] = await nodes.output(parameters);
  const { providerMessageId = '' } = await app.reaches(String(item?.json['messageId']), 'read');
  return providerMessageId;
}

test('a text is an item with what workflows decide by first', async () => {
  const workflow = await active();
  const providerId = await anaWrites(app, 'Hello');
  const [execution] = await nodes.ran(workflow, 1);
  expect(execution?.mode).toBe('webhook');
  const [item] = execution?.items(TRIGGER) ?? [];
  expect(item?.json).toMatchObject({
    ...{ event: 'message.received', from: ANA, name: 'Ana', text: 'Hello', kind: 'text', sessionOpen: true },
    ...{ channel: 'whatsapp', account: SANDBOX_DEFAULTS.phoneNumberId, providerMessageId: providerId },
    messageId: expect.stringMatching(/^msg_/) as string,
    conversationId: expect.stringMatching(/^cnv_/) as string,
    eventId: expect.stringMatching(/^evt_/) as string,
  });
  const ends = Date.parse(String(item?.json['sessionExpiresAt']));
  expect(Math.abs(ends - (app.clock.now() + DAY))).toBeLessThanOrEqual(1_000);
  expect(Object.keys(item?.json ?? {}).slice(0, 5)).toEqual(['event', 'from', 'name', 'text', 'kind']);
  expect(item?.json).not.toHaveProperty('raw');
});

describe('an item of', () => {
  test.each<[string, Partial<CustomerMessage>, IDataObject]>([
    ['a picture', { image: { caption: 'Look' } }, { kind: 'image', text: 'Look', mimeType: 'image/jpeg' }],
    ['a document', { document: { filename: 'a.pdf' } }, { kind: 'document', fileName: 'a.pdf' }],
    [
      'a place',
      { location: { latitude: 38.72, longitude: -9.14, name: 'Shop' } },
      { kind: 'location', latitude: 38.72, longitude: -9.14, placeName: 'Shop', text: 'Shop' },
    ],
    [
      'a card',
      { contacts: [{ name: { formatted_name: 'Nathan Smith', first_name: 'Nathan' } }] },
      { kind: 'contacts', text: 'Nathan Smith' },
    ],
    [
      'a message from an ad',
      {
        text: 'Hi',
        referral: { source_id: '77', source_type: 'ad', source_url: 'https://fb.me/1', headline: 'Shoes' },
      },
      { text: 'Hi', adId: '77', adHeadline: 'Shoes' },
    ],
    ['something new', { raw: { type: 'hologram' } }, { kind: 'unsupported' }],
  ])('%s', async (_name, message, json) => {
    const workflow = await active();
    await app.sandbox.customer.sends({ from: ANA, name: 'Ana', ...message });
    expect(itemsOf(await nodes.ran(workflow, 1))).toMatchObject([{ json: { from: ANA, ...json } }]);
  });

  test('a tapped button, a chosen row, a filled form', async () => {
    const workflow = await active({ messageKinds: ['button', 'list', 'form'] });
    await anaWrites(app);
    const buttons = await sent(send('buttons', { buttons: { button: [{ title: 'Yes', id: 'yes' }] } }));
    const row = [{ title: 'Express', id: 'x', description: 'Tomorrow' }];
    const list = await sent(send('list', { sections: { section: [{ rows: { row } }] } }));
    const form = await sent(send('form', { formId: '1122', formButton: 'Book', formReference: 'order-77' }));
    await app.sandbox.customer.taps({ messageId: buttons, choice: 'Yes' });
    await app.sandbox.customer.taps({ messageId: list, choice: 'x' });
    await app.sandbox.customer.submitsForm({ messageId: form, response: { day: 'Tuesday' } });
    const replyTo = expect.stringMatching(/^msg_/) as string;
    expect(itemsOf(await nodes.ran(workflow, 3)).map(({ json }) => json)).toMatchObject([
      { kind: 'button', buttonId: 'yes', buttonText: 'Yes', text: 'Yes', replyTo },
      { kind: 'list', buttonId: 'x', buttonText: 'Express', buttonDescription: 'Tomorrow', replyTo },
      { kind: 'form', formData: { day: 'Tuesday' }, replyTo },
    ]);
  });
});

describe('statuses', () => {
  test.each<[string, IDataObject, string[]]>([
    ['tell how it ended unless chosen', {}, ['delivered', 'read']],
    ['are those chosen', { statuses: ['sent', 'read'] }, ['sent', 'read']],
  ])('%s', async (_name, parameters, statuses) => {
    const workflow = await active({ events: ['messageStatus'], ...parameters });
    await anaWrites(app);
    await sent(send('text', { options: { metadata: '{"orderId":"77"}' } }));
    const items = itemsOf(await nodes.ran(workflow, statuses.length));
    await app.idle();
    expect(items.map(({ json }) => json['status'])).toEqual(statuses);
    expect(items[0]?.json).toMatchObject({
      event: 'message.status',
      to: ANA,
      kind: 'text',
      metadata: { orderId: '77' },
    });
    expect(await nodes.ran(workflow, 0)).toHaveLength(statuses.length);
  });

  test('of a message that failed say why', async () => {
    const workflow = await active({ events: ['messageStatus'] });
    await anaWrites(app);
    app.sandbox.settings.unreachable.push(ANA);
    await nodes.output(send('text', {}));
    expect(itemsOf(await nodes.ran(workflow, 1))).toMatchObject([
      { json: { status: 'failed', providerErrorCode: '131026', errorMessage: expect.stringMatching(/./) as string } },
    ]);
  });
});

describe('options', () => {
  test('download media: the file is in the field data', async () => {
    const workflow = await active({}, { downloadMedia: true });
    const content = Buffer.alloc(300_000, 'parley');
    await app.sandbox.customer.sends({ from: ANA, document: { content, filename: 'Rechnung ä.pdf' } });
    const [item] = itemsOf(await nodes.ran(workflow, 1));
    const binary = item?.binary?.['data'];
    expect(binary).toMatchObject({ fileName: 'Rechnung ä.pdf', mimeType: 'application/pdf' });
    expect(binary && (await nodes.engine.readBinary(binary)).equals(content)).toBe(true);
  });

  test('download media: a file that cannot be fetched does not keep the message back', async () => {
    const workflow = await active({}, { downloadMedia: true });
    app.sandbox.faults.next({ kind: 'server_error', on: 'any', times: 20 });
    await app.sandbox.customer.sends({ from: ANA, image: { caption: 'Look' } });
    const [item] = itemsOf(await nodes.ran(workflow, 1));
    expect(item?.json).toMatchObject({ text: 'Look', mediaError: expect.stringMatching(/./) as string });
    expect(item?.binary).toBeUndefined();
  });

  test("include raw: the provider's own words", async () => {
    const workflow = await active({}, { includeRaw: true });
    const id = await anaWrites(app, 'Hello');
    expect(itemsOf(await nodes.ran(workflow, 1))).toMatchObject([{ json: { raw: { id, text: { body: 'Hello' } } } }]);
  });

  test('events per execution: several items, in order', async () => {
    const workflow = await active({}, { maxBatch: 20 });
    await app.sandbox.customer.sendsTogether(['1', '2', '3'].map((text) => ({ from: ANA, text })));
    const [execution] = await nodes.ran(workflow, 1);
    expect(execution?.items(TRIGGER).map(({ json }) => json['text'])).toEqual(['1', '2', '3']);
    expect(execution?.items(TRIGGER).map(({ pairedItem }) => pairedItem)).toHaveLength(3);
  });
});

test('account alerts and preferences come to who asked for them', async () => {
  const workflow = await active({ events: ['account', 'contactPreference'] });
  await anaWrites(app);
  await app.sandbox.customer.setsMarketing({ from: ANA, value: 'stop' });
  app.sandbox.faults.next({ kind: 'token_expired' });
  await nodes.output(send('text', {}));
  const events = itemsOf(await nodes.ran(workflow, 2)).map(({ json }) => json['event']);
  expect(events).toEqual(['contact.preference', 'account.alert']);
});

test('the whole way: a message starts the workflow, and its answer quotes it', async () => {
  const workflow = triggerWorkflow({ options: { ifSetUpFails: 'start' } });
  const { credentials } = workflow.nodes[0] ?? {};
  const parameters = send('text', {
    to: '={{ $json.from }}',
    text: '=You said {{ $json.text }}',
    options: { replyTo: '={{ $json.messageId }}' },
  }) as NonNullable<WorkflowJson['nodes'][number]['parameters']>;
  workflow.nodes.push({
    name: NODE,
    type: 'n8n-nodes-parley.whatsApp',
    parameters,
    ...(credentials && { credentials }),
  });
  workflow.connections = { [TRIGGER]: { main: [[{ node: NODE, type: 'main', index: 0 }]] } };
  await nodes.engine.activate(workflow);
  const id = await anaWrites(app, 'Hello');
  expect(await accepted(app)).toEqual([
    { type: 'text', text: { body: 'You said Hello' }, context: { message_id: id } },
  ]);
});
