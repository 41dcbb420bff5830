import type { JsonObject } from '../kit/json.ts';
import { encodeAsMeta, hubHeaders, postRaw } from '../kit/meta/hub-webhooks.ts';
import { postedBy, posterFor, type Retry } from '../kit/webhooks.ts';
import type { WebhookChange, Webhooks, World } from './world.ts';

/** Fields that a number or WABA override reroutes; everything else goes to the app's callback (docs: webhooks/override). */
const OVERRIDABLE = new Set([
  'messages',
  'message_echoes',
  'calls',
  'consumer_profile',
  'messaging_handovers',
  'group_lifecycle_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'smb_message_echoes',
  'smb_app_state_sync',
  'history',
  'account_settings_update',
]);

/** Fields whose entries carry no `time`. */
const TIMELESS = new Set(['messages', 'calls', 'user_preferences']);

/** The webhooks of a world. */
export function createWebhooks(world: Omit<World, 'webhooks'>, retry: Retry): Webhooks {
  const poster = posterFor(world, retry, (body) => hubHeaders(world.settings.appSecret, body));
  const emitTogether = (changes: WebhookChange[], phoneNumberId?: string) => {
    const url = callbackFor(world, changes[0]?.field ?? '', phoneNumberId);
    return url === undefined ? undefined : poster.post(url, encodeAsMeta(envelope(world, changes)));
  };
  return {
    emit: (change, phoneNumberId) => emitTogether([change], phoneNumberId),
    emitTogether,
    emitRaw: (body, url = world.appSubscription?.callbackUrl) => postRaw(poster, body, url),
    ...postedBy(poster),
  };
}

/** Changes as the body of one webhook. */
export function envelope(world: Omit<World, 'webhooks'>, changes: WebhookChange[]): JsonObject {
  const isTimeless = changes.every(({ field }) => TIMELESS.has(field));
  const time = isTimeless ? {} : { time: Math.floor(world.clock.now() / 1000) };
  const entry = { id: world.settings.wabaId, ...time, changes };
  return { object: 'whatsapp_business_account', entry: [entry] };
}

/** Precedence: number, WABA, app; the app must be subscribed to the WABA and, without an override, to the field. */
function callbackFor(world: Omit<World, 'webhooks'>, field: string, phoneNumberId?: string): string | undefined {
  if (!world.isAppSubscribedToWaba) return undefined;
  if (OVERRIDABLE.has(field)) {
    const number = phoneNumberId === undefined ? undefined : world.numbers.get(phoneNumberId);
    const override = number?.override ?? world.wabaOverride;
    if (override) return override.callbackUrl;
  }
  const app = world.appSubscription;
  return app?.fields.includes(field) ? app.callbackUrl : undefined;
}
