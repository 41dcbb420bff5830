/**
 * Takes our URL away from the number, short code or WhatsApp sender of an account, and from its Messaging Service when no other account
 * here needs that. What is set to another URL is somebody else's by now.
 */
import type { ProvisioningStep } from '../../../../contract/api.ts';
import type { ConnectorIo, Removal } from '../../connectors/connector.ts';
import { objectOf } from '../kit/json.ts';
import { missing, passed, unlessRefused } from '../kit/steps.ts';
import type { Line } from './addresses.ts';
import { twilio, type TwilioCall } from './call.ts';
import { isSameUrl } from './overrides.ts';
import { findNumber, findSender, isName, SANDBOX_SENDER, servicePath } from './resources.ts';
import type { TwilioSettings } from './settings.ts';

type Gone = Removal<TwilioSettings>;

interface Context {
  removal: Gone;
  settings: TwilioSettings;
  io: ConnectorIo;
}

/** Calls `call` when `url` is ours. */
async function clear({ removal, settings, io }: Context, url: unknown, call: TwilioCall): Promise<void> {
  const isOurs = removal.webhookUrls.some((own) => isSameUrl(url, own));
  if (isOurs) await twilio({ ...call, repeatable: true }, settings, io);
}

async function numberStep(context: Context, from: string): Promise<ProvisioningStep> {
  const found = await findNumber(from, context.settings, context.io);
  if (found) {
    const { path, resource } = found;
    await clear(context, resource.sms_url, { method: 'POST', path, form: [['SmsUrl', '']] });
  }
  return passed('number');
}

async function senderStep(context: Context, from: string): Promise<ProvisioningStep> {
  const step = 'sender';
  if (from === SANDBOX_SENDER) {
    const where = 'In the Console, Messaging, Try it out, Send a WhatsApp message, Sandbox settings';
    return missing(step, `Twilio's sandbox is set up by hand. ${where}: remove ${context.removal.webhookUrls[0]}.`);
  }
  const found = await findSender(from, context.settings, context.io);
  if (found) {
    const { path, resource } = found;
    const json = { webhook: { callback_url: '' } };
    await clear(context, objectOf(resource.webhook).callback_url, { host: 'messaging', method: 'POST', path, json });
  }
  return passed(step);
}

async function serviceStep(context: Context, service: string): Promise<ProvisioningStep> {
  const call = { host: 'messaging', path: servicePath(service) } as const;
  const answer = await twilio({ method: 'GET', ...call }, context.settings, context.io);
  const form: TwilioCall['form'] = [['InboundRequestUrl', '']];
  await clear(context, answer.inbound_request_url, { method: 'POST', ...call, form });
  return passed('messaging_service');
}

/** Runs one step; what Twilio refuses becomes its detail. */
function attempt(
  { removal }: Context,
  step: string,
  what: string,
  run: () => Promise<ProvisioningStep>,
): Promise<ProvisioningStep> {
  const stays = `So ${what} may go on calling ${removal.webhookUrls[0]}: if it does, remove that in the Twilio Console.`;
  return unlessRefused(run, ({ message }) => missing(step, `${message} ${stays}`));
}

export async function remove(
  line: Line,
  removal: Gone,
  settings: TwilioSettings,
  io: ConnectorIo,
): Promise<ProvisioningStep[]> {
  const context = { removal, settings, io };
  const { from, messagingServiceSid: service } = settings;
  const steps: ProvisioningStep[] = [];
  if (from !== undefined && line === 'whatsapp') {
    steps.push(await attempt(context, 'sender', from, () => senderStep(context, from)));
  } else if (from !== undefined && !isName(from)) {
    steps.push(await attempt(context, 'number', from, () => numberStep(context, from)));
  }
  if (service !== undefined && removal.others.every((other) => other.messagingServiceSid !== service)) {
    const what = `the Messaging Service ${service}`;
    steps.push(await attempt(context, 'messaging_service', what, () => serviceStep(context, service)));
  }
  return steps;
}
