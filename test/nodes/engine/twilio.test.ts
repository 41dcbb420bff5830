/** Twilio's nodes in n8n's real engine: what they ask the service for, on both channels. */
import type { IDataObject } from 'n8n-workflow';
import type { SendMessage, Template } from '../../../contract/api.ts';
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { TWILIO_DEFAULTS } from '../../sandbox/twilio/defaults.ts';
import { startTwilioSandbox, type TwilioSandbox } from '../../sandbox/twilio/sandbox.ts';
import type { WorkflowJson } from '../../support/engine/engine.ts';
import { type ActionFixture, type MakeWorkflow, problem, startActionFixture } from './action-fixture.ts';

const NODE = 'Twilio Messaging';
const { accountSid, smsNumber, whatsappSender, messagingServiceSid } = TWILIO_DEFAULTS;
const CREDENTIAL: IDataObject = { accountSid, authToken: 'token-one, token-two', from: smsNumber };

const used = { parleyApi: { id: '1', name: 'p' }, parleyTwilioApi: { id: '2', name: 't' } };
const workflow: MakeWorkflow = (parameters, node = {}) => {
  const json = JSON.parse(JSON.stringify(parameters)) as WorkflowJson['nodes'][number]['parameters'];
  const type = 'n8n-nodes-parley.twilioMessaging';
  return { nodes: [{ name: NODE, type, parameters: json, credentials: used, ...node }] };
};

let fixture: ActionFixture;
const credential: IDataObject = {};

beforeAll(async () => {
  fixture = await startActionFixture(workflow, NODE, { parleyTwilioApi: credential });
}, 60_000);
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.reset();
  Object.assign(credential, CREDENTIAL, { messagingServiceSid: '' });
});

const WHATSAPP = { channel: 'twilio_whatsapp' };
const text = { resource: 'message', operation: 'send', to: '+15550001111', kind: 'text', text: 'Hi' };
const sent = () => fixture.service.at('POST /v1/messages').at(-1)?.body as SendMessage;

describe('the account', () => {
  test.each<[string, IDataObject, IDataObject, typeof twilioSms, string]>([
    ['a number', {}, {}, twilioSms, smsNumber],
    ['a Messaging Service', {}, { from: '', messagingServiceSid }, twilioSms, messagingServiceSid],
    ['a WhatsApp sender', WHATSAPP, { from: whatsappSender }, twilioWhatsApp, whatsappSender],
    ['a sender that says so itself', {}, { from: `whatsapp:${whatsappSender}` }, twilioWhatsApp, whatsappSender],
  ])('of %s is registered first', async (_name, parameters, change, channel, externalId) => {
    Object.assign(credential, change);
    const [item] = await fixture.output({ ...text, ...parameters });
    expect(item?.json).toMatchObject({ messageId: 'msg_1', status: 'queued' });
    expect(sent().account).toMatchObject({ channel: channel.id, externalId });
    const [[place, account] = []] = [...fixture.service.accounts];
    expect(place).toBe(`${channel.id}/${encodeURIComponent(externalId)}`);
    const settings = channel.settings.safeParse(account?.settings);
    expect(settings).toMatchObject({ success: true, data: { authToken: ['token-one', 'token-two'] } });
    expect(settings.data && channel.externalId(settings.data)).toBe(externalId);
  });
});

test('a credential without a sender is said to be so', async () => {
  credential['from'] = ' ';
  const error = await fixture.failure(text);
  expect(error.message).toBe("The 'Twilio Messaging API' credential has no 'From' and no 'Messaging Service SID'");
  expect(error.description).toMatch(/Open the credential/);
  expect(fixture.service.calls).toEqual([]);
});

