/** What the people's side of a Messenger or Instagram sandbox needs of its world; what the Graph API needs besides is the world's own. */
import type { ChangeSignal } from '../kit/change-signal.ts';
import type { SandboxClock } from '../kit/clock.ts';
import type { JsonObject } from '../kit/json.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { PostedWebhooks } from '../kit/webhooks.ts';

export type Platform = 'messenger' | 'instagram';
export type StatusName = 'sent' | 'delivered' | 'read';

export interface CustomerSettings {
  appId: string;
  appSecret: string;
  /** The Page's id, or the professional Instagram account's: what `entry.id` and `recipient.id` say. */
  accountId: string;
  /** The inbox in which people answer. */
  inboxAppId: string;
  /** Statuses an accepted message gets by itself; `sent` is its echo. Instagram has no `delivered`. */
  autoStatuses: StatusName[];
  /** How they are posted: each after the one before, back to front, or all at once. */
  statusOrder: 'in_order' | 'reversed' | 'concurrent';
  /** Deliveries name the messages; else they have a watermark only. */
  namesDelivered: boolean;
}

/** A person as the account knows them. */
export interface Person {
  id: string;
  /** When they last did something that opens the standard window. */
  actedAt?: number;
  /** When they last came from an ad. */
  adAt?: number;
}

/** A message that was accepted from the business. */
export interface AcceptedMessage {
  id: string;
  acceptedAt: number;
  /** Id of the person. */
  to: string;
  /** The request's body as the business sent it. */
  body: JsonObject;
  /** Statuses posted so far. */
  statuses: StatusName[];
}

/** A message that a person sent, for what may refer to it. */
export interface InboundRecord {
  id: string;
  from: string;
  at: number;
  isDeleted?: boolean;
}

/** A file that a person sent, as the content network serves it. */
export interface SentFile {
  mimeType: string;
  content: Buffer;
}

/** Sends what happens to whoever is subscribed. */
export interface Webhooks extends PostedWebhooks {
  /** Posts one element of `messaging[]`, or of `standby[]`; undefined when nobody is subscribed to it. */
  emit(element: JsonObject, list?: 'messaging' | 'standby'): WebhookDelivery | undefined;
  /** Posts several in one request. */
  emitTogether(elements: JsonObject[], list?: 'messaging' | 'standby'): WebhookDelivery | undefined;
  /** Posts one element of `changes[]`. */
  emitChange(change: { field: string; value: unknown }): WebhookDelivery | undefined;
  /** Posts any body, signed, to the callback of `messages` (or `url`). */
  emitRaw(body: Buffer | object, url?: string): WebhookDelivery;
}

export interface CustomerWorld {
  platform: Platform;
  settings: CustomerSettings;
  clock: SandboxClock;
  newId: () => string;
  /** Origin of the sandbox. */
  url: string;
  people: Map<string, Person>;
  /** Accepted messages by id, oldest first. */
  accepted: Map<string, AcceptedMessage>;
  inbound: Map<string, InboundRecord>;
  /** Files of people by the last part of their URL. */
  files: Map<string, SentFile>;
  /** App that owns a person's thread; none: it is idle, and ours answers. */
  threadOwners: Map<string, string>;
  changes: ChangeSignal;
  webhooks: Webhooks;
  /** Where events of a webhook field go; undefined: nobody is subscribed to it. */
  callbackFor(field: string): string | undefined;
}

/** A person, known from now on. */
export function personOf(world: Pick<CustomerWorld, 'people'>, id: string): Person {
  const known = world.people.get(id) ?? { id };
  world.people.set(id, known);
  return known;
}

/** The person did something that the rules count (pages "Policy and usage guidelines", "Messaging window"). */
export function acts(world: CustomerWorld, id: string, isFromAd = false): void {
  const person = personOf(world, id);
  person.actedAt = world.clock.now();
  if (isFromAd) person.adAt = world.clock.now();
}

/** An id as Meta makes them. */
export function newMessageId(world: Pick<CustomerWorld, 'platform' | 'newId'>): string {
  const unique = Buffer.from(world.newId()).toString('base64url');
  return world.platform === 'messenger' ? `m_${unique}` : `aWdf${unique}`;
}
