import type { HttpReply } from '../kit/http-server.ts';
import { textOf, type JsonObject } from '../kit/json.ts';
import { handshakeFault, shown, without, type Callback } from '../kit/meta/graph.ts';
import { badParameter, GraphError } from './errors.ts';
import { numberOf, ok, requireApp, requireWaba, type GraphCall } from './graph-call.ts';

/** Webhook fields an app can subscribe to (docs: webhooks/reference). */
export const WEBHOOK_FIELDS = (
  'messages message_template_status_update message_template_quality_update message_template_components_update ' +
  'template_category_update phone_number_quality_update phone_number_name_update account_update account_review_update ' +
  'account_alerts account_settings_update business_capability_update security user_preferences user_id_update ' +
  'business_username_updates calls flows history smb_app_state_sync smb_message_echoes messaging_handovers standby ' +
  'automatic_events group_lifecycle_update group_participants_update group_settings_update group_status_update ' +
  'partner_solutions payment_configuration_update template_correct_category_detection message_echoes consumer_profile'
).split(' ');

const OBJECT = 'whatsapp_business_account';

/** POST /{appId}/subscriptions: verifies the callback with the handshake, then keeps it. */
export async function subscribeApp(call: GraphCall): Promise<HttpReply> {
  requireApp(call);
  const { fields, world } = call;
  if (fields['object'] !== OBJECT) throw badParameter(`Param object must be ${OBJECT}`);
  const names = fieldNames(fields['fields']);
  const unknown = names.find((name) => !WEBHOOK_FIELDS.includes(name));
  if (names.length === 0 || unknown !== undefined) {
    throw badParameter(`Param fields is not valid: ${unknown ?? 'it is required'}`);
  }
  const callback = callbackOf(fields, 'callback_url');
  await shakeHands(callback);
  world.appSubscription = { ...callback, fields: names };
  world.changes.notify();
  return ok();
}

function fieldNames(value: unknown): string[] {
  const names = Array.isArray(value) ? value.map(String) : (textOf(value)?.split(',') ?? []);
  return names.map((name) => name.trim()).filter(Boolean);
}

/** GET /{appId}/subscriptions. */
export function readAppSubscription(call: GraphCall): HttpReply {
  requireApp(call);
  const subscription = call.world.appSubscription;
  if (!subscription) return ok({ data: [] });
  return ok({ data: [shown(OBJECT, subscription, 'v23.0')] });
}

/** DELETE /{appId}/subscriptions: all of it, or only the fields that are named. Without an object, of every object there is. */
export function unsubscribeApp(call: GraphCall): HttpReply {
  requireApp(call);
  const { world } = call;
  const object = call.fields['object'];
  if (object !== undefined && object !== OBJECT) throw badParameter(`Param object must be ${OBJECT}`);
  const gone = fieldNames(call.fields['fields']);
  world.appSubscription = without(world.appSubscription, gone.length > 0 ? gone : undefined);
  world.changes.notify();
  return ok();
}

/** POST /{wabaId}/subscribed_apps: without a body it removes the override. */
export async function subscribeWaba(call: GraphCall): Promise<HttpReply> {
  requireWaba(call);
  const { world, fields } = call;
  if (fields['override_callback_uri'] === undefined) {
    delete world.wabaOverride;
  } else {
    const override = callbackOf(fields, 'override_callback_uri');
    requireSubscribed(call);
    await shakeHands(override);
    world.wabaOverride = override;
  }
  world.isAppSubscribedToWaba = true;
  world.changes.notify();
  return ok();
}

/** GET /{wabaId}/subscribed_apps. */
export function readWabaSubscription(call: GraphCall): HttpReply {
  requireWaba(call);
  const { world } = call;
  if (!world.isAppSubscribedToWaba) return ok({ data: [] });
  const { appId } = world.settings;
  const app = { id: appId, name: 'Parley Sandbox', link: `https://www.facebook.com/games/?app_id=${appId}` };
  const override = world.wabaOverride ? { override_callback_uri: world.wabaOverride.callbackUrl } : {};
  return ok({ data: [{ whatsapp_business_api_data: app, ...override }] });
}

/** DELETE /{wabaId}/subscribed_apps. */
export function unsubscribeWaba(call: GraphCall): HttpReply {
  requireWaba(call);
  call.world.isAppSubscribedToWaba = false;
  delete call.world.wabaOverride;
  call.world.changes.notify();
  return ok();
}

/** POST /{phoneNumberId} with `webhook_configuration`: an empty URL removes the override. */
export async function configureNumber(call: GraphCall, configuration: JsonObject): Promise<HttpReply> {
  const number = numberOf(call);
  if (configuration['override_callback_uri'] === '') {
    delete number.override;
  } else {
    const override = callbackOf(configuration, 'override_callback_uri');
    requireSubscribed(call);
    await shakeHands(override);
    number.override = override;
  }
  call.world.changes.notify();
  return ok();
}

/** Overrides go on top of a subscription (docs: webhooks/override, Requirements). */
function requireSubscribed({ world }: GraphCall): void {
  if (world.isAppSubscribedToWaba) return;
  const rule = 'your app must be subscribed to receive messages for WhatsApp Business Account';
  throw badParameter(`Before override the current callback uri, ${rule}`);
}

function callbackOf(fields: JsonObject, name: 'callback_url' | 'override_callback_uri'): Callback {
  const callbackUrl = textOf(fields[name]) ?? '';
  const verifyToken = textOf(fields['verify_token']) ?? '';
  const isTooLong = name === 'override_callback_uri' && callbackUrl.length > 200;
  if (!URL.canParse(callbackUrl) || !/^https?:/.test(callbackUrl) || isTooLong) {
    throw badParameter(`Param ${name} must be a valid URI`);
  }
  if (verifyToken === '') throw badParameter('The parameter verify_token is required.');
  return { callbackUrl, verifyToken };
}

async function shakeHands(callback: Callback): Promise<void> {
  const fault = await handshakeFault(callback);
  if (fault === undefined) return;
  const message = `(#2200) Callback verification failed with the following errors: ${fault}`;
  throw new GraphError(2200, undefined, { message });
}
