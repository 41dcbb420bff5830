import type { JsonObject } from '../kit/json.ts';
import type { Callback, Subscription } from '../kit/meta/graph.ts';
import { settingsFrom, worldFor, type StandInWorld } from '../kit/stand-in.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { PostedWebhooks } from '../kit/webhooks.ts';
import {
  DEFAULT_SETTINGS,
  SANDBOX_DEFAULTS,
  type PhoneNumberOptions,
  type SandboxSettings,
  type WhatsAppSandboxOptions,
} from './defaults.ts';

export interface PhoneNumber {
  id: string;
  displayPhoneNumber: string;
  verifiedName: string;
  override?: Callback;
  /** Start of the current service window per user id, milliseconds. */
  lastInboundAt: Map<string, number>;
  /** Instants of the messages of the last second, in and out. */
  recentTraffic: number[];
}

/** A WhatsApp user. `waId` is absent for a user who is known by the business-scoped id only. */
export interface WhatsAppUser {
  userId: string;
  waId?: string;
  name?: string;
  username?: string;
  hasStoppedMarketing: boolean;
}

/** A message that was accepted from the business. */
export interface AcceptedMessage {
  id: string;
  phoneNumberId: string;
  acceptedAt: number;
  to: WhatsAppUser;
  type: string;
  /** The body as the business sent it. */
  body: JsonObject;
  bizOpaqueCallbackData: string | undefined;
  templateCategory: string | undefined;
  /** Statuses posted so far. */
  statuses: string[];
}

/** A message that a customer sent. */
export interface InboundRecord {
  id: string;
  phoneNumberId: string;
  from: WhatsAppUser;
  type: string;
  at: number;
}

export interface ReadMark {
  messageId: string;
  phoneNumberId: string;
  isTyping: boolean;
  at: number;
}

export interface Template {
  id: string;
  name: string;
  language: string;
  category: string;
  status: string;
  parameterFormat: 'POSITIONAL' | 'NAMED';
  components: JsonObject[];
  rejectedReason: string;
  qualityScore: string;
  messageSendTtlSeconds?: number;
  lastEditedAt?: number;
}

export interface StoredMedia {
  id: string;
  mimeType: string;
  content: Buffer;
  filename?: string;
  /** Instant from which the id is unknown. */
  expiresAt: number;
}

export interface UploadSession {
  id: string;
  length: number;
  mimeType: string;
}

/** One element of `entry[].changes`. */
export interface WebhookChange {
  field: string;
  value: unknown;
}

/** Sends what happens to whoever is subscribed. */
export interface Webhooks extends PostedWebhooks {
  /** Posts one change; undefined when nobody is subscribed to it. */
  emit(change: WebhookChange, phoneNumberId?: string): WebhookDelivery | undefined;
  /** Posts several changes in one request, as Meta batches them. */
  emitTogether(changes: WebhookChange[], phoneNumberId?: string): WebhookDelivery | undefined;
  /** Posts any body, signed, to the app's callback (or `url`). */
  emitRaw(body: Buffer | object, url?: string): WebhookDelivery;
}

/** Everything a sandbox knows. One per sandbox; every part works on it. */
export interface World extends StandInWorld<SandboxSettings> {
  /** Origin that the URLs of files name; absent: the sandbox itself. */
  filesUrl?: string;
  numbers: Map<string, PhoneNumber>;
  users: WhatsAppUser[];
  /** Accepted messages by id, oldest first. */
  accepted: Map<string, AcceptedMessage>;
  inbound: Map<string, InboundRecord>;
  readMarks: ReadMark[];
  templates: Map<string, Template>;
  /** `name` → instant of deletion: an approved name is unusable for 30 days. */
  deletedTemplates: Map<string, number>;
  media: Map<string, StoredMedia>;
  /** Signed part of a media URL → what it gives until when. */
  mediaUrls: Map<string, { mediaId: string; expiresAt: number }>;
  uploads: Map<string, UploadSession>;
  /** Handles of finished resumable uploads. */
  handles: Map<string, string>;
  appSubscription?: Subscription | undefined;
  isAppSubscribedToWaba: boolean;
  wabaOverride?: Callback;
  webhooks: Webhooks;
}

const { phoneNumberId: id, displayPhoneNumber, verifiedName } = SANDBOX_DEFAULTS;

/** An empty world with its phone numbers; the webhooks are added by whoever starts it. */
export function createWorld(options: WhatsAppSandboxOptions): Omit<World, 'webhooks'> {
  const numbers = options.phoneNumbers ?? [{ id, displayPhoneNumber, verifiedName }];
  return {
    ...worldFor(settingsFrom(DEFAULT_SETTINGS, options), options),
    numbers: new Map(numbers.map((number) => [number.id, phoneNumber(number)])),
    users: [],
    accepted: new Map(),
    inbound: new Map(),
    readMarks: [],
    templates: new Map(),
    deletedTemplates: new Map(),
    media: new Map(),
    mediaUrls: new Map(),
    uploads: new Map(),
    handles: new Map(),
    isAppSubscribedToWaba: false,
  };
}

function phoneNumber({ id, displayPhoneNumber, verifiedName = 'Sandbox' }: PhoneNumberOptions): PhoneNumber {
  return {
    id,
    displayPhoneNumber,
    verifiedName,
    lastInboundAt: new Map(),
    recentTraffic: [],
  };
}

/** A numeric object id, as Graph objects have. */
export function numericId(world: Pick<World, 'newId'>): string {
  const hex = world.newId().replace(/[^0-9a-f]/gi, '');
  return String(1_000_000_000_000_000n + BigInt(`0x${hex.slice(-12) || '1'}`));
}
