/** `changes[]`: what happens around the conversations — labels, comments, mentions, templates. None of it is a message. */
import type { AccountChange, TemplateNews } from '../../../../../contract/event-data.ts';
import type { ChannelEvent, ContactRef } from '../../channel.ts';
import { camelCase, camelCased, compact, idOf, objectOf, textOf, type JsonObject } from '../../kit/json.ts';
import {
  addressOf,
  baseOf,
  keyOf,
  momentOf,
  unsupported,
  wordOf,
  type Item,
  type Reader,
  type Readers,
} from './item.ts';

/** `id`: it is known by more than its content. */
type Notice = { id?: string | undefined; contact?: ContactRef | undefined } & (
  { type: 'account.changed'; data: AccountChange } | { type: 'template.status'; data: TemplateNews }
);

type ChangeReader = (value: JsonObject, reader: Reader) => Notice;

function labels(value: JsonObject, reader: Reader): Notice {
  const person = idOf(objectOf(value.user).id);
  const label = objectOf(value.label);
  return {
    type: 'account.changed',
    contact: person === undefined ? undefined : { identities: [{ kind: reader.identityKind, address: person }] },
    data: compact({
      event: value.action === 'remove' ? 'label_removed' : 'label_added',
      labelId: idOf(label.id),
      label: textOf(label.page_label_name),
    }),
  };
}

/** A comment below a post; `commentId` is what a private reply is addressed to. Boosted posts tell the same comment twice. */
function comment(value: JsonObject): Notice {
  const media = objectOf(value.media);
  const from = objectOf(value.from);
  const commentId = idOf(value.id) ?? idOf(value.comment_id);
  return {
    type: 'account.changed',
    id: commentId,
    data: compact({
      event: 'comment',
      commentId,
      text: textOf(value.text),
      parentId: idOf(value.parent_id),
      mediaId: idOf(media.id),
      mediaType: textOf(media.media_product_type)?.toLowerCase(),
      adId: idOf(media.ad_id),
      adTitle: textOf(media.ad_title),
      fromId: idOf(from.id),
      fromUsername: textOf(from.username),
    }),
  };
}

const asItIs = (event: string): ChangeReader => {
  return (value) => ({
    type: 'account.changed',
    data: { event, ...(camelCased(value) as Record<string, unknown>) },
  });
};

const templateName = (name: string): string =>
  name === 'message_template_id' ? 'templateId' : camelCase(name.replace(/^message_template_/, ''));

function template(value: JsonObject): Notice {
  const members = Object.entries(value).map(([name, member]) => [templateName(name), camelCased(member)]);
  const data = Object.fromEntries(members) as Record<string, unknown>;
  return { type: 'template.status', data: compact({ ...data, templateId: idOf(data.templateId) }) };
}

const FIELDS: ReadonlyMap<string, ChangeReader> = new Map<string, ChangeReader>([
  ['inbox_labels', labels],
  ['comments', comment],
  ['live_comments', comment],
  ['feed', asItIs('feed')],
  ['mentions', asItIs('mention')],
  ['story_insights', asItIs('story_insights')],
  ['messenger_template_status_update', template],
  ['message_template_status_update', template],
]);

/** One element of `changes[]`. */
export function changeEvents(readers: Readers, entry: JsonObject, raw: JsonObject): ChannelEvent[] {
  const field = textOf(raw.field) ?? '';
  const address = addressOf(entry.id);
  const reader = readers(address);
  const item: Item = compact({ reader, raw, address, at: momentOf(entry.time), isOwn: false, isStandby: false });
  const read = FIELDS.get(field);
  if (read === undefined) return [unsupported(item, `field "${wordOf(raw.field)}" is not known`)];
  const notice = read(objectOf(raw.value), reader);
  const base = baseOf(compact({ ...item, contact: notice.contact }), keyOf(item, `change:${field}`, notice.id));
  if (notice.type === 'template.status') return [{ type: notice.type, ...base, data: notice.data }];
  return [{ type: notice.type, ...base, data: { field, ...notice.data } }];
}
