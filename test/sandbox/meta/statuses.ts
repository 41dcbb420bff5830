/** What becomes of a message of the business, as the platform tells it: an echo, a delivery, a reading. */
import { objectOf, type JsonObject } from '../kit/json.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { MetaSandboxSettings } from './defaults.ts';
import { accountId, type AcceptedMessage, type Person, type World } from './world.ts';

type AutoEvent = MetaSandboxSettings['autoEvents'][number];

/** Posts one event of an accepted message; undefined when nobody is subscribed or the platform has no such event. */
export function postEvent(world: World, message: AcceptedMessage, event: AutoEvent): WebhookDelivery | undefined {
  const { platform } = message;
  const isReaction = message.kind === 'reaction';
  if (isReaction || (event === 'delivered' && platform === 'instagram')) return undefined;
  message.events.push(event);
  world.changes.notify();
  return world.webhooks.emit(platform, [event === 'echo' ? ownEcho(world, message) : stepOf(world, message, event)]);
}

/** Posts the events that the settings ask for, in the order they ask for. */
export async function postAutoEvents(world: World, message: AcceptedMessage): Promise<void> {
  const { autoEvents, eventOrder } = world.settings;
  for (const event of eventOrder === 'reversed' ? autoEvents.toReversed() : autoEvents) {
    const delivery = postEvent(world, message, event);
    if (eventOrder !== 'concurrent') await delivery?.first;
  }
}

/** A message that left the account. */
export function echoOf(world: World, { id, platform }: Person, message: JsonObject): JsonObject {
  return {
    sender: { id: accountId(world, platform) },
    recipient: { id },
    timestamp: world.clock.now(),
    message: { is_echo: true, ...message },
  };
}

function ownEcho(world: World, { id, platform, to, body }: AcceptedMessage): JsonObject {
  const { text, attachment, attachments, metadata } = objectOf(body['message']);
  const said = [...(attachment === undefined ? [] : [attachment]), ...(Array.isArray(attachments) ? attachments : [])];
  return echoOf(world, to, {
    mid: id,
    // A number here, a text in thread control.
    app_id: Number(world.settings.appId),
    ...(text === undefined ? {} : { text }),
    ...(said.length > 0 && { attachments: said }),
    // Only Messenger documents that what was sent along comes back.
    ...(metadata !== undefined && platform === 'messenger' && { metadata }),
  });
}

function stepOf(world: World, message: AcceptedMessage, event: 'delivered' | 'read'): JsonObject {
  const { id, platform, to, acceptedAt } = message;
  const around = {
    sender: { id: to.id },
    recipient: { id: accountId(world, platform) },
    timestamp: world.clock.now(),
  };
  if (event === 'delivered') {
    const named = world.settings.namesDelivered ? { mids: [id] } : {};
    return { ...around, delivery: { ...named, watermark: acceptedAt } };
  }
  return { ...around, read: platform === 'messenger' ? { watermark: acceptedAt } : { mid: id } };
}
