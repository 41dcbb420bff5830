/** Message → Send, Send Template and Mark as Read in n8n's real engine. */
import type { IDataObject } from 'n8n-workflow';
import type { SendMessage } from '../../../contract/api.ts';
import { type ActionFixture, file, NODE, NUMBER, problem, startActionFixture, TEMPLATE } from './action-fixture.ts';

let fixture: ActionFixture;

beforeAll(async () => {
  fixture = await startActionFixture();
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => {
  fixture.reset();
});

const text = { resource: 'message', operation: 'send', to: '+15550001111', kind: 'text', text: 'Hi' };

function sent(index = -1): SendMessage {
  const call = fixture.service.at('POST /v1/messages').at(index);
  return call?.body as SendMessage;
}
function keys(): unknown[] {
  return fixture.service.at('POST /v1/messages').map(({ headers }) => headers['idempotency-key']);
}

describe('send', () => {
  test('registers the account once, sends, and says what was queued', async () => {
    const [item] = await fixture.output(text);
    expect(item).toMatchObject({
      json: { messageId: 'msg_1', conversationId: 'con_1', status: 'queued', duplicate: false, to: '+15550001111' },
      pairedItem: { item: 0 },
    });
    expect(fixture.service.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/messages',
      `PUT /v1/accounts/whatsapp/${NUMBER}`,
      'POST /v1/messages',
    ]);
    expect(sent()).toMatchObject({ to: '+15550001111', content: { type: 'text', text: 'Hi' } });
    expect(new Set(keys()).size).toBe(1);
  });

  test('every item has its own text, key and pair', async () => {
    const items = [{ json: { name: 'Ana' } }, { json: { name: 'Bo' } }];
    const output = await fixture.output({ ...text, text: '=Hi {{ $json.name }}' }, { items });
    expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
    expect(sent().content).toEqual({ type: 'text', text: 'Hi Bo' });
    expect(new Set(keys()).size).toBe(2);
    expect(keys().at(-1)).toMatch(/^[\w-]{43}:0:1$/);
  });

  test('a retry of the node repeats the keys, so that nothing is sent twice', async () => {
    let calls = 0;
    fixture.service.answers.set('POST /v1/messages', () => {
      calls += 1;
      if (calls === 2) return problem(503, 'overloaded', 'Busy');
      return { status: 202, body: { id: `msg_${String(calls)}`, status: 'queued', conversationId: 'c' } };
    });
    const node = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
    const items = [{ json: {} }, { json: {} }];
    const output = await fixture.output(text, { items, node });
    expect(output).toHaveLength(2);
    const tried = keys().slice(1);
    expect(tried.slice(0, 2)).toEqual(tried.slice(2));
  });

  test('options, a conversation and a held message', async () => {
    await fixture.output({
      ...text,
      sendTo: 'conversation',
      conversationId: 'con_9',
      ifSessionClosed: 'hold',
      options: { idempotencyKey: 'mine', replyTo: 'msg_0', purpose: 'campaign', metadata: '{"order":77}' },
    });
    expect(sent()).toMatchObject({
      to: { conversationId: 'con_9' },
      ifSessionClosed: 'hold',
      replyTo: 'msg_0',
      purpose: 'campaign',
      metadata: { order: 77 },
    });
    expect(keys().at(-1)).toBe('mine');
  });

  test('a file of the item is uploaded and sent by its ID', async () => {
    fixture.service.answers.set('POST /v1/media', () => ({ status: 201, body: { id: 'media_7' } }));
    const items = [{ json: {}, binary: file('%PDF', 'application/pdf', 'invoice.pdf') }];
    await fixture.output({ ...text, kind: 'document', mediaSource: 'binary', binaryField: 'data' }, { items });
    const upload = fixture.service.at('POST /v1/media').at(-1);
    expect(upload?.query).toMatchObject({ filename: 'invoice.pdf', channel: 'whatsapp', externalId: NUMBER });
    expect(upload?.headers['content-type']).toBe('application/pdf');
    expect(String(upload?.body)).toBe('%PDF');
    expect(sent().content).toEqual({ type: 'document', filename: 'invoice.pdf', mediaId: 'media_7' });
  });

  test('a template goes out instead when the session is closed', async () => {
    fixture.service.answers.set('GET /v1/templates/168', () => ({ body: { ...TEMPLATE, variables: [] } }));
    const fallbackTemplate = { __rl: true, mode: 'list', value: '168' };
    await fixture.output({ ...text, ifSessionClosed: 'template', fallbackTemplate });
    expect(sent().ifSessionClosed).toEqual({
      template: { type: 'template', name: 'order_confirmation', language: 'en_US' },
    });
  });
});

