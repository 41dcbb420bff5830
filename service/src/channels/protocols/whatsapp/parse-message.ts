/** `messages[]` and `message_echoes[]`: what a user said or did, and what the business said from its phone. */
import type { IdentityRef, WindowOpener } from '../../../../../contract/event.ts';
import type { MessageContext, Referral } from '../../../../../contract/message.ts';
import type { ChannelEvent, ContactRef, ParsedContent } from '../../channel.ts';
import { compact, flagOf, idOf, instantOf, objectOf, textOf, type JsonObject } from '../../kit/json.ts';
import { baseOf, unsupported, type Change } from './change.ts';
import { contactOf, identitiesOf, NO_PROFILES } from './identity.ts';
import { contentOf } from './parse-content.ts';

function referralOf(message: JsonObject): Referral | undefined {
  const ad = objectOf(message.referral);
  const referral = compact({
    sourceUrl: textOf(ad.source_url),
    sourceId: idOf(ad.source_id),
    sourceType: textOf(ad.source_type),
    headline: textOf(ad.headline),
    body: textOf(ad.body),
    mediaType: textOf(ad.media_type),
    mediaUrl: textOf(ad.image_url) ?? textOf(ad.video_url) ?? textOf(ad.thumbnail_url),
    clickId: textOf(ad.ctwa_clid),
    reference: textOf(ad.ref),
    welcomeMessage: textOf(objectOf(ad.welcome_message).text),
  });
  return Object.keys(referral).length > 0 ? referral : undefined;
}

/** What the message answers, how it came, and the ad it came from. */
function aboutOf(change: Change, message: JsonObject): MessageContext | undefined {
  const around = objectOf(message.context);
  const { catalog_id: catalog, product_retailer_id: product } = objectOf(around.referred_product);
  const catalogId = idOf(catalog);
  const productId = idOf(product);
  const context = compact({
    replyToProviderId: idOf(around.id),
    forwarded: flagOf(around.forwarded),
    frequentlyForwarded: flagOf(around.frequently_forwarded),
    product: catalogId !== undefined && productId !== undefined ? { catalogId, productId } : undefined,
    referral: referralOf(message),
    summary: textOf(objectOf(objectOf(change.value.conversation_context).summary).text),
  });
  return Object.keys(context).length > 0 ? context : undefined;
}

/**
 * Every message of a user opens or refreshes the 24 h service window, taps and kinds that the API cannot show included
 * (messages/send-messages, "Customer service windows"). Not so here: reactions, because no page confirms it and a window that
 * is claimed wrongly loses a message while one that is missed only asks for a template; and system notes, which nobody wrote.
 */
function openerOf(content: ParsedContent, context: MessageContext | undefined): WindowOpener | undefined {
  if (content.type === 'reaction' || content.type === 'system') return undefined;
  if (context?.referral !== undefined) return 'ad';
  if (content.type === 'button' || content.type === 'list') return 'button';
  return content.type === 'request_welcome' ? 'welcome' : 'message';
}

function received(change: Change, message: JsonObject, contact: ContactRef, content: ParsedContent): ChannelEvent {
  const id = idOf(message.id);
  const context = aboutOf(change, message);
  const base = baseOf(change, 'message', id, message, instantOf(message.timestamp));
  return compact({
    type: 'message.received' as const,
    ...base,
    contact,
    // Meta gives every message an id; without one the key is as stable.
    providerMessageId: id ?? base.dedupeKey,
    content,
    context,
    opensWindow: openerOf(content, context),
  });
}

/** A user, or the business on its phone (`own`), edited or took back an earlier message. */
function corrected(change: Change, message: JsonObject, contact: ContactRef, own: { isOwn?: true } = {}): ChannelEvent {
  const type = message.type === 'edit' ? 'edit' : 'revoke';
  const { original_message_id: original, message: edited } = objectOf(message[type]);
  const providerMessageId = idOf(original);
  const at = instantOf(message.timestamp);
  const id = idOf(message.id);
  if (providerMessageId === undefined)
    return unsupported(change, `${type} of no message`, message, { id, at, contact });
  const base = { ...baseOf(change, 'message', id, message, at), contact, providerMessageId, ...own };
  if (type === 'revoke') return { type: 'message.deleted', ...base };
  return { type: 'message.edited', ...base, content: contentOf(objectOf(edited)) };
}

/** Kinds of system notes that tell of another address, or of another device key, of the same person; older spellings included. */
const IDENTITY_NOTES = new Set([
  'user_changed_number',
  'user_changed_user_id',
  'user_identity_changed',
  'customer_changed_number',
  'customer_identity_changed',
]);

function systemNote(change: Change, message: JsonObject, contact: ContactRef): ChannelEvent {
  const note = objectOf(message.system);
  const event = textOf(note.type) ?? 'unknown';
  if (!IDENTITY_NOTES.has(event)) {
    return received(change, message, contact, compact({ type: 'system', event, text: textOf(note.body) }));
  }
  const isKnown = (ref: IdentityRef): boolean =>
    contact.identities.some(({ kind, address }) => kind === ref.kind && address === ref.address);
  const added = identitiesOf(note.user_id, note.wa_id, note.new_wa_id).filter((ref) => !isKnown(ref));
  return {
    type: 'contact.identity_changed',
    ...baseOf(change, 'message', idOf(message.id), message, instantOf(message.timestamp)),
    contact,
    added,
    data: compact({ event, text: textOf(note.body), hash: textOf(objectOf(message.identity).hash) }),
  };
}

/** One element of `messages[]`. */
export function messageEvent(change: Change, message: JsonObject): ChannelEvent {
  const about = { id: idOf(message.id), at: instantOf(message.timestamp) };
  // A group id must never be taken for a person; Parley has no groups.
  if (message.group_id !== undefined) {
    return unsupported(change, 'group message', message, { ...about, groupId: idOf(message.group_id) });
  }
  const isSystem = message.type === 'system';
  // A system note speaks of the old address, and `contacts` (when it is there at all) of the new one.
  const contact = contactOf(identitiesOf(message.from_user_id, message.from), isSystem ? NO_PROFILES : change.profiles);
  if (contact === undefined) return unsupported(change, 'message of nobody', message, about);
  if (isSystem) return systemNote(change, message, contact);
  if (message.type === 'edit' || message.type === 'revoke') return corrected(change, message, contact);
  return received(change, message, contact, contentOf(message, change.error));
}

/** One element of `message_echoes[]` (coexistence): sent from the WhatsApp Business app to `to`. */
export function echoEvent(change: Change, echo: JsonObject): ChannelEvent {
  const id = idOf(echo.id);
  const at = instantOf(echo.timestamp);
  const contact = contactOf(identitiesOf(echo.to_user_id, echo.to), change.profiles);
  if (contact === undefined || echo.group_id !== undefined || id === undefined) {
    return unsupported(change, 'echo to nobody', echo, { id, at });
  }
  if (echo.type === 'edit' || echo.type === 'revoke') return corrected(change, echo, contact, { isOwn: true });
  const base = baseOf(change, 'message', id, echo, at);
  const context = aboutOf(change, echo);
  return compact({
    type: 'message.echo' as const,
    ...base,
    contact,
    providerMessageId: id,
    content: contentOf(echo),
    context,
  });
}
