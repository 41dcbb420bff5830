/** What is said in a conversation, by whomever. */
import type { MediaKind } from '../../../../contract/media.ts';
import type { MessageContext } from '../../../../contract/message.ts';
import { messageKey } from '../../core/ids.ts';
import type { ChannelEvent, ParsedContent, ProviderMedia } from '../channel.ts';
import { compact, idOf, labelOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { CORRELATION } from './render.ts';
import { WINDOWED } from './surfaces.ts';
import { AGENTS, attributesIn, contactIn, factsIn, instantIn, ownerIn, unsupported, type Told } from './payloads.ts';

function fileKind(mimeType: string | undefined, type: unknown): MediaKind {
  const family = mimeType?.split('/')[0];
  if (family === 'image' || family === 'video' || family === 'audio') return family;
  return type === 'image' ? 'image' : 'document';
}

function fileIn(content: JsonObject): ParsedContent | undefined {
  const providerId = idOf(content.mediaUrl);
  if (providerId === undefined) return undefined;
  const mimeType = labelOf(content.mediaType)?.toLowerCase();
  const media: ProviderMedia = compact({ providerId, mimeType, filename: labelOf(content.altText) });
  return compact({ type: fileKind(mimeType, content.type), media, caption: textOf(content.text) });
}

function placeIn({ coordinates, location }: JsonObject): ParsedContent | undefined {
  const { lat, long } = objectOf(coordinates);
  const [latitude, longitude] = [numberOf(lat), numberOf(long)];
  if (latitude === undefined || longitude === undefined) return undefined;
  const { name, address } = objectOf(location);
  return compact({ type: 'location', latitude, longitude, name: textOf(name), address: textOf(address) });
}

/** A field's answer: what was typed, or the names of what was chosen. */
function answerOf(field: JsonObject): unknown {
  if (Array.isArray(field.select)) {
    const names = objectsOf(field.select).map(({ name, label }) => textOf(name) ?? textOf(label) ?? '');
    return names.length === 1 ? names[0] : names;
  }
  return textOf(field.text) ?? textOf(field.email) ?? '';
}

function formIn({ fields, textFallback }: JsonObject): ParsedContent {
  const answers = objectsOf(fields).map((field) => [textOf(field.name) ?? textOf(field.label) ?? '', answerOf(field)]);
  const data = compact(Object.fromEntries(answers) as JsonObject);
  return compact({ type: 'form', name: 'pages', text: textOf(textFallback), data });
}

/** The choice that a payload stands for: what a button says of itself tells whether it was a row. */
export function choiceOf(payload: string, metadata: unknown, said: string | undefined): ParsedContent {
  const { parleyKind: kind, parleyText: written } = objectOf(metadata);
  const text = said ?? textOf(written) ?? payload;
  if (kind === 'list') return { type: 'list', buttonId: payload, text };
  return { type: 'button', buttonId: payload, text, source: 'message' };
}

function contentOf(content: JsonObject, metadata: unknown): ParsedContent {
  const text = textOf(content.text);
  switch (content.type) {
    case 'text': {
      const payload = textOf(content.payload);
      return payload === undefined ? { type: 'text', text: text ?? '' } : choiceOf(payload, metadata, text);
    }
    case 'image':
    case 'file':
      return fileIn(content) ?? { type: 'unsupported', reason: 'a file without a link' };
    case 'location':
      return placeIn(content) ?? { type: 'unsupported', reason: 'a place without coordinates' };
    case 'formResponse':
      return formIn(content);
    default:
      return text === undefined
        ? { type: 'unsupported', reason: `content "${labelOf(content.type) ?? ''}" is not known` }
        : { type: 'text', text };
  }
}

/** What the message quotes, by Sunshine's id or the channel's. */
function contextOf({ quotedMessage, content }: JsonObject): MessageContext | undefined {
  const { message, externalMessageId } = objectOf(quotedMessage ?? objectOf(content).quotedMessage);
  const replyToProviderId = idOf(objectOf(message).id) ?? idOf(externalMessageId);
  return replyToProviderId === undefined ? undefined : { replyToProviderId };
}

/** A message of the business that carries our id is ours; what agents and other programs say is an echo. */
export function messageEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw, thread, settings } = told;
  const message = objectOf(payload.message);
  const providerMessageId = idOf(message.id);
  const contact = contactIn(payload);
  if (providerMessageId === undefined || thread === undefined) return [unsupported(told, 'a message without an ID')];
  const isUser = objectOf(message.author).type === 'user';
  const correlationId = isUser ? undefined : idOf(objectOf(message.metadata)[CORRELATION]);
  if (correlationId !== undefined) {
    const sent = { providerMessageId, correlationId, status: 'sent' as const };
    return [compact({ type: 'message.status' as const, address, dedupeKey: `sent:${key}`, at, raw, ...sent })];
  }
  if (contact === undefined) return [unsupported(told, 'a message in a conversation of several people, or of nobody')];
  const said = { address, at: instantIn(message.received) ?? at, contact, thread, raw, providerMessageId };
  if (message.deleted === true) {
    const own = isUser ? undefined : (true as const);
    return [
      compact({ type: 'message.deleted' as const, ...said, dedupeKey: `delete:${providerMessageId}`, isOwn: own }),
    ];
  }
  const content = contentOf(objectOf(message.content), message.metadata);
  const whole = { ...said, dedupeKey: messageKey(providerMessageId), content, context: contextOf(message) };
  if (!isUser) {
    const isAgent = objectOf(message.source).type === AGENTS;
    const owner = isAgent ? ('human' as const) : ownerIn(payload, settings);
    return [compact({ type: 'message.echo' as const, ...whole, owner })];
  }
  return [
    compact({
      ...{ type: 'message.received' as const, ...whole, owner: ownerIn(payload, settings) },
      ...{ facts: factsIn(payload), attributes: attributesIn(payload), opensWindow: openerOf(payload, content) },
    }),
  ];
}

/** A tap on a button of the kind `postback` says nothing, and is an event of its own. */
export function postbackEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw, thread, settings } = told;
  const postback = objectOf(payload.postback);
  const id = textOf(postback.payload);
  const contact = contactIn(payload);
  if (id === undefined || contact === undefined || thread === undefined) return [unsupported(told, 'a tap by nobody')];
  const content = choiceOf(id, postback.metadata, undefined);
  return [
    compact({
      ...{ type: 'message.received' as const, address, dedupeKey: messageKey(key), at, contact, thread, raw },
      ...{ providerMessageId: key, content, owner: ownerIn(payload, settings) },
      ...{ facts: factsIn(payload), attributes: attributesIn(payload), opensWindow: openerOf(payload, content) },
    }),
  ];
}

/** On channels with a window everything that the person says opens it. */
function openerOf(payload: JsonObject, { type }: ParsedContent): 'message' | 'button' | undefined {
  if (!WINDOWED.has(factsIn(payload)?.surface ?? '')) return undefined;
  return type === 'button' || type === 'list' ? 'button' : 'message';
}
