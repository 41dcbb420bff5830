/**
 * Points Twilio's webhooks at this account's URL, and says what is missing where it cannot. Statuses need no set-up: each message is
 * sent with the URL to which its own go.
 *
 * A number has one URL for what people write to it, and one of its own only while it is in no Messaging Service, or in one that leaves
 * it to its numbers. So the number, and the Messaging Service where there is one, both get the URL: it is what the account is for, and
 * what stood there before would get nothing of it. A WhatsApp sender has a URL of its own as well.
 */
import type { ProvisioningStep } from '../../../../contract/api.ts';
import { SendError } from '../../core/errors.ts';
import type { ConnectorIo, ProvisioningPower } from '../../connectors/connector.ts';
import { flagOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { wireSender, type Line } from './addresses.ts';
import { accountPath, twilio, type TwilioCall } from './call.ts';
import type { Fields } from './form.ts';
import { authTokens, type TwilioSettings } from './settings.ts';

interface Context {
  line: Line;
  webhookUrl: string;
  settings: TwilioSettings;
  io: ConnectorIo;
}

/** Twilio's shared number for trying WhatsApp; what people write there goes where the Console says. */
const SANDBOX_SENDER = '+14155238886';
const SENDERS = '/v2/Channels/Senders';
const MAX_PAGES = 10;

const passed = (step: string): ProvisioningStep => ({ step, ok: true });
const missing = (step: string, detail: string, blocking = true): ProvisioningStep => ({
  ...{ step, ok: false, detail },
  ...(blocking && { blocking }),
});

const ask = ({ settings, io }: Context, call: TwilioCall): Promise<JsonObject> => twilio(call, settings, io);

/** Runs one step; what Twilio refuses becomes its detail. */
async function attempt(step: string, run: () => Promise<ProvisioningStep>): Promise<ProvisioningStep> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    return missing(step, error.message);
  }
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
  ['SmsUrl', webhookUrl],
  ['SmsMethod', 'POST'],
  ['SmsApplicationSid', ''],
];

async function numberStep(context: Context, from: string): Promise<ProvisioningStep> {
  const step = 'number';
  const isShort = /^\d+$/.test(from);
  if (!isShort && !from.startsWith('+')) {
    return missing(step, 'A sender that is a name cannot be written to: there is nothing to set up.', false);
  }
  const resource = isShort ? '/SMS/ShortCodes' : '/IncomingPhoneNumbers';
  const query = isShort ? { ShortCode: from } : { PhoneNumber: from };
  const member = isShort ? 'short_code' : 'phone_number';
  const path = accountPath(context.settings, `${resource}.json`);
  const answer = await ask(context, { method: 'GET', path, query });
  const numbers = objectsOf(answer.incoming_phone_numbers ?? answer.short_codes);
  // The filter also finds longer numbers with these digits in them, which are not ours to change.
  const sid = textOf(numbers.find((number) => number[member] === from)?.sid);
  if (sid === undefined) {
    return missing(step, `${from} is not a number of this Twilio account: check the number and the Account SID.`);
  }
  const call = { path: accountPath(context.settings, `${resource}/${sid}.json`), form: NUMBER_URL(context.webhookUrl) };
  await ask(context, { method: 'POST', ...call, repeatable: true });
  return passed(step);
}

/** A service that leaves inbound messages to its numbers stays so where the account has a number, which got its URL. */
async function serviceStep(context: Context, service: string): Promise<ProvisioningStep> {
  const call = { host: 'messaging', path: `/v1/Services/${service}` } as const;
  const answer = await ask(context, { method: 'GET', ...call });
  const usesNumbers = flagOf(answer.use_inbound_webhook_on_number) === true;
  if (usesNumbers && context.settings.from !== undefined) return passed('messaging_service');
  const form: Fields = [
    ['InboundRequestUrl', context.webhookUrl],
    ['InboundMethod', 'POST'],
    ['UseInboundWebhookOnNumber', 'false'],
  ];
  await ask(context, { method: 'POST', ...call, form, repeatable: true });
  return passed('messaging_service');
}

/** The sender in Twilio's list, which has no filter by address. */
async function findSender(context: Context, id: string): Promise<JsonObject | undefined> {
  let query: TwilioCall['query'] = { Channel: 'whatsapp', PageSize: 100 };
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await ask(context, { host: 'messaging', method: 'GET', path: SENDERS, query });
    const found = objectsOf(answer.senders).find((sender) => sender.sender_id === id);
    const next = textOf(objectOf(answer.meta).next_page_url);
    if (found !== undefined || next === undefined || !URL.canParse(next)) return found;
    query = Object.fromEntries(new URL(next).searchParams);
  }
  return undefined;
}

async function senderStep(context: Context, from: string): Promise<ProvisioningStep> {
  const step = 'sender';
  const byHand = `enter ${context.webhookUrl} (POST) under "When a message comes in".`;
  if (from === SANDBOX_SENDER) {
    const where = `In the Console, Messaging, Try it out, Send a WhatsApp message, Sandbox settings: ${byHand}`;
    return missing(step, `Twilio's sandbox is set up by hand. ${where}`, false);
  }
  const sender = await findSender(context, wireSender('whatsapp', from));
  const sid = textOf(sender?.sid);
  if (sender === undefined || sid === undefined) {
    const where = 'In the Console, Messaging, Senders, WhatsApp senders, register it';
    return missing(step, `${from} is not a WhatsApp sender of this Twilio account. ${where}, or ${byHand}`);
  }
  const webhook = { callback_url: context.webhookUrl, callback_method: 'POST' };
  const call = { host: 'messaging', method: 'POST', path: `${SENDERS}/${sid}`, json: { webhook } } as const;
  await ask(context, { ...call, repeatable: true });
  const status = textOf(sender.status) ?? 'not known';
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
  };
}
