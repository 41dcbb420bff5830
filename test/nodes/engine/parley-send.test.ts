/** Parley: Message in n8n's real engine: to whom it sends on which account, what it asks of the service, and what comes out. */
import type { IDataObject } from 'n8n-workflow';
import type { SendMessage } from '../../../contract/api.ts';
import { type ActionFixture, file, problem, startActionFixture } from './action-fixture.ts';
import { PARLEY, parleyWorkflow } from './parley-fixture.ts';

let fixture: ActionFixture;

beforeAll(async () => {
  fixture = await startActionFixture(parleyWorkflow, PARLEY);
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => fixture.reset());

const ITEM = { conversationId: 'cnv_7' };
const SEND = { resource: 'message', operation: 'send' };
const TEXT = { ...SEND, kind: 'text', text: 'Hello' };
const WHATSAPP = { channel: 'whatsapp', externalId: '77' };
const account = (value: string, mode = 'id') => ({ __rl: true, mode, value });

const sends = () => fixture.service.at('POST /v1/messages').map(({ body }) => body as SendMessage);
const output = async (parameters: IDataObject, json: IDataObject = ITEM) =>
  await fixture.output(parameters, { items: [{ json }] });

describe('Send To', () => {
  const media = { id: 'acc_9', ...WHATSAPP };

  test.each<[string, IDataObject, Partial<SendMessage>]>([
    ['the conversation of the item, unless told otherwise', {}, { to: { conversationId: 'cnv_7' } }],
    ['another conversation', { conversationId: ' cnv_8 ' }, { to: { conversationId: 'cnv_8' } }],
    ['a contact', { sendTo: 'contact', contactId: 'con_1' }, { to: { contactId: 'con_1' } }],
    [
      'a contact on one account',
      { sendTo: 'contact', contactId: 'con_1', account: account('whatsapp/77', 'list') },
      { to: { contactId: 'con_1' }, account: WHATSAPP },
    ],
    [
      'an address from an account of the list',
      { sendTo: 'address', account: account('whatsapp/77', 'list'), to: '+15550001111' },
      { to: '+15550001111', account: WHATSAPP },
    ],
    [
      "an address from an account by Parley's ID",
      { sendTo: 'address', account: account('acc_9'), to: '+15550001111' },
      { to: '+15550001111', account: WHATSAPP },
    ],
    [
      'an address in a thread',
      { sendTo: 'address', account: account('whatsapp/77'), to: '+15550001111', options: { thread: ' order-7 ' } },
      { to: '+15550001111', account: WHATSAPP, thread: 'order-7' },
    ],
    [
      'a conversation, which says its thread by itself',
      { options: { thread: 'x' } },
      { to: { conversationId: 'cnv_7' } },
    ],
    [
      'an address from the account of the item',
      { sendTo: 'address', account: account('=twilio_sms/{{ $json.conversationId }}'), to: '+15550001111' },
      { to: '+15550001111', account: { channel: 'twilio_sms', externalId: 'cnv_7' } },
    ],
  ])('%s', async (_, parameters, message) => {
    fixture.service.answers.set('GET /v1/accounts/acc_9', () => ({ body: media }));
    await output({ ...TEXT, ...parameters });
    expect(sends()).toEqual([{ ...message, content: { type: 'text', text: 'Hello' } }]);
  });

  test('registers no account: it has no settings', async () => {
    fixture.service.answers.set('POST /v1/messages', () => problem(409, 'account_required', 'No account 77'));
    const address = { sendTo: 'address', account: account('whatsapp/77'), to: '+15550001111' };
    const error = await fixture.failure({ ...TEXT, ...address });
    expect(error.message).toBe('The service does not have this account: No account 77');
    expect(error.description).toMatch(/activate a trigger or run a node of its channel/);
    expect(fixture.service.calls.map(({ method }) => method)).toEqual(['POST']);
  });

  test.each<[string, IDataObject, RegExp]>([
    ['no conversation', { conversationId: "={{ '' }}" }, /^The field 'Conversation ID' is empty$/],
    ['no contact', { sendTo: 'contact', contactId: "={{ ' ' }}" }, /^The field 'Contact ID' is empty$/],
    ['no account', { sendTo: 'address', to: '+1', account: account("={{ '' }}") }, /^The field 'Account' is empty$/],
    [
      'no address',
      { sendTo: 'address', account: account('whatsapp/77'), to: "={{ '' }}" },
      /^The field 'To' is empty$/,
    ],
    ['half an account', { sendTo: 'address', account: account('whatsapp/'), to: '+1' }, /^This names no account/],
    ['an item without a conversation', {}, /^The field 'Conversation ID' is empty$/],
    ['no text', { text: ' ', conversationId: 'cnv_1' }, /^The field 'Text' is empty$/],
    ['a kind that belongs to one channel', { kind: 'payment_request', conversationId: 'cnv_1' }, /no content type/],
  ])('%s sends nothing and says what is missing', async (_, parameters, message) => {
    expect((await fixture.failure({ ...TEXT, ...parameters })).message).toMatch(message);
    expect(sends()).toEqual([]);
  });
});

describe('what is sent', () => {
  test('the nearest form is asked for only when the user allows it, and the output tells what became of it', async () => {
    const button = [{ id: 'yes', title: 'Yes' }];
    const buttons = { ...SEND, kind: 'buttons', text: 'Well?', buttons: { button } };
    await output(buttons);
    fixture.service.answers.set('POST /v1/messages', () => ({
      status: 202,
      body: { id: 'msg_2', status: 'queued', conversationId: 'cnv_7', sentAs: 'text' },
    }));
    const [item] = await output({ ...buttons, ifLacking: 'degrade' });
    const content = { type: 'buttons', text: 'Well?', buttons: button };
    expect(sends()).toEqual([
      { to: { conversationId: 'cnv_7' }, content },
      { to: { conversationId: 'cnv_7' }, content, degrade: true },
    ]);
    expect(item?.json).toEqual({
      ...{ messageId: 'msg_2', conversationId: 'cnv_7', status: 'queued', duplicate: false, sentAs: 'text' },
    });
  });

  test('a list says of which sections several rows may be picked, and what stands beside them', async () => {
    const imageUrl = 'https://shop.example/r.png';
    const section = [
      { title: 'Shoes', multiple: true, rows: { row: [{ title: 'Red', id: 'r', imageUrl }, { title: 'Blue' }] } },
      { title: 'Bag', rows: { row: [{ title: 'Paper' }] } },
    ];
    await output({ ...SEND, kind: 'list', text: 'Which?', buttonTitle: 'Choose', sections: { section } });
    const shoes = [
      { id: 'r', title: 'Red', imageUrl },
      { id: 'Blue', title: 'Blue' },
    ];
    const sections = [
      { title: 'Shoes', multiple: true, rows: shoes },
      { title: 'Bag', rows: [{ id: 'Paper', title: 'Paper' }] },
    ];
    expect(sends()[0]?.content).toEqual({ type: 'list', text: 'Which?', buttonTitle: 'Choose', sections });
  });

  test('sent as it was asked for, the output says so too', async () => {
    expect((await output(TEXT))[0]?.json).toMatchObject({ messageId: 'msg_1', sentAs: 'text' });
  });

  test('every option reaches the service', async () => {
    const options = {
      writtenByPerson: true,
      purpose: 'campaign',
      replyTo: ' msg_0 ',
      metadata: '{"order": 7}',
      expiresAt: '2099-01-01T00:00:00Z',
      idempotencyKey: 'order-7',
    };
    await output({ ...TEXT, ifSessionClosed: 'hold', options });
    expect(sends()).toEqual([
      {
        to: { conversationId: 'cnv_7' },
        content: { type: 'text', text: 'Hello' },
        ifSessionClosed: 'hold',
        author: 'human',
        purpose: 'campaign',
        replyTo: 'msg_0',
        metadata: { order: 7 },
        expiresAt: '2099-01-01T00:00:00.000Z',
      },
    ]);
    expect(fixture.service.at('POST /v1/messages')[0]?.headers['idempotency-key']).toBe('order-7');
  });

  test('each item has a key of its own, the same in a retry', async () => {
    const broken = { times: 1 };
    fixture.service.answers.set('POST /v1/messages', () =>
      broken.times-- > 0
        ? problem(503, 'overloaded', 'Later')
        : { status: 202, body: { id: 'msg_1', status: 'queued', conversationId: 'cnv_7' } },
    );
    const items = [{ json: ITEM }, { json: ITEM }];
    await fixture.output(TEXT, { items, node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } });
    const [failed, first, second] = fixture.service.at('POST /v1/messages').map(({ headers }) => headers);
    expect(first?.['idempotency-key']).toBe(failed?.['idempotency-key']);
    expect(second?.['idempotency-key']).not.toBe(first?.['idempotency-key']);
  });
});

