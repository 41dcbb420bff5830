/** How far a message of the business came, as the platform tells it: an echo, a delivery, a reading. */
import { objectOf, type JsonObject } from '../kit/json.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { AcceptedMessage, CustomerWorld, StatusName } from './customer-world.ts';

/** Posts one status of an accepted message; undefined when nobody is subscribed or the platform has no such status. */
export function postStatus(
  world: CustomerWorld,
  message: AcceptedMessage,
  status: StatusName,
): WebhookDelivery | undefined {
  if (status === 'delivered' && world.platform === 'instagram') return undefined;
  message.statuses.push(status);
  world.changes.notify();
  return world.webhooks.emit(status === 'sent' ? ownEcho(world, message) : stepOf(world, message, status));
}

/** Posts the statuses that the settings ask for, in the order they ask for. */
export async function postAutoStatuses(world: CustomerWorld, message: AcceptedMessage): Promise<void> {
  const { autoStatuses, statusOrder } = world.settings;
  for (const status of statusOrder === 'reversed' ? autoStatuses.toReversed() : autoStatuses) {
    const delivery = postStatus(world, message, status);
    if (statusOrder !== 'concurrent') await delivery?.first;
  }
}

/** What left the account: `content` as it was sent. */
export function echoOf(
  world: CustomerWorld,
  person: string,
  message: JsonObject,
  timestamp = world.clock.now(),
): JsonObject {
  return {
    sender: { id: world.settings.accountId },
    recipient: { id: person },
    timestamp,
    message: { is_echo: true, ...message },
  };
}

function ownEcho(world: CustomerWorld, { id, to, body, acceptedAt }: AcceptedMessage): JsonObject {
  const { text, attachment, attachments, metadata } = objectOf(body['message']);
  const said = [...(attachment === undefined ? [] : [attachment]), ...(Array.isArray(attachments) ? attachments : [])];
  const message = {
    mid: id,
    // A number here, and beyond what a program should count with: ids are texts elsewhere.
    app_id: Number(world.settings.appId),
    ...(text === undefined ? {} : { text }),
    ...(said.length > 0 && { attachments: said }),
    // Only Messenger documents that what was sent along comes back.
    ...(metadata !== undefined && world.platform === 'messenger' && { metadata }),
  };
  return echoOf(world, to, message, acceptedAt);
}

function stepOf(world: CustomerWorld, { id, to, acceptedAt }: AcceptedMessage, status: StatusName): JsonObject {
  const around = {
    sender: { id: to },
    recipient: { id: world.settings.accountId },
    timestamp: world.clock.now(),
  };
  if (status === 'delivered') {
    const named = world.settings.namesDelivered ? { mids: [id] } : {};
    return { ...around, delivery: { ...named, watermark: acceptedAt } };
  }
  return { ...around, read: world.platform === 'messenger' ? { watermark: acceptedAt } : { mid: id } };
}
