import type { JsonObject } from '../kit/json.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import { META_DEFAULTS } from './defaults.ts';
import { echoOf } from './statuses.ts';
import { accountId, newMessageId, personFor, type Person, type Platform, type World } from './world.ts';

interface Said {
  id: string;
  delivery: WebhookDelivery | undefined;
}

/** The people of the business, in the inbox of Meta, and other apps of its. All resolve when the webhook was tried once. */
export interface Inbox {
  /** An agent answers in the inbox, which takes the thread. */
  replies(reply: { to: string; text: string }): Promise<Said>;
  /** Somebody types in the app itself (Instagram): sent by no app. */
  types(message: { to: string; text: string }): Promise<Said>;
  /** Another app of the business sends by itself. */
  automates(message: { to: string; text: string; appId: string }): Promise<Said>;
  /** Takes the thread, and tells our app so. */
  takes(person: string): Promise<WebhookDelivery | undefined>;
  /** Gives the thread to our app. */
  passes(person: string, metadata?: string): Promise<WebhookDelivery | undefined>;
}

const INBOX_APP_IDS: Record<Platform, string> = {
  messenger: META_DEFAULTS.pageInboxAppId,
  instagram: META_DEFAULTS.instagramInboxAppId,
};

async function said(world: World, person: Person, text: string, app: JsonObject): Promise<Said> {
  const { platform, ownerAppId } = person;
  const id = newMessageId(world, platform);
  const isOurs = ownerAppId === undefined || ownerAppId === world.settings.appId;
  const echo = echoOf(world, person, { mid: id, text, ...app });
  const delivery = world.webhooks.emit(platform, [echo], isOurs ? 'messaging' : 'standby');
  await delivery?.first;
  return { id, delivery };
}

async function control(world: World, member: string, person: Person, newOwner: string, metadata?: string) {
  const { appId } = world.settings;
  const previous = person.ownerAppId ?? (newOwner === appId ? null : appId);
  person.ownerAppId = newOwner;
  const about = {
    previous_owner_app_id: previous,
    new_owner_app_id: newOwner,
    ...(metadata === undefined ? {} : { metadata }),
  };
  const recipient = { id: accountId(world, person.platform) };
  const around = { sender: { id: person.id }, recipient, timestamp: world.clock.now() };
  const delivery = world.webhooks.emit(person.platform, [{ ...around, [member]: about }]);
  await delivery?.first;
  return delivery;
}

/** The business' own people of a world on one platform. */
export function createInbox(world: World, platform: Platform): Inbox {
  const person = (id: string) => personFor(world, platform, id);
  const inbox = INBOX_APP_IDS[platform];
  return {
    replies: async ({ to, text }) => {
      const sent = await said(world, person(to), text, { app_id: Number(inbox) });
      person(to).ownerAppId = inbox;
      return sent;
    },
    types: ({ to, text }) => said(world, person(to), text, {}),
    automates: ({ to, text, appId }) => said(world, person(to), text, { app_id: Number(appId) }),
    takes: (id) => control(world, 'take_thread_control', person(id), inbox),
    passes: (id, metadata) => control(world, 'pass_thread_control', person(id), world.settings.appId, metadata),
  };
}
