/** What is said in a thread, by customers, by agents, by Parley. */
import type { MediaKind } from '../../../../contract/media.ts';
import { messageKey } from '../../core/ids.ts';
import type { ChannelEvent, ParsedContent } from '../channel.ts';
import { compact, idOf, labelOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { attributesIn, factsIn, personOf, unsupported, type Told } from './payloads.ts';
import { WINDOWED } from './surfaces.ts';

/** The answer that a structured message got: a payload, or the pages of a form. */
function replyIn(reply: JsonObject, text: string): ParsedContent | undefined {
  const payload = textOf(reply.payload);
  if (payload !== undefined) return { type: 'button', buttonId: payload, text: text || payload, source: 'message' };
  if (!Array.isArray(reply.responses)) return undefined;
  const answers = objectsOf(reply.responses).map((page) => {
    const values = objectsOf(page.items).map(({ value, title }) => textOf(value) ?? textOf(title) ?? '');
    return [textOf(page.page_id) ?? textOf(page.title) ?? '', values.length === 1 ? values[0] : values];
  });
  return compact({
    type: 'form',
    name: 'pages',
    text: text || undefined,
    data: compact(Object.fromEntries(answers) as JsonObject),
  });
}

/** What the webhook tells of a content; files are told by a GET only. */
export function contentIn(content: JsonObject): ParsedContent {
  const text = textOf(content.body) ?? '';
  return replyIn(objectOf(content.structured_reply), text) ?? { type: 'text', text };
}

function fileKind(mimeType: string | undefined): MediaKind {
  const family = mimeType?.split('/')[0];
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'document';
}

/** What the whole content says, once it was fetched. */
export function wholeContent(content: JsonObject): ParsedContent {
  const files = objectsOf(content.attachments).flatMap((one) => {
    const providerId = idOf(one.url);
    if (providerId === undefined) return [];
    const mimeType = labelOf(one.content_type)?.toLowerCase();
    const media = compact({ providerId, mimeType, filename: labelOf(one.filename) });
    return [{ type: fileKind(mimeType), media }];
  });
  const [first, ...more] = files;
  if (first === undefined) return contentIn(content);
  return compact({ ...first, caption: textOf(content.body), more: more.length > 0 ? more : undefined });
}

/** A customer's message comes from the channel, and nobody of the business made it. */
function isOfBusiness({ metadata, settings }: Told): boolean {
  const { creator_id: creator, created_from: from, author_id: author } = metadata;
  const isOwn = settings.ownIds?.includes(idOf(author) ?? '') === true;
  return isOwn || idOf(creator) !== undefined || (textOf(from) !== undefined && from !== 'synchronizer');
}

/** What Parley's own agent said is known by its words where the answer to the send was lost; what anybody else said is an echo. */
function ownEvents(told: Told): ChannelEvent[] {
  const { address, key, at, raw, thread, metadata, resourceId, userId, settings } = told;
  const contact = personOf(metadata.in_reply_to_author_id);
  if (contact === undefined || resourceId === undefined) return [unsupported(told, 'what the business said to nobody')];
  const content = contentIn(metadata);
  const author = idOf(metadata.creator_id) ?? userId;
  if (author !== undefined && author === settings.agentId) {
    const said = {
      type: 'message.status' as const,
      providerMessageId: resourceId,
      status: 'sent' as const,
      said: content,
    };
    return [compact({ ...said, address, dedupeKey: `sent:${key}`, at, raw, contact, thread })];
  }
  const owner = author === undefined ? undefined : ('human' as const);
  return [
    compact({
      ...{ type: 'message.echo' as const, address, dedupeKey: messageKey(resourceId), at, contact, thread, raw },
      ...{ providerMessageId: resourceId, content, owner },
    }),
  ];
}

export function contentEvents(told: Told): ChannelEvent[] {
  const { address, at, raw, thread, metadata, resourceId } = told;
  if (isOfBusiness(told)) return ownEvents(told);
  const contact = personOf(metadata.author_id);
  if (contact === undefined || resourceId === undefined)
    return [unsupported(told, 'a message of nobody, or without an ID')];
  const replyToProviderId = idOf(metadata.in_reply_to_id);
  const opensWindow = WINDOWED(labelOf(metadata.source_type)) ? ('message' as const) : undefined;
  return [
    compact({
      ...{ type: 'message.received' as const, address, dedupeKey: messageKey(resourceId), at, contact, thread, raw },
      ...{ providerMessageId: resourceId, content: contentIn(metadata), opensWindow },
      context: replyToProviderId === undefined ? undefined : { replyToProviderId },
      ...{ facts: factsIn(metadata), attributes: attributesIn(metadata) },
      rest: metadata.has_attachment === true ? { contentId: resourceId } : undefined,
    }),
  ];
}

/** The channel took it, or refused it. */
export function exportEvents(told: Told): ChannelEvent[] {
  const { address, key, at, raw, metadata, resourceId } = told;
  if (resourceId === undefined) return [unsupported(told, 'an export of nothing')];
  const { synchronization_status: status, synchronization_error: why } = metadata;
  const isFailed = textOf(status) !== undefined && status !== 'success';
  const message = `${textOf(why) ?? 'The channel refused the message'}.`;
  const step = isFailed
    ? { status: 'failed' as const, error: { kind: 'rejected' as const, code: 'rejected', message } }
    : { status: 'sent' as const };
  return [
    compact({
      type: 'message.status' as const,
      address,
      dedupeKey: `export:${key}`,
      at,
      raw,
      providerMessageId: resourceId,
      ...step,
    }),
  ];
}
