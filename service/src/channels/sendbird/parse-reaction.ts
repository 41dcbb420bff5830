/** Reactions: what a user puts on a message, or takes from it. */
import { messageKey } from '../../core/ids.ts';
import type { ChannelEvent } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { compact, idOf, labelOf, objectOf } from '../kit/json.ts';
import { instantIn, personOf, userIdOf } from './payloads.ts';
import { isOwn } from './settings.ts';
import { unsupported, type Told } from './told.ts';

/** A reaction is any word of the app's choosing, mostly an emoji; one that is taken back is empty, as on every channel. */
export function reactionEvents(told: Told, isTaken: boolean): ChannelEvent[] {
  const { body, address, thread, settings } = told;
  const contact = personOf(body.user);
  const messageId = idOf(objectOf(body.message).message_id);
  const reaction = labelOf(body.reaction);
  if (contact === undefined || messageId === undefined || reaction === undefined || thread === undefined) {
    return [unsupported(told, 'a reaction of nobody, or to no message')];
  }
  if (isOwn(userIdOf(body.user), settings)) return [unsupported(told, 'a reaction of the business')];
  const at = instantIn(body.ts);
  const named = [userIdOf(body.user), messageId, reaction, isTaken, at ?? fingerprint(body)];
  const providerMessageId = `reaction:${fingerprint(named)}`;
  return [
    compact({
      ...{ type: 'message.received' as const, address, dedupeKey: messageKey(providerMessageId), at, contact, thread },
      ...{ raw: body, providerMessageId },
      content: { type: 'reaction' as const, messageId, emoji: isTaken ? '' : reaction },
    }),
  ];
}
