import type { Call } from '../kit/api.ts';
import type { HttpReply } from '../kit/http-server.ts';
import { listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import * as s from '../kit/schema.ts';
import { SUNSHINE_DEFAULTS } from './defaults.ts';
import { notFound, refuse } from './errors.ts';
import { newHex, type Conversation, type SandboxMessage, type World } from './world.ts';

const FLAT = s.anything;
const action = (members: Record<string, s.Check>) =>
  s.object({ type: s.text(20), metadata: s.optional(FLAT), ...members });
const LINK = action({ uri: s.url(), text: s.text(128), default: s.optional(s.boolean) });
const POSTBACK = action({ text: s.text(128), payload: s.text(1000) });
const REPLY = action({ text: s.text(128), payload: s.text(1000), iconUrl: s.optional(s.url()) });
const ACTION = s.choose('type', {
  ...{ link: LINK, postback: POSTBACK, reply: REPLY },
  locationRequest: action({ text: s.text(128) }),
});
const ITEM_ACTION = s.choose('type', { link: LINK, postback: POSTBACK });
const ITEM = s.object({
  ...{ title: s.text(128), description: s.optional(s.text(128)), mediaUrl: s.optional(s.url()) },
  ...{ actions: s.list(ITEM_ACTION, 1, 3), metadata: s.optional(FLAT) },
});
const named = { name: s.text(128), label: s.text(128), placeholder: s.optional(s.text(128)) };
const FIELD = s.choose('type', {
  text: s.object({
    ...{ type: s.text(10), ...named, minSize: s.optional(s.number(1, 256)), maxSize: s.optional(s.number(1, 256)) },
    format: s.optional(s.oneOf('integer', 'decimal')),
  }),
  email: s.object({ type: s.text(10), ...named }),
  select: s.object({
    ...{ type: s.text(10), ...named },
    options: s.list(s.object({ name: s.text(128), label: s.text(128) }), 1, 200),
  }),
});

/** Replies stand alone. */
const UNMIXED = s.rule<unknown[]>(
  (actions) => new Set(actions.map((one) => objectOf(one)['type'] === 'reply')).size < 2,
  'reply actions may not be mixed',
);
const ACTIONS = s.optional(s.all(s.list(ACTION, 1, 10), UNMIXED as s.Check));
const file = { type: s.text(10), mediaUrl: s.url(), text: s.optional(s.text(4096)), altText: s.optional(s.text(128)) };
const CONTENT = s.choose('type', {
  text: s.open({ text: s.optional(s.text(4096)), actions: ACTIONS }),
  image: s.object({ ...file, actions: ACTIONS }),
  file: s.object(file),
  carousel: s.object({ type: s.text(10), items: s.list(ITEM, 1, 10), displaySettings: s.optional(FLAT) }),
  list: s.object({ type: s.text(10), items: s.list(ITEM, 1, 10), actions: ACTIONS }),
  form: s.object({
    ...{ type: s.text(10), text: s.optional(s.text(4096)), blockChatInput: s.optional(s.boolean) },
    fields: s.list(FIELD, 1, 20),
  }),
  location: s.object({
    ...{ type: s.text(10), location: s.optional(s.open({})) },
    coordinates: s.object({ lat: s.number(-90, 90), long: s.number(-180, 180) }),
  }),
  template: s.object({
    type: s.text(10),
    template: s.open({ name: s.text(512), language: s.open({ code: s.text(20) }) }),
  }),
});

const flatMetadata = s.rule(
  (value) => Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one)),
  'metadata is flat',
);

export const MESSAGE = s.object({
  author: s.object({
    ...{ type: s.oneOf('business', 'user'), displayName: s.optional(s.text(128)), avatarUrl: s.optional(s.url()) },
    ...{ subtypes: s.optional(s.list(s.oneOf('AI'), 0, 1)), userId: s.optional(s.text(24)) },
  }),
  content: CONTENT,
  destination: s.optional(s.open({})),
  metadata: s.optional(s.all(s.open({}), flatMetadata)),
  override: s.optional(s.open({})),
  schema: s.optional(s.oneOf('whatsapp')),
});

