/** Recipients, and the body of `POST /contents`. */
import { z } from 'zod';
import type { IdentityRef } from '../../../../contract/event.ts';
import type { OutboundContent, ReplyButton, TimeSlot } from '../../../../contract/message.ts';
import { ParleyError } from '../../core/errors.ts';
import type { OutgoingMessage } from '../channel.ts';
import { compact, type JsonObject } from '../kit/json.ts';
import { ADDRESS, IDENTITY } from './payloads.ts';

/** What a send may ask beyond the contract. */
export const sendOptions = z.strictObject({
  /** Whether others see the answer, where the source has both; absent: as the source does. */
  private: z.boolean().optional(),
});

const ID = /^[0-9a-f]{24}$/;

/** Reads an identity, or the address of somebody to write to first. */
export function recipient(to: string): IdentityRef {
  const address = to.trim();
  if (ID.test(address)) return { kind: IDENTITY, address };
  if (/^\S{2,200}$/.test(address)) return { kind: ADDRESS, address };
  const detail =
    'The recipient is no identity. Expected is the ID of an identity, or a phone number with + and its country code.';
  throw new ParleyError(400, 'invalid_recipient', detail);
}

const items = (all: readonly ReplyButton[]) => all.map(({ id, title }) => ({ title, payload: id }));

function listOf({ text, sections }: Extract<OutboundContent, { type: 'list' }>): JsonObject {
  const named = sections.map(({ title, rows }, index) => ({ id: `section_${index + 1}`, title, rows }));
  return {
    ...{ type: 'list', title: text },
    sections: named.map(({ id, title }) => compact({ identifier: id, title })),
    items: named.flatMap(({ id, rows }) =>
      rows.map((row) =>
        compact({ title: row.title, subtitle: row.description, payload: row.id, section_identifier: id }),
      ),
    ),
  };
}

type Card = Extract<OutboundContent, { type: 'carousel' }>['cards'][number];

function template(card: Card): JsonObject {
  if ('productId' in card) return {};
  const { title, body, url, link, header, buttons = [] } = card;
  const links = link === undefined ? [] : [{ type: 'url', title: link.title, url: link.url }];
  const replies = buttons.map((button) => ({ type: 'reply', title: button.title, payload: button.id }));
  return compact({
    type: 'template',
    title,
    subtitle: body,
    url,
    attachment_id: header?.mediaId,
    items: [...links, ...replies],
  });
}

/** RingCentral writes offsets without a colon, and lengths in seconds. */
function timeslot({ id, startsAt, durationMs }: TimeSlot): JsonObject {
  const start = new Date(startsAt).toISOString().replace(/:\d\d\.\d+Z$/, '+0000');
  return { identifier: id, start_time: start, duration: Math.round(durationMs / 1000) };
}

function contentBody(content: OutboundContent): JsonObject {
  switch (content.type) {
    case 'text':
      return { body: content.text };
    case 'image':
    case 'video':
    case 'document':
      return { body: content.caption ?? '', attachment_ids: [content.mediaId] };
    case 'audio':
      return { body: '', attachment_ids: [content.mediaId] };
    case 'buttons':
      return { body: content.text, structured_content: { type: 'select', items: items(content.buttons) } };
    case 'quick_replies': {
      const replies = content.replies.flatMap((one) => ('id' in one ? [one] : []));
      return { body: content.text ?? '', structured_content: { type: 'select', items: items(replies) } };
    }
    case 'list':
      return { body: content.text, structured_content: listOf(content) };
    case 'link': {
      const { title, url } = content;
      return { body: content.text, structured_content: { type: 'rich_link', title, url, url_text: title } };
    }
    case 'carousel':
      return { body: content.text ?? '', structured_content: { type: 'carousel', items: content.cards.map(template) } };
    case 'time_picker': {
      const { venue, slots, text } = content;
      const timeslots = slots.map(timeslot);
      return { body: text, structured_content: compact({ type: 'time_select', timeslots, location: venue }) };
    }
    case 'template':
      return { body: '', template_name: content.name, template_language: content.language };
    case 'native':
      return { ...content.body };
    default:
      return {};
  }
}

/** Where a content goes: below the one that it answers, or to somebody who is written to first. */
export type Place = { in_reply_to_id: string } | { source_id: string; to: string };

/** The whole body. */
export function render({ content, options }: Pick<OutgoingMessage, 'content' | 'options'>, place: Place): JsonObject {
  return compact({ private: options['private'], auto_submitted: true, ...contentBody(content), ...place });
}
