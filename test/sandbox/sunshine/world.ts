import type { JsonObject } from '../kit/json.ts';
import { settingsFrom, worldFor, type StandInWorld } from '../kit/stand-in.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { PostedWebhooks } from '../kit/webhooks.ts';
import {
  DEFAULT_SETTINGS,
  SUNSHINE_DEFAULTS,
  type SunshineSandboxOptions,
  type SunshineSandboxSettings,
} from './defaults.ts';

export interface User {
  id: string;
  externalId: string | undefined;
  name: string;
  metadata: JsonObject;
}

/** A message, whoever said it. */
export interface SandboxMessage {
  id: string;
  conversationId: string;
  receivedAt: number;
  author: JsonObject;
  content: JsonObject;
  source: JsonObject;
  metadata: JsonObject;
  /** Came by the API. */
  isOwn: boolean;
  /** Everything that was sent. */
  body: JsonObject;
}

export interface Conversation {
  id: string;
  type: 'personal' | 'sdkGroup';
  userIds: string[];
  /** The channel that it is on. */
  surface: string;
  messages: SandboxMessage[];
  active: JsonObject | undefined;
  pending: JsonObject | undefined;
}

export interface Webhook {
  id: string;
  target: string;
  triggers: string[];
  secret: string;
}

export interface Integration {
  id: string;
  type: string;
  displayName: string;
  status: string;
  webhooks: Webhook[];
}

/** Posts what happens to every webhook that is set for it. */
export interface Webhooks extends PostedWebhooks {
  post(type: string, payload: JsonObject): WebhookDelivery | undefined;
}

/** Everything a sandbox knows. One per sandbox; every part works on it. */
export interface World extends StandInWorld<SunshineSandboxSettings> {
  users: Map<string, User>;
  conversations: Map<string, Conversation>;
  integrations: Map<string, Integration>;
  files: Map<string, { mimeType: string; content: Buffer }>;
  activities: { conversationId: string; type: string }[];
  notifications: JsonObject[];
  webhooks: Webhooks;
}

/** A new id: 24 hex digits. */
export function newHex(world: Pick<World, 'newId'>): string {
  return world
    .newId()
    .replace(/[^0-9a-f]/gi, '')
    .toLowerCase()
    .padStart(24, '0')
    .slice(-24);
}

export function messageIn(
  world: World,
  id: string,
): { message: SandboxMessage; conversation: Conversation } | undefined {
  for (const conversation of world.conversations.values()) {
    const message = conversation.messages.find((one) => one.id === id);
    if (message !== undefined) return { message, conversation };
  }
  return undefined;
}

/** An app with its channels' integrations; the webhooks are added by whoever starts it. */
export function createWorld(options: SunshineSandboxOptions): Omit<World, 'webhooks'> {
  const integrations = Object.entries(SUNSHINE_DEFAULTS.integrations).map(([type, id]): [string, Integration] => [
    id,
    { id, type, displayName: type, status: 'active', webhooks: [] },
  ]);
  return {
    ...worldFor(settingsFrom(DEFAULT_SETTINGS, options), options),
    ...{ users: new Map(), conversations: new Map(), files: new Map(), activities: [], notifications: [] },
    integrations: new Map(integrations),
  };
}