describe('a file from a binary field', () => {
  const image = { ...SEND, kind: 'image', caption: 'Look' };
  const items = [{ json: ITEM, binary: file('pixels', 'image/png', 'a.png') }];

  beforeEach(() => {
    fixture.service.answers.set('POST /v1/media', () => ({ status: 201, body: { id: '991', mimeType: 'image/png' } }));
    fixture.service.answers.set('GET /v1/conversations', ({ query }) => {
      const last = { id: 'cnv_9', channel: 'messenger', account: { id: 'acc_4', externalId: '42' } };
      return { body: { data: query['contactId'] === 'con_1' && query['limit'] === '1' ? [last] : [] } };
    });
    fixture.service.answers.set('GET /v1/conversations/cnv_7', () => ({
      body: { id: 'cnv_7', channel: 'dialog360', account: { id: 'acc_3', externalId: '15550009999' } },
    }));
  });

  const ofContact = { sendTo: 'contact', contactId: 'con_1' };

  test.each<[string, IDataObject, object]>([
    ['the conversation', {}, { channel: 'dialog360', externalId: '15550009999' }],
    ["the contact's last conversation", ofContact, { channel: 'messenger', externalId: '42' }],
    ['the chosen account', { sendTo: 'address', account: account('whatsapp/77'), to: '+15550001111' }, WHATSAPP],
  ])('goes up to the account of %s', async (_, parameters, asked) => {
    await fixture.output({ ...image, ...parameters }, { items });
    const [upload] = fixture.service.at('POST /v1/media');
    expect(upload?.query).toEqual({ ...asked, filename: 'a.png' });
    expect(String(upload?.body)).toBe('pixels');
    expect(sends()).toMatchObject([{ content: { type: 'image', mediaId: '991', caption: 'Look' } }]);
  });

  test('needs an account', async () => {
    const error = await fixture.failure({ ...image, ...ofContact, contactId: 'con_2' }, { items });
    expect(error.message).toMatch(/^A file from a binary field needs an account to go up to/);
    expect(error.description).toMatch(/Choose an 'Account'/);
    expect(sends()).toEqual([]);
  });
});

