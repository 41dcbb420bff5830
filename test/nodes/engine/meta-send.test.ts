/** Messenger and Instagram: Message → Send, Send and Wait, Send Template and Mark as Read in n8n's real engine. */
import type { IDataObject } from 'n8n-workflow';
import type { SendMessage } from '../../../contract/api.ts';
import type { ParleyEvent } from '../../../contract/event.ts';
import type { OutboundContent } from '../../../contract/message.ts';
import { settingsSchema as instagramSettings } from '../../../service/src/channels/instagram/settings.ts';
import { settingsSchema as messengerSettings } from '../../../service/src/channels/messenger/settings.ts';
import { type ActionFixture, file, problem, startActionFixture, TEMPLATE } from './action-fixture.ts';
import { INSTAGRAM, MESSENGER, META_CHANNELS, metaWorkflow } from './meta-channels.ts';

const PERSON = '5678901234567890';
const SETTINGS = { messenger: messengerSettings, instagram: instagramSettings };
const text = { resource: 'message', operation: 'send', to: PERSON, kind: 'text', text: 'Hi' };

let fixture: ActionFixture;

function sent(index = -1): SendMessage {
  return fixture.service.at('POST /v1/messages').at(index)?.body as SendMessage;
}

describe.each(META_CHANNELS)('$node', (meta) => {
  beforeAll(async () => {
    fixture = await startActionFixture(metaWorkflow(meta), meta.node, { [meta.credential]: meta.data });
  }, 60_000);
  afterAll(async () => {
    await fixture.stop();
  });
  beforeEach(() => {
    fixture.reset();
  });

  test('registers the account of its credential when the service asks for it', async () => {
    const [item] = await fixture.output(text);
    expect(item).toMatchObject({ json: { messageId: 'msg_1', status: 'queued', to: PERSON }, pairedItem: { item: 0 } });
    const place = `${meta.channel}/${meta.externalId}`;
    expect(fixture.service.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/messages',
      `PUT /v1/accounts/${place}`,
      'POST /v1/messages',
    ]);
    const registered = fixture.service.accounts.get(place)?.settings;
    expect(registered).toEqual(meta.settings);
    expect(SETTINGS[meta.channel].safeParse(registered)).toMatchObject({ success: true });
    expect(sent()).toMatchObject({
      account: { channel: meta.channel, externalId: meta.externalId },
      to: PERSON,
      content: { type: 'text', text: 'Hi' },
    });
    expect(sent()).not.toHaveProperty('author');
    expect(sent()).not.toHaveProperty('options');
  });

  test('what a person wrote goes out as such, and an answer that has to wait is held', async () => {
    await fixture.output({ ...text, ifSessionClosed: 'hold', options: { writtenByPerson: true, replyTo: 'msg_0' } });
    expect(sent()).toMatchObject({ author: 'human', ifSessionClosed: 'hold', replyTo: 'msg_0' });
  });

  test('a file of the item is uploaded to the account and sent by its ID', async () => {
    fixture.service.answers.set('POST /v1/media', () => ({ status: 201, body: { id: 'media_7' } }));
    const items = [{ json: {}, binary: file('png', 'image/png', 'a.png') }];
    await fixture.output({ ...text, kind: 'image', mediaSource: 'binary', binaryField: 'data' }, { items });
    expect(fixture.service.at('POST /v1/media').at(-1)?.query).toMatchObject({
      ...{ filename: 'a.png', channel: meta.channel, externalId: meta.externalId },
    });
    expect(sent().content).toEqual({ type: 'image', mediaId: 'media_7' });
  });

  test('quick replies go item by item, each with its own key', async () => {
    const replies = { reply: [{ title: '={{ $json.first }}' }, { title: 'Other', id: 'other' }] };
    const parameters = { ...text, kind: 'quick_replies', text: 'Which?', replies };
    const output = await fixture.output(parameters, { items: [{ json: { first: 'A' } }, { json: { first: 'B' } }] });
    expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
    expect(sent().content).toEqual({
      type: 'quick_replies',
      text: 'Which?',
      replies: [
        { id: 'B', title: 'B' },
        { id: 'other', title: 'Other' },
      ],
    });
    const keys = fixture.service.at('POST /v1/messages').map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
  });

  test('what is not filled in well is named before anything is sent', async () => {
    const error = await fixture.failure({ ...text, kind: 'carousel', cards: {} });
    expect(error.message).toMatch(/The carousel has no card/);
    expect(fixture.service.calls).toEqual([]);
  });

  test.each<[string, number, string, object, RegExp]>([
    ['a closed session', 422, 'session_closed', { windowEndedAt: '2026-11-21T10:00:00.000Z' }, /closed at 2026-11-21/],
    ['a person who answers', 422, 'handed_off', {}, /A person has taken over/],
    ['a kind that the channel lacks', 400, 'unsupported_by_channel', {}, /cannot send that kind/],
    ['settings that are wrong', 400, 'invalid_settings', {}, /credential/i],
  ])('%s is told in words', async (_, status, code, extra, message) => {
    fixture.service.answers.set('POST /v1/messages', () => problem(status, code, 'the detail', extra));
    const error = await fixture.failure(text);
    expect(`${error.message} ${String(error.description)}`).toMatch(message);
  });

  test("with 'Continue On Fail' the other items are sent", async () => {
    fixture.service.answers.set('POST /v1/messages', ({ body }) => {
      const { content } = body as SendMessage;
      if (content.type === 'text' && content.text === '0') return problem(422, 'session_closed', 'Closed');
      return { status: 202, body: { id: 'msg_1', status: 'queued', conversationId: 'c' } };
    });
    const execution = await fixture.run(
      { ...text, text: '={{ $itemIndex }}' },
      { items: [{ json: {} }, { json: {} }], node: { onError: 'continueRegularOutput' } },
    );
    expect(execution.status).toBe('success');
    const [failed, good] = execution.items(meta.node);
    expect(failed).toMatchObject({
      json: { error: expect.stringMatching(/no open session/) as string },
      pairedItem: { item: 0 },
    });
    expect(good).toMatchObject({ json: { messageId: 'msg_1' }, pairedItem: { item: 1 } });
  });

  test.each<[string, IDataObject, boolean | undefined]>([
    ['shows typing', { typing: 'show' }, true],
    ['hides typing', { typing: 'hide' }, false],
    ['leaves typing as it is', {}, undefined],
  ])('mark as read %s', async (_, parameters, typing) => {
    fixture.service.answers.set('POST /v1/messages/read', () => ({ body: { read: true } }));
    const said = typing === undefined ? { messageId: 'msg_3' } : { messageId: 'msg_3', typing };
    const output = await fixture.output({
      ...{ resource: 'message', operation: 'markRead', messageId: 'msg_3' },
      ...parameters,
    });
    expect(output[0]?.json).toEqual({ read: true, ...said });
    const { account: _account, ...body } = fixture.service.at('POST /v1/messages/read').at(-1)?.body as IDataObject;
    expect(body).toEqual(said);
  });

  test('an approval is asked for with buttons, and the reply resumes the workflow', async () => {
    const execution = await fixture.run({
      ...{ resource: 'message', operation: 'sendAndWait', to: PERSON, message: 'Ship it?' },
      ...{ responseType: 'approval', options: { writtenByPerson: true } },
    });
    expect(execution.status).toBe('waiting');
    expect(sent()).toMatchObject({ author: 'human', content: { type: 'buttons', text: 'Ship it?' } });
    expect(sent().content).not.toHaveProperty('footer');
    const event: ParleyEvent = {
      ...{ id: 'evt_1', type: 'message.received', at: '2026-11-22T10:00:00.000Z', channel: meta.channel },
      account: { id: 'acc_1', externalId: meta.externalId },
      contact: { id: 'ctc_1', identities: [{ kind: 'psid', address: PERSON }] },
      message: {
        ...{ id: 'msg_2', providerMessageId: 'm_2', sentAt: '2026-11-22T10:00:00.000Z' },
        content: { type: 'button', buttonId: 'approve', text: 'Approve', source: 'message' },
      },
    };
    const answer = await fetch(sent().wait?.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [event] }),
    });
    expect(answer.status).toBe(200);
    await fixture.engine.waitForExecution((each) => each.id === execution.id && each.status === 'success');
    expect(execution.items(meta.node)[0]?.json).toMatchObject({ replied: true, approved: true, from: PERSON });
  });
});

