/** What somebody said in a channel, changed, or took back. */
import type { MediaKind } from '../../../../contract/media.ts';
import type { MessageContext } from '../../../../contract/message.ts';
import { messageKey } from '../../core/ids.ts';
import type { ChannelEvent, ContactRef, ParsedContent, ProviderMedia } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { compact, idOf, labelOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { answerIn } from './drawn.ts';
import { unsupported, type Told } from './told.ts';
import { correlationIn, filesOf, instantIn, personOf, userIdOf, type FileResource } from './payloads.ts';
import { isOwn, type SendbirdSettings } from './settings.ts';

/** In characters: what an app puts beside a message for programs to read. */
const MAX_DATA = 4000;
const MAX_METADATA = 20;

/** A bot's callback has `message` where the webhook of the channel has `payload`. */
function payloadOf({ payload, message }: JsonObject): JsonObject {
  return { ...objectOf(message), ...objectOf(payload) };
}

function wordsOf({ message, text }: JsonObject): string {
  return textOf(message) ?? textOf(text) ?? '';
}

function fileKind(mimeType: string | undefined): MediaKind {
  const family = mimeType?.split('/')[0];
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'document';
}

function asMedia({ url: providerId, name: filename, mimeType }: FileResource): {
  type: MediaKind;
  media: ProviderMedia;
} {
  return { type: fileKind(mimeType), media: compact({ providerId, filename, mimeType }) };
}

function contentOf(payload: JsonObject, type: unknown): ParsedContent {
  const text = wordsOf(payload);
  const [first, ...more] = filesOf(payload).map(asMedia);
  if (first !== undefined) {
    return compact({ ...first, caption: text || undefined, more: more.length > 0 ? more : undefined });
  }
  if (type === 'FILE') return { type: 'unsupported', reason: 'a file without a link' };
  return answerIn(payload.data, text) ?? { type: 'text', text };
}

/** Sendbird names the message that was answered in one of two places. */
function contextOf(body: JsonObject, payload: JsonObject): MessageContext | undefined {
  const parent = payload.parent_message_id ?? body.parent_message_id;
  const replyToProviderId = parent === 0 ? undefined : idOf(parent);
  return replyToProviderId === undefined ? undefined : { replyToProviderId };
}

const cut = (value: unknown): string => textOf(value)?.slice(0, MAX_DATA) ?? '';

/** What the app tells of the channel, the message and the user; what the last message had is gone with the next. */
function attributesOf({ channel, sender, ...body }: JsonObject, payload: JsonObject): Record<string, string> {
  const { name, custom_type: channelType } = objectOf(channel);
  const metadata = Object.entries(objectOf(objectOf(sender).metadata)).slice(0, MAX_METADATA);
  const own = metadata.flatMap(([key, value]) =>
    typeof value === 'string' && key.length <= 100 ? [[`metadata.${key}`, labelOf(value) ?? '']] : [],
  );
  return compact({
    channelName: labelOf(name),
    channelType: labelOf(channelType),
    ...(Object.fromEntries(own) as Record<string, string>),
    customType: labelOf(payload.custom_type ?? body.custom_type) ?? '',
    data: cut(payload.data),
  }) as Record<string, string>;
}

/** The one member who is not the business; undefined: there are several, or nobody knows. */
function customerIn({ members }: JsonObject, settings: SendbirdSettings): ContactRef | undefined {
  const others = objectsOf(members).filter((member) => !isOwn(userIdOf(member), settings));
  return others.length === 1 ? personOf(others[0]) : undefined;
}

/** Whose conversation it is, and whether the business acted; undefined: nobody can tell. */
function partyOf({ body, settings }: Told): { contact: ContactRef; isBusiness: boolean } | undefined {
  const actor = userIdOf(body.sender);
  const isBusiness = actor === undefined || isOwn(actor, settings);
  const contact = isBusiness ? customerIn(body, settings) : personOf(body.sender);
  return contact && { contact, isBusiness };
}

export function messageEvents(told: Told): ChannelEvent[] {
  const { body, address, thread, settings } = told;
  const payload = payloadOf(body);
  const providerMessageId = idOf(payload.message_id);
  if (providerMessageId === undefined || thread === undefined) return [unsupported(told, 'a message without an ID')];
  const at = instantIn(payload.created_at);
  const correlationId = correlationIn(payload, body);
  if (correlationId !== undefined && isOwn(userIdOf(body.sender), settings)) {
    const dedupeKey = `sent:${providerMessageId}`;
    return [
      compact({
        type: 'message.status',
        address,
        dedupeKey,
        at,
        raw: body,
        providerMessageId,
        correlationId,
        status: 'sent',
      }),
    ];
  }
  const party = partyOf(told);
  if (party === undefined)
    return [unsupported(told, 'a message of the business in a channel of several people, or of nobody')];
  const { contact, isBusiness } = party;
  // Whoever of the staff writes answers the customer from now on.
  const isStaff = settings.staffIds?.includes(userIdOf(body.sender) ?? '') === true;
  return [
    compact({
      ...{ type: isBusiness ? ('message.echo' as const) : ('message.received' as const) },
      ...{ address, dedupeKey: messageKey(providerMessageId), at, contact, thread, raw: body, providerMessageId },
      content: contentOf(payload, body.type),
      context: contextOf(body, payload),
      ...(!isBusiness && { attributes: attributesOf(body, payload) }),
      ...(isStaff && { owner: 'human' as const }),
    }),
  ];
}

export function editEvents(told: Told): ChannelEvent[] {
  const { body, address, thread } = told;
  const payload = payloadOf(body);
  const providerMessageId = idOf(payload.message_id);
  const party = partyOf(told);
  if (providerMessageId === undefined || thread === undefined || party === undefined) {
    return [unsupported(told, 'an edit without an ID, or of nobody')];
  }
  const at = instantIn(payload.updated_at ?? body.updated_at);
  const content = contentOf(payload, body.type);
  return [
    compact({
      ...{
        type: 'message.edited' as const,
        address,
        dedupeKey: `edit:${providerMessageId}:${at ?? fingerprint(payload)}`,
      },
      ...{ at, contact: party.contact, thread, raw: body, providerMessageId, content },
      isOwn: party.isBusiness ? (true as const) : undefined,
    }),
  ];
}

export function deletionEvents(told: Told): ChannelEvent[] {
  const { body, address, thread } = told;
  const providerMessageId = idOf(payloadOf(body).message_id);
  const party = partyOf(told);
  if (providerMessageId === undefined || thread === undefined || party === undefined) {
    return [unsupported(told, 'a deletion without an ID, or by nobody')];
  }
  return [
    compact({
      ...{ type: 'message.deleted' as const, address, dedupeKey: `delete:${providerMessageId}`, thread, raw: body },
      ...{ contact: party.contact, providerMessageId, isOwn: party.isBusiness ? (true as const) : undefined },
    }),
  ];
}
