import type { Fault } from '../kit/faults.ts';
import { withFault, type Answered } from '../kit/faulty.ts';
import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { matchRoute, type Route } from '../kit/router.ts';
import { checkAccess, expiredToken, type Access } from './auth.ts';
import { GraphError, unknownObject } from './errors.ts';
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

/** A route of the Graph API. `operation` is what fault injection calls it. */
interface GraphRoute {
  access: Access | 'by_object' | 'none';
  operation: string;
  handle(call: GraphCall): Promise<HttpReply> | HttpReply;
}

const MESSAGING = 'whatsapp_business_messaging';
const MANAGEMENT = 'whatsapp_business_management';

function route(
  method: string,
  path: string,
  access: GraphRoute['access'],
  operation: string,
  handle: GraphRoute['handle'],
): Route<GraphRoute> {
  return { method, path, handler: { access, operation, handle } };
}

const send: GraphRoute['handle'] = (call) => ok(handleMessages(call.world, numberOf(call), call.request.body.fields));

const ROUTES: Route<GraphRoute>[] = [
  route('GET', '/debug_token', 'any', 'provisioning', debugToken),
  route('GET', '/oauth/access_token', 'none', 'provisioning', issueAppToken),
  route('POST', '/:id/messages', MESSAGING, 'send', send),
  route('POST', '/:id/media', MESSAGING, 'media', uploadMedia),
  route('GET', '/:id/message_templates', MANAGEMENT, 'templates', listTemplates),
  route('POST', '/:id/message_templates', MANAGEMENT, 'templates', createTemplate),
  route('DELETE', '/:id/message_templates', MANAGEMENT, 'templates', deleteTemplates),
  route('GET', '/:id/phone_numbers', MANAGEMENT, 'provisioning', listNumbers),
  route('GET', '/:id/subscribed_apps', MANAGEMENT, 'provisioning', readWabaSubscription),
  route('POST', '/:id/subscribed_apps', MANAGEMENT, 'provisioning', subscribeWaba),
  route('DELETE', '/:id/subscribed_apps', MANAGEMENT, 'provisioning', unsubscribeWaba),
  route('GET', '/:id/subscriptions', 'app', 'provisioning', readAppSubscription),
  route('POST', '/:id/subscriptions', 'app', 'provisioning', subscribeApp),
  route('DELETE', '/:id/subscriptions', 'app', 'provisioning', unsubscribeApp),
  route('POST', '/:id/uploads', 'any', 'media', openUpload),
  route('GET', '/:id', 'by_object', 'object', readNode),
  route('POST', '/:id', 'by_object', 'object', writeNode),
  route('DELETE', '/:id', 'by_object', 'object', deleteNode),
];

const DOWNLOAD_PATH = '/whatsapp_business/attachments/';

/** Answers one request as Meta would, with the fault that waits for it. */
export function answerGraph(world: World, request: HttpRequest): Promise<Answered> {
  return withFault(world.faults, operationOf(request), async (fault) => {
    const refusal = fault && refusalOf(fault);
    return withUsage(world, refusal ? refusal.toReply() : await answer(world, request));
  });
}

function refusalOf(fault: Fault): GraphError | undefined {
  if (fault.kind === 'throttled') {
    const { retryAfterSeconds } = fault;
    const headers = retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) };
    return new GraphError(130429, 'Cloud API message throughput has been reached.', { subcode: 2494055, headers });
  }
  if (fault.kind === 'recipient_throttled') {
    return new GraphError(131056, 'Message failed to send because there were too many messages sent to this user.');
  }
  if (fault.kind === 'server_error') return new GraphError(131000, 'Message failed to send due to an unknown error.');
  if (fault.kind === 'unavailable') return new GraphError(2);
  if (fault.kind === 'maintenance') return new GraphError(fault.code ?? 131057);
  return fault.kind === 'token_expired' ? expiredToken() : undefined;
}

/** `send`, `read`, `media`, `download`, `templates`, `provisioning`, `object`. */
function operationOf(request: HttpRequest): string {
  if (request.path.startsWith(DOWNLOAD_PATH)) return 'download';
  const operation = matchRoute(ROUTES, request.method, unversioned(request.path) ?? '')?.handler.operation ?? 'object';
  return operation === 'send' && request.body.fields['status'] !== undefined ? 'read' : operation;
}

async function answer(world: World, request: HttpRequest): Promise<HttpReply> {
  try {
    if (request.method === 'GET' && request.path.startsWith(DOWNLOAD_PATH)) return downloadMedia(world, request);
    return await answerRoute(world, request);
  } catch (error) {
    if (error instanceof GraphError) return error.toReply();
    throw error;
  }
}

async function answerRoute(world: World, request: HttpRequest): Promise<HttpReply> {
  const path = unversioned(request.path);
  if (path === undefined)
    throw new GraphError(2500, undefined, { message: `Unknown path components: ${request.path}` });
  const match = matchRoute(ROUTES, request.method, path);
  const id = match?.params['id'] ?? path.split('/')[1] ?? '';
  const access = match?.handler.access ?? 'any';
  if (access !== 'none') checkAccess(world, request, access === 'by_object' ? accessTo(world, id) : access);
  if (!match) throw unknownObject(id, request.method);
  const fields = { ...Object.fromEntries(request.query), ...request.body.fields };
  return match.handler.handle({ world, request, id, fields });
}

/** Media belongs to messaging, uploads need any token, everything else is management. */
function accessTo(world: World, id: string): Access {
  if (id.startsWith('upload:')) return 'any';
  return world.media.has(id) ? MESSAGING : MANAGEMENT;
}

/** The path after `/vNN.N`; undefined without a version. */
function unversioned(path: string): string | undefined {
  return /^\/v\d{1,2}\.\d(\/.*)$/.exec(path)?.[1];
}

function withUsage(world: World, reply: HttpReply): HttpReply {
  if (reply.dropped) return reply;
  const usage = { call_count: 1, total_time: 1, total_cputime: 1 };
  const headers = {
    'x-fb-trace-id': world.newId().slice(0, 11),
    'x-app-usage': JSON.stringify(usage),
    ...reply.headers,
  };
  return { ...reply, headers };
}