describe('Facebook Messenger alone', () => {
  beforeAll(async () => {
    fixture = await startActionFixture(metaWorkflow(MESSENGER), MESSENGER.node, {
      [MESSENGER.credential]: MESSENGER.data,
    });
  }, 60_000);
  afterAll(async () => {
    await fixture.stop();
  });
  beforeEach(() => {
    fixture.reset();
    fixture.service.answers.set('GET /v1/templates/168', () => ({ body: { ...TEMPLATE, variables: [] } }));
  });
  const template = { __rl: true, mode: 'list', value: '168' };

  test('a persona and the way it is told go with the message', async () => {
    await fixture.output({ ...text, options: { personaId: ' 9 ', notificationType: 'SILENT_PUSH' } });
    expect(sent().options).toEqual({ personaId: '9', notificationType: 'SILENT_PUSH' });
  });

  test('a utility template is sent, and instead of what is too late', async () => {
    const expected = { type: 'template', name: 'order_confirmation', language: 'en_US' };
    const output = await fixture.output({ resource: 'message', operation: 'sendTemplate', to: PERSON, template });
    expect(output[0]?.json).toMatchObject({ template: 'order_confirmation', language: 'en_US' });
    expect(sent().content).toEqual(expected);
    await fixture.output({ ...text, ifSessionClosed: 'template', fallbackTemplate: template });
    expect(sent().ifSessionClosed).toEqual({ template: expected });
  });

  test('the editor lists approved templates', async () => {
    fixture.service.answers.set('GET /v1/templates', ({ query }) => ({
      body: { data: query['status'] === 'APPROVED' ? [TEMPLATE] : [] },
    }));
    const workflow = metaWorkflow(MESSENGER)({ resource: 'message', operation: 'sendTemplate', template });
    const found = await fixture.engine.editor('listSearch', workflow, MESSENGER.node, 'searchApprovedTemplates');
    expect(found).toMatchObject({ results: [{ name: 'order_confirmation (en_US)', value: '168' }] });
  });
});

