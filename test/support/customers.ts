/** A customer on each channel, in front of the channel's own strict sandbox: what they read, write, and choose. */
import type { OutboundKind } from '../../contract/message.ts';
import { DIALOG360_DEFAULTS } from '../sandbox/dialog360/defaults.ts';
import { startDialog360Sandbox } from '../sandbox/dialog360/sandbox.ts';
import type { SandboxClock } from '../sandbox/kit/clock.ts';
import type { FaultQueue } from '../sandbox/kit/faults.ts';
import { listOf, objectOf, textOf, type JsonObject } from '../sandbox/kit/json.ts';
import type { RecordedRequest } from '../sandbox/kit/request-log.ts';
import type { Platform, StatusName as MetaStatus } from '../sandbox/meta/customer-world.ts';
import { META_DEFAULTS } from '../sandbox/meta/defaults.ts';
import { startMetaSandbox } from '../sandbox/meta/sandbox.ts';
import { SENDBIRD_DEFAULTS } from '../sandbox/sendbird/defaults.ts';
import { startSendbirdSandbox } from '../sandbox/sendbird/sandbox.ts';
import { SUNSHINE_DEFAULTS } from '../sandbox/sunshine/defaults.ts';
import { startSunshineSandbox } from '../sandbox/sunshine/sandbox.ts';
import { type Line, TWILIO_DEFAULTS } from '../sandbox/twilio/defaults.ts';
import { startTwilioSandbox } from '../sandbox/twilio/sandbox.ts';
import { SANDBOX_DEFAULTS, type StatusName as CloudStatus } from '../sandbox/whatsapp/defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../sandbox/whatsapp/sandbox.ts';

/** A customer with their phone. */
export interface Customer {
  /** What stands on the phone, oldest first. */
  read(): string[];
  /** Answers the provider's id. */
  write(text: string): Promise<{ id: string }>;
  /** Taps what has this id in the newest message, or answers by the number of `title` where nothing can be tapped. */
  choose(id: string, title: string): Promise<{ id: string }>;
}

/** What the stand-ins of all providers have. */
export interface StandIn {
  /** Origin without a trailing slash. */
  url: string;
  /** Statuses that what it accepts gets by itself. */
  settings: { autoStatuses: string[] };
  faults: Pick<FaultQueue, 'next' | 'pending'>;
  requests(): RecordedRequest[];
  /** The provider's ids of what it accepted, oldest first. */
  accepted(): string[];
  /** How often a message of ours was accepted, where the provider keeps our id. */
  acceptedCountFor(messageId: string): number;
  postStatus(providerMessageId: string, status: string): unknown;
}

/** A provider with one account and one customer. */
export interface Provider {
  customer: Customer;
  externalId: string;
  /** Of the account, as the channel names them. */
  settings: Record<string, unknown>;
  /** Where the provider posts; without it: where the service told it to. */
  subscribe(webhookUrl: string): void;
  standIn: StandIn;
  close(): Promise<unknown>;
}

export interface ChannelUnderTest {
  channel: string;
  /** What becomes of a text with three buttons. */
  buttonsAs: OutboundKind;
  start(clock?: SandboxClock): Promise<Provider>;
}

const PHONE = '15550001111';
const NAME = 'Ana';
/** On Messenger and Instagram. */
const PERSON = '24681012141618';
/** Of a webhook that was set by hand. */
const HOOK_SECRET = 'a-secret-of-sunshine';

/** The text of a Cloud API body: of a text, or above buttons. */
function cloudText(body: JsonObject): string {
  const interactive = objectOf(body['interactive']);
  return textOf(objectOf(body['text'])['body']) ?? textOf(objectOf(interactive['body'])['text']) ?? '';
}

function onWhatsApp(sandbox: WhatsAppSandbox): Omit<Provider, 'externalId' | 'settings'> {
  const messages = () => sandbox.listReceivedMessages();
  return {
    customer: {
      read: () => messages().map(({ body }) => cloudText(body)),
      write: async (text) => await sandbox.customer.sends({ from: PHONE, name: NAME, text }),
      choose: async (choice) => await sandbox.customer.taps({ messageId: messages().at(-1)?.id ?? '', choice }),
    },
    subscribe: (webhookUrl) => sandbox.subscribe(webhookUrl),
    standIn: {
      ...sandbox,
      accepted: () => messages().map(({ id }) => id),
      postStatus: (id, status) => sandbox.postStatus(id, status as CloudStatus),
    },
    close: () => sandbox.close(),
  };
}

async function startWhatsApp(clock?: SandboxClock): Promise<Provider> {
  const sandbox = await startWhatsAppSandbox({ clock, throughputPerSecond: null });
  const { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken } = SANDBOX_DEFAULTS;
  const settings = { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken, baseUrl: sandbox.url };
  return { ...onWhatsApp(sandbox), externalId: phoneNumberId, settings };
}

async function startDialog360(clock?: SandboxClock): Promise<Provider> {
  const sandbox = await startDialog360Sandbox({ clock, throughputPerSecond: null });
  const settings = { ...DIALOG360_DEFAULTS, baseUrl: sandbox.url };
  return { ...onWhatsApp(sandbox), externalId: DIALOG360_DEFAULTS.phoneNumberId, settings };
}

/** The text of a body of the Messenger Platform: of a text, above buttons, or of a card. */
function metaText(body: JsonObject): string {
  const message = objectOf(body['message']);
  const payload = objectOf(objectOf(message['attachment'])['payload']);
  const [card] = listOf(payload['elements']).map(objectOf);
  return textOf(message['text']) ?? textOf(payload['text']) ?? textOf(card?.['title']) ?? '';
}

