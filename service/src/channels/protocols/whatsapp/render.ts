/** Recipients, and the body of `POST /{phoneNumberId}/messages`. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { IdentityRef } from '../../../../../contract/event.ts';
import { ParleyError } from '../../../core/errors.ts';
import type { OutgoingMessage } from '../../channel.ts';
import { compact, type JsonObject } from '../../kit/json.ts';
import { BSUID, phone, userId } from './identity.ts';
import { renderContent } from './render-content.ts';

/**
 * Mobile numbers of Mexico as WhatsApp writes them, with the `1` that Mexico gave up in 2019: no valid number to
 * libphonenumber, but the address under which a contact may be known.
 */
const MEXICAN_MOBILE = /^521\d{10}$/;

function phoneDigits(text: string): string | undefined {
  const international = text.replace(/^00/, '+').replace(/^(?=\d)/, '+');
  const parsed = parsePhoneNumberFromString(international, { extract: false });
  const bare = /^\+([1-9]\d{4,14})$/.exec(international)?.[1];
  if (bare !== undefined && MEXICAN_MOBILE.test(bare)) return bare;
  if (!parsed?.isPossible() || parsed.ext !== undefined) return undefined;
  // Digits stay as they were given: they may be the address under which WhatsApp knows the person.
  return bare ?? parsed.number.slice(1);
}

/** A phone number with its country code, in any common writing, or a business-scoped user id. */
export function recipient(to: string): IdentityRef {
  const text = to.trim();
  if (BSUID.test(text)) return userId(text);
  const digits = phoneDigits(text);
  if (digits !== undefined) return phone(digits);
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
