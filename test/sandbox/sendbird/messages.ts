import type { Call } from '../kit/api.ts';
import type { HttpReply } from '../kit/http-server.ts';
import { listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import * as s from '../kit/schema.ts';
import { refuse } from './errors.ts';
import { messageEvent, messageResource } from './resources.ts';
import type { GroupChannel, SandboxMessage, World } from './world.ts';

const META = s.object({ key: s.text(128), value: s.list(s.text(128), 1, 10) });
const COMMON = {
  user_id: s.optional(s.text(80)),
  message_type: s.oneOf('MESG', 'FILE', 'ADMM'),
  custom_type: s.optional(s.text(128, 0)),
  data: s.optional(s.text(60_000, 0)),
  dedup_id: s.optional(s.text(80)),
  is_silent: s.optional(s.boolean),
  send_push: s.optional(s.boolean),
  mark_as_read: s.optional(s.boolean),
  mention_type: s.optional(s.oneOf('users', 'channel')),
  mentioned_user_ids: s.optional(s.list(s.text(80), 0, 100)),
  sorted_metaarray: s.optional(s.list(META, 0, 5)),
  created_at: s.optional(s.number(0, 8.64e15)),
};

/** A text's length is checked by the channel's own setting. */
const SAID = s.choose('message_type', {
  MESG: s.object({ ...COMMON, message: s.text(1_000_000) }),
  ADMM: s.object({ ...COMMON, message: s.text(1_000_000) }),
  FILE: s.object({
    ...COMMON,
    url: s.url(),
    file_name: s.optional(s.text(255)),
    file_size: s.optional(s.number(0, 1e9)),
    file_type: s.optional(s.text(100)),
    require_auth: s.optional(s.boolean),
  }),
});
export const MESSAGE = SAID;

const REPLIES = s.open({ suggested_replies: s.optional(s.list(s.text(100), 1, 20)) });
const BOT_COMMON = { ...COMMON, channel_url: s.text(255), extended_message_payload: s.optional(REPLIES) };
export const BOT_MESSAGE = s.choose('message_type', {
  MESG: s.object({ ...BOT_COMMON, message: s.text(1_000_000) }),
  FILE: s.object({ ...BOT_COMMON, url: s.url(), file_name: s.optional(s.text(255)) }),
});

/** Finds the channel, which the sender has to be a member of, and where it may write. */
function channelFor(world: World, url: string, userId: string | undefined): GroupChannel {
  const channel = world.channels.get(url);
  if (channel === undefined) throw refuse(400201, 'Channel');
  if (channel.isFrozen) throw refuse(900050);
  if (userId === undefined) return channel;
  if (!channel.members.has(userId)) throw refuse(900020);
  const others = [...channel.members].filter((id) => id !== userId);
  const isBlocked = others.length === 1 && world.users.get(others[0] as string)?.blocks.has(userId);
  if (isBlocked) throw refuse(900080);
  return channel;
}

const nameOf = (url: string): string => new URL(url).pathname.split('/').at(-1) ?? '';

/** Takes a message into its channel. */
export function keep(
  world: World,
  channel: GroupChannel,
  said: Omit<SandboxMessage, 'id' | 'channelUrl' | 'createdAt'>,
) {
  world.lastMessageId += 1;
  const message = { ...said, id: world.lastMessageId, channelUrl: channel.url, createdAt: world.clock.now() };
  channel.messages.push(message);
  world.changes.notify();
  return message;
}

/** A repeat with the same `dedup_id` makes no second message. */
function send(world: World, url: string, userId: string | undefined, fields: JsonObject): SandboxMessage {
  const text = textOf(fields['message']) ?? '';
  if (text.length > world.settings.maxTextLength) throw refuse(400110, 'message');
  const channel = channelFor(world, url, userId);
  const dedupId = textOf(fields['dedup_id']);
  const before = dedupId && channel.messages.find((message) => message.isOwn && message.dedupId === dedupId);
  if (before) return before;
  const link = textOf(fields['url']);
  const file = link ? { url: link, name: textOf(fields['file_name']) ?? nameOf(link), type: '' } : undefined;
  const extended = objectOf(fields['extended_message_payload']);
  const message = keep(world, channel, {
    ...{ type: fields['message_type'] as SandboxMessage['type'], userId, message: text, file, dedupId, isOwn: true },
    ...{ customType: textOf(fields['custom_type']) ?? '', data: textOf(fields['data']) ?? '', parentId: undefined },
    metaArray: listOf(fields['sorted_metaarray']),
    suggestedReplies: listOf(extended['suggested_replies']).map(String),
  });
  const event = messageEvent(world, channel, message);
  setImmediate(() => void world.webhooks.post(event));
  return message;
}

/** A user, or nobody where it is an admin message, writes in a channel. */
export function sendByUser({ world, params, fields }: Call<World>): HttpReply {
  const isAdmin = fields['message_type'] === 'ADMM';
  const userId = textOf(fields['user_id']);
  if (!isAdmin && userId === undefined) throw refuse(400105, 'user_id');
  if (userId !== undefined && !world.users.has(userId)) throw refuse(400201, 'User');
  const message = send(world, params['url'] ?? '', isAdmin ? undefined : userId, fields);
  return { status: 200, body: messageResource(world, message) };
}

/** A bot writes; only users that were made as bots are some. */
export function sendByBot({ world, params, fields }: Call<World>): HttpReply {
  const bot = world.users.get(params['id'] ?? '');
  if (bot?.isBot !== true) throw refuse(400201, 'Bot');
  const message = send(world, String(fields['channel_url']), bot.userId, fields);
  return { status: 200, body: { message: messageResource(world, message) } };
}

/** The messages around an instant, the oldest first. */
export function listMessages({ world, params, fields }: Call<World>): HttpReply {
  const channel = world.channels.get(params['url'] ?? '');
  if (channel === undefined) throw refuse(400201, 'Channel');
  if (fields['message_ts'] === undefined && fields['message_id'] === undefined) throw refuse(400105, 'message_ts');
  const at = Number(fields['message_ts']);
  const limit = (name: string) => Math.min(200, Number(fields[name] ?? 15));
  const before = channel.messages.filter(({ createdAt }) => createdAt < at);
  const after = channel.messages.filter(({ createdAt }) => createdAt >= at);
  const prev = limit('prev_limit');
  const shown = [...(prev > 0 ? before.slice(-prev) : []), ...after.slice(0, limit('next_limit'))];
  const withMeta = fields['with_sorted_meta_array'] === 'true';
  return { status: 200, body: { messages: shown.map((message) => messageResource(world, message, withMeta)) } };
}