test.each([
  [problem(404, 'not_found', "There is no conversation 'cnv_7'"), /There is no conversation 'cnv_7'/, /./],
  [problem(400, 'unsupported_by_channel', 'SMS has no buttons'), /SMS has no buttons$/, /'If the Channel Lacks It'/],
  [
    problem(400, 'unsupported_by_channel', 'SMS has one', { errors: [{ field: 'thread', message: 'has one' }] }),
    /no threads: SMS has one$/,
    /'Thread'/,
  ],
  [problem(409, 'session_closed', 'Closed'), /no open session/, /If Session Closed/],
  [problem(409, 'handed_off', 'A person answers'), /A person has taken over/, /Written by a Person/],
])('refused by the service: %#', async (reply, message, description) => {
  fixture.service.answers.set('POST /v1/messages', () => reply);
  const error = await fixture.failure(TEXT, { items: [{ json: ITEM }] });
  expect(error.message).toMatch(message);
  expect(error.description).toMatch(description);
});

describe('Send and Wait for Reply', () => {
  const ask = { resource: 'message', operation: 'sendAndWait', message: 'Tuesday?' };

  test('asks in the conversation of the item and goes on with the answer by its number', async () => {
    const execution = await fixture.run(
      { ...ask, responseType: 'approval', ifLacking: 'degrade' },
      { items: [{ json: ITEM }] },
    );
    expect(execution.status).toBe('waiting');
    const [message] = sends();
    expect(message).toMatchObject({
      to: { conversationId: 'cnv_7' },
      degrade: true,
      content: { type: 'buttons', text: 'Tuesday?', buttons: [{ id: 'approve' }, { id: 'decline' }] },
    });
    const content = { type: 'button', buttonId: 'approve', text: 'Approve', source: 'message' };
    const event = {
      ...{ id: 'evt_1', type: 'message.received', at: '2026-11-22T10:00:00.000Z', channel: 'twilio_sms' },
      ...{ account: { id: 'acc_1', externalId: '1' }, conversationId: 'cnv_7' },
      message: { id: 'msg_2', providerMessageId: 'p2', content, sentAt: '2026-11-22T10:00:00.000Z' },
    };
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ events: [event] });
    expect(await fetch(message?.wait?.url ?? '', { method: 'POST', headers, body })).toMatchObject({ status: 200 });
    await fixture.engine.waitForExecution(({ id, status }) => id === execution.id && status === 'success');
    expect(execution.items(PARLEY)).toMatchObject([
      { json: { replied: true, approved: true, channel: 'twilio_sms', buttonId: 'approve' } },
    ]);
  });

  test('a plain question asks for no other form', async () => {
    const execution = await fixture.run(ask, { items: [{ json: ITEM }] });
    expect(execution.status).toBe('waiting');
    expect(sends()[0]).not.toHaveProperty('degrade');
    expect(sends()[0]?.content).toEqual({ type: 'text', text: 'Tuesday?' });
  });

  test('of two items none is asked', async () => {
    const error = await fixture.failure(ask, { items: [{ json: ITEM }, { json: ITEM }] });
    expect(error.message).toMatch(/one reply only, and there are 2 items/);
    expect(sends()).toEqual([]);
  });
});