export function conversationIn({ world, params }: Call<World>): Conversation {
  const conversation = world.conversations.get(params['id'] ?? '');
  if (conversation === undefined) throw notFound('conversation');
  return conversation;
}

export function messageResource({ id, receivedAt, author, content, source, metadata }: SandboxMessage): JsonObject {
  return { id, received: new Date(receivedAt).toISOString(), author, content, source, metadata };
}

export function userResource(world: World, userId: string): JsonObject {
  const user = world.users.get(userId);
  const [givenName] = [user?.name];
  return {
    ...{
      id: userId,
      authenticated: user?.externalId !== undefined,
      metadata: user?.metadata ?? {},
      profile: { givenName },
    },
    ...(user?.externalId !== undefined && { externalId: user.externalId }),
  };
}

export function conversationResource({ id, type, active, pending }: Conversation): JsonObject {
  return {
    ...{ id, type },
    ...(active && { activeSwitchboardIntegration: active }),
    ...(pending && { pendingSwitchboardIntegration: pending }),
  };
}

/** The channel and the integration of a conversation. */
export function surfaceOf({ surface }: Conversation): JsonObject {
  const ids: Readonly<Record<string, string>> = SUNSHINE_DEFAULTS.integrations;
  return { type: surface, integrationId: ids[surface] };
}

export function keep(
  world: World,
  conversation: Conversation,
  said: Pick<SandboxMessage, 'author' | 'content' | 'source' | 'metadata' | 'isOwn' | 'body'>,
): SandboxMessage {
  const message = { id: newHex(world), conversationId: conversation.id, receivedAt: world.clock.now(), ...said };
  conversation.messages.push(message);
  world.changes.notify();
  return message;
}

/** The webhook about a message, of either side. */
export function postMessage(world: World, conversation: Conversation, message: SandboxMessage) {
  const payload = { conversation: conversationResource(conversation), message: messageResource(message) };
  return world.webhooks.post('conversation:message', { ...payload, recentNotifications: [] });
}

/** A step of a message on its way. */
export function postDelivery(
  world: World,
  conversation: Conversation,
  message: SandboxMessage,
  step: string,
  error?: JsonObject,
) {
  const [userId = ''] = conversation.userIds;
  return world.webhooks.post(`conversation:message:delivery:${step}`, {
    ...{ user: userResource(world, userId), conversation: conversationResource(conversation) },
    ...{ message: { id: message.id }, destination: surfaceOf(conversation), isFinalEvent: step !== 'channel' },
    ...(error && { error }),
  });
}

export function send(call: Call<World>): HttpReply {
  const { world, fields } = call;
  const conversation = conversationIn(call);
  const content = objectOf(fields['content']);
  const isTemplate = content['type'] === 'template';
  if (isTemplate !== (fields['schema'] === 'whatsapp'))
    throw refuse(400, 'bad_request', 'A template needs the schema whatsapp');
  const message = keep(world, conversation, {
    ...{
      author: objectOf(fields['author']),
      content,
      source: { type: 'api:conversations' },
      isOwn: true,
      body: fields,
    },
    metadata: objectOf(fields['metadata']),
  });
  setImmediate(() => void follow(world, conversation, message));
  return { status: 201, body: { messages: [messageResource(message)] } };
}

/** What becomes of an accepted message by itself. */
async function follow(world: World, conversation: Conversation, message: SandboxMessage): Promise<void> {
  await postMessage(world, conversation, message)?.first;
  for (const step of world.settings.autoStatuses) await postDelivery(world, conversation, message, step)?.first;
}

/** The newest hundred, the oldest of them first. */
export function list(call: Call<World>): HttpReply {
  const { messages } = conversationIn(call);
  return {
    status: 200,
    body: { messages: messages.slice(-100).map(messageResource), meta: { hasMore: messages.length > 100 } },
  };
}

export const textIn = (content: JsonObject): string => textOf(content['text']) ?? '';

/** Everything of a message that can be tapped. */
export function actionsIn(content: JsonObject): JsonObject[] {
  const items = listOf(content['items']).flatMap((item) => listOf(objectOf(item)['actions']));
  return [...listOf(content['actions']), ...items].map(objectOf);
}
