import { SENDBIRD_DEFAULTS } from './defaults.ts';
import type { JsonObject } from '../kit/json.ts';
import { userOf, type GroupChannel, type SandboxMessage, type User, type World } from './world.ts';

export function userResource({ userId, nickname, metadata }: User): JsonObject {
  return { user_id: userId, nickname, profile_url: '', metadata };
}

function fileResource({ file }: SandboxMessage): JsonObject {
  if (file === undefined) return {};
  return { url: file.url, name: file.name, type: file.type, size: 1, require_auth: true };
}

/** A message as the API shows it; with its meta array where that is asked for. */
export function messageResource(world: World, message: SandboxMessage, withMeta = true): JsonObject {
  const { id, channelUrl, type, userId, customType, data, metaArray, createdAt } = message;
  return {
    ...{ message_id: id, type, channel_url: channelUrl, channel_type: 'group_channels', message: message.message },
    ...(userId !== undefined && { user: userResource(userOf(world, userId)) }),
    ...{ custom_type: customType, data, mention_type: 'users', mentioned_users: [], translations: {} },
    ...{ file: fileResource(message), is_removed: false, created_at: createdAt, updated_at: 0 },
    ...(withMeta && { sorted_metaarray: metaArray }),
  };
}

export function channelResource(world: World, channel: GroupChannel): JsonObject {
  const { url, name, customType, isDistinct, isFrozen, members } = channel;
  return {
    ...{ channel_url: url, name, custom_type: customType, data: '', is_distinct: isDistinct, freeze: isFrozen },
    ...{ is_super: false, member_count: members.size, members: membersOf(world, channel) },
  };
}

function membersOf(world: World, { members }: GroupChannel): JsonObject[] {
  return [...members].map((id) => ({ ...userResource(userOf(world, id)), state: 'joined', is_active: true }));
}

/** What every webhook about a channel tells. */
export function frameOf(world: World, channel: GroupChannel, category: string): JsonObject {
  const { url, name, customType, isDistinct } = channel;
  return {
    ...{ category: `group_channel:${category}`, app_id: SENDBIRD_DEFAULTS.applicationId },
    ...(world.settings.includesMembers && { members: membersOf(world, channel) }),
    channel: {
      ...{ name, channel_url: url, custom_type: customType, is_distinct: isDistinct, is_public: false },
      ...{ is_super: false, is_ephemeral: false, is_discoverable: false, data: '' },
    },
  };
}

/** The webhook that tells of a message. */
export function messageEvent(world: World, channel: GroupChannel, message: SandboxMessage): JsonObject {
  const { id, type, userId, customType, data, file, parentId, createdAt, metaArray } = message;
  const shown = file
    ? { url: file.url, filename: file.name, content_type: file.type, filesize: 1, thumbnails: [], require_auth: true }
    : { message: message.message, translations: {} };
  return {
    ...frameOf(world, channel, 'message_send'),
    ...(userId !== undefined && { sender: userResource(userOf(world, userId)) }),
    ...{ silent: false, sender_ip_addr: '203.0.113.7', custom_type: customType, mention_type: 'users' },
    ...{ mentioned_users: [], type, sdk: message.isOwn ? 'API' : 'iOS' },
    ...(world.settings.tellsMetaArray && { sorted_metaarray: metaArray }),
    payload: {
      ...{ message_id: id, custom_type: customType, ...shown, data, created_at: createdAt },
      ...(parentId !== undefined && { parent_message_id: parentId }),
    },
  };
}
