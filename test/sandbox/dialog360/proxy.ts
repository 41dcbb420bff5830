import type { Fault } from '../kit/faults.ts';
import { withFault, type Answered } from '../kit/faulty.ts';
import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { isObject, textOf, type JsonObject } from '../kit/json.ts';
import { matchRoute, type Route } from '../kit/router.ts';
import { GraphError } from '../whatsapp/errors.ts';
import { ok } from '../whatsapp/graph-call.ts';
import { deleteMedia, fileAt, resolveMedia, uploadMedia } from '../whatsapp/media.ts';
import { handleMessages } from '../whatsapp/messages.ts';
import type { World } from '../whatsapp/world.ts';
import { metaCall, numberOf, type ProxyCall } from './call.ts';
import type { Dialog360State } from './defaults.ts';
import { invalidKey, noSuchPath, ProxyError, rateLimited } from './errors.ts';
import { createTemplate, deleteTemplates, listTemplates } from './templates.ts';

interface ProxyRoute {
  /** What fault injection calls it. */
  operation: string;
  handle(call: ProxyCall): HttpReply;
}

const route = (method: string, path: string, operation: string, handle: ProxyRoute['handle']): Route<ProxyRoute> => ({
  method,
  path,
  handler: { operation, handle },
});

const ROUTES: Route<ProxyRoute>[] = [
  route('POST', '/messages', 'send', ({ world, request }) =>
    ok(handleMessages(world, numberOf(world), request.body.fields)),
  ),
  route('POST', '/media', 'media', (call) => uploadMedia(metaCall(call, numberOf(call.world).id))),
  route('GET', '/health_status', 'provisioning', healthStatus),
  route('GET', '/v1/configs/webhook', 'provisioning', readWebhook),
  route('POST', '/v1/configs/webhook', 'provisioning', setWebhook),
  route('GET', '/v1/configs/templates', 'templates', listTemplates),
  route('POST', '/v1/configs/templates', 'templates', createTemplate),
  route('DELETE', '/v1/configs/templates/:id', 'templates', deleteTemplates),
  route('GET', '/whatsapp_business/attachments', 'download', ({ world, request }) => fileAt(world, request)),
  route('GET', '/:id', 'object', lookUpMedia),
  route('DELETE', '/:id', 'object', (call) => deleteMedia(metaCall(call, call.id))),
];

/** Answers one request as 360dialog would, with the fault that waits for it. */
export function answerProxy(world: World, request: HttpRequest, state: Dialog360State): Promise<Answered> {
  const match = matchRoute(ROUTES, request.method, request.path);
  return withFault(world.faults, operationOf(match?.handler, request), (fault) => {
    const refusal = fault && refusalOf(fault);
    const call = { world, state, request, id: match?.params['id'] ?? '' };
    return refusal ? refusal.toReply() : answer(match?.handler, call);
  });
}

function operationOf(known: ProxyRoute | undefined, { body }: HttpRequest): string {
  if (known?.operation === 'send' && body.fields['status'] !== undefined) return 'read';
  return known?.operation ?? 'object';
}

function refusalOf({ kind, code = 131057 }: Fault): ProxyError | GraphError | undefined {
  if (kind === 'throttled') return rateLimited();
  if (kind === 'recipient_throttled') return new GraphError(131056, 'Too many messages were sent to this user.');
  if (kind === 'server_error') return new ProxyError(500, 'internal');
  if (kind === 'maintenance') return new GraphError(code);
  if (kind === 'unavailable') return new ProxyError(502, 'WhatsApp API not available');
  return kind === 'token_expired' ? invalidKey() : undefined;
}

function answer(known: ProxyRoute | undefined, call: ProxyCall): HttpReply {
  try {
    if (call.request.headers['d360-api-key'] !== call.state.apiKey) throw invalidKey();
    if (call.state.standing === 'disabled') throw new ProxyError(400, 'API disabled');
    if (call.state.standing === 'overdue') throw new ProxyError(400, 'overdue payment');
    if (known === undefined) throw noSuchPath();
    return known.handle(call);
  } catch (error) {
    if (error instanceof ProxyError || error instanceof GraphError) return error.toReply();
    throw error;
  }
}

const HOUR_MS = 3_600_000;

/** GET /{mediaId}: 20 errors within an hour close this call for half an hour. */
function lookUpMedia(call: ProxyCall): HttpReply {
  const { world, state, id } = call;
  if (!/^\d+$/.test(id)) throw noSuchPath();
  const now = world.clock.now();
  const recent = state.refusedLookUps.filter((at) => at > now - HOUR_MS);
  if (recent.length >= 20 && now < (recent.at(-1) ?? 0) + HOUR_MS / 2) throw rateLimited();
  try {
    return resolveMedia(metaCall(call, id));
  } catch (error) {
    state.refusedLookUps = [...recent, now];
    throw error;
  }
}

function healthStatus({ world, state }: ProxyCall): HttpReply {
  const entity = (type: string, id: string) => ({ entity_type: type, id, can_send_message: 'AVAILABLE' });
  const errors = [
    {
      error_code: 141006,
      error_description: 'There is an issue with this number.',
      possible_solution: 'See WhatsApp Manager.',
    },
  ];
  const number = {
    ...entity('PHONE_NUMBER', numberOf(world).id),
    can_send_message: state.canSend,
    ...(state.canSend === 'AVAILABLE' ? {} : { errors }),
  };
  const entities = [number, entity('WABA', world.settings.wabaId), entity('BUSINESS', '1'), entity('APP', '2')];
  return ok({ health_status: { can_send_message: state.canSend, entities } });
}

function readWebhook({ state }: ProxyCall): HttpReply {
  if (state.webhook === undefined) throw new ProxyError(404, 'No webhook is configured');
  return ok(state.webhook);
}

/** https, no port and no underscore in the name; an address of this machine may stand in for one. */
function setWebhook({ state, request }: ProxyCall): HttpReply {
  const { url, headers } = request.body.fields;
  const given = textOf(url);
  const parsed = given !== undefined && URL.canParse(given) ? new URL(given) : undefined;
  const isOwn = parsed?.hostname === '127.0.0.1';
  const isFit = parsed?.protocol === 'https:' && parsed.port === '' && !parsed.hostname.includes('_');
  if (given === undefined || (!isOwn && !isFit)) throw new ProxyError(400, 'The webhook URL is not valid');
  if (headers !== undefined && !isHeaders(headers)) throw new ProxyError(400, 'The headers are not valid');
  state.webhook = { url: given, headers: headers ?? {} };
  return ok(state.webhook);
}

function isHeaders(value: unknown): value is Record<string, string> & JsonObject {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'string');
}
