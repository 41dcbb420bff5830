/** How far our messages came: delivered and read, of single messages or of everything until an instant. */
import type { ChannelEvent, ContactRef } from '../../channel.ts';
import { idOf, listOf, objectOf, type JsonObject } from '../../kit/json.ts';
import { baseOf, idFrom, keyOf, momentOf, unsupported, whoOf, type Item } from './item.ts';

type Step = 'delivered' | 'read';

/** Messages that are named count before the watermark, which covers everything that was sent before. */
function steps(
  item: Item,
  contact: ContactRef,
  status: Step,
  report: JsonObject,
  mids: readonly string[],
): ChannelEvent[] {
  if (mids.length > 0) {
    return mids.map((mid) => ({
      type: 'message.status',
      ...baseOf(item, keyOf(item, 'status', `${mid}:${status}`)),
      contact,
      providerMessageId: mid,
      status,
    }));
  }
  const upTo = momentOf(report.watermark);
  if (upTo === undefined) return [unsupported(item, `${status} that names no message`)];
  const key = keyOf(item, 'watermark', idFrom(status, whoOf(item), upTo));
  return [{ type: 'message.watermark', ...baseOf(item, key), contact, status, upTo }];
}

export function deliveryEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const report = objectOf(item.raw.delivery);
  const mids = listOf(report.mids)
    .map(idOf)
    .filter((mid) => mid !== undefined);
  return steps(item, contact, 'delivered', report, mids);
}

export function readEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const report = objectOf(item.raw.read);
  const mid = idOf(report.mid);
  return steps(item, contact, 'read', report, mid === undefined ? [] : [mid]);
}
