/** One message, one call; and what members see while an answer is written. */
import type { ConnectorIo } from '../../connectors/connector.ts';
import { SendError } from '../../core/errors.ts';
import type { OutgoingMessage, PresencePower, SendReceipt } from '../channel.ts';
import { compact, idOf, isObject, type JsonObject } from '../kit/json.ts';
import { stringsIn } from '../kit/scrub.ts';
import { pathSegment } from '../kit/path-segment.ts';
import { channelPath, sendbird, type SendbirdCall } from './call.ts';
import { instantIn } from './payloads.ts';
import { render } from './render.ts';
import type { SendbirdSettings } from './settings.ts';

/** Names that an error has to be able to name; everything else that was written stays out of it. */
const NAMES = new Set(['type', 'message_type', 'custom_type']);

/** Bots have a call of their own, which alone takes suggested replies; admin messages are nobody's. */
function callFor(thread: string, json: JsonObject, { senderType, senderId }: SendbirdSettings): SendbirdCall {
  if (senderType === 'bot' && json.message_type !== 'ADMM') {
    const path = `/bots/${pathSegment(senderId)}/send`;
    return { method: 'POST', path, json: { channel_url: thread, ...json } };
  }
  return { method: 'POST', path: channelPath(thread, '/messages'), json };
}

/** Reads the message in an answer: the whole of it, or its member `message` where a bot sent it. */
export function receiptIn(answer: JsonObject): SendReceipt | undefined {
  const message = isObject(answer.message) ? answer.message : answer;
  const providerMessageId = idOf(message.message_id);
  return providerMessageId === undefined
    ? undefined
    : compact({ providerMessageId, sentAt: instantIn(message.created_at) });
}

export async function send(
  message: OutgoingMessage,
  settings: SendbirdSettings,
  io: ConnectorIo,
): Promise<SendReceipt> {
  const call = callFor(message.thread, render(message, settings), settings);
  const answer = await sendbird({ ...call, said: stringsIn(message.content, NAMES) }, settings, io);
  const receipt = receiptIn(answer);
  if (receipt === undefined) {
    throw new SendError('uncertain', 'Sendbird accepted the request, but its answer names no message.');
  }
  return receipt;
}

/** Marks the thread as read for the sender; typing shows to the other members, and goes away by itself. */
export const presence: PresencePower<SendbirdSettings> = {
  async markRead({ thread }, typing, settings, io) {
    if (thread === undefined) {
      throw new SendError(
        'rejected',
        'Nobody knows in which channel this was said, and Sendbird marks channels as read.',
      );
    }
    const json = { user_id: settings.senderId };
    const path = channelPath(thread, '/messages/mark_as_read');
    await sendbird({ method: 'PUT', path, json, repeatable: true }, settings, io);
    if (typing === undefined) return;
    const method = typing ? 'POST' : 'DELETE';
    const typists = { user_ids: [settings.senderId] };
    await sendbird({ method, path: channelPath(thread, '/typing'), json: typists, repeatable: true }, settings, io);
  },
};
