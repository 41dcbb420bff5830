/** What only Sendbird has, called by name. */
import { z } from 'zod';
import { SendError } from '../../core/errors.ts';
import type { ChannelAction } from '../channel.ts';
import { compact, idOf, objectsOf } from '../kit/json.ts';
import { channelPath, sendbird } from './call.ts';
import { userIdOf } from './payloads.ts';
import type { SendbirdSettings } from './settings.ts';

type Action = ChannelAction<SendbirdSettings>;

const userId = z.string().regex(/^\S{1,80}$/, 'must be a user ID: up to 80 characters, no spaces');
const thread = z.string().min(1).max(255);

const openInput = z.strictObject({
  userIds: z.array(userId).min(1).max(99),
  name: z.string().max(191).optional(),
  customType: z.string().max(128).optional(),
  data: z.string().max(4000).optional(),
  /** Makes a new channel though there is one with the same members. */
  anew: z.boolean().optional(),
});

/** Opens a channel with users, or finds the one that these very members have: the thread to write in. */
const openThread: Action = {
  input: openInput,
  changes: true,
  async run(input, settings, io) {
    const { userIds, name, customType, data, anew = false } = openInput.parse(input);
    const user_ids = [...new Set([settings.senderId, ...userIds])];
    const json = compact({ user_ids, name, custom_type: customType, data, is_distinct: !anew, strict: true });
    const answer = await sendbird({ method: 'POST', path: '/group_channels', json, repeatable: !anew }, settings, io);
    const url = idOf(answer.channel_url);
    if (url === undefined) throw new SendError('rejected', 'Sendbird made the channel, but its answer has no URL.');
    return { thread: url, isNew: answer.is_created !== false };
  },
};

const inviteInput = z.strictObject({ thread, userIds: z.array(userId).min(1).max(99) });

const inviteMembers: Action = {
  input: inviteInput,
  changes: true,
  async run(input, settings, io) {
    const { thread: url, userIds } = inviteInput.parse(input);
    const json = { user_ids: userIds, inviter_id: settings.senderId };
    await sendbird({ method: 'POST', path: channelPath(url, '/invite'), json, repeatable: true }, settings, io);
    return { invited: userIds };
  },
};

const listInput = z.strictObject({ thread, after: z.string().max(500).optional() });

const listMembers: Action = {
  input: listInput,
  changes: false,
  async run(input, settings, io) {
    const { thread: url, after } = listInput.parse(input);
    const query = { limit: 100, token: after };
    const answer = await sendbird({ method: 'GET', path: channelPath(url, '/members'), query }, settings, io);
    const members = objectsOf(answer.members).flatMap((member) => {
      const id = userIdOf(member);
      return id === undefined ? [] : [compact({ userId: id, name: idOf(member.nickname), state: idOf(member.state) })];
    });
    return compact({ members, next: idOf(answer.next) });
  },
};

export const actions: Readonly<Record<string, Action>> = {
  'thread.open': openThread,
  'member.invite': inviteMembers,
  'member.list': listMembers,
};
