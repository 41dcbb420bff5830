import { route, type Api, type Call, type Target } from '../kit/api.ts';
import { bearer, firstOf, parameter } from '../kit/credentials.ts';
import type { HttpReply } from '../kit/http-server.ts';
import { namedIn, unversioned } from '../kit/meta/graph.ts';
import { retryAfter } from '../kit/refusal.ts';
import type { Route } from '../kit/router.ts';
import { appTokenOf, checkAccess, expiredToken, invalidToken, type Access } from './auth.ts';
import { GraphError, refusalOf, unknownObject } from './errors.ts';
import { numberOf, ok, type GraphCall } from './graph-call.ts';
import { downloadMedia, uploadMedia } from './media.ts';
import { handleMessages } from './messages.ts';
import { debugToken, deleteNode, issueAppToken, listNumbers, readNode, writeNode } from './objects.ts';
import {
  readAppSubscription,
  readWabaSubscription,
  subscribeApp,
  subscribeWaba,
  unsubscribeApp,
  unsubscribeWaba,
} from './provisioning.ts';
import { createTemplate, deleteTemplates, listTemplates } from './templates.ts';
import { openUpload } from './uploads.ts';
import type { World } from './world.ts';

const MESSAGING = 'whatsapp_business_messaging';
const MANAGEMENT = 'whatsapp_business_management';

/** `by_object`: what the id in the path stands for says who may. */
function at(
  method: string,
  path: string,
  access: Access | 'by_object' | 'open',
  operation: string,
  handle: (call: GraphCall) => Promise<HttpReply> | HttpReply,
): Route<Target<World>> {
  const own = ({ world, request, params, fields }: Call<World>) =>
    handle({ world, request, id: params['id'] ?? '', fields });
  return route(method, path, { access, operation, handle: own });
}

const send = (call: GraphCall): HttpReply => ok(handleMessages(call.world, numberOf(call), call.request.body.fields));

const DOWNLOADS = '/whatsapp_business/attachments/';

const ROUTES: Route<Target<World>>[] = [
  at('GET', '/debug_token', 'any', 'provisioning', debugToken),
  at('GET', '/oauth/access_token', 'open', 'provisioning', issueAppToken),
  at('POST', '/:id/messages', MESSAGING, 'send', send),
  at('POST', '/:id/media', MESSAGING, 'media', uploadMedia),
  at('GET', '/:id/message_templates', MANAGEMENT, 'templates', listTemplates),
  at('POST', '/:id/message_templates', MANAGEMENT, 'templates', createTemplate),
  at('DELETE', '/:id/message_templates', MANAGEMENT, 'templates', deleteTemplates),
  at('GET', '/:id/phone_numbers', MANAGEMENT, 'provisioning', listNumbers),
  at('GET', '/:id/subscribed_apps', MANAGEMENT, 'provisioning', readWabaSubscription),
  at('POST', '/:id/subscribed_apps', MANAGEMENT, 'provisioning', subscribeWaba),
  at('DELETE', '/:id/subscribed_apps', MANAGEMENT, 'provisioning', unsubscribeWaba),
  at('GET', '/:id/subscriptions', 'app', 'provisioning', readAppSubscription),
  at('POST', '/:id/subscriptions', 'app', 'provisioning', subscribeApp),
  at('DELETE', '/:id/subscriptions', 'app', 'provisioning', unsubscribeApp),
  at('POST', '/:id/uploads', 'any', 'media', openUpload),
  at('GET', '/:id', 'by_object', 'object', readNode),
  at('POST', '/:id', 'by_object', 'object', writeNode),
  at('DELETE', '/:id', 'by_object', 'object', deleteNode),
  at('GET', `/files${DOWNLOADS}`, 'open', 'download', ({ world, request }) => downloadMedia(world, request)),
];

/** Paths have a version, but for those of files. */
function pathOf(path: string): string {
  if (path.startsWith(DOWNLOADS)) return `/files${path}`;
  const own = unversioned(path);
  if (own === undefined) throw new GraphError(2500, undefined, { message: `Unknown path components: ${path}` });
  return own;
}

/** Media belongs to messaging, uploads need any token, everything else is management. */
function accessTo(world: World, id = ''): Access {
  if (id.startsWith('upload:')) return 'any';
  return world.media.has(id) ? MESSAGING : MANAGEMENT;
}

/** The Graph API, as far as WhatsApp is in it. */
export const GRAPH: Api<World> = {
  routes: ROUTES,
  pathOf,
  operationOf: (operation, { body }) =>
    operation === 'send' && body.fields['status'] !== undefined ? 'read' : operation,
  auth: {
    presented: firstOf(bearer('Bearer', 'OAuth'), parameter('access_token')),
    callerOf: (token, world) => {
      if (token === appTokenOf(world)) return 'app';
      return token === world.settings.accessToken ? 'account' : undefined;
    },
    unknown: invalidToken,
    authorize: (call, access = 'any') =>
      checkAccess(call, access === 'by_object' ? accessTo(call.world, call.params['id']) : (access as Access)),
  },
  refusals: {
    faults: {
      throttled: ({ retryAfterSeconds }) =>
        new GraphError(130429, 'Cloud API message throughput has been reached.', {
          ...{ subcode: 2494055, headers: retryAfter(retryAfterSeconds) },
        }),
      recipient_throttled: () =>
        new GraphError(131056, 'Message failed to send because there were too many messages sent to this user.'),
      server_error: () => new GraphError(131000, 'Message failed to send due to an unknown error.'),
      unavailable: () => new GraphError(2),
      maintenance: ({ code }) => new GraphError(code ?? 131057),
      token_expired: expiredToken,
    },
    noRoute: ({ request }) => unknownObject(namedIn(request), request.method),
    invalid: refusalOf,
  },
  headers: (world) => ({
    'x-fb-trace-id': world.newId().slice(0, 11),
    'x-app-usage': JSON.stringify({ call_count: 1, total_time: 1, total_cputime: 1 }),
  }),
};