describe('Message', () => {
  test.each<[string, IDataObject, unknown]>([
    ['a text', {}, { type: 'text', text: 'Hi' }],
    [
      'a picture by its link',
      { kind: 'image', mediaUrl: 'https://a.example/1.png', caption: 'Look' },
      { type: 'image', link: 'https://a.example/1.png', caption: 'Look' },
    ],
    [
      'a voice message',
      { kind: 'audio', mediaUrl: 'https://a.example/1.ogg' },
      { type: 'audio', link: 'https://a.example/1.ogg' },
    ],
    [
      'buttons',
      { kind: 'buttons', buttons: { button: [{ title: 'Yes' }] } },
      { type: 'buttons', text: 'Hi', buttons: [{ id: 'Yes', title: 'Yes' }] },
    ],
    [
      'a list',
      { kind: 'list', buttonTitle: 'Choose', rows: { row: [{ title: 'A', description: 'first' }] } },
      {
        ...{ type: 'list', text: 'Hi', buttonTitle: 'Choose' },
        sections: [{ rows: [{ id: 'A', title: 'A', description: 'first' }] }],
      },
    ],
    [
      'its own parameters',
      { kind: 'native', nativeBody: '{"Body": "Hi", "SendAsMms": true}' },
      { type: 'native', body: { Body: 'Hi', SendAsMms: true } },
    ],
  ])('%s is sent, in its nearest form where the channel lacks it', async (_name, parameters, content) => {
    await fixture.output({ ...text, ...WHATSAPP, ...parameters });
    expect(sent()).toMatchObject({ content, degrade: true });
    expect(() => twilioWhatsApp.check(content as never, {} as never)).not.toThrow();
  });

  test('options have the types that the service reads', async () => {
    const options = {
      ...{ messagingServiceSid, sendAt: '2026-12-24T18:00:00', validityPeriodSeconds: 600 },
      ...{ smartEncoded: true, shortenUrls: false, sendAsMms: true, riskCheck: 'disable' },
    };
    await fixture.output({ ...text, options });
    expect(sent().options).toEqual({
      ...options,
      sendAt: expect.stringMatching(/^2026-12-2[45]T\d\d:00:00\.000Z$/),
    });
    expect(twilioSms.sendOptions?.safeParse(sent().options)).toMatchObject({ success: true });
  });

  test('nothing is offered to quote: Twilio cannot', async () => {
    await fixture.output({ ...text, options: { replyTo: 'msg_1' } });
    expect(sent()).not.toHaveProperty('replyTo');
  });

  test('no options are none', async () => {
    await fixture.output(text);
    expect(sent()).not.toHaveProperty('options');
  });

  test.each([
    ['a list without rows', { kind: 'list', buttonTitle: 'x' }, /no choices/],
    ['no link', { kind: 'image', mediaUrl: 'a.png' }, /not a link/],
  ])('%s is said before anything is sent', async (_name, parameters, words) => {
    expect((await fixture.failure({ ...text, ...parameters })).message).toMatch(words);
    expect(fixture.service.at('POST /v1/messages')).toEqual([]);
  });

  test('a question waits for its answer', async () => {
    const ask = { ...text, operation: 'sendAndWait', message: 'Ship it?', responseType: 'approval' };
    await fixture.run(ask);
    expect(sent()).toMatchObject({ degrade: true, content: { type: 'buttons' }, wait: { url: expect.any(String) } });
  });

  test('a message is marked as read', async () => {
    fixture.service.answers.set('POST /v1/messages/read', () => ({ body: { read: true } }));
    const [item] = await fixture.output({
      ...WHATSAPP,
      resource: 'message',
      operation: 'markRead',
      messageId: 'msg_3',
    });
    expect(item?.json).toEqual({ read: true, messageId: 'msg_3' });
  });

  test.each([
    ["Twilio's id", `SM${'0'.repeat(32)}`],
    ["Parley's id", 'msg_9'],
  ])('a scheduled message is cancelled by %s', async (_name, messageId) => {
    const providerMessageId = `SM${'0'.repeat(32)}`;
    fixture.service.answers.set('GET /v1/messages/msg_9', () => ({ body: { id: 'msg_9', providerMessageId } }));
    fixture.service.answers.set('POST /v1/actions/message.cancel', () => ({
      body: { result: { status: 'canceled' } },
    }));
    const [item] = await fixture.output({ resource: 'message', operation: 'cancel', messageId });
    expect(item?.json).toEqual({ messageId, providerMessageId, status: 'canceled' });
    expect(fixture.service.at('POST /v1/actions/message.cancel').at(-1)).toMatchObject({
      query: { channel: 'twilio_sms', externalId: smsNumber },
      body: { messageId: providerMessageId },
    });
  });

  test('one that Twilio does not have yet cannot be cancelled', async () => {
    fixture.service.answers.set('GET /v1/messages/msg_9', () => ({ body: { id: 'msg_9', status: 'queued' } }));
    const error = await fixture.failure({ resource: 'message', operation: 'cancel', messageId: 'msg_9' });
    expect(error.message).toMatch(/it is queued/);
  });

  test('what Twilio refuses is told', async () => {
    fixture.service.answers.set('POST /v1/messages', () => problem(422, 'opted_out', 'The contact said stop'));
    expect((await fixture.failure(text)).message).toBeTruthy();
  });
});

