/** Recipients, and the body of a message (API description, "Post message"). */
import type { IdentityRef } from '../../../../contract/event.ts';
import type { FormPage, OutboundContent, ReplyButton } from '../../../../contract/message.ts';
import type { MediaSource } from '../../../../contract/media.ts';
import { ParleyError } from '../../core/errors.ts';
import type { OutgoingMessage } from '../channel.ts';
import { compact, objectOf, type JsonObject } from '../kit/json.ts';
import { renderTemplate } from '../protocols/whatsapp/render-template.ts';
import type { SunshineOptions } from './options.ts';
import type { SunshineSettings } from './settings.ts';

/** The member of a message's metadata that carries our id. */
export const CORRELATION = 'parleyMessageId';
const USER_ID = /^[0-9a-f]{24}$/;

/** Reads a user's id, or the one that the business knows them by. */
export function recipient(to: string): IdentityRef {
  const address = to.trim();
  if (USER_ID.test(address)) return { kind: 'user_id', address };
  if (/^\S{1,500}$/.test(address)) return { kind: 'external_id', address };
  const detail = 'The recipient is no user. Expected is the ID of a user, or their external ID, without spaces.';
  throw new ParleyError(400, 'invalid_recipient', detail);
}

const fileLink = ({ link, mediaId }: MediaSource): string => link ?? mediaId ?? '';

/** What comes back with a tap where the channel says no more than the payload. */
const told = (kind: 'button' | 'list', text: string) => ({ parleyKind: kind, parleyText: text });

function reply({ id, title }: ReplyButton, imageUrl?: string, kind: 'button' | 'list' = 'button'): JsonObject {
  return compact({ type: 'reply', text: title, payload: id, iconUrl: imageUrl, metadata: told(kind, title) });
}

function postback({ id, title }: ReplyButton): JsonObject {
  return { type: 'postback', text: title, payload: id, metadata: told('button', title) };
}

/** What stands above the choices of a list: the question, and what is said of each. */
export function listText({ text, sections }: Extract<OutboundContent, { type: 'list' }>): string {
  const rows = sections.flatMap((section) => section.rows);
  const described = rows.filter(({ description }) => description).map((row) => `${row.title}: ${row.description}`);
  return described.length === 0 ? text : `${text}\n\n${described.join('\n')}`;
}

/**
 * Sunshine's own list has items and nothing above them (API description, `listMessage`): the question would be lost. So the rows are replies, which
 * channels show as buttons or, where there are many, as a list.
 */
function listContent(content: Extract<OutboundContent, { type: 'list' }>): JsonObject {
  const rows = content.sections.flatMap((section) => section.rows);
  return { type: 'text', text: listText(content), actions: rows.map((row) => reply(row, row.imageUrl, 'list')) };
}

type Card = Extract<OutboundContent, { type: 'carousel' }>['cards'][number];

function item(card: Card): JsonObject {
  if ('productId' in card) return {};
  const { header, title, body, url, link, buttons = [] } = card;
  const target = link ?? (url === undefined ? undefined : { title: '→', url });
  const links = target === undefined ? [] : [{ type: 'link', text: target.title, uri: target.url }];
  return compact({
    ...{ title, description: body, mediaUrl: header && fileLink(header) },
    actions: [...buttons.map(postback), ...links],
  });
}

function field(page: FormPage): JsonObject {
  const { id: name, title: label } = page;
  if (page.type === 'select' || page.type === 'picker') {
    const options = page.choices.map(({ id, title, value }) => ({ name: value ?? id, label: title }));
    return { type: 'select', name, label, options };
  }
  if (page.type === 'date') return compact({ type: 'text', name, label, placeholder: page.hint ?? 'YYYY-MM-DD' });
  const isEmail = page.format === 'email';
  const format = page.format === 'integer' || page.format === 'decimal' ? page.format : undefined;
  return compact({
    ...{ type: isEmail ? 'email' : 'text', name, label, placeholder: page.placeholder ?? page.hint, format },
    maxSize: isEmail ? undefined : page.maxLength && Math.min(256, page.maxLength),
  });
}

function contentBody(content: OutboundContent, { templateNamespace }: SunshineSettings): JsonObject {
  switch (content.type) {
    case 'text':
      return { type: 'text', text: content.text };
    case 'image':
      return compact({ type: 'image', mediaUrl: fileLink(content), text: content.caption });
    case 'video':
    case 'document': {
      const altText = content.type === 'document' ? content.filename : undefined;
      return compact({ type: 'file', mediaUrl: fileLink(content), text: content.caption, altText });
    }
    case 'audio':
      return { type: 'file', mediaUrl: fileLink(content) };
    case 'location': {
      const { latitude: lat, longitude: long, name, address } = content;
      const place = compact({ name, address });
      const named = Object.keys(place).length > 0 ? place : undefined;
      return compact({ type: 'location', coordinates: { lat, long }, location: named });
    }
    case 'buttons':
      return { type: 'text', text: content.text, actions: content.buttons.map((button) => reply(button)) };
    case 'quick_replies': {
      const replies = content.replies.flatMap((one) => ('id' in one ? [reply(one, one.imageUrl)] : []));
      return { type: 'text', text: content.text ?? '', actions: replies };
    }
    case 'list':
      return listContent(content);
    case 'link':
      return { type: 'text', text: content.text, actions: [{ type: 'link', text: content.title, uri: content.url }] };
    case 'carousel':
      return { type: 'carousel', items: content.cards.map(item) };
    case 'form':
      return { type: 'form', text: content.text, fields: (content.pages ?? []).map(field) };
    case 'location_request':
      return { type: 'text', text: content.text, actions: [{ type: 'locationRequest', text: '📍' }] };
    case 'template':
      return { type: 'template', template: compact({ namespace: templateNamespace, ...renderTemplate(content) }) };
    default:
      return {};
  }
}

/** The whole body. What a message answers is told by webhooks only: a send has no member for it (API description, `messagePost`). */
export function render({ id, content, options, author }: OutgoingMessage, settings: SunshineSettings): JsonObject {
  const { displayName, avatarUrl, ai, silent, override } = options as SunshineOptions;
  const native = content.type === 'native' ? content.body : { content: contentBody(content, settings) };
  const shown = displayName ?? (author.type === 'agent' ? author.name : undefined);
  return compact({
    destination: silent === true ? { integrationType: 'none' } : undefined,
    override,
    schema: content.type === 'template' ? 'whatsapp' : undefined,
    ...native,
    author: compact({ type: 'business', displayName: shown, avatarUrl, subtypes: ai === true ? ['AI'] : undefined }),
    metadata: { ...objectOf((native as JsonObject).metadata), [CORRELATION]: id },
  });
}
