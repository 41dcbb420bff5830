/** A customer on each channel, in front of the channel's own strict sandbox: what they read, write, and choose. */
import { DIALOG360_DEFAULTS } from '../sandbox/dialog360/defaults.ts';
import { startDialog360Sandbox } from '../sandbox/dialog360/sandbox.ts';
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
  const answer = await app.call('PUT', `/v1/accounts/${channel}/${externalId}`, { settings });
  if (answer.status !== 201) throw new Error(`Not registered: ${answer.text}`);
  return (answer.body as { webhookUrl: string }).webhookUrl;
}

const WHATSAPP_CUSTOMER = '15550001111';

/** The text of a Cloud API body: of a text, or above buttons. */
function whatsAppText(body: JsonObject): string {
  const interactive = objectOf(body['interactive']);
  return textOf(objectOf(body['text'])['body']) ?? textOf(objectOf(interactive['body'])['text']) ?? '';
}

function onWhatsApp(sandbox: WhatsAppSandbox): Customer {
  const messages = () => sandbox.listReceivedMessages();
  return {
    read: () => messages().map(({ body }) => whatsAppText(body)),
    write: async (text) => await sandbox.customer.sends({ from: WHATSAPP_CUSTOMER, name: 'Ana', text }),
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

export const STAGES: Record<string, Stage> = { whatsapp, dialog360 };
