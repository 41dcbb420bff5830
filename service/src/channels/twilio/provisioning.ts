/**
 * Points Twilio's webhooks at this account's URL, and says what is missing where it cannot. Statuses need no set-up: each message is
 * sent with the URL to which its own go.
 *
 * A number has one URL for what people write to it, and one of its own only while it is in no Messaging Service, or in one that leaves
 * it to its numbers. So the number, and the Messaging Service where there is one, both get the URL: it is what the account is for, and
 * what stood there before would get nothing of it. A WhatsApp sender has a URL of its own as well.
 */
import type { ProvisioningStep } from '../../../../contract/api.ts';
import type { ConnectorIo, ProvisioningPower } from '../../connectors/connector.ts';
import { SendError } from '../../core/errors.ts';
import { flagOf, textOf, type JsonObject } from '../kit/json.ts';
import * as steps from '../kit/steps.ts';
import type { Line } from './addresses.ts';
import { accountPath, twilio, type TwilioCall } from './call.ts';
import type { Fields } from './form.ts';
import { repeated } from './overrides.ts';
import { remove } from './removal.ts';
import { findNumber, findSender, isName, SANDBOX_SENDER, servicePath } from './resources.ts';
import { authTokens, type TwilioSettings } from './settings.ts';

interface Context {
  line: Line;
  webhookUrl: string;
  settings: TwilioSettings;
  io: ConnectorIo;
}

const { passed } = steps;
const missing = (step: string, detail: string, blocking = true): ProvisioningStep =>
  steps.missing(step, detail, blocking);

const ask = ({ settings, io }: Context, call: TwilioCall): Promise<JsonObject> => twilio(call, settings, io);

/** Runs one step; what Twilio refuses becomes its detail. */
function attempt(step: string, run: () => Promise<ProvisioningStep>): Promise<ProvisioningStep> {
  return steps.unlessRefused(run, ({ message }) => missing(step, message));
}

/** Without these nothing can arrive, whatever Twilio says. */
function settingsStep({ settings, webhookUrl }: Context): ProvisioningStep {
  const { protocol, hostname } = new URL(webhookUrl);
  const found: string[] = [];
  if (authTokens(settings).length === 0) {
    found.push(
      'authToken is not set: every webhook will be refused as not signed. An API key cannot check signatures.',
    );
  }
  if (settings.baseUrl === undefined && protocol !== 'https:') {
    found.push('The webhook URL is not https: set PARLEY_PUBLIC_URL to the public https address of the service.');
  }
  if (hostname.includes('_')) found.push('Twilio takes no host name with an underscore: give the service another one.');
  return found.length === 0 ? passed('settings') : missing('settings', found.join(' '));
}

/** Reads what also a standard API key may read, which the account itself is not. */
async function accountStep(context: Context): Promise<ProvisioningStep> {
  const path = accountPath(context.settings, '/Messages.json');
  await ask(context, { method: 'GET', path, query: { PageSize: 1 } });
  return passed('account');
}

/** An application that is set on a number comes before its URL. */
const NUMBER_URL = (webhookUrl: string): Fields => [
  ['SmsUrl', repeated(webhookUrl)],
  ['SmsMethod', 'POST'],
  ['SmsApplicationSid', ''],
];

async function numberStep(context: Context, from: string): Promise<ProvisioningStep> {
  const step = 'number';
  if (isName(from)) {
    return missing(step, 'A sender that is a name cannot be written to: there is nothing to set up.', false);
  }
  const found = await findNumber(from, context.settings, context.io);
  if (found === undefined) {
    return missing(step, `${from} is not a number of this Twilio account: check the number and the Account SID.`);
  }
  const form = NUMBER_URL(context.webhookUrl);
  await ask(context, { method: 'POST', path: found.path, form, repeatable: true });
  return passed(step);
}

/** A service that leaves inbound messages to its numbers stays so where the account has a number, which got its URL. */
async function serviceStep(context: Context, service: string): Promise<ProvisioningStep> {
  const call = { host: 'messaging', path: servicePath(service) } as const;
  const answer = await ask(context, { method: 'GET', ...call });
  const usesNumbers = flagOf(answer.use_inbound_webhook_on_number) === true;
  if (usesNumbers && context.settings.from !== undefined) return passed('messaging_service');
  const form: Fields = [
    ['InboundRequestUrl', repeated(context.webhookUrl)],
    ['InboundMethod', 'POST'],
    ['UseInboundWebhookOnNumber', 'false'],
  ];
  await ask(context, { method: 'POST', ...call, form, repeatable: true });
  return passed('messaging_service');
}

function callSender(context: Context, path: string, url: string): Promise<JsonObject> {
  const webhook = { callback_url: url, callback_method: 'POST' };
  return ask(context, { host: 'messaging', method: 'POST', path, json: { webhook }, repeatable: true });
}

async function senderStep(context: Context, from: string): Promise<ProvisioningStep> {
  const step = 'sender';
  const byHand = `enter ${context.webhookUrl} (POST) under "When a message comes in".`;
  if (from === SANDBOX_SENDER) {
    const where = `In the Console, Messaging, Try it out, Send a WhatsApp message, Sandbox settings: ${byHand}`;
    return missing(step, `Twilio's sandbox is set up by hand. ${where}`, false);
  }
  const found = await findSender(from, context.settings, context.io);
  if (found === undefined) {
    const where = 'In the Console, Messaging, Senders, WhatsApp senders, register it';
    return missing(step, `${from} is not a WhatsApp sender of this Twilio account. ${where}, or ${byHand}`);
  }
  await callSender(context, found.path, repeated(context.webhookUrl)).catch((error: unknown) => {
    // No page says that senders take a fragment, as numbers do.
    if (!(error instanceof SendError) || !['invalid', 'rejected'].includes(error.kind)) throw error;
    return callSender(context, found.path, context.webhookUrl);
  });
  const status = textOf(found.resource.status) ?? 'not known';
  if (status.startsWith('ONLINE')) return passed(step);
  return missing(step, `The sender gets its messages here, but is ${status}: see the Console.`, false);
}

export function provisioningOn(line: Line): ProvisioningPower<TwilioSettings> {
  return {
    async provision(webhookUrl, settings, io) {
      const context = { line, webhookUrl, settings, io };
      const { from, messagingServiceSid } = settings;
      const steps = [settingsStep(context), await attempt('account', () => accountStep(context))];
      if (from !== undefined) {
        const name = line === 'sms' ? 'number' : 'sender';
        const run = line === 'sms' ? numberStep : senderStep;
        steps.push(await attempt(name, () => run(context, from)));
      }
      if (messagingServiceSid !== undefined) {
        steps.push(await attempt('messaging_service', () => serviceStep(context, messagingServiceSid)));
      }
      return steps;
    },
    remove: (removal, settings, io) => remove(line, removal, settings, io),
  };
}
