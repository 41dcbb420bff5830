/** Parley: Conversation, Session and Media in n8n's real engine: what they ask of the service, and what comes out. */
import type { IDataObject } from 'n8n-workflow';
import type { ConversationView, MessageView, Permission } from '../../../contract/api.ts';
import { type ActionFixture, problem, startActionFixture } from './action-fixture.ts';
import { PARLEY, parleyWorkflow } from './parley-fixture.ts';

let fixture: ActionFixture;

beforeAll(async () => {
  fixture = await startActionFixture(parleyWorkflow, PARLEY);
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => fixture.reset());

const conversation = (operation: string, more: IDataObject = {}) => ({ resource: 'conversation', operation, ...more });
const at = (place: string) => fixture.service.at(place);
const items = [{ json: { conversationId: 'cnv_1' } }];
const AT = '2026-11-22T10:00:00.000Z';

const VIEW: ConversationView = {
  id: 'cnv_1',
  channel: 'twilio_whatsapp',
  account: { id: 'acc_1', externalId: '+15550009999', name: 'Shop' },
  owner: 'bot',
  version: 3,
  contact: {
    id: 'con_1',
    name: 'Ana',
    identities: [
      { kind: 'user_id', address: 'US.1' },
      { kind: 'phone', address: '15550001111' },
    ],
  },
  session: { open: true, expiresAt: '2026-11-23T10:00:00.000Z', openedBy: 'message' },
  heardAt: AT,
  createdAt: '2026-11-01T10:00:00.000Z',
};
const FLAT = {
  conversationId: 'cnv_1',
  from: '15550001111',
  name: 'Ana',
  contactId: 'con_1',
  channel: 'twilio_whatsapp',
  account: '+15550009999',
  accountName: 'Shop',
  owner: 'bot',
  version: 3,
  sessionOpen: true,
  sessionExpiresAt: '2026-11-23T10:00:00.000Z',
  heardAt: AT,
  createdAt: '2026-11-01T10:00:00.000Z',
};

const MESSAGES: MessageView[] = [
  {
    ...{ id: 'msg_3', direction: 'outbound', status: 'failed', conversationId: 'cnv_1', createdAt: AT, statusAt: AT },
    content: { type: 'image', link: 'https://example.com/a.png', caption: 'Look' },
    error: { code: 'rejected', message: 'No' },
    metadata: { order: 7 },
  },
  {
    ...{ id: 'msg_2', direction: 'inbound', status: 'received', conversationId: 'cnv_1', createdAt: AT, statusAt: AT },
    content: { type: 'button', buttonId: 'yes', text: 'Yes', source: 'message' },
  },
  {
    ...{ id: 'msg_1', direction: 'outbound', status: 'read', conversationId: 'cnv_1', createdAt: AT, statusAt: AT },
    content: { type: 'buttons', text: 'Well?', buttons: [{ id: 'yes', title: 'Yes' }] },
  },
];

describe('Conversation: Get', () => {
  beforeEach(() => void fixture.service.answers.set('GET /v1/conversations/cnv_1', () => ({ body: VIEW })));

  test('is flat with the names of a trigger, or whole when asked for', async () => {
    expect(await fixture.output(conversation('get'), { items })).toMatchObject([
      { json: FLAT, pairedItem: { item: 0 } },
    ]);
    const [whole] = await fixture.output(conversation('get', { simplify: false }), { items });
    expect(whole?.json).toEqual(VIEW);
  });

  test('of somebody without a phone number tells the address there is', async () => {
    const contact = { id: 'con_1', username: 'ana', identities: [{ kind: 'user_id', address: '99' }] };
    fixture.service.answers.set('GET /v1/conversations/cnv_1', () => ({ body: { ...VIEW, contact } }));
    const [item] = await fixture.output(conversation('get'), { items });
    expect(item?.json).toMatchObject({ from: '99', username: 'ana' });
    expect(item?.json).not.toHaveProperty('name');
  });
});

test('a conversation in a thread, of which the channel told more and that the contact left', async () => {
  const more = { thread: 'order-7', attributes: { intent: 'billing' }, session: { open: false, closedAt: AT } };
  fixture.service.answers.set('GET /v1/conversations/cnv_1', () => ({ body: { ...VIEW, ...more } }));
  const [item] = await fixture.output(conversation('get'), { items });
  expect(item?.json).toMatchObject({ thread: 'order-7', attributes: { intent: 'billing' }, sessionClosedAt: AT });
  expect(item?.json).not.toHaveProperty('sessionExpiresAt');
});

describe('Conversation: Get Many', () => {
  beforeEach(() => {
    fixture.service.answers.set('GET /v1/conversations', ({ query }) => {
      const start = Number(query['after'] ?? 0);
      const end = Math.min(230, start + Number(query['limit']));
      const data = Array.from({ length: end - start }, (_, i) => ({ ...VIEW, id: `cnv_${start + i}` }));
      return { body: { data, ...(end < 230 ? { next: String(end) } : {}) } };
    });
  });

  test.each<[IDataObject, number, number]>([
    [{}, 50, 1],
    [{ limit: 120 }, 120, 2],
    [{ returnAll: true }, 230, 3],
  ])('%j gives %i in %i calls', async (more, count, calls) => {
    const found = await fixture.output(conversation('getAll', more));
    expect(found).toHaveLength(count);
    expect(at('GET /v1/conversations')).toHaveLength(calls);
    expect(found.at(-1)).toMatchObject({ json: { ...FLAT, conversationId: `cnv_${count - 1}` } });
  });

  test.each<[IDataObject, IDataObject]>([
    [{}, {}],
    [{ account: { __rl: true, mode: 'list', value: '' } }, {}],
    [{ channel: 'messenger' }, { channel: 'messenger' }],
    [
      { account: { __rl: true, mode: 'list', value: 'whatsapp/77' }, owner: 'human', open: true },
      { channel: 'whatsapp', externalId: '77', owner: 'human', open: 'true' },
    ],
    [
      { open: false, contactId: ' con_1 ', heardSince: '2026-01-01T00:00:00+01:00' },
      { contactId: 'con_1', heardSince: '2025-12-31T23:00:00.000Z' },
    ],
  ])('%j asks for %j', async (filters, query) => {
    await fixture.output(conversation('getAll', { filters, limit: 1 }));
    expect(at('GET /v1/conversations')[0]?.query).toEqual({ limit: '1', ...query });
  });

  test.each<[IDataObject, RegExp]>([
    [{ heardSince: '={{ "soon" }}' }, /^The field 'Heard Since' is not a time: soon$/],
    [{ account: { __rl: true, mode: 'id', value: 'whatsapp/' } }, /^This names no account: whatsapp\/$/],
  ])('%j is an error', async (filters, message) => {
    expect((await fixture.failure(conversation('getAll', { filters }))).message).toMatch(message);
    expect(fixture.service.calls).toEqual([]);
  });
});

describe('Conversation: Get Messages', () => {
  const place = '/v1/conversations/cnv_1/messages';
  beforeEach(() => void fixture.service.answers.set(`GET ${place}`, () => ({ body: { data: MESSAGES } })));

  test('is a transcript with the names of a trigger', async () => {
    const found = await fixture.output(conversation('getMessages'), { items });
    expect(at(`GET ${place}`)[0]?.query).toEqual({ limit: '50' });
    const times = { conversationId: 'cnv_1', at: AT, statusAt: AT };
    expect(found.map(({ json }) => json)).toEqual([
      {
        ...{ direction: 'outbound', text: 'Look', kind: 'image', status: 'failed', messageId: 'msg_3', ...times },
        ...{ errorCode: 'rejected', errorMessage: 'No', metadata: { order: 7 } },
      },
      {
        ...{ direction: 'inbound', text: 'Yes', kind: 'button', status: 'received', messageId: 'msg_2', ...times },
        ...{ buttonId: 'yes', buttonText: 'Yes' },
      },
      { direction: 'outbound', text: 'Well?', kind: 'buttons', status: 'read', messageId: 'msg_1', ...times },
    ]);
  });

  test('reads from the oldest of the newest, and is whole when asked for', async () => {
    const more = { order: 'oldest', limit: 2, simplify: false };
    const found = await fixture.output(conversation('getMessages', more), { items });
    expect(found.map(({ json }) => json)).toEqual([MESSAGES[1], MESSAGES[0]]);
  });
});

describe('Conversation: Set Owner', () => {
  test.each(['human', 'bot'])('%s', async (owner) => {
    fixture.service.answers.set('PATCH /v1/conversations/cnv_1', () => ({ body: { ...VIEW, owner } }));
    const [item] = await fixture.output(conversation('setOwner', { owner }), { items });
    expect(at('PATCH /v1/conversations/cnv_1')[0]?.body).toEqual({ owner });
    expect(at('PATCH /v1/conversations/cnv_1')[0]?.headers).not.toHaveProperty('if-match');
    expect(item?.json).toEqual({ ...FLAT, owner });
  });

  test.each([
    [3, '"3"'],
    [' 3 ', '"3"'],
    ['', undefined],
  ])('of the version %j only', async (version, header) => {
    fixture.service.answers.set('PATCH /v1/conversations/cnv_1', () => ({ body: VIEW }));
    await fixture.output(conversation('setOwner', { owner: 'bot', options: { version } }), { items });
    expect(at('PATCH /v1/conversations/cnv_1')[0]?.headers['if-match']).toBe(header);
  });
});

describe('Session: Get', () => {
  test('asks for the conversation of the item', async () => {
    const permission: Permission = {
      allowed: false,
      reasons: [{ code: 'unsupported_by_channel', detail: 'SMS has no buttons' }],
      session: { open: true },
      conversationId: 'cnv_1',
      contact: { id: 'con_1', identities: [] },
    };
    fixture.service.answers.set('GET /v1/permission', () => ({ body: permission }));
    const [item] = await fixture.output({ resource: 'session', operation: 'get', kind: 'buttons' }, { items });
    expect(at('GET /v1/permission')[0]?.query).toEqual({ conversationId: 'cnv_1', kind: 'buttons' });
    expect(item?.json).toMatchObject({
      ...{ allowed: false, reason: 'SMS has no buttons', reasonCodes: ['unsupported_by_channel'], sessionOpen: true },
      ...{ conversationId: 'cnv_1', contactId: 'con_1' },
    });
    const byPerson = { resource: 'session', operation: 'get', kind: 'text', writtenByPerson: true };
    await fixture.output(byPerson, { items });
    expect(at('GET /v1/permission')[1]?.query).toEqual({ conversationId: 'cnv_1', kind: 'text', author: 'human' });
  });
});

test('Media: Download puts the file of any channel into a binary field', async () => {
  fixture.service.answers.set('GET /v1/media/med_1', () => ({
    body: Buffer.from('pixels'),
    headers: { 'content-type': 'image/png', 'content-disposition': 'attachment; filename="a.png"' },
  }));
  const [item] = await fixture.output({ resource: 'media', operation: 'download', mediaId: 'med_1' });
  expect(item?.json).toMatchObject({ mediaId: 'med_1', mimeType: 'image/png', fileName: 'a.png' });
  expect(item?.binary?.['data']).toMatchObject({ mimeType: 'image/png', fileName: 'a.png' });
});

describe('an ID', () => {
  test.each(['get', 'getMessages', 'setOwner'])(
    'that is unknown is told by %s, and costs its item only',
    async (operation) => {
      const missing = () => problem(404, 'not_found', "There is no conversation 'cnv_9'");
      for (const place of ['GET /v1/conversations/cnv_9', 'GET /v1/conversations/cnv_9/messages'])
        fixture.service.answers.set(place, missing);
      fixture.service.answers.set('PATCH /v1/conversations/cnv_9', missing);
      const execution = await fixture.run(conversation(operation), {
        items: [{ json: { conversationId: 'cnv_9' } }],
        node: { onError: 'continueRegularOutput' },
      });
      expect(execution.items(PARLEY)).toMatchObject([
        { json: { error: expect.stringContaining("There is no conversation 'cnv_9'") as string } },
      ]);
    },
  );

  test.each([
    ['conversation', 'get'],
    ['conversation', 'getMessages'],
    ['conversation', 'setOwner'],
    ['session', 'get'],
  ])('that is missing in the item is an error of %s: %s, and asks nothing', async (resource, operation) => {
    const error = await fixture.failure({ resource, operation }, { items: [{ json: {} }] });
    expect(error.message).toBe("The field 'Conversation ID' is empty");
    expect(fixture.service.calls).toEqual([]);
  });

  test('with a slash in it is one ID', async () => {
    const id = '../deliveries';
    await fixture.failure(conversation('get', { conversationId: id }));
    expect(fixture.service.calls[0]?.path).toBe('/v1/conversations/..%2Fdeliveries');
  });
});

test('the editor lists the accounts to send from, and finds one', async () => {
  fixture.service.answers.set('GET /v1/accounts', () => ({
    body: {
      data: [
        { id: 'acc_1', channel: 'whatsapp', channelName: 'WhatsApp', externalId: '77', name: 'Shop' },
        { id: 'acc_2', channel: 'twilio_sms', channelName: 'Twilio SMS/MMS', externalId: '+1555' },
        { id: 'acc_3', channel: 'telepathy', channelName: 'Telepathy', externalId: 'x' },
        { id: 'acc_4', channel: 'whatsapp', channelName: 'WhatsApp', externalId: '78' },
      ],
    },
  }));
  const saved = parleyWorkflow({ resource: 'message', operation: 'send', sendTo: 'address' });
  const list = async (filter?: string) =>
    await fixture.engine.editor('listSearch', saved, PARLEY, 'searchAccounts', filter);
  expect(await list()).toEqual({
    results: [
      { name: 'Telepathy · x', value: 'telepathy/x' },
      { name: 'Twilio SMS/MMS · +1555', value: 'twilio_sms/+1555' },
      { name: 'WhatsApp · 78', value: 'whatsapp/78' },
      { name: 'WhatsApp · Shop · 77', value: 'whatsapp/77' },
    ],
  });
  const channels = await fixture.engine.editor('loadOptions', saved, PARLEY, 'getChannels');
  expect(channels).toEqual([
    { name: 'Telepathy', value: 'telepathy' },
    { name: 'Twilio SMS/MMS', value: 'twilio_sms' },
    { name: 'WhatsApp', value: 'whatsapp' },
  ]);
  expect(await list('twilio')).toMatchObject({ results: [{ value: 'twilio_sms/+1555' }] });
});
