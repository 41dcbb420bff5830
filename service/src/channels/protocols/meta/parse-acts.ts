/** What a person does without writing: taps, reacts, opts in, fills a cart, links an account, judges an answer. */
import type { OrderItem } from '../../../../../contract/message.ts';
import type { ChannelEvent, ContactRef, ParsedContent } from '../../channel.ts';
import { iso } from '../../../core/clock.ts';
import { compact, idOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { baseOf, idFrom, keyOf, momentOf, unsupported, whoOf, wordOf, type Item } from './item.ts';
import { received } from './parse-message.ts';
import { openerOf, referralContext } from './parse-referral.ts';

/** A button, the menu, Get Started or an ice breaker. While another app owns the thread there is no payload. */
export function postbackEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const { mid, title, payload, referral } = objectOf(item.raw.postback);
  const label = textOf(title) ?? textOf(payload);
  if (label === undefined) return [unsupported(item, 'postback without content')];
  const content = { type: 'button', buttonId: textOf(payload) ?? label, text: label, source: 'message' } as const;
  const context = referralContext(referral);
  return [
    compact({
      ...received(item, contact, 'postback', idOf(mid), content),
      context: Object.keys(context).length > 0 ? context : undefined,
      opensWindow: openerOf(referral, 'button'),
    }),
  ];
}

/** For reactions that are named only. */
const EMOJI: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ['smile', '😆'],
  ['laugh', '😆'],
  ['angry', '😠'],
  ['sad', '😢'],
  ['wow', '😮'],
  ['love', '❤️'],
  ['like', '👍'],
  ['dislike', '👎'],
]);

/** Only a reaction opens the session: taking it back is not among what does. */
export function reactionEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const { mid, action, reaction, emoji } = objectOf(item.raw.reaction);
  const messageId = idOf(mid);
  const isTaken = action === 'unreact';
  const shown = isTaken ? '' : (textOf(emoji) ?? EMOJI.get(reaction));
  if (messageId === undefined) return [unsupported(item, 'reaction to no message')];
  const content: ParsedContent =
    shown === undefined
      ? { type: 'unsupported', reason: `reaction "${wordOf(reaction)}" is not known` }
      : { type: 'reaction', messageId, emoji: shown };
  const named = textOf(reaction) === 'other' ? textOf(emoji) : textOf(reaction);
  const id = idFrom('reaction', whoOf(item), messageId, isTaken ? 'unreact' : (named ?? shown ?? 'other'), item.at);
  const event = received(item, contact, 'reaction', id, content);
  return [isTaken ? event : { ...event, opensWindow: 'reaction' }];
}

function wishOf(status: unknown): 'stop' | 'resume' | 'signup' {
  const said = textOf(status)?.toUpperCase() ?? '';
  if (said.startsWith('STOP')) return 'stop';
  return said.startsWith('RESUME') ? 'resume' : 'signup';
}

function preferenceData(optin: JsonObject): Record<string, unknown> {
  return compact({
    kind: textOf(optin.type) ?? 'plugin',
    title: textOf(optin.title),
    /** What a message to this topic is addressed to. */
    token: textOf(optin.notification_messages_token) ?? textOf(optin.one_time_notif_token),
    tokenExpiresAt: iso(momentOf(optin.token_expiry_timestamp)),
    tokenStatus: textOf(optin.user_token_status)?.toLowerCase(),
    timeZone: textOf(optin.notification_messages_timezone),
    frequency: textOf(optin.notification_messages_frequency)?.toLowerCase(),
    reference: textOf(optin.ref),
  });
}

const OPTINS = new Set<unknown>(['notification_messages', 'one_time_notif_req', undefined]);

/** A yes or no to messages about a topic (its payload). By itself it opens no session. */
export function optinEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const optin = objectOf(item.raw.optin);
  if (!OPTINS.has(optin.type)) return [unsupported(item, `opt-in "${wordOf(optin.type)}" is not known`)];
  const topic = textOf(optin.payload) ?? (optin.type === undefined ? 'messages' : 'marketing');
  const value = wishOf(optin.notification_messages_status);
  const key = keyOf(item, 'preference', idFrom(whoOf(item), topic, value, item.at));
  const data = preferenceData(optin);
  return [{ type: 'contact.preference', ...baseOf(item, key), contact, topic, value, data }];
}

function orderItem(product: JsonObject): OrderItem {
  return {
    productId: idOf(product.retailer_id) ?? idOf(product.id) ?? '',
    quantity: numberOf(product.quantity) ?? 0,
    price: numberOf(product.unit_price) ?? 0,
    currency: textOf(product.currency) ?? '',
  };
}

/** A cart that was sent. */
export function orderEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const order = objectOf(item.raw.order);
  const items = objectsOf(order.products).map(orderItem);
  const content: ParsedContent = compact({ type: 'order' as const, text: textOf(order.note), items });
  const id = idOf(order.mid) ?? idOf(objectOf(item.raw.message).mid);
  return [{ ...received(item, contact, 'order', id, content), opensWindow: 'message' }];
}

export function linkingEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const { status, authorization_code: code } = objectOf(item.raw.account_linking);
  const event = `account_${textOf(status)?.toLowerCase() ?? 'linking'}`;
  const data = compact({ authorizationCode: textOf(code) });
  return [received(item, contact, 'linking', undefined, { type: 'system', event, data })];
}

/** Thumbs below one of our answers. */
export function judgementEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const { feedback, mid } = objectOf(item.raw.response_feedback);
  const messageId = idOf(mid);
  const data = compact({ feedback: textOf(feedback), messageId });
  const content: ParsedContent = { type: 'system', event: 'response_feedback', data };
  const event = received(item, contact, 'judgement', undefined, content);
  return [messageId === undefined ? event : { ...event, context: { replyToProviderId: messageId } }];
}

/** The answers to a feedback form, as they are. */
export function feedbackEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const data = objectOf(item.raw.messaging_feedback);
  return [received(item, contact, 'feedback', undefined, { type: 'system', event: 'feedback', data })];
}
