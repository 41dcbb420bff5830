/** How far our messages came: delivered and read, of single messages or of everything until an instant. */
import type { ChannelEvent, ContactRef } from '../../channel.ts';
import { compact, idOf, listOf, numberOf, objectOf, type JsonObject } from '../../kit/json.ts';
import { baseOf, idFrom, keyOf, momentOf, unsupported, whoOf, type Item } from './item.ts';

type Step = 'delivered' | 'read';

/** The part of a webhook that tells of one message of several: all of it for each would weigh as much as the square of their number. */
function partOf(raw: JsonObject, mid: string, { watermark }: JsonObject): JsonObject {
  const sides = { sender: { id: idOf(objectOf(raw.sender).id) }, recipient: { id: idOf(objectOf(raw.recipient).id) } };
  const delivery = compact({ mids: [mid], watermark: numberOf(watermark) });
  return compact({ ...sides, timestamp: numberOf(raw.timestamp), delivery });
}

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
      ...(mids.length > 1 && { raw: partOf(item.raw, mid, report) }),
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
