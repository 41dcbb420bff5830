import type { JsonObject } from '../kit/json.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import { newMessageId, type CustomerWorld } from './customer-world.ts';
import { echoOf } from './statuses.ts';

/** The people of the business, in the inbox of Meta, and other apps of its. */
export interface Inbox {
  /** An agent answers in the inbox, which takes the thread. Resolves with the message's id when the echo was tried once. */
  replies(reply: { to: string; text: string }): Promise<{ id: string; delivery: WebhookDelivery | undefined }>;
  /** Somebody types in the app itself (Instagram): sent by no app. */
  types(message: { to: string; text: string }): Promise<{ id: string; delivery: WebhookDelivery | undefined }>;
  /** Another app of the business sends by itself. */
  automates(message: {
    to: string;
    text: string;
    appId: string;
  }): Promise<{ id: string; delivery: WebhookDelivery | undefined }>;
  /** Takes the thread, and tells our app so. */
  takes(thread: { of: string }): Promise<WebhookDelivery | undefined>;
  /** Gives the thread to our app. */
  passes(thread: { of: string; metadata?: string }): Promise<WebhookDelivery | undefined>;
}

async function said(world: CustomerWorld, to: string, text: string, app: JsonObject) {
  const id = newMessageId(world);
  const owner = world.threadOwners.get(to);
  const isOurs = owner === undefined || owner === world.settings.appId;
  const delivery = world.webhooks.emit(echoOf(world, to, { mid: id, text, ...app }), isOurs ? 'messaging' : 'standby');
  await delivery?.first;
  return { id, delivery };
}

async function control(world: CustomerWorld, member: string, person: string, newOwner: string, metadata?: string) {
  const { appId, accountId } = world.settings;
  const previous = world.threadOwners.get(person) ?? null;
  world.threadOwners.set(person, newOwner);
  const about = {
    previous_owner_app_id: previous ?? (newOwner === appId ? null : appId),
    new_owner_app_id: newOwner,
    ...(metadata === undefined ? {} : { metadata }),
  };
  const around = { sender: { id: person }, recipient: { id: accountId }, timestamp: world.clock.now() };
  const delivery = world.webhooks.emit({ ...around, [member]: about });
  await delivery?.first;
  return delivery;
}

/** The business' own people of a world. */
export function createInbox(world: CustomerWorld): Inbox {
  const { settings } = world;
  return {
    replies: async ({ to, text }) => {
      const sent = await said(world, to, text, { app_id: Number(settings.inboxAppId) });
      world.threadOwners.set(to, settings.inboxAppId);
      return sent;
    },
    types: ({ to, text }) => said(world, to, text, {}),
    automates: ({ to, text, appId }) => said(world, to, text, { app_id: Number(appId) }),
    takes: ({ of }) => control(world, 'take_thread_control', of, settings.inboxAppId),
    passes: ({ of, metadata }) => control(world, 'pass_thread_control', of, settings.appId, metadata),
  };
}