async function startMeta(platform: Platform, clock?: SandboxClock): Promise<Provider> {
  const sandbox = await startMetaSandbox({ clock });
  const { customer, listReceivedMessages: messages, subscribe } = sandbox[platform];
  const { appId, appSecret, pageId, pageAccessToken, igUserId } = META_DEFAULTS;
  const app = { appId, appSecret, pageId, baseUrl: sandbox.url };
  const instagram = { ...app, loginType: 'facebook', igUserId, accessToken: pageAccessToken };
  const isMessenger = platform === 'messenger';
  return {
    customer: {
      read: () => messages().map(({ body }) => metaText(body)),
      write: async (text) => await customer.sends({ from: PERSON, text }),
      choose: async (choice) => await customer.taps({ messageId: messages().at(-1)?.id ?? '', choice }),
    },
    externalId: isMessenger ? pageId : igUserId,
    settings: isMessenger ? { ...app, pageAccessToken } : instagram,
    subscribe,
    standIn: {
      ...sandbox,
      accepted: () => messages().map(({ id }) => id),
      postStatus: (id, status) => sandbox[platform].postStatus(id, status as MetaStatus),
    },
    close: () => sandbox.close(),
  };
}

/** The number before a choice in a text that lists them. */
function numberOf(title: string, text: string): string {
  const line = text.split('\n').find((each) => each.replace(/ – .*$/u, '').endsWith(`. ${title}`));
  if (line === undefined) throw new Error(`There is no choice '${title}' in: ${text}`);
  return line.slice(0, line.indexOf('.'));
}

async function startTwilio(line: Line, clock?: SandboxClock): Promise<Provider> {
  const sandbox = await startTwilioSandbox({ clock, line });
  const { accountSid, authToken, smsNumber, whatsappSender } = TWILIO_DEFAULTS;
  const from = line === 'sms' ? smsNumber : whatsappSender;
  const messages = () => sandbox.listReceivedMessages();
  const write = async (text: string) => await sandbox.customer.sends({ from: PHONE, name: NAME, text });
  return {
    customer: {
      read: () => messages().map(({ body, rendered }) => body || (textOf(rendered?.['body']) ?? '')),
      write,
      choose: async (choice, title) => {
        const newest = messages().at(-1);
        if (newest?.rendered !== undefined) return await sandbox.customer.taps({ messageId: newest.sid, choice });
        return await write(numberOf(title, newest?.body ?? ''));
      },
    },
    externalId: from,
    settings: { accountSid, authToken, from, baseUrl: sandbox.url },
    subscribe: (webhookUrl) => sandbox.subscribe(webhookUrl),
    standIn: { ...sandbox, accepted: () => messages().map(({ sid }) => sid) },
    close: () => sandbox.close(),
  };
}

async function startSendbird(clock?: SandboxClock): Promise<Provider> {
  const sandbox = await startSendbirdSandbox({ clock });
  const { applicationId, apiToken, senderId } = SENDBIRD_DEFAULTS;
  const messages = () => sandbox.listReceivedMessages();
  const write = async (text: string) => await sandbox.customer.sends({ from: PERSON, name: NAME, text });
  return {
    customer: {
      read: () => messages().map(({ message }) => message),
      write,
      choose: async (_id, title) => await write(numberOf(title, messages().at(-1)?.message ?? '')),
    },
    externalId: `${applicationId}/${senderId}`,
    settings: { applicationId, apiToken, webhookToken: apiToken, senderId, baseUrl: sandbox.url },
    subscribe: (webhookUrl) => sandbox.subscribe(webhookUrl),
    standIn: { ...sandbox, accepted: () => messages().map(({ id }) => String(id)) },
    close: () => sandbox.close(),
  };
}

async function startSunshine(clock?: SandboxClock): Promise<Provider> {
  const sandbox = await startSunshineSandbox({ clock });
  const { appId, keyId, secret, integrations } = SUNSHINE_DEFAULTS;
  const messages = () => sandbox.listReceivedMessages();
  return {
    customer: {
      read: () => messages().map(({ content }) => textOf(content['text']) ?? ''),
      write: async (text) => await sandbox.customer.sends({ from: PHONE, name: NAME, text }),
      choose: async (choice) => await sandbox.customer.taps({ messageId: messages().at(-1)?.id ?? '', choice }),
    },
    externalId: integrations.whatsapp,
    settings: {
      appId,
      keyId,
      secret,
      integrationId: integrations.whatsapp,
      baseUrl: sandbox.url,
      webhookSecret: HOOK_SECRET,
    },
    subscribe: (webhookUrl) => sandbox.subscribe(webhookUrl, HOOK_SECRET),
    standIn: { ...sandbox, accepted: () => messages().map(({ id }) => id) },
    close: () => sandbox.close(),
  };
}

export const CHANNELS: readonly ChannelUnderTest[] = [
  { channel: 'whatsapp', buttonsAs: 'buttons', start: startWhatsApp },
  { channel: 'messenger', buttonsAs: 'buttons', start: (clock) => startMeta('messenger', clock) },
  { channel: 'instagram', buttonsAs: 'buttons', start: (clock) => startMeta('instagram', clock) },
  { channel: 'dialog360', buttonsAs: 'buttons', start: startDialog360 },
  { channel: 'twilio_sms', buttonsAs: 'text', start: (clock) => startTwilio('sms', clock) },
  { channel: 'twilio_whatsapp', buttonsAs: 'buttons', start: (clock) => startTwilio('whatsapp', clock) },
  { channel: 'sendbird', buttonsAs: 'text', start: startSendbird },
  { channel: 'sunshine', buttonsAs: 'buttons', start: startSunshine },
];