describe('send template', () => {
  const template = { __rl: true, mode: 'list', value: '168' };
  const value = { 'header.image': 'data', 'body.first_name': '={{ $json.name }}', 'button.0.url': '77' };
  const parameters: IDataObject = {
    ...{ resource: 'message', operation: 'sendTemplate', to: '+15550001111', template },
    variables: { mappingMode: 'defineBelow', value },
  };

  test('is filled from the variables and asked for once', async () => {
    fixture.service.answers.set('GET /v1/templates/168', () => ({ body: TEMPLATE }));
    fixture.service.answers.set('POST /v1/media', () => ({ status: 201, body: { id: 'media_7' } }));
    const binary = file('png', 'image/png', 'a.png');
    const items = ['Ana', 'Bo'].map((name) => ({ json: { name }, binary }));
    const output = await fixture.output(parameters, { items });
    expect(output[1]?.json).toMatchObject({ messageId: 'msg_1', template: 'order_confirmation', language: 'en_US' });
    expect(sent().content).toEqual({
      type: 'template',
      name: 'order_confirmation',
      language: 'en_US',
      header: { type: 'image', mediaId: 'media_7' },
      body: [{ name: 'first_name', type: 'text', text: 'Bo' }],
      buttons: [{ type: 'url', index: 0, suffix: '77' }],
    });
    expect(fixture.service.at('GET /v1/templates/168')).toHaveLength(2);
  });

  test('by name finds the language, and extra content is added', async () => {
    const others = [
      { ...TEMPLATE, id: '1', name: 'order_confirmation_2' },
      { ...TEMPLATE, id: '2', language: 'es' },
    ];
    fixture.service.answers.set('GET /v1/templates', () => ({
      body: { data: [...others, { ...TEMPLATE, variables: [] }] },
    }));
    await fixture.output({
      ...parameters,
      template: { __rl: true, mode: 'name', value: 'order_confirmation/en_US' },
      options: { extraContent: '{"buttons":[{"type":"catalog","index":0}]}' },
    });
    expect(sent().content).toMatchObject({ language: 'en_US', buttons: [{ type: 'catalog', index: 0 }] });
  });

  test('a missing variable is named', async () => {
    fixture.service.answers.set('GET /v1/templates/168', () => ({ body: TEMPLATE }));
    const error = await fixture.failure({ ...parameters, variables: { mappingMode: 'defineBelow', value: null } });
    expect(error.message).toMatch(/variable 'Header: image.*' has no value/);
    expect(error.description).toMatch(/Variables/);
    expect(fixture.service.at('POST /v1/messages')).toHaveLength(0);
  });
});

test('mark as read, with typing', async () => {
  fixture.service.answers.set('POST /v1/messages/read', () => ({ body: { read: true } }));
  const parameters = { resource: 'message', operation: 'markRead', messageId: 'msg_3', typing: true };
  const [item] = await fixture.output(parameters);
  expect(item?.json).toEqual({ read: true, typing: true, messageId: 'msg_3' });
  expect(fixture.service.at('POST /v1/messages/read').at(-1)?.body).toMatchObject({ messageId: 'msg_3', typing: true });
});

describe('errors', () => {
  test.each<[string, IDataObject, RegExp, RegExp]>([
    [
      'the service is down',
      { url: 'http://127.0.0.1:1/' },
      /cannot be reached at http:\/\/127\.0\.0\.1:1$/,
      /npm start/,
    ],
    ['the key is wrong', { apiKey: 'other' }, /did not accept the API key/, /Parley API/],
  ])('%s', async (_, credential, message, description) => {
    Object.assign(fixture.parleyApi, credential);
    const error = await fixture.failure(text);
    expect(error.message).toMatch(message);
    expect(error.description).toMatch(description);
  });

  test('a closed session says when it ended, and which item it was', async () => {
    const extra = { windowEndedAt: '2026-11-21T10:00:00.000Z' };
    fixture.service.answers.set('POST /v1/messages', ({ body }) => {
      const { content } = body as SendMessage;
      if (content.type === 'text' && content.text === '1') return problem(422, 'session_closed', 'Closed', extra);
      return { status: 202, body: { id: 'msg_1', status: 'queued', conversationId: 'c' } };
    });
    const error = await fixture.failure(
      { ...text, text: '={{ $itemIndex }}' },
      { items: [{ json: {} }, { json: {} }] },
    );
    expect(error.message).toBe('The session with this contact closed at 2026-11-21T10:00:00.000Z');
    expect(error.context?.['itemIndex']).toBe(1);
  });

  test("with 'Continue On Fail' the other items are sent", async () => {
    fixture.service.answers.set('POST /v1/messages', ({ body }) => {
      const { content } = body as SendMessage;
      if (content.type === 'text' && content.text === '0') return problem(422, 'opted_out', 'They said stop');
      return { status: 202, body: { id: 'msg_1', status: 'queued', conversationId: 'c' } };
    });
    const execution = await fixture.run(
      { ...text, text: '={{ $itemIndex }}' },
      { items: [{ json: {} }, { json: {} }], node: { onError: 'continueRegularOutput' } },
    );
    expect(execution.status).toBe('success');
    const [failed, good] = execution.items(NODE);
    expect(failed?.json).toMatchObject({ error: expect.stringMatching(/They said stop/) as string });
    expect(failed?.pairedItem).toEqual({ item: 0 });
    expect(good).toMatchObject({ json: { messageId: 'msg_1' }, pairedItem: { item: 1 } });
  });
});
