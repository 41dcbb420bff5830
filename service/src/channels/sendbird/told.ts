/** One webhook, as each of its readers gets it. */
import type { ChannelEvent } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { compact, idOf, labelOf, objectOf, objectsOf, type JsonObject } from '../kit/json.ts';
import { userIdOf } from './payloads.ts';
import { ANY_SENDER, type SendbirdSettings } from './settings.ts';

/** One webhook, and what each reader needs of it. */
export interface Told {
  body: JsonObject;
  category: string;
  thread: string | undefined;
  /** Whoever is named, those who may be a sender of the business among them. */
  address: string[];
  /** Of the account that it is for. */
  settings: SendbirdSettings;
}

/** A channel of the largest kind that tells its members has this many; what is named beyond is not looked for. */
const MAX_NAMED = 100;

/** Reads who blocks, or no longer does: `user:unblock` has names of its own (page "User", `unblocker` and `unblockee`). */
export const blockerIn = ({ blocker, unblocker }: JsonObject): unknown => unblocker ?? blocker;

/** Reads who is blocked, or no longer is. */
export const blockeeIn = ({ blockee, unblockee }: JsonObject): unknown => unblockee ?? blockee;

/** Lists everybody who may be the account's sender: who said or suffers it first, then the members. */
export function namedIn(body: JsonObject): string[] {
  const { sender, user, bot, inviter, members } = body;
  const botId = idOf(objectOf(bot).bot_userid);
  const first = [userIdOf(sender), userIdOf(user), botId, userIdOf(blockeeIn(body)), userIdOf(inviter)];
  const all = [...first, ...objectsOf(members).slice(0, MAX_NAMED).map(userIdOf)];
  return [...new Set([...all.filter((id) => id !== undefined), ANY_SENDER])];
}

export function unsupported({ address, thread, body }: Told, reason: string): ChannelEvent {
  const dedupeKey = `unsupported:${fingerprint(body)}`;
  const groupId = labelOf(thread);
  return { type: 'unsupported', address, dedupeKey, raw: body, data: compact({ reason, groupId }) };
}

/** The URL of the channel, which is the thread. */
export const threadIn = (body: JsonObject): string | undefined => idOf(objectOf(body.channel).channel_url);
