import type { HttpReply } from '../kit/http-server.ts';
import { textOf } from '../kit/json.ts';
import { handshakeFault, shown, without } from '../kit/meta/graph.ts';
import { requireScope } from './auth.ts';
import { check, oneOf, open, optional, text, url } from '../kit/schema.ts';
import { GraphError, invalid, unknownObject } from './errors.ts';
import { ok, requireApp, type GraphCall } from './graph-call.ts';
import { OBJECTS, type World } from './world.ts';

/** Fields of each object, at the app. */
export const WEBHOOK_FIELDS: Record<'page' | 'instagram', readonly string[]> = {
  page: [
    'messages',
    'message_echoes',
    'message_deliveries',
    'message_reads',
    'message_reactions',
    'message_edits',
    'messaging_postbacks',
    'messaging_optins',
    'messaging_referrals',
    'messaging_handovers',
    'standby',
    'messaging_account_linking',
    'messaging_policy_enforcement',
    'messaging_feedback',
    'response_feedback',
    'send_cart',
    'messenger_template_status_update',
    'inbox_labels',
    'feed',
  ],
  instagram: [
    'messages',
    'message_reactions',
    'message_edit',
    'messaging_postbacks',
    'messaging_seen',
    'messaging_referral',
    'messaging_handover',
    'messaging_optins',
    'standby',
    'comments',
    'live_comments',
    'mentions',
  ],
};

function fieldsOf(value: unknown, name: string, known: readonly string[]): string[] {
  check(text(4000), value, undefined, name);
  const fields = String(value)
    .split(',')
    .map((field) => field.trim());
  const other = fields.find((field) => !known.includes(field));
  if (other !== undefined) throw invalid(`Param ${name} must be one of {${known.join(', ')}} - got "${other}"`);
  return fields;
}

/** GET /debug_token with the app's token. */
export function debugToken({ world, caller, fields }: GraphCall): HttpReply {
  if (caller !== 'app') throw new GraphError(15);
  const { pageAccessToken, appId, scopes, pageId } = world.settings;
  if (fields['input_token'] !== pageAccessToken) return ok({ data: { is_valid: false, scopes: [] } });
  return ok({ data: { app_id: appId, type: 'PAGE', is_valid: true, expires_at: 0, profile_id: pageId, scopes } });
}

/** GET /{appId}/subscriptions. */
export function readAppSubscriptions(call: GraphCall): HttpReply {
  requireApp(call);
  const data = Object.entries(call.world.appSubscriptions).map(([object, one]) => shown(object, one, 'v25.0'));
  return ok({ data });
}

type AppObject = (typeof OBJECTS)[keyof typeof OBJECTS];
const OBJECT = oneOf(...Object.values(OBJECTS));
const SUBSCRIPTION = open({ object: OBJECT, callback_url: url(), verify_token: text(4096) });

/** POST /{appId}/subscriptions. */
export async function subscribeApp(call: GraphCall): Promise<HttpReply> {
  requireApp(call);
  const { world, fields } = call;
  check(SUBSCRIPTION, fields, world);
  const object = fields['object'] as AppObject;
  const [callbackUrl, verifyToken] = [String(fields['callback_url']), String(fields['verify_token'])];
  const names = fieldsOf(fields['fields'], 'fields', WEBHOOK_FIELDS[object]);
  if ((await handshakeFault({ callbackUrl, verifyToken })) !== undefined) throw new GraphError(2200);
  world.appSubscriptions[object] = { callbackUrl, verifyToken, fields: names };
  world.changes.notify();
  return ok();
}

/** DELETE /{appId}/subscriptions: all of them, those of an object, or only fields of it. */
export function unsubscribeApp(call: GraphCall): HttpReply {
  requireApp(call);
  const { world, fields } = call;
  const all = Object.values(OBJECTS);
  check(optional(OBJECT), fields['object'], world, 'object');
  const objects = fields['object'] === undefined ? all : [fields['object'] as AppObject];
  for (const object of objects) {
    const gone =
      fields['fields'] === undefined ? undefined : fieldsOf(fields['fields'], 'fields', WEBHOOK_FIELDS[object]);
    const { [object]: known, ...others } = world.appSubscriptions;
    const left = without(known, gone);
    world.appSubscriptions = left ? { ...others, [object]: left } : others;
  }
  world.changes.notify();
  return ok();
}

/** The fields of the Page or of the Instagram account, by the token. */
function subscribedAt(call: GraphCall): 'pageFields' | 'igFields' {
  const { world, id, caller, request } = call;
  if (caller === 'page' && id === world.settings.pageId) return 'pageFields';
  if (caller === 'instagram' && id === world.settings.igUserId) return 'igFields';
  throw unknownObject(id, request.method);
}

/** GET /{account}/subscribed_apps. */
export function readSubscribedApps(call: GraphCall): HttpReply {
  const fields = call.world[subscribedAt(call)];
  const app = { id: call.world.settings.appId, name: 'Sandbox', category: 'Business', link: 'https://example.com' };
  return ok({ data: fields === undefined ? [] : [{ ...app, subscribed_fields: fields }] });
}

/** POST /{account}/subscribed_apps?subscribed_fields=… */
export function subscribeAccount(call: GraphCall): HttpReply {
  const place = subscribedAt(call);
  if (place === 'pageFields') requireScope(call.world, 'pages_manage_metadata');
  const known = WEBHOOK_FIELDS[place === 'pageFields' ? 'page' : 'instagram'];
  call.world[place] = fieldsOf(textOf(call.fields['subscribed_fields']), 'subscribed_fields', known);
  call.world.changes.notify();
  return ok();
}

/** DELETE /{account}/subscribed_apps. */
export function unsubscribeAccount(call: GraphCall): HttpReply {
  const place = subscribedAt(call);
  if (place === 'pageFields') requireScope(call.world, 'pages_manage_metadata');
  call.world[place] = undefined;
  call.world.changes.notify();
  return ok();
}

/** Subscribes a URL to everything of one side, without a handshake. */
export function subscribeTo(world: World, platform: keyof typeof OBJECTS, callbackUrl: string): void {
  const object = OBJECTS[platform];
  world.appSubscriptions[object] = { callbackUrl, verifyToken: '', fields: [...WEBHOOK_FIELDS[object]] };
  if (platform === 'messenger') world.pageFields = [...WEBHOOK_FIELDS.page];
  else world.igFields = [...WEBHOOK_FIELDS.instagram];
}
