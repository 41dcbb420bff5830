/** A customer on each channel, in front of the channel's own strict sandbox: what they read, write, and choose. */
import { ACCOUNT, type App, sandboxSettings } from '../support/app.ts';
import { listOf, objectOf, textOf, type JsonObject } from '../sandbox/kit/json.ts';

/** A customer with their phone. */
export interface Customer {
  /** What stands on the phone, oldest first. */
  read(): string[];
  write(text: string): Promise<unknown>;
  /** Taps what has this id in the newest message, or answers by its number where nothing can be tapped. */
  choose(id: string): Promise<unknown>;
  /** What the choices of the newest message were sent as. */
  newestForm(): string;
}

/** Registers the account with the service, so that the sandbox's webhooks come there. */
export type Stage = (app: App) => Promise<Customer>;

export async function register(app: App, channel: string, externalId: string, settings: object): Promise<string> {
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

const whatsapp: Stage = async (app) => {
  const { sandbox } = app;
  sandbox.subscribe(await register(app, ACCOUNT.channel, ACCOUNT.externalId, sandboxSettings(sandbox)));
  const messages = () => sandbox.listReceivedMessages();
  return {
    read: () => messages().map(({ body }) => whatsAppText(body)),
    write: async (text) => await sandbox.customer.sends({ from: WHATSAPP_CUSTOMER, name: 'Ana', text }),
    choose: async (choice) => await sandbox.customer.taps({ messageId: messages().at(-1)?.id ?? '', choice }),
    newestForm: () => {
      const { action } = objectOf(objectOf(messages().at(-1)?.body)['interactive']);
      return listOf(objectOf(action)['buttons']).length > 0 ? 'buttons' : 'text';
    },
  };
};

export const STAGES: Record<string, Stage> = { whatsapp };
