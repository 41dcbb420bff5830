/**
 * One flat item of an event: the fields that workflows decide by come first and have the same names on every channel, so that
 * an 'If' node needs no expressions. A field that does not apply is absent. The event as the service told it is in `details`.
 */
import type { IDataObject } from 'n8n-workflow';
import type { ParleyEvent } from '../../contract/event.ts';
import type { InboundContent, InboundMedia, MessageContext } from '../../contract/message.ts';

/** What an event says of a message's content, whoever wrote it. */
function contentOf(event: ParleyEvent): InboundContent | undefined {
  return event.message?.content ?? (event.echo?.content as InboundContent | undefined);
}

/** The file of an event's message, if it has one that can be fetched. */
export function mediaOf(event: ParleyEvent): InboundMedia | undefined {
  const content = event.message?.content;
  return content && 'media' in content ? content.media : undefined;
}

/** The words of a content, whatever its kind: what a person reading along would see. */
export function wordsOf(content: InboundContent): string {
  switch (content.type) {
    case 'reaction':
      return content.emoji;
    case 'contacts':
      return content.contacts.map((card) => card.name.formatted).join(', ');
    case 'location':
      return [content.name, content.address].filter(Boolean).join(', ');
    default:
      if ('caption' in content) return content.caption ?? '';
      return 'text' in content ? (content.text ?? '') : '';
  }
}

/** Fields of one kind of content; absent ones are undefined. Kinds without any are told by `kind` and `text` alone. */
export function kindFields(content: InboundContent): Record<string, unknown> {
  switch (content.type) {
    case 'button':
      return { buttonId: content.buttonId, buttonText: content.text };
    case 'list':
      return { buttonId: content.buttonId, buttonText: content.text, buttonDescription: content.description };
    case 'location':
      return {
        latitude: content.latitude,
        longitude: content.longitude,
        placeName: content.name,
        placeAddress: content.address,
        placeUrl: content.url,
      };
    case 'reaction':
      return { emoji: content.emoji, replyTo: content.messageId };
    case 'contacts':
      return { contacts: content.contacts };
    case 'form':
      return { formName: content.name, formToken: content.token, formData: content.data };
    case 'address':
      return { formData: content.data };
    case 'order':
      return { catalogId: content.catalogId, orderItems: content.items };
    case 'system':
      return { systemEvent: content.event };
    case 'call_permission':
      return { callPermission: content.response, callPermissionExpiresAt: content.expiresAt };
    case 'unsupported':
      return { reason: content.reason };
    default:
      return 'media' in content ? mediaFields(content.media) : {};
  }
}

function mediaFields(media: InboundMedia | undefined): Record<string, unknown> {
  if (!media) return {};
  const { id, mimeType, filename, voice, animated } = media;
  return { mediaId: id, mimeType, fileName: filename, voice, animated };
}

function contextFields(context: MessageContext | undefined): Record<string, unknown> {
  const { referral, product } = context ?? {};
  return {
    forwarded: context?.forwarded,
    frequentlyForwarded: context?.frequentlyForwarded,
    productId: product?.productId,
    adId: referral?.sourceId,
    adHeadline: referral?.headline,
    adUrl: referral?.sourceUrl,
    adClickId: referral?.clickId,
  };
}

/** `from` for what a contact did, `to` for what was sent to them; a phone number where there is one. */
function people(event: ParleyEvent): Record<string, unknown> {
  const identities = event.contact?.identities ?? [];
  const address = (identities.find((identity) => identity.kind === 'phone') ?? identities[0])?.address;
  const outbound = event.status !== undefined || event.echo !== undefined;
  return {
    ...(outbound ? { to: address } : { from: address }),
    name: event.contact?.name,
    username: event.contact?.username,
    contactId: event.contact?.id,
  };
}

function messageFields(event: ParleyEvent): Record<string, unknown> {
  const content = contentOf(event);
  const { message, echo, status } = event;
  return {
    ...(content && { text: wordsOf(content) }),
    kind: content?.type ?? status?.kind,
    status: status?.status,
    errorCode: status?.error?.code,
    errorMessage: status?.error?.message,
    providerErrorCode: status?.error?.providerCode,
    replyTo: message?.replyTo ?? message?.context?.replyToProviderId,
    ...(content && kindFields(content)),
    messageId: message?.id ?? status?.id,
    providerMessageId: message?.providerMessageId ?? status?.providerMessageId ?? echo?.providerMessageId,
    sentAt: message?.sentAt,
    ...contextFields(message?.context),
    billable: status?.pricing?.billable,
    pricingCategory: status?.pricing?.category,
    metadata: status?.metadata,
  };
}

/** Which of the fields come first, in this order. */
const FIRST = [
  ...['event', 'from', 'to', 'name', 'text', 'kind', 'buttonId', 'buttonText', 'status', 'errorCode', 'errorMessage'],
  ...['messageId', 'conversationId', 'sessionOpen', 'sessionExpiresAt', 'at', 'channel', 'account', 'replyTo'],
];

/** The item of an event. Pure; the same event always makes the same item. */
export function simplifyEvent(event: ParleyEvent): IDataObject {
  const { raw, ...details } = event;
  const fields: Record<string, unknown> = {
    ...event.data,
    ...defined({
      ...messageFields(event),
      ...people(event),
      event: event.type,
      eventId: event.id,
      at: event.at,
      channel: event.channel,
      account: event.account.externalId,
      accountName: event.account.name,
      conversationId: event.conversationId,
      owner: event.owner,
      awaited: event.awaited,
      sessionOpen: event.session?.open,
      sessionExpiresAt: event.session?.expiresAt,
      sessionFreeUntil: event.session?.freeUntil,
    }),
  };
  const ordered = [
    ...FIRST.filter((name) => name in fields),
    ...Object.keys(fields).filter((name) => !FIRST.includes(name)),
  ];
  const flat = Object.fromEntries(ordered.map((name) => [name, fields[name]]));
  return { ...flat, details, ...(raw !== undefined && { raw }) } as unknown as IDataObject;
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
