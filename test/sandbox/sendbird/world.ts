import type { JsonObject } from '../kit/json.ts';
import { settingsFrom, worldFor, type StandInWorld } from '../kit/stand-in.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { PostedWebhooks } from '../kit/webhooks.ts';
import {
  DEFAULT_SETTINGS,
  SENDBIRD_DEFAULTS,
  type SendbirdSandboxOptions,
  type SendbirdSandboxSettings,
} from './defaults.ts';

/** A user of the application; a bot is one, too. */
export interface User {
  userId: string;
  nickname: string;
  isBot: boolean;
  metadata: Record<string, string>;
  /** Those whom the user blocks. */
  blocks: Set<string>;
}

/** A message, whoever sent it. */
export interface SandboxMessage {
  id: number;
  channelUrl: string;
  type: 'MESG' | 'FILE' | 'ADMM';
  /** Of an admin message nobody. */
  userId: string | undefined;
  message: string;
  customType: string;
  data: string;
  file: { url: string; name: string; type: string } | undefined;
  metaArray: unknown[];
  dedupId: string | undefined;
  suggestedReplies: string[];
  parentId: number | undefined;
  createdAt: number;
  /** Came by the API, so the business sent it. */
  isOwn: boolean;
}

export interface GroupChannel {
  url: string;
  name: string;
  customType: string;
  isDistinct: boolean;
  isFrozen: boolean;
  members: Set<string>;
  messages: SandboxMessage[];
}

/** Posts what happens to the URL of the application. */
export interface Webhooks extends PostedWebhooks {
  post(event: JsonObject): WebhookDelivery | undefined;
  url: string;
}

/** Everything a sandbox knows. One per sandbox; every part works on it. */
export interface World extends StandInWorld<SendbirdSandboxSettings> {
  users: Map<string, User>;
  channels: Map<string, GroupChannel>;
  files: Map<string, { mimeType: string; content: Buffer }>;
  readMarks: { channelUrl: string; userId: string }[];
  typing: { channelUrl: string; userIds: unknown; isTyping: boolean }[];
  lastMessageId: number;
  webhooks: Webhooks;
}

/** The user, who appears when first named, as apps make them. */
export function userOf(world: Pick<World, 'users'>, userId: string, nickname = userId): User {
  const known = world.users.get(userId);
  if (known !== undefined) return known;
  const user = { userId, nickname, isBot: false, metadata: {}, blocks: new Set<string>() };
  world.users.set(userId, user);
  return user;
}

/** The channel of this URL, which appears with these members when first named. */
export function channelOf(world: World, url: string, members: readonly string[]): GroupChannel {
  const known = world.channels.get(url);
  if (known !== undefined) return known;
  const channel: GroupChannel = {
    ...{ url, name: 'Support', customType: 'support', isDistinct: false, isFrozen: false },
    ...{ members: new Set(members), messages: [] },
  };
  world.channels.set(url, channel);
  return channel;
}

/** The message with this id. */
export function messageOf(world: Pick<World, 'channels'>, id: string): SandboxMessage | undefined {
  const all = [...world.channels.values()].flatMap(({ messages }) => messages);
  return all.find((message) => String(message.id) === id);
}

/** An application with its sender and its bot; the webhooks are added by whoever starts it. */
export function createWorld(options: SendbirdSandboxOptions): Omit<World, 'webhooks'> {
  const world = {
    ...worldFor(settingsFrom(DEFAULT_SETTINGS, options), options),
    users: new Map<string, User>(),
    channels: new Map<string, GroupChannel>(),
    files: new Map<string, { mimeType: string; content: Buffer }>(),
    ...{ readMarks: [], typing: [], lastMessageId: 238_303_376 },
  };
  userOf(world, SENDBIRD_DEFAULTS.senderId, 'Assistant');
  userOf(world, SENDBIRD_DEFAULTS.botId, 'Assistant').isBot = true;
  return world;
}
