/** A customer on each channel, in front of the channel's own strict sandbox: what they read, write, and choose. */
import type { OutboundKind } from '../../contract/message.ts';
import { DIALOG360_DEFAULTS } from '../sandbox/dialog360/defaults.ts';
import { startDialog360Sandbox } from '../sandbox/dialog360/sandbox.ts';
import { type Line, TWILIO_DEFAULTS } from '../sandbox/twilio/defaults.ts';
import { startTwilioSandbox } from '../sandbox/twilio/sandbox.ts';
import type { WhatsAppSandbox } from '../sandbox/whatsapp/sandbox.ts';
import { ACCOUNT, type App, closing, sandboxSettings } from '../support/app.ts';
import { objectOf, textOf, type JsonObject } from '../sandbox/kit/json.ts';

/** A customer with their phone. */
export interface Customer {
  /** What stands on the phone, oldest first. */
  read(): string[];
  write(text: string): Promise<unknown>;
  /** Taps what has this id in the newest message, or answers by its number where nothing can be tapped. */
  choose(id: string): Promise<unknown>;
}

/** Registers the account with the service, so that the sandbox's webhooks come there. */
export type Stage = (app: App) => Promise<Customer>;

async function register(app: App, channel: string, externalId: string, settings: object): Promise<string> {
  const answer = await app.call('PUT', `/v1/accounts/${channel}/${encodeURIComponent(externalId)}`, { settings });
  if (answer.status !== 201) throw new Error(`Not registered: ${answer.text}`);
  return (answer.body as { webhookUrl: string }).webhookUrl;
}

const PHONE = '15550001111';

/** The text of a Cloud API body: of a text, or above buttons. */
function whatsAppText(body: JsonObject): string {
  const interactive = objectOf(body['interactive']);
  return textOf(objectOf(body['text'])['body']) ?? textOf(objectOf(interactive['body'])['text']) ?? '';
}

function onWhatsApp(sandbox: WhatsAppSandbox): Customer {
  const messages = () => sandbox.listReceivedMessages();
  return {
    read: () => messages().map(({ body }) => whatsAppText(body)),
    write: async (text) => await sandbox.customer.sends({ from: PHONE, name: 'Ana', text }),
    choose: async (choice) => await sandbox.customer.taps({ messageId: messages().at(-1)?.id ?? '', choice }),
  };
}

const whatsapp: Stage = async (app) => {
  app.sandbox.subscribe(await register(app, 'whatsapp', ACCOUNT.externalId, sandboxSettings(app.sandbox)));
  return onWhatsApp(app.sandbox);
};

/** The service sets the number's webhook at 360dialog by itself. */
const dialog360: Stage = async (app) => {
  const sandbox = await startDialog360Sandbox({ clock: app.clock, throughputPerSecond: null });
  closing(() => sandbox.close());
  await register(app, 'dialog360', DIALOG360_DEFAULTS.phoneNumberId, { ...DIALOG360_DEFAULTS, baseUrl: sandbox.url });
  return onWhatsApp(sandbox);
};

/** What the choices of the example are called. */
const TITLES: Record<string, string> = { hours: 'Opening hours', order: 'Track my order', person: 'Talk to a person' };

/** The number before a choice in a text that lists them. */
function numberOf(id: string, text: string): string {
  const number = text.split('\n').flatMap((line) => (line.endsWith(`. ${TITLES[id]}`) ? line.split('.', 1) : []))[0];
  if (number === undefined) throw new Error(`There is no choice '${id}' in: ${text}`);
  return number;
}

function onTwilio(line: Line): Stage {
  return async (app) => {
    const sandbox = await startTwilioSandbox({ clock: app.clock, line });
    closing(() => sandbox.close());
    const { accountSid, authToken, smsNumber, whatsappSender } = TWILIO_DEFAULTS;
    const from = line === 'sms' ? smsNumber : whatsappSender;
    const settings = { accountSid, authToken, from, baseUrl: sandbox.url };
    sandbox.subscribe(await register(app, `twilio_${line}`, from, settings));
    const messages = () => sandbox.listReceivedMessages();
    const write = async (text: string) => await sandbox.customer.sends({ from: PHONE, name: 'Ana', text });
    return {
      read: () => messages().map(({ body, rendered }) => body || (textOf(rendered?.['body']) ?? '')),
      write,
      choose: async (choice) => {
        const newest = messages().at(-1);
        if (newest?.rendered !== undefined) return await sandbox.customer.taps({ messageId: newest.sid, choice });
        return await write(numberOf(choice, newest?.body ?? ''));
      },
    };
  };
}

/** Each channel, and what becomes of buttons there. */
export const STAGES: [channel: string, sentAs: OutboundKind, stage: Stage][] = [
  ['whatsapp', 'buttons', whatsapp],
  ['dialog360', 'buttons', dialog360],
  ['twilio_sms', 'text', onTwilio('sms')],
  ['twilio_whatsapp', 'buttons', onTwilio('whatsapp')],
];