describe('Instagram Messaging alone', () => {
  beforeAll(async () => {
    fixture = await startActionFixture(metaWorkflow(INSTAGRAM), INSTAGRAM.node, {
      [INSTAGRAM.credential]: { ...INSTAGRAM.data, loginType: 'instagram', pageId: '', appSecret: 'fb,ig' },
    });
  }, 60_000);
  afterAll(async () => {
    await fixture.stop();
  });
  beforeEach(() => {
    fixture.reset();
  });

  test('with its own log-in it has no Page, and two app secrets', async () => {
    await fixture.output(text);
    const registered = fixture.service.accounts.get(`instagram/${INSTAGRAM.externalId}`)?.settings;
    expect(registered).toMatchObject({ loginType: 'instagram', appSecret: ['fb', 'ig'] });
    expect(registered).not.toHaveProperty('pageId');
    expect(instagramSettings.safeParse(registered)).toMatchObject({ success: true });
  });

  test.each<[string, IDataObject, OutboundContent]>([
    ['a heart', { kind: 'sticker', stickerName: 'like_heart' }, { type: 'sticker', name: 'like_heart' }],
    [
      'a reaction',
      { kind: 'reaction', messageId: 'msg_1', emoji: 'love' },
      { type: 'reaction', messageId: 'msg_1', emoji: 'love' },
    ],
    [
      'a reaction taken back',
      { kind: 'reaction', messageId: 'msg_1', emoji: '' },
      { type: 'reaction', messageId: 'msg_1', emoji: '' },
    ],
  ])('%s', async (_, parameters, content) => {
    await fixture.output({ ...text, ...parameters });
    expect(sent().content).toEqual(content);
  });
});
