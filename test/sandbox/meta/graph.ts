import { route, type Api, type Call, type Target } from '../kit/api.ts';
import { bearer, firstOf, parameter } from '../kit/credentials.ts';
import type { HttpReply } from '../kit/http-server.ts';
import { namedIn, unversioned } from '../kit/meta/graph.ts';
import { retryAfter } from '../kit/refusal.ts';
import type { Route } from '../kit/router.ts';
import { callerOf, checkProof, expiredToken, requireScope, type Caller } from './auth.ts';
import { sendFile } from './cdn.ts';
import { GraphError, refusalOf, unknownObject } from './errors.ts';
import { ok, type GraphCall } from './graph-call.ts';
import { handleMessages } from './messages.ts';
import { createPersona, deleteNode, listPersonas, readNode } from './objects.ts';
import { readConversations } from './conversations.ts';
import { readProfile, removeProfile, setProfile } from './profile.ts';
import {
  debugToken,
  readAppSubscriptions,
  readSubscribedApps,
  subscribeAccount,
  subscribeApp,
  unsubscribeAccount,
  unsubscribeApp,
} from './provisioning.ts';
import { createTemplate, deleteTemplates, listTemplates } from './templates.ts';
import { uploadAttachment } from './uploads.ts';
import type { World } from './world.ts';

/** The call of a route; `me` is whose token it is. */
function graphCallOf({ world, request, params, fields, caller }: Call<World>): GraphCall {
  const own = caller === 'instagram' ? world.settings.igUserId : world.settings.pageId;
  const { id = '' } = params;
  return { world, request, caller: caller as Caller, id: id === 'me' ? own : id, fields };
}

function at(
  method: string,
  path: string,
  operation: string,
  handle: (call: GraphCall) => Promise<HttpReply> | HttpReply,
): Route<Target<World>> {
  return route(method, path, { operation, handle: (call) => handle(graphCallOf(call)) });
}

const SEND_SCOPES: Record<Caller, string> = {
  page: 'pages_messaging',
  instagram: 'instagram_business_manage_messages',
  app: 'pages_messaging',
};

const send = (call: GraphCall): HttpReply => {
  requireScope(call.world, SEND_SCOPES[call.caller]);
  return ok(handleMessages(call));
};

const ROUTES: Route<Target<World>>[] = [
  at('GET', '/debug_token', 'provisioning', debugToken),
  at('POST', '/:id/messages', 'send', send),
  at('POST', '/:id/message_attachments', 'media', uploadAttachment),
  at('GET', '/:id/message_templates', 'templates', listTemplates),
  at('POST', '/:id/message_templates', 'templates', createTemplate),
  at('DELETE', '/:id/message_templates', 'templates', deleteTemplates),
  at('GET', '/:id/messenger_profile', 'profile', readProfile),
  at('POST', '/:id/messenger_profile', 'profile', setProfile),
  at('DELETE', '/:id/messenger_profile', 'profile', removeProfile),
  at('GET', '/:id/personas', 'profile', listPersonas),
  at('POST', '/:id/personas', 'profile', createPersona),
  at('GET', '/:id/conversations', 'conversations', readConversations),
  at('GET', '/:id/subscribed_apps', 'provisioning', readSubscribedApps),
  at('POST', '/:id/subscribed_apps', 'provisioning', subscribeAccount),
  at('DELETE', '/:id/subscribed_apps', 'provisioning', unsubscribeAccount),
  at('GET', '/:id/subscriptions', 'provisioning', readAppSubscriptions),
  at('POST', '/:id/subscriptions', 'provisioning', subscribeApp),
  at('DELETE', '/:id/subscriptions', 'provisioning', unsubscribeApp),
  at('GET', '/:id', 'object', readNode),
  at('DELETE', '/:id', 'object', deleteNode),
  route('GET', '/files/cdn/:file', { operation: 'download', access: 'open', handle: sendFile }),
];

/** Paths have a version, but for those of the content network. */
function pathOf(path: string): string {
  if (path.startsWith('/cdn/')) return `/files${path}`;
  const own = unversioned(path);
  if (own === undefined) throw new GraphError(2500, { message: `Unknown path components: ${path}` });
  return own;
}

const presented = firstOf(bearer(), parameter('access_token'));

/** The Graph API, as far as Messenger and Instagram are in it. */
export const GRAPH: Api<World> = {
  routes: ROUTES,
  pathOf,
  operationOf: (operation, { body }) => {
    const { sender_action: action } = body.fields;
    const isRead = typeof action === 'string' && !action.endsWith('react');
    return operation === 'send' && isRead ? 'read' : operation;
  },
  auth: {
    presented,
    callerOf,
    unknown: () => new GraphError(190),
    authorize: (call) => checkProof(call, presented(call.request) ?? ''),
  },
  refusals: {
    faults: {
      throttled: ({ retryAfterSeconds }) => new GraphError(613, { headers: retryAfter(retryAfterSeconds) }),
      recipient_throttled: () => new GraphError(2018321, { message: '(#2018321) Automated flow' }),
      server_error: () => new GraphError(1),
      unavailable: () => new GraphError(2),
      token_expired: expiredToken,
    },
    noRoute: ({ request }) => unknownObject(namedIn(request), request.method),
    invalid: refusalOf,
  },
  headers: (world, fault) => ({
    'x-fb-trace-id': world.newId().slice(0, 11),
    'x-page-usage': JSON.stringify({
      ...{ call_count: fault?.kind === 'throttled' ? 100 : 1, total_time: 1, total_cputime: 1 },
    }),
  }),
};
