import type { Fault } from '../kit/faults.ts';
import { withFault, type Answered } from '../kit/faulty.ts';
import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { matchRoute, type Route } from '../kit/router.ts';
import { callerOf, expiredToken, requireScope, type Caller } from './auth.ts';
import { answerCdn } from './cdn.ts';
import { GraphError, unknownObject } from './errors.ts';
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

/** A route of the Graph API. `operation` is what fault injection calls it. */
interface GraphRoute {
  operation: string;
  handle(call: GraphCall): Promise<HttpReply> | HttpReply;
}

const route = (method: string, path: string, operation: string, handle: GraphRoute['handle']): Route<GraphRoute> => ({
  method,
  path,
  handler: { operation, handle },
});

const SEND_SCOPES: Record<Caller, string> = {
  page: 'pages_messaging',
  instagram: 'instagram_business_manage_messages',
  app: 'pages_messaging',
};

const send: GraphRoute['handle'] = (call) => {
  requireScope(call.world, SEND_SCOPES[call.caller]);
  return ok(handleMessages(call));
};

const ROUTES: Route<GraphRoute>[] = [
  route('GET', '/debug_token', 'provisioning', debugToken),
  route('POST', '/:id/messages', 'send', send),
  route('POST', '/:id/message_attachments', 'media', uploadAttachment),
  route('GET', '/:id/message_templates', 'templates', listTemplates),
  route('POST', '/:id/message_templates', 'templates', createTemplate),
  route('DELETE', '/:id/message_templates', 'templates', deleteTemplates),
  route('GET', '/:id/messenger_profile', 'profile', readProfile),
  route('POST', '/:id/messenger_profile', 'profile', setProfile),
  route('DELETE', '/:id/messenger_profile', 'profile', removeProfile),
  route('GET', '/:id/personas', 'profile', listPersonas),
  route('POST', '/:id/personas', 'profile', createPersona),
  route('GET', '/:id/conversations', 'conversations', readConversations),
  route('GET', '/:id/subscribed_apps', 'provisioning', readSubscribedApps),
  route('POST', '/:id/subscribed_apps', 'provisioning', subscribeAccount),
  route('DELETE', '/:id/subscribed_apps', 'provisioning', unsubscribeAccount),
  route('GET', '/:id/subscriptions', 'provisioning', readAppSubscriptions),
  route('POST', '/:id/subscriptions', 'provisioning', subscribeApp),
  route('DELETE', '/:id/subscriptions', 'provisioning', unsubscribeApp),
  route('GET', '/:id', 'object', readNode),
  route('DELETE', '/:id', 'object', deleteNode),
];

/** Answers one request as Meta would, with the fault that waits for it. */
export function answerGraph(world: World, request: HttpRequest): Promise<Answered> {
  return withFault(world.faults, operationOf(request), async (fault) => {
    const refusal = fault && refusalOf(fault);
    const reply = refusal ? refusal.toReply() : await answer(world, request);
    return withUsage(world, reply, fault?.kind === 'throttled');
  });
}

function refusalOf(fault: Fault): GraphError | undefined {
  if (fault.kind === 'throttled') {
    const { retryAfterSeconds } = fault;
    const headers = retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) };
    return new GraphError(613, { ...(headers && { headers }) });
  }
  if (fault.kind === 'recipient_throttled') return new GraphError(2018321, { message: '(#2018321) Automated flow' });
  if (fault.kind === 'server_error') return new GraphError(1);
  if (fault.kind === 'unavailable') return new GraphError(2);
  return fault.kind === 'token_expired' ? expiredToken() : undefined;
}

/** `send`, `read`, `media`, `download`, `templates`, `profile`, `provisioning`, `object`. */
function operationOf(request: HttpRequest): string {
  if (request.path.startsWith('/cdn/')) return 'download';
  const operation = matchRoute(ROUTES, request.method, unversioned(request.path) ?? '')?.handler.operation ?? 'object';
  const { sender_action: action } = request.body.fields;
  const isRead = typeof action === 'string' && !action.endsWith('react');
  return operation === 'send' && isRead ? 'read' : operation;
}

async function answer(world: World, request: HttpRequest): Promise<HttpReply> {
  const { messenger, instagram } = world.sides;
  const file = answerCdn({ files: new Map([...messenger.files, ...instagram.files]) }, request);
  if (file) return file;
  try {
    return await answerRoute(world, request);
  } catch (error) {
    if (error instanceof GraphError) return error.toReply();
    throw error;
  }
}

async function answerRoute(world: World, request: HttpRequest): Promise<HttpReply> {
  const path = unversioned(request.path);
  if (path === undefined) throw new GraphError(2500, { message: `Unknown path components: ${request.path}` });
  const match = matchRoute(ROUTES, request.method, path);
  const caller = callerOf(world, request);
  const named = match?.params['id'] ?? path.split('/')[1] ?? '';
  if (!match) throw unknownObject(named, request.method);
  const own = caller === 'instagram' ? world.settings.igUserId : world.settings.pageId;
  const fields = { ...Object.fromEntries(request.query), ...request.body.fields };
  return match.handler.handle({ world, request, caller, id: named === 'me' ? own : named, fields });
}

/** The path after `/vNN.N`; undefined without a version. */
function unversioned(path: string): string | undefined {
  return /^\/v\d{1,2}\.\d(\/.*)$/.exec(path)?.[1];
}

function withUsage(world: World, reply: HttpReply, isFull: boolean): HttpReply {
  if (reply.dropped) return reply;
  const usage = { call_count: isFull ? 100 : 1, total_time: 1, total_cputime: 1 };
  const headers = {
    'x-fb-trace-id': world.newId().slice(0, 11),
    'x-page-usage': JSON.stringify(usage),
    ...reply.headers,
  };
  return { ...reply, headers };
}
