/** Twilio's trigger in n8n's real engine: which account it hears. */
import type { WorkflowJson } from '../support/engine/engine.ts';
import { TWILIO_DEFAULTS } from '../sandbox/twilio/defaults.ts';
import { type Fixture, startFixture } from './trigger-fixture.ts';

const TRIGGER = 'Twilio Messaging Trigger';
const { accountSid, authToken, smsNumber, whatsappSender } = TWILIO_DEFAULTS;
const credential: Record<string, string> = { accountSid, authToken, from: smsNumber };

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture({ parleyTwilioApi: credential });
}, 60_000);
afterAll(() => fixture.stop());
beforeEach(() => fixture.reset());

function workflow(parameters: object): WorkflowJson {
  const credentials = { parleyApi: { id: '1', name: 'p' }, parleyTwilioApi: { id: '2', name: 't' } };
  const type = 'n8n-nodes-parley.twilioMessagingTrigger';
  return { nodes: [{ name: TRIGGER, type, parameters: { ...parameters }, credentials }] };
}

test.each([
  ['twilio_sms', smsNumber, {}],
  ['twilio_whatsapp', whatsappSender, { channel: 'twilio_whatsapp' }],
  ['twilio_whatsapp', `whatsapp:${whatsappSender}`, {}],
])('hears %s of the sender %s', async (channel, from, parameters) => {
  credential['from'] = from;
  const { urls, deactivate } = await fixture.engine.activate(workflow(parameters));
  const externalId = from.replace('whatsapp:', '');
  expect(fixture.service.subscriptionAt(urls[TRIGGER] ?? '')).toMatchObject({
    events: ['message.received'],
    account: { channel, externalId },
  });
  await deactivate();
  expect(fixture.service.subscriptions.size).toBe(0);
});

test('what Twilio lacks stops the activation', async () => {
  const detail = 'is not a number of this Twilio account';
  fixture.service.provisioning = [{ step: 'number', ok: false, detail, blocking: true }];
  await expect(fixture.engine.activate(workflow({}))).rejects.toMatchObject({
    message: expect.stringContaining(detail) as string,
  });
});

test('a credential without a sender stops the activation', async () => {
  credential['from'] = '';
  await expect(fixture.engine.activate(workflow({}))).rejects.toMatchObject({
    message: "The 'Twilio Messaging API' credential has no 'From' and no 'Messaging Service SID'",
    description: expect.stringMatching(/Open the credential/) as string,
  });
});
