import { ok, route, type Api, type Call } from '../kit/api.ts';
import { basic, bearer, firstOf, verifiedJwt } from '../kit/credentials.ts';
import { listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { PlainRefusal, retryAfter } from '../kit/refusal.ts';
import * as s from '../kit/schema.ts';
import { SUNSHINE_DEFAULTS } from './defaults.ts';
import { notFound, refusalOf, refuse } from './errors.ts';
import { conversationIn, conversationResource, list, MESSAGE, send, userResource } from './messages.ts';
import { newHex, type Conversation, type Integration, type Webhook, type World } from './world.ts';

const OK = ok({});
const WEBHOOK = {
  ...{ target: s.url(), triggers: s.list(s.text(60), 1, 40) },
  ...{ includeFullUser: s.optional(s.boolean), includeFullSource: s.optional(s.boolean) },
};

function userIn(world: World, idOrExternal: string): string {
  const found = [...world.users.values()].find(
    ({ id, externalId }) => id === idOrExternal || externalId === idOrExternal,
  );
  if (found === undefined) throw notFound('user');
  return found.id;
}

function integrationIn({ world, params }: Call<World>): Integration {
  const integration = world.integrations.get(params['id'] ?? '');
  if (integration === undefined) throw notFound('integration');
  return integration;
}

function integrationResource({ id, type, displayName, status }: Integration): JsonObject {
  return { id, type, displayName, status };
}

function newWebhook(world: World, { target, triggers }: JsonObject): Webhook {
  const all = [...world.integrations.values()].flatMap(({ webhooks }) => webhooks);
  if (all.length >= world.settings.maxWebhooks) throw refuse(400, 'bad_request', 'Webhook limit reached');
  const id = newHex(world);
  return { id, target: String(target), triggers: listOf(triggers).map(String), secret: `${newHex(world)}secret` };
}

function createIntegration({ world, fields }: Call<World>) {
  const [first] = listOf(fields['webhooks']).map(objectOf);
  const webhooks = first === undefined ? [] : [newWebhook(world, first)];
  const integration: Integration = {
    ...{
      id: newHex(world),
      type: 'custom',
      displayName: textOf(fields['displayName']) ?? '',
      status: 'active',
      webhooks,
    },
  };
  world.integrations.set(integration.id, integration);
  return ok({ integration: { ...integrationResource(integration), webhooks } }, 201);
}

function webhookIn(call: Call<World>): Webhook {
  const found = integrationIn(call).webhooks.find(({ id }) => id === call.params['webhookId']);
  if (found === undefined) throw notFound('webhook');
  return found;
}

function openConversation({ world, fields }: Call<World>) {
  const userIds = listOf(fields['participants']).map((one) => {
    const { userId, userExternalId } = objectOf(one);
    return userIn(world, String(userId ?? userExternalId));
  });
  const type = fields['type'] as Conversation['type'];
  if (type === 'personal' && userIds.length !== 1)
    throw refuse(400, 'bad_request', 'A personal conversation has one participant');
  const conversation: Conversation = {
    ...{ id: newHex(world), type, userIds, surface: 'web', messages: [], active: undefined, pending: undefined },
  };
  world.conversations.set(conversation.id, conversation);
  return ok({ conversation: conversationResource(conversation) }, 201);
}

function conversationsOf({ world, fields }: Call<World>) {
  const userId = userIn(world, String(fields['filter[userId]'] ?? fields['filter[userExternalId]']));
  const own = [...world.conversations.values()].filter(({ userIds }) => userIds.includes(userId));
  return ok({ conversations: own.map(conversationResource), meta: { hasMore: false } });
}

/** Who has a conversation from now on, or is offered it. */
const control =
  (act: string, change: (conversation: Conversation, target: JsonObject) => void) => (call: Call<World>) => {
    const conversation = conversationIn(call);
    const name = textOf(call.fields['switchboardIntegration']);
    if (name === 'nowhere') throw notFound('switchboard_integration');
    change(conversation, { id: newHex(call.world), name, ...(name?.startsWith('zd:') && { integrationType: name }) });
    const payload = { conversation: conversationResource(conversation), metadata: objectOf(call.fields['metadata']) };
    void call.world.webhooks.post(`switchboard:${act}`, payload);
    return OK;
  };

function upload({ world, request }: Call<World>) {
  const [source] = request.body.files;
  if (source?.field !== 'source') throw refuse(400, 'bad_request', '"source" is required');
  const id = newHex(world);
  world.files.set(id, source);
  return ok({ attachment: { mediaUrl: `${world.url}/files/${id}`, mediaType: source.mimeType } }, 201);
}

function download({ world, params }: Call<World>) {
  const file = world.files.get(params['id'] ?? '');
  if (file === undefined) throw new PlainRefusal(404, 'Not found');
  return { status: 200, body: file.content, headers: { 'content-type': file.mimeType } };
}

function limited(handle: typeof send): typeof send {
  return (call) => {
    const { settings, limiter, clock } = call.world;
    if (settings.perSecond !== null) {
      const rate = { burst: settings.perSecond, refillMs: 1_000 / settings.perSecond };
      if (limiter.waitMs('sends', clock.now(), rate) > 0) throw refuse(429, 'too_many_requests', 'Too many requests');
      limiter.spend('sends', clock.now(), rate);
    }
    return handle(call);
  };
}

const APP = `/v2/apps/${SUNSHINE_DEFAULTS.appId}`;
const CONVERSATION = `${APP}/conversations/:id`;
const INTEGRATION = `${APP}/integrations/:id`;
const TARGET = s.object({ switchboardIntegration: s.text(128), metadata: s.optional(s.open({})) });
const NO_TARGET = s.object({ metadata: s.optional(s.open({})) });
const PARTICIPANT = s.object({ userId: s.optional(s.text(24)), userExternalId: s.optional(s.text(500)) });

/** API v2, as far as the business needs it, and the notifications of v1.1. */
export const API: Api<World> = {
  routes: [
    route('POST', `${CONVERSATION}/messages`, {
      ...{ operation: 'send', takes: ['json'], maxBytes: 100_000, schema: MESSAGE, handle: limited(send) },
    }),
    route('GET', `${CONVERSATION}/messages`, { operation: 'lookup', handle: list }),
    route('POST', `${CONVERSATION}/activity`, {
      operation: 'read',
      schema: s.object({ author: s.open({}), type: s.oneOf('conversation:read', 'typing:start', 'typing:stop') }),
      handle: (call) => {
        call.world.activities.push({ conversationId: conversationIn(call).id, type: String(call.fields['type']) });
        return OK;
      },
    }),
    ...(['passControl', 'offerControl'] as const).map((act) =>
      route<World>('POST', `${CONVERSATION}/${act}`, {
        ...{ operation: 'control', schema: TARGET },
        handle: control(act, (conversation, target) => {
          if (act === 'passControl') conversation.active = target;
          else conversation.pending = target;
        }),
      }),
    ),
    ...(['acceptControl', 'releaseControl'] as const).map((act) =>
      route<World>('POST', `${CONVERSATION}/${act}`, {
        ...{ operation: 'control', schema: NO_TARGET },
        handle: control(act, (conversation) => {
          conversation.active = act === 'acceptControl' ? conversation.pending : undefined;
          conversation.pending = undefined;
        }),
      }),
    ),
    route('POST', `${APP}/conversations`, {
      operation: 'conversations',
      schema: s.object({
        ...{ type: s.oneOf('personal', 'sdkGroup'), participants: s.list(PARTICIPANT, 1, 10) },
        metadata: s.optional(s.open({})),
      }),
      handle: openConversation,
    }),
    route('GET', `${APP}/conversations`, { operation: 'conversations', handle: conversationsOf }),
    route('GET', `${APP}/users/:id`, {
      operation: 'users',
      handle: ({ world, params }) => ok({ user: userResource(world, userIn(world, params['id'] ?? '')) }),
    }),
    route('PATCH', `${APP}/users/:id`, {
      ...{
        operation: 'users',
        schema: s.object({ metadata: s.optional(s.open({})), profile: s.optional(s.open({})) }),
      },
      handle: ({ world, params, fields }) => {
        const id = userIn(world, params['id'] ?? '');
        Object.assign(world.users.get(id)?.metadata ?? {}, objectOf(fields['metadata']));
        return ok({ user: userResource(world, id) });
      },
    }),
    route('POST', `${APP}/attachments`, {
      ...{ operation: 'media', takes: ['multipart'], maxBytes: 50 * 1024 * 1024, handle: upload },
    }),
    route('GET', `${APP}/integrations`, {
      operation: 'provisioning',
      handle: ({ world, fields }) => {
        const type = fields['filter[types]'];
        const all = [...world.integrations.values()].filter((one) => type === undefined || one.type === type);
        return ok({ integrations: all.map(integrationResource), meta: { hasMore: false } });
      },
    }),
    route('POST', `${APP}/integrations`, {
      operation: 'provisioning',
      schema: s.object({
        ...{ type: s.oneOf('custom'), displayName: s.optional(s.text(100)), webhooks: s.list(s.object(WEBHOOK), 1, 1) },
      }),
      handle: createIntegration,
    }),
    route('GET', INTEGRATION, {
      operation: 'provisioning',
      handle: (call) => ok({ integration: integrationResource(integrationIn(call)) }),
    }),
    route('DELETE', INTEGRATION, {
      operation: 'provisioning',
      handle: (call) => {
        call.world.integrations.delete(integrationIn(call).id);
        return OK;
      },
    }),
    route('GET', `${INTEGRATION}/webhooks`, {
      operation: 'provisioning',
      handle: (call) => ok({ webhooks: integrationIn(call).webhooks }),
    }),
    route('PATCH', `${INTEGRATION}/webhooks/:webhookId`, {
      ...{ operation: 'provisioning', schema: s.object({ ...WEBHOOK, target: s.optional(s.url()) }) },
      handle: (call) => {
        const webhook = webhookIn(call);
        webhook.triggers = listOf(call.fields['triggers']).map(String);
        return ok({ webhook });
      },
    }),
    route('DELETE', `${INTEGRATION}/webhooks/:webhookId`, {
      operation: 'provisioning',
      handle: (call) => {
        const integration = integrationIn(call);
        const gone = webhookIn(call);
        integration.webhooks = integration.webhooks.filter((one) => one !== gone);
        return OK;
      },
    }),
    route('POST', `/v1.1/apps/${SUNSHINE_DEFAULTS.appId}/notifications`, {
      operation: 'notify',
      schema: s.open({
        destination: s.object({ integrationId: s.text(24), destinationId: s.text(200) }),
        message: s.open({}),
      }),
      handle: ({ world, fields }) => {
        world.notifications.push(fields);
        return ok({ notification: { _id: newHex(world) } }, 201);
      },
    }),
    route('GET', '/files/:id', { operation: 'download', handle: download }),
  ],
  auth: {
    presented: firstOf(basic, bearer()),
    callerOf: (presented, { settings }) => {
      if (presented === `${SUNSHINE_DEFAULTS.keyId}:${settings.secret}`) return SUNSHINE_DEFAULTS.keyId;
      const claims = verifiedJwt(presented, ({ kid }) =>
        kid === SUNSHINE_DEFAULTS.keyId ? settings.secret : undefined,
      );
      return claims?.['scope'] === 'app' ? SUNSHINE_DEFAULTS.keyId : undefined;
    },
    unknown: () => refuse(401, 'unauthorized', 'Authorization is required'),
  },
  refusals: {
    faults: {
      throttled: ({ retryAfterSeconds }) =>
        refuse(429, 'too_many_requests', 'Too many requests', retryAfter(retryAfterSeconds)),
      server_error: () => refuse(500, 'internal_server_error', 'Something went wrong'),
      unavailable: () => new PlainRefusal(503, '<html><h1>503</h1></html>', { 'content-type': 'text/html' }),
      token_expired: () => refuse(401, 'unauthorized', 'Authorization is required'),
    },
    noRoute: () => refuse(404, 'not_found', 'Not found'),
    size: () => refuse(413, 'payload_too_large', 'Request entity too large'),
    type: () => refuse(400, 'bad_request', 'The content type is not supported'),
    invalid: refusalOf,
  },
};
