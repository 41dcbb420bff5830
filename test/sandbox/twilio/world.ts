import type { JsonObject } from '../kit/json.ts';
import { settingsFrom, worldFor, type StandInWorld } from '../kit/stand-in.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { PostedWebhooks } from '../kit/webhooks.ts';
import {
  DEFAULT_SETTINGS,
  TWILIO_DEFAULTS,
  type Line,
  type TwilioSandboxOptions,
  type TwilioSandboxSettings,
} from './defaults.ts';

/** A number or short code for SMS. */
export interface SmsNumber {
  sid: string;
  address: string;
  smsUrl: string;
  smsMethod: string;
  smsApplicationSid: string;
}

export interface WhatsAppSender {
  sid: string;
  address: string;
  status: string;
  callbackUrl: string;
  callbackMethod: string;
}

export interface MessagingService {
  sid: string;
  inboundUrl: string;
  usesInboundWebhookOnNumber: boolean;
  /** Addresses of its senders, as Twilio writes them. */
  senders: string[];
}

/** A message of either direction. */
export interface SandboxMessage {
  sid: string;
  direction: 'inbound' | 'outbound-api';
  line: Line;
  /** As Twilio writes them, `whatsapp:+…`. */
  to: string;
  from: string;
  messagingServiceSid: string | null;
  body: string;
  media: string[];
  status: string;
  errorCode: number | null;
  createdAt: number;
  sentAt?: number;
  statusCallback?: string;
  content?: StoredContent;
  /** What a content became: the members of its richest type, filled in. */
  rendered?: JsonObject;
  /** Every parameter as it came. */
  params: Record<string, string[]>;
  /** Statuses posted so far. */
  statuses: string[];
}

export interface StoredContent {
  sid: string;
  friendlyName: string;
  language: string;
  variables: JsonObject;
  types: JsonObject;
  createdAt: number;
  approval: { name: string; category: string; status: string; rejection_reason: string };
}

export interface StoredMedia {
  sid: string;
  messageSid: string;
  mimeType: string;
  content: Buffer;
  misses: number;
}

export interface ReadMark {
  messageSid: string;
  at: number;
}

export type Form = Record<string, string>;

/** Sends what happens to the URLs that are configured. */
export interface Webhooks extends PostedWebhooks {
  post(url: string, form: Form): WebhookDelivery;
}

/** Everything a sandbox knows. One per sandbox; every part works on it. */
export interface World extends StandInWorld<TwilioSandboxSettings> {
  /** Origin of the storage that files are on; set once it listens. */
  storageUrl: string;
  numbers: SmsNumber[];
  senders: WhatsAppSender[];
  services: MessagingService[];
  /** Oldest first. */
  messages: Map<string, SandboxMessage>;
  contents: Map<string, StoredContent>;
  media: Map<string, StoredMedia>;
  readMarks: ReadMark[];
  /** `from|to` of the business and the person, when the person last wrote. */
  heardAt: Map<string, number>;
  optedOut: Set<string>;
  names: Map<string, string>;
  recentSends: number[];
  webhooks: Webhooks;
}

/** A new SID: two letters and 32 hex digits. */
export function newSid(world: Pick<World, 'newId'>, prefix: string): string {
  const hex = world
    .newId()
    .replace(/[^0-9a-f]/gi, '')
    .toLowerCase();
  return `${prefix}${hex.padStart(32, '0').slice(-32)}`;
}

/** An empty world with its senders; the webhooks are added by whoever starts it. */
export function createWorld(options: TwilioSandboxOptions): Omit<World, 'webhooks'> {
  const { webhookUrl = '' } = options;
  const { smsNumber, shortCode, whatsappSender, messagingServiceSid } = TWILIO_DEFAULTS;
  const number = (address: string, sid: string): SmsNumber => ({
    ...{ sid, address, smsUrl: webhookUrl, smsMethod: 'POST', smsApplicationSid: '' },
  });
  return {
    ...worldFor(settingsFrom(DEFAULT_SETTINGS, options), options),
    storageUrl: '',
    numbers: [
      number(smsNumber, 'PN00000000000000000000000000000001'),
      number(shortCode, 'SC00000000000000000000000000000001'),
    ],
    senders: [
      {
        sid: 'XE00000000000000000000000000000001',
        address: `whatsapp:${whatsappSender}`,
        status: 'ONLINE',
        callbackUrl: webhookUrl,
        callbackMethod: 'POST',
      },
    ],
    services: [
      {
        sid: messagingServiceSid,
        inboundUrl: '',
        usesInboundWebhookOnNumber: true,
        senders: [smsNumber, `whatsapp:${whatsappSender}`],
      },
    ],
    messages: new Map(),
    contents: new Map(),
    media: new Map(),
    readMarks: [],
    heardAt: new Map(),
    optedOut: new Set(),
    names: new Map(),
    recentSends: [],
  };
}
