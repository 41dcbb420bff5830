/** The Twilio node in n8n's engine, over the real service and the strict stand-in of Twilio. */
import type { IDataObject } from 'n8n-workflow';
import { TWILIO_DEFAULTS, type Line } from '../../sandbox/twilio/defaults.ts';
import { startTwilioSandbox, type TwilioSandbox } from '../../sandbox/twilio/sandbox.ts';
import { closeApps, closing, startApp, type App } from '../../support/app.ts';
import { startEngine, type Engine, type WorkflowJson } from '../../support/engine/engine.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { publicEnv } from './node-fixture.ts';
import { ANA, twilioSettings } from '../channels/twilio-fixture.ts';

const NODE = 'Twilio Messaging';
const { messagingServiceSid } = TWILIO_DEFAULTS;
const credentials: Record<string, IDataObject> = { parleyApi: {}, parleyTwilioApi: {} };
let engine: Engine;
let app: App;
let sandbox: TwilioSandbox;

beforeAll(async () => {
  engine = await startEngine({ packageDir: PACKAGE_DIR, credentials });
}, 60_000);
afterAll(() => engine.close());
beforeEach(async () => {
  app = await startApp({ registered: false, startAt: Date.now(), env: await publicEnv() });
  sandbox = await startTwilioSandbox({ clock: app.clock });
  closing(() => sandbox.close());
  Object.assign(credentials['parleyApi'] ?? {}, { url: app.url, apiKey: app.key });
});
afterEach(closeApps);

function workflow(parameters: IDataObject): WorkflowJson {
  const chosen = { parleyApi: { id: '1', name: 'p' }, parleyTwilioApi: { id: '2', name: 't' } };
  const json = JSON.parse(JSON.stringify(parameters)) as WorkflowJson['nodes'][number]['parameters'];
  return { nodes: [{ name: NODE, type: 'n8n-nodes-parley.twilioMessaging', parameters: json, credentials: chosen }] };
}

/** Any call of the node registers the account, which points Twilio's webhooks at it; then Ana writes. */
async function anaWrote(line: Line, more: IDataObject = {}): Promise<void> {
  credentials['parleyTwilioApi'] = { ...twilioSettings(line, sandbox.url), ...more } as IDataObject;
  await output({ channel: `twilio_${line}`, resource: 'link', operation: 'create' });
  await sandbox.customer.sends({ from: ANA, line, text: 'Hello' });
  await app.idle();
}

async function output(parameters: IDataObject): Promise<IDataObject> {
  const execution = await engine.run(workflow(parameters));
  if (execution.error) throw execution.error;
  return execution.items(NODE)[0]?.json ?? {};
}

const accepted = async (count = 1) =>
  await sandbox.waitFor(
    () => sandbox.listReceivedMessages().length >= count && sandbox.listReceivedMessages(),
    5_000,
    `${String(count)} accepted messages`,
  );

const SMS = { channel: 'twilio_sms', resource: 'message', to: `+${ANA}` };
const WHATSAPP = { ...SMS, channel: 'twilio_whatsapp' };

/** Two contents that the Console shows by the same name. */
function namesakes() {
  return ['Yours: {{1}}', 'Ready: {{1}}'].map((body) =>
    sandbox.contents.seed({
      ...{ friendlyName: 'order_update', language: 'en', category: 'UTILITY', variables: { '1': 'shoes' } },
      types: { 'twilio/text': { body } },
    }),
  );
}

test.each([0, 1])('of two templates with one name, number %i goes out when it is picked', async (picked) => {
  await anaWrote('whatsapp');
  const { sid = '' } = namesakes()[picked] ?? {};
  const form = { ...WHATSAPP, operation: 'sendTemplate', template: { __rl: true, mode: 'list', value: sid } };
  const listed = await engine.editor('listSearch', workflow(form), NODE, 'searchApprovedTemplates');
  expect(JSON.stringify(listed)).toContain(sid);
  const variables = { mappingMode: 'defineBelow', value: { 'body.1': 'the hat' } };
  await expect(output({ ...form, variables })).resolves.toMatchObject({ template: 'order_update', language: 'en' });
  const [message] = await accepted();
  expect(message?.content?.sid).toBe(sid);
  expect(message?.rendered).toEqual({ body: picked === 0 ? 'Yours: the hat' : 'Ready: the hat' });
});

test('a picked template stands in when the session is closed', async () => {
  await anaWrote('whatsapp');
  const [, second] = namesakes();
  sandbox.forget(`+${ANA}`);
  app.clock.advance(25 * 3_600_000);
  const fallbackTemplate = { __rl: true, mode: 'id', value: second?.sid };
  const fallbackVariables = { mappingMode: 'defineBelow', value: { 'body.1': 'the hat' } };
  const ifSessionClosed = 'template';
  await output({ ...WHATSAPP, text: 'Hi', ifSessionClosed, fallbackTemplate, fallbackVariables });
  const [message] = await accepted();
  expect(message?.rendered).toEqual({ body: 'Ready: the hat' });
});

test('a message at a set time is scheduled, and taken back', async () => {
  await anaWrote('sms', { messagingServiceSid });
  const sendAt = new Date(app.clock.now() + 3_600_000).toISOString();
  const sent = await output({ ...SMS, text: 'Later', options: { sendAt } });
  const [message] = await accepted();
  expect(message).toMatchObject({ status: 'scheduled', messagingServiceSid });
  await app.idle();
  const cancel = { ...SMS, operation: 'cancel', messageId: sent['messageId'] } as IDataObject;
  await expect(output(cancel)).resolves.toMatchObject({ status: 'canceled', providerMessageId: message?.sid });
});

test('an approval by SMS is answered with a number', async () => {
  await anaWrote('sms');
  const ask = { ...SMS, operation: 'sendAndWait', message: 'Tuesday?', responseType: 'approval' };
  const execution = await engine.run(workflow(ask));
  expect(execution).toMatchObject({ status: 'waiting' });
  const [message] = await accepted();
  expect(message?.body).toBe('Tuesday?\n\n1. Approve\n2. Decline');
  await app.idle();
  await sandbox.customer.sends({ from: ANA, line: 'sms', text: '1' });
  const ended = await engine.waitForExecution((each) => each.id === execution.id && each.status === 'success');
  expect(ended.items(NODE)[0]?.json).toMatchObject({ replied: true, approved: true, from: expect.stringMatching(ANA) });
});
