import { route, type Api, type Target } from '../kit/api.ts';
import { header } from '../kit/credentials.ts';
import type { HttpReply } from '../kit/http-server.ts';
import { isObject, textOf, type JsonObject } from '../kit/json.ts';
import type { Route } from '../kit/router.ts';
import { GraphError, refusalOf } from '../whatsapp/errors.ts';
import { ok } from '../whatsapp/graph-call.ts';
import { deleteMedia, fileAt, resolveMedia, uploadMedia } from '../whatsapp/media.ts';
import { handleMessages } from '../whatsapp/messages.ts';
import type { World } from '../whatsapp/world.ts';
import { metaCall, numberOf, type ProxyCall } from './call.ts';
import type { Dialog360State } from './defaults.ts';
import { invalidKey, noSuchPath, ProxyError, rateLimited } from './errors.ts';
import { createTemplate, deleteTemplates, listTemplates } from './templates.ts';

type Handle = (call: ProxyCall) => HttpReply;

const ROUTES: [method: string, path: string, operation: string, handle: Handle][] = [
  [
    'POST',
    '/messages',
    'send',
    ({ world, request }) => ok(handleMessages(world, numberOf(world), request.body.fields)),
  ],
  ['POST', '/media', 'media', (call) => uploadMedia(metaCall(call, numberOf(call.world).id))],
  ['GET', '/health_status', 'provisioning', healthStatus],
  ['GET', '/v1/configs/webhook', 'provisioning', readWebhook],
  ['POST', '/v1/configs/webhook', 'provisioning', setWebhook],
  ['GET', '/v1/configs/templates', 'templates', listTemplates],
  ['POST', '/v1/configs/templates', 'templates', createTemplate],
  ['DELETE', '/v1/configs/templates/:id', 'templates', deleteTemplates],
  ['GET', '/whatsapp_business/attachments', 'download', ({ world, request }) => fileAt(world, request)],
  ['GET', '/:id', 'object', lookUpMedia],
  ['DELETE', '/:id', 'object', (call) => deleteMedia(metaCall(call, call.id))],
];

const STANDINGS = { disabled: 'API disabled', overdue: 'overdue payment' } as const;

/** The API of 360dialog in front of a world of WhatsApp's. */
export function proxyApi(state: Dialog360State): Api<World> {
  const own = (handle: Handle): Target<World>['handle'] => {
    return ({ world, request, params }) => handle({ world, state, request, id: params['id'] ?? '' });
  };
  return {
    routes: ROUTES.map(([method, path, operation, handle]): Route<Target<World>> =>
      route(method, path, { operation, handle: own(handle) }),
    ),
    operationOf: (operation, { body }) =>
      operation === 'send' && body.fields['status'] !== undefined ? 'read' : operation,
    auth: {
      presented: header('d360-api-key'),
      callerOf: (key) => (key === state.apiKey ? 'account' : undefined),
      unknown: invalidKey,
      authorize: () => {
        if (state.standing !== 'good') throw new ProxyError(400, STANDINGS[state.standing]);
      },
    },
    refusals: {
      faults: {
        throttled: rateLimited,
        recipient_throttled: () => new GraphError(131056, 'Too many messages were sent to this user.'),
        server_error: () => new ProxyError(500, 'internal'),
        maintenance: ({ code }) => new GraphError(code ?? 131057),
        unavailable: () => new ProxyError(502, 'WhatsApp API not available'),
        token_expired: invalidKey,
      },
      noRoute: noSuchPath,
      invalid: refusalOf,
    },
  };
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
