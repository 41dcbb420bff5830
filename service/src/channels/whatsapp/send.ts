/** One message, one call. Never repeats: Meta has no idempotency key. */
import type { OutboundContent } from '../../../../contract/message.ts';
import { ParleyError, SendError } from '../../core/errors.ts';
import type { ChannelIo, OutgoingMessage, PresencePower, SendReceipt } from '../channel.ts';
import type { JsonObject } from '../kit/json.ts';
import { stringsIn } from '../kit/scrub.ts';
import { graph } from './graph.ts';
import { receiptOf } from './payloads.ts';
import { render } from './render.ts';
import type { WhatsAppSettings } from './settings.ts';

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

export async function send(message: OutgoingMessage, settings: WhatsAppSettings, io: ChannelIo): Promise<SendReceipt> {
  const json = bodyOf(message);
  const path = `${settings.phoneNumberId}/messages`;
  const answer = await graph({ method: 'POST', path, json, said: writtenIn(message.content) }, settings, io);
  const receipt = receiptOf(answer);
  if (receipt === undefined)
    throw new SendError('uncertain', 'Meta accepted the request but its answer names no message.');
  return receipt;
}

/** Marks this and every earlier message of the contact as read; "typing" goes away after 25 s or with the answer. */
export const presence: PresencePower<WhatsAppSettings> = {
  async markRead({ providerMessageId }, typing, settings, io) {
    const json = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: providerMessageId,
      ...(typing ? { typing_indicator: { type: 'text' } } : {}),
    };
    await graph({ method: 'POST', path: `${settings.phoneNumberId}/messages`, json }, settings, io);
  },
};
