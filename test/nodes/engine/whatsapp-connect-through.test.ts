/** 'Connect Through': whose credential the WhatsApp nodes ask for, which account the service is told, and what the form offers. */
import type { IDataObject } from 'n8n-workflow';
import { settingsDigest } from '../../../contract/signature.ts';
import type { PutAccount } from '../../../contract/api.ts';
import { DIALOG360_DEFAULTS, type Dialog360State } from '../../sandbox/dialog360/defaults.ts';
import { startDialog360Sandbox } from '../../sandbox/dialog360/sandbox.ts';
import { actionWorkflow, type ActionFixture, NODE, NUMBER, startActionFixture } from './action-fixture.ts';

const CREDENTIALS: Record<string, IDataObject> = {
  whatsAppCloudApi: { accessToken: 'at', phoneNumberId: NUMBER, wabaId: '1', appSecret: 's' },
  dialog360Api: {
    ...{ apiKey: 'd360-key', phoneNumberId: NUMBER, phoneNumber: '', wabaId: '' },
    ...{ webhookHeader: 'authorization', webhookSecret: 'Bearer long-and-random', platformSecret: 'new,old' },
    baseUrl: 'https://waba-v2.360dialog.io',
  },
  parleyTwilioApi: {
    ...{ accountSid: `AC${'0'.repeat(32)}`, authToken: 'twilio-token', from: 'whatsapp:+14155238886' },
  },
};

const workflow: typeof actionWorkflow = (parameters, node) =>
  actionWorkflow(parameters, {
    ...node,
    credentials: Object.fromEntries(
      ['parleyApi', ...Object.keys(CREDENTIALS)].map((type) => [type, { id: type, name: type }]),
    ),
  });

let fixture: ActionFixture;

beforeAll(async () => {
  fixture = await startActionFixture(workflow, NODE, CREDENTIALS);
}, 60_000);
afterAll(() => fixture.stop());
beforeEach(() => fixture.reset());

const send = (more: IDataObject = {}): IDataObject => ({ to: '+15550001111', text: 'Hi', ...more });

const CLOUD_SETTINGS = {
  ...CREDENTIALS['whatsAppCloudApi'],
  ...{ apiVersion: 'v23.0', baseUrl: 'https://graph.facebook.com' },
};

/** What the service was told, by account. */
const accounts = (): Record<string, PutAccount> => Object.fromEntries(fixture.service.accounts);

test.each<[string, IDataObject, string, IDataObject]>([
  ['of a workflow from before it', {}, `whatsapp/${NUMBER}`, CLOUD_SETTINGS],
  ['Meta', { connectThrough: 'cloudApi' }, `whatsapp/${NUMBER}`, CLOUD_SETTINGS],
  [
    '360dialog',
    { connectThrough: 'dialog360' },
    `dialog360/${NUMBER}`,
    {
      ...{ apiKey: 'd360-key', phoneNumberId: NUMBER, webhookHeader: 'authorization' },
      ...{ webhookSecret: 'Bearer long-and-random', platformSecret: ['new', 'old'] },
      baseUrl: 'https://waba-v2.360dialog.io',
    },
  ],
  [
    'Twilio',
    { connectThrough: 'twilio' },
    'twilio_whatsapp/%2B14155238886',
    { accountSid: `AC${'0'.repeat(32)}`, authToken: 'twilio-token', from: '+14155238886' },
  ],
])('the account of %s', async (_name, parameters, account, settings) => {
  await fixture.output(send(parameters));
  expect(accounts()).toEqual({ [account]: { settings } });
  const [, second] = fixture.service.at('POST /v1/messages');
  const [channel, externalId] = account.split('/').map(decodeURIComponent);
  expect(second?.body).toMatchObject({ account: { channel, externalId, settingsDigest: settingsDigest(settings) } });
});

describe('through 360dialog', () => {
  const through = { connectThrough: 'dialog360' };
  const named = expect.objectContaining({ channel: 'dialog360', externalId: NUMBER });

  test('lists and maps templates', async () => {
    const template = {
      ...{ id: '7', name: 'order_update', language: 'en_US', status: 'APPROVED', category: 'UTILITY', components: [] },
      variables: [{ key: 'body.1', part: 'body', name: '1', type: 'text' }],
    };
    fixture.service.answers.set('GET /v1/templates', () => ({ body: { data: [template] } }));
    fixture.service.answers.set('GET /v1/templates/7', () => ({ body: template }));
    const form = { ...through, resource: 'message', operation: 'sendTemplate' };
    const chosen = workflow({ ...form, template: { __rl: true, mode: 'list', value: '7' } });
    await expect(fixture.engine.editor('listSearch', chosen, NODE, 'searchApprovedTemplates')).resolves.toMatchObject({
      results: [{ value: '7' }],
    });
    await expect(fixture.engine.editor('resourceMapping', chosen, NODE, 'getTemplateVariables')).resolves.toMatchObject(
      { fields: [{ id: 'body.1' }] },
    );
    expect(fixture.service.at('GET /v1/templates')[0]?.query).toEqual(named);
    expect(fixture.service.at('GET /v1/templates/7')[0]?.query).toEqual(named);
  });

  test('asks for sessions, uploads files and marks as read', async () => {
    fixture.service.answers.set('GET /v1/permission', () => ({
      body: { allowed: true, reasons: [], session: { open: true } },
    }));
    const media = { id: '77', mimeType: 'image/png', sha256: 'x', bytes: 3, reused: false };
    fixture.service.answers.set('POST /v1/media', () => ({ status: 201, body: media }));
    fixture.service.answers.set('POST /v1/messages/read', () => ({ body: { read: true } }));
    await fixture.output({ ...through, resource: 'session', operation: 'get', to: '+15550001111', kind: 'text' });
    const binary = { data: { data: Buffer.from('png').toString('base64'), mimeType: 'image/png', fileName: 'a.png' } };
    const upload = { ...through, resource: 'media', operation: 'upload', binaryField: 'data' };
    await fixture.output(upload, { items: [{ json: {}, binary }] });
    await fixture.output({ ...through, operation: 'markRead', messageId: 'msg_1' });
    expect(fixture.service.at('GET /v1/permission')[0]?.query).toEqual(named);
    expect(fixture.service.at('POST /v1/media')[0]?.query).toEqual(named);
    expect(fixture.service.at('POST /v1/messages/read')[0]?.body).toMatchObject({ account: named });
  });

  test.each<[string, Partial<Dialog360State>, IDataObject, string]>([
    ['good', {}, {}, 'OK'],
    ['of another key', {}, { apiKey: 'another' }, 'Error'],
    ['of a number that is not active', { standing: 'disabled' }, {}, 'Error'],
    ['with the number in its address', {}, { path: `/${NUMBER}` }, 'Error'],
  ])('a credential that is %s', async (_name, state, { path = '', ...change }, status) => {
    const sandbox = await startDialog360Sandbox(state);
    try {
      const baseUrl = `${sandbox.url}${String(path)}`;
      const data = { ...DIALOG360_DEFAULTS, baseUrl, ...change } as Record<string, string>;
      await expect(fixture.engine.testCredential('dialog360Api', data)).resolves.toMatchObject({ status });
    } finally {
      await sandbox.close();
    }
  });
});
