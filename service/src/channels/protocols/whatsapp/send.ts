/** One message, one call, whoever passes it on to Meta. Never repeats: there is no idempotency key. */
import type { OutboundContent } from '../../../../../contract/message.ts';
import { ParleyError, SendError } from '../../../core/errors.ts';
import type { OutgoingMessage, SendReceipt } from '../../channel.ts';
import type { JsonObject } from '../../kit/json.ts';
import { stringsIn } from '../../kit/scrub.ts';
import { receiptOf } from './payloads.ts';
import { render } from './render.ts';

/** Names and ids that an error has to be able to name; everything else that was written stays out of it. */
const IDS = [
  'type',
  'mediaId',
  'catalogId',
  'productId',
  'formId',
  'messageId',
  'messaging_product',
  'sub_type',
  'index',
];
const TEMPLATE_NAMES = ['name', 'language', 'policy', 'code'];

function writtenIn(content: OutboundContent): string[] {
  if (content.type === 'template') return stringsIn({ ...content, name: '', language: '' }, new Set(IDS));
  return stringsIn(content, new Set(content.type === 'native' ? [...IDS, ...TEMPLATE_NAMES] : IDS));
}

function bodyOf(message: OutgoingMessage): JsonObject {
  try {
    return render(message);
  } catch (error) {
    if (error instanceof ParleyError) throw new SendError('invalid', error.message);
    throw error;
  }
}

/** Posts a body to the provider's messages; `said` is what must not stand in an error. */
export type PostMessage = (call: { json: JsonObject; said: readonly string[] }) => Promise<JsonObject>;

/** Throws `SendError`. */
export async function sendMessage(message: OutgoingMessage, post: PostMessage): Promise<SendReceipt> {
  const receipt = receiptOf(await post({ json: bodyOf(message), said: writtenIn(message.content) }));
  if (receipt !== undefined) return receipt;
  throw new SendError('uncertain', 'Meta accepted the request but its answer names no message.');
}

/** Marks this and every earlier message of the contact as read; "typing" goes away after 25 s or with the answer. */
export function readMark(messageId: string, typing: boolean | undefined): JsonObject {
  return {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: messageId,
    ...(typing ? { typing_indicator: { type: 'text' } } : {}),
  };
}
