/**
 * One flat item of an event: the fields that workflows decide by come first and have the same names on every channel, so that
 * an 'If' node needs no expressions. A field that does not apply is absent. The event as the service told it is in `details`.
 */
import type { IDataObject } from 'n8n-workflow';
import type { ParleyEvent, SessionState } from '../../contract/event.ts';
import type { InboundContent, MessageContext } from '../../contract/message.ts';
import type { InboundMedia, MediaKind } from '../../contract/media.ts';

/** What an event says of a message's content, whoever wrote it. */
function contentOf(event: ParleyEvent): InboundContent | undefined {
  return event.message?.content ?? event.echo?.content;
}

export interface ContactFile {
  type: MediaKind;
  media: InboundMedia;
}

function filesIn(content: InboundContent): ContactFile[] {
  if (!('media' in content)) return [];
  return [{ type: content.type, media: content.media }, ...(content.more ?? [])];
}

/** The files of an event's message that can be fetched, the first one first; a message may have several. */
export function filesOf(event: ParleyEvent): ContactFile[] {
  if (event.type === 'call' && event.data.recording) return [{ type: 'audio', media: event.data.recording }];
  return event.message ? filesIn(event.message.content) : [];
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
    case 'share':
      return content.text ?? content.title ?? content.url ?? '';
    default:
      if ('caption' in content) return content.caption ?? '';
      return 'text' in content ? (content.text ?? '') : '';
  }
}

/** Fields of one kind of content; absent ones are undefined. Kinds without any are told by `kind` and `text` alone. */
export function kindFields(content: InboundContent): IDataObject {
  switch (content.type) {
    case 'button':
      return { buttonId: content.buttonId, buttonText: content.text };
    case 'list':
      return { buttonId: content.buttonId, buttonText: content.text, buttonDescription: content.description };
    case 'choices':
      return { choices: content.choices };
    case 'time_slot':
      return { slotId: content.slotId, slotStartsAt: content.startsAt, slotMinutes: minutesOf(content.durationMs) };
    case 'payment':
      return { paymentStatus: content.status, paymentReference: content.referenceId, paymentData: content.data };
    case 'authentication':
      return {
        ...{ signInStatus: content.status, signInState: content.state },
        ...{ signInToken: content.token, signInCode: content.code },
      };
    case 'location':
      return placeFields(content);
    case 'share':
      return { shareSource: content.source, shareUrl: content.url, shareTitle: content.title, shareId: content.id };
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
      return { systemEvent: content.event, systemData: content.data };
    case 'call_permission':
      return { callPermission: content.response, callPermissionExpiresAt: content.expiresAt };
    case 'unsupported':
      return { reason: content.reason };
    default:
      return 'media' in content ? { ...mediaFields(content.media), files: filesIn(content).map(fileEntry) } : {};
  }
}

const minutesOf = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 60_000);

function placeFields(place: Extract<InboundContent, { type: 'location' }>): IDataObject {
  const { latitude, longitude, name, address, url } = place;
  return { latitude, longitude, placeName: name, placeAddress: address, placeUrl: url };
}

function mediaFields({ id, mimeType, filename, voice, animated }: InboundMedia): IDataObject {
  return { mediaId: id, mimeType, fileName: filename, voice, animated };
}

function fileEntry({ type, media }: ContactFile): IDataObject {
  return defined({ type, ...mediaFields(media) });
}

function contextFields(context: MessageContext | undefined): IDataObject {
  const { referral, product, story } = context ?? {};
  return {
    forwarded: context?.forwarded,
    frequentlyForwarded: context?.frequentlyForwarded,
    productId: product?.productId,
    storyId: story?.id,
    storyUrl: story?.url,
    reference: referral?.reference,
    adId: referral?.sourceId,
    adHeadline: referral?.headline,
    adUrl: referral?.sourceUrl,
    adClickId: referral?.clickId,
  };
}

/** `from` for what a contact did, `to` for what was sent to them; a phone number where there is one. */
function people(event: ParleyEvent): IDataObject {
  const identities = event.contact?.identities ?? [];
  const address = (identities.find((identity) => identity.kind === 'phone') ?? identities[0])?.address;
  const isOwn = event.type === 'message.deleted' && event.data.isOwn === true;
  const outbound = event.status !== undefined || event.echo !== undefined || isOwn;
  return {
    ...(outbound ? { to: address } : { from: address }),
    name: event.contact?.name,
    username: event.contact?.username,
    contactId: event.contact?.id,
  };
}

function messageFields(event: ParleyEvent): IDataObject {
  const content = contentOf(event);
  const { message, echo, status } = event;
  const { context, replyTo } = message ?? echo ?? {};
  return {
    ...(content && { text: wordsOf(content) }),
    kind: content?.type ?? status?.kind,
    status: status?.status,
    errorCode: status?.error?.code,
    errorMessage: status?.error?.message,
    providerErrorCode: status?.error?.providerCode,
    replyTo: replyTo ?? context?.replyToProviderId,
    ...(content && kindFields(content)),
    messageId: message?.id ?? status?.id,
    providerMessageId: message?.providerMessageId ?? status?.providerMessageId ?? echo?.providerMessageId,
    sentAt: message?.sentAt,
    incomplete: message?.incomplete ?? echo?.incomplete,
    edited: echo?.edited,
    ...contextFields(context),
    billable: status?.pricing?.billable,
    pricingCategory: status?.pricing?.category,
    metadata: status?.metadata,
  };
}

/** How the session stands; while the contact has left there is no end of it, only since when. */
export function sessionFields(session: SessionState | undefined): IDataObject {
  return {
    sessionOpen: session?.open,
    sessionExpiresAt: session?.expiresAt,
    sessionFreeUntil: session?.freeUntil,
    sessionPersonUntil: session?.personUntil,
    sessionClosedAt: session?.closedAt,
  };
}

/** Which of the fields come first, in this order. */
const FIRST = [
  ...['event', 'from', 'to', 'name', 'text', 'kind', 'buttonId', 'buttonText', 'status', 'errorCode', 'errorMessage'],
  ...['messageId', 'conversationId', 'thread', 'sessionOpen', 'sessionExpiresAt', 'sessionClosedAt', 'at', 'channel'],
  ...['account', 'replyTo'],
];

/** The item of an event. Pure; the same event always makes the same item. */
export function simplifyEvent(event: ParleyEvent): IDataObject {
  const { raw, ...details } = event;
  const data = { ...event.data } as IDataObject;
  const fields: IDataObject = {
    ...data,
    ...defined({
      ...messageFields(event),
      ...people(event),
      event: event.type,
      // What exactly happened: `control_taken`, `comment`, `policy_enforcement`… Its name in `data` is taken.
      subtype: data['event'],
      eventId: event.id,
      at: event.at,
      channel: event.channel,
      account: event.account.externalId,
      accountName: event.account.name,
      conversationId: event.conversationId,
      thread: event.thread,
      attributes: event.attributes,
      owner: event.owner,
      awaited: event.awaited,
      ...sessionFields(event.session),
    }),
  };
  const ordered = [
    ...FIRST.filter((name) => name in fields),
    ...Object.keys(fields).filter((name) => !FIRST.includes(name)),
  ];
  const flat = Object.fromEntries(ordered.map((name) => [name, fields[name]]));
  return { ...flat, details, ...(raw !== undefined && { raw }) };
}

function defined(fields: IDataObject): IDataObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