describe('the rest', () => {
  const ORDER: Template = {
    ...{ id: `HX${'0'.repeat(32)}`, name: 'order_update', language: 'en', status: 'APPROVED', category: 'UTILITY' },
    parameterFormat: 'named',
    components: [{ type: 'twilio/text', body: 'Order {{1}} is {{2}}.' }],
    variables: ['1', '2'].map((name) => ({ key: `body.${name}`, part: 'body', name, type: 'text' })),
  };

  test('templates are read, picked, mapped and sent', async () => {
    fixture.service.answers.set('GET /v1/templates', () => ({ body: { data: [ORDER] } }));
    fixture.service.answers.set(`GET /v1/templates/${ORDER.id}`, () => ({ body: ORDER }));
    const template = { __rl: true, mode: 'list', value: ORDER.id };
    const [one] = await fixture.output({ resource: 'template', operation: 'get', template });
    expect(one?.json).toMatchObject({ name: 'order_update', body: 'Order {{1}} is {{2}}.' });
    const [many] = await fixture.output({ resource: 'template', operation: 'getAll', filters: { status: 'APPROVED' } });
    expect(many?.json).toMatchObject({ id: ORDER.id, variables: ['body.1', 'body.2'] });
    const form = { ...WHATSAPP, resource: 'message', operation: 'sendTemplate', to: '+15550001111', template };
    await expect(
      fixture.engine.editor('listSearch', workflow(form), NODE, 'searchApprovedTemplates'),
    ).resolves.toMatchObject({
      results: [{ name: 'order_update (en)', value: ORDER.id }],
    });
    await expect(
      fixture.engine.editor('resourceMapping', workflow(form), NODE, 'getTemplateVariables'),
    ).resolves.toMatchObject({
      fields: [{ id: 'body.1' }, { id: 'body.2' }],
    });
    const variables = { mappingMode: 'defineBelow', value: { 'body.1': '77', 'body.2': 'ready' } };
    // What stands beside the variables is the content's own at Twilio: nothing can be added to it.
    const options = { extraContent: '{"code": "1"}' };
    const [item] = await fixture.output({ ...form, variables, options });
    expect(item?.json).toMatchObject({ template: 'order_update', language: 'en' });
    const body = ['77', 'ready'].map((value, index) => ({ name: String(index + 1), type: 'text', text: value }));
    // Names need not be unique at Twilio: the one that was picked is sent by its SID.
    expect(sent().content).toEqual({ type: 'template', name: ORDER.id, language: 'en', body });
    expect(() => twilioWhatsApp.check(sent().content, {} as never)).not.toThrow();
  });

  test('a template that goes out when the session is closed is sent by its SID too', async () => {
    fixture.service.answers.set(`GET /v1/templates/${ORDER.id}`, () => ({ body: ORDER }));
    const fallbackTemplate = { __rl: true, mode: 'id', value: ORDER.id };
    const fallbackVariables = { mappingMode: 'defineBelow', value: { 'body.1': '77', 'body.2': 'ready' } };
    await fixture.output({
      ...{ ...text, ...WHATSAPP, ifSessionClosed: 'template' },
      ...{ fallbackTemplate, fallbackVariables },
    });
    expect(sent().ifSessionClosed).toMatchObject({ template: { name: ORDER.id, language: 'en' } });
  });

  test('a link has a text, and no reference', async () => {
    fixture.service.answers.set('POST /v1/actions/link.make', () => ({ body: { result: { url: 'sms:+1' } } }));
    const [item] = await fixture.output({ resource: 'link', operation: 'create', text: 'Hello' });
    expect(item?.json).toEqual({ url: 'sms:+1', text: 'Hello' });
    const { body } = fixture.service.at('POST /v1/actions/link.make').at(-1) ?? {};
    expect(twilioSms.actions?.['link.make']?.input.safeParse(body)).toMatchObject({ success: true });
  });

  test('a session is asked for by kind', async () => {
    fixture.service.answers.set('GET /v1/permission', () => ({
      body: { allowed: true, reasons: [], session: { open: true } },
    }));
    const [item] = await fixture.output({
      resource: 'session',
      operation: 'get',
      to: '+15550001111',
      kind: 'template',
    });
    expect(item?.json).toMatchObject({ allowed: true, sessionOpen: true });
  });

  test('a file of a contact is downloaded', async () => {
    const headers = { 'content-type': 'image/jpeg' };
    fixture.service.answers.set('GET /v1/media/mdi_1', () => ({ body: Buffer.from('jpg'), headers }));
    const [item] = await fixture.output({ resource: 'media', operation: 'download', mediaId: 'mdi_1' });
    expect(item?.binary?.['data']).toMatchObject({ mimeType: 'image/jpeg' });
  });
});

describe('the credential test', () => {
  let sandbox: TwilioSandbox;
  beforeAll(async () => {
    sandbox = await startTwilioSandbox();
  });
  afterAll(() => sandbox.close());

  test.each<[string, IDataObject, string]>([
    ['the auth token', { authToken: `${TWILIO_DEFAULTS.authToken}, old-token` }, 'OK'],
    [
      'an API key',
      { authToken: '', apiKeySid: TWILIO_DEFAULTS.apiKeySid, apiKeySecret: TWILIO_DEFAULTS.apiKeySecret },
      'OK',
    ],
    ['a wrong token', { authToken: 'another-token' }, 'Error'],
    ['another account', { authToken: TWILIO_DEFAULTS.authToken, accountSid: `AC${'9'.repeat(32)}` }, 'Error'],
  ])('of %s', async (_name, change, status) => {
    const data = { accountSid, from: smsNumber, baseUrl: sandbox.url, ...change };
    await expect(fixture.engine.testCredential('parleyTwilioApi', data as never)).resolves.toMatchObject({ status });
  });
});
