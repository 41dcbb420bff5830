/** Recipients, and the body of `POST /{phoneNumberId}/messages`. */
import { ParleyError } from '../../../core/errors.ts';
import type { OutgoingMessage } from '../../channel.ts';
import { compact, type JsonObject } from '../../kit/json.ts';
import { readNumber, type NumberSettings } from '../../kit/phone-number.ts';
import { BSUID, phone, userId } from './identity.ts';
import { renderContent } from './render-content.ts';

/** A phone number in any common writing, or a business-scoped user id. */
export function recipient(to: string, { defaultCountry }: NumberSettings) {
  const text = to.trim();
  if (BSUID.test(text)) return userId(text);
  const read = readNumber(text, defaultCountry, phone);
  if (read !== undefined) return read;
  const expected = 'a phone number with country code like +15550001111, or a user id like US.13491208655302741918';
  throw new ParleyError(400, 'invalid_recipient', `The recipient is not valid. Expected ${expected}.`);
}

type Said = Pick<OutgoingMessage, 'id' | 'to' | 'content' | 'replyToProviderId'>;

/**
 * The whole body. `biz_opaque_callback_data` is our message id: statuses repeat it, which settles sends whose answer was lost.
 * A `native` body keeps its own members except the product, the recipient and that id. Reactions quote nothing.
 */
export function render({ id, to, content, replyToProviderId }: Said): JsonObject {
  const isUserId = to.kind === 'user_id';
  const said = renderContent(content);
  const canQuote = replyToProviderId !== undefined && said.type !== 'reaction';
  return compact({
    ...said,
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: isUserId ? undefined : `+${to.address}`,
    recipient: isUserId ? to.address : undefined,
    ...(canQuote ? { context: { message_id: replyToProviderId } } : {}),
    biz_opaque_callback_data: id,
  });
}
