import type { JsonObject } from '../kit/json.ts';
import { WebhookPoster, type WebhookDelivery } from '../kit/webhook-poster.ts';
import { encodeAsMeta, signatureOf } from '../whatsapp/webhooks.ts';
import { accountId, type Platform, type World } from './world.ts';

/** Which field an event belongs to: a subscription without it does not get the event. */
const FIELDS: Record<Platform, Record<string, string>> = {
  messenger: {
    message: 'messages',
    message_edit: 'message_edits',
    reaction: 'message_reactions',
    postback: 'messaging_postbacks',
    delivery: 'message_deliveries',
    read: 'message_reads',
    optin: 'messaging_optins',
    referral: 'messaging_referrals',
    order: 'send_cart',
    account_linking: 'messaging_account_linking',
    policy_enforcement: 'messaging_policy_enforcement',
    response_feedback: 'response_feedback',
    messaging_feedback: 'messaging_feedback',
    pass_thread_control: 'messaging_handovers',
    take_thread_control: 'messaging_handovers',
    request_thread_control: 'messaging_handovers',
    app_roles: 'messaging_handovers',
  },
  instagram: {
    message: 'messages',
    message_edit: 'messages',
    reaction: 'message_reactions',
    postback: 'messaging_postbacks',
    read: 'messaging_seen',
    optin: 'messaging_optins',
    referral: 'messaging_referral',
    pass_thread_control: 'messaging_handover',
    take_thread_control: 'messaging_handover',
    request_thread_control: 'messaging_handover',
  },
};

function fieldOf(platform: Platform, element: JsonObject): string {
  const isEcho = (element['message'] as JsonObject | undefined)?.['is_echo'] === true;
  if (isEcho && platform === 'messenger') return 'message_echoes';
  const found = Object.entries(FIELDS[platform]).find(([member]) => member in element);
  if (found === undefined) throw new Error(`No webhook field for ${Object.keys(element).join(', ')}`);
  return found[1];
}

/** Sends what happens to whoever is subscribed. */
export interface Webhooks {
  /** Posts elements of `messaging[]`, or of `standby[]`, in one request; undefined when nobody is subscribed to them. */
  emit(platform: Platform, elements: JsonObject[], list?: 'messaging' | 'standby'): WebhookDelivery | undefined;
  /** Posts one element of `changes[]`. */
  emitChange(platform: Platform, change: { field: string; value: unknown }): WebhookDelivery | undefined;
  /** Posts any body, signed, to the platform's callback (or `url`). */
  emitRaw(platform: Platform, body: Buffer | object, url?: string): WebhookDelivery;
  /** Posts the last `count` webhooks again, byte for byte, as Meta does when in doubt. */
  redeliver(count: number): WebhookDelivery[];
  deliveries: readonly WebhookDelivery[];
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** The webhooks of a world. */
export function createWebhooks(
  world: Omit<World, 'webhooks'>,
  options: { retryDelaysMs: readonly number[]; timeoutMs: number },
): Webhooks {
  const poster = new WebhookPoster({
    ...options,
    clock: world.clock,
    changes: world.changes,
    sign: (body) => ({
      'x-hub-signature-256': signatureOf(world.settings.appSecret, body),
      'user-agent': 'facebookexternalua',
    }),
  });
  const post = (platform: Platform, field: string, members: JsonObject) => {
    const url = callbackFor(world, platform, field);
    return url === undefined ? undefined : poster.post(url, envelope(world, platform, members));
  };
  return {
    emit: (platform, elements, list = 'messaging') => {
      const field = list === 'standby' ? list : fieldOf(platform, elements[0] ?? {});
      return post(platform, field, { [list]: elements });
    },
    emitChange: (platform, change) => post(platform, change.field, { changes: [change] }),
    emitRaw: (platform, body, url = world.appSubscriptions[OBJECTS[platform]]?.callbackUrl) => {
      if (url === undefined) throw new Error('No callback is set');
      return poster.post(url, Buffer.isBuffer(body) ? body : encodeAsMeta(body));
    },
    redeliver: (count) => poster.deliveries.slice(-count).map(({ url, body }) => poster.post(url, body)),
    deliveries: poster.deliveries,
    settled: () => poster.settled(),
    close: () => poster.close(),
  };
}

const OBJECTS = { messenger: 'page', instagram: 'instagram' } as const;

/**
 * The app has to be subscribed to the field, and to the account: a Page field by field; an Instagram account through its Page, by
 * any field, or through its own log-in, field by field.
 */
function callbackFor(world: Omit<World, 'webhooks'>, platform: Platform, field: string): string | undefined {
  const app = world.appSubscriptions[OBJECTS[platform]];
  const { pageFields = [], igFields = [] } = world;
  const isSubscribed =
    platform === 'messenger' ? pageFields.includes(field) : pageFields.length > 0 || igFields.includes(field);
  return isSubscribed && app?.fields.includes(field) ? app.callbackUrl : undefined;
}

function envelope(world: Omit<World, 'webhooks'>, platform: Platform, members: JsonObject): Buffer {
  const entry = { id: accountId(world, platform), time: world.clock.now(), ...members };
  return encodeAsMeta({ object: OBJECTS[platform], entry: [entry] });
}
