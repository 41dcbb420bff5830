import { objectOf, type JsonObject } from '../kit/json.ts';
import type { People, SentByCustomer } from '../kit/sandbox.ts';
import { actionsIn, conversationResource, keep, postMessage, surfaceOf, userResource } from './messages.ts';
import { messageIn, newHex, type Conversation, type SandboxMessage, type User, type World } from './world.ts';

/** What a person sends; one of the members that say something. */
export interface CustomerMessage {
  /** The external id, by which a person is the same again. */
  from: string;
  name?: string;
  /** The channel that they are on. */
  surface?: string;
  text?: string;
  file?: { mimeType: string; content?: Buffer | string };
  /** The content as the API shows it; it wins. */
  content?: JsonObject;
  metadata?: JsonObject;
}

/** People, and agents who answer them in Zendesk. */
export interface Customer extends People<CustomerMessage> {
  agentSays(said: { from: string; text: string }): Promise<number | undefined>;
  types(who: { from: string }): Promise<number | undefined>;
  blocks(who: { from: string; isBlocking: boolean }): Promise<number | undefined>;
  merges(who: { from: string; into: string }): Promise<number | undefined>;
}

function userOf(world: World, { from, name, metadata }: CustomerMessage): User {
  const known = [...world.users.values()].find(({ externalId }) => externalId === from);
  const user = known ?? { id: newHex(world), externalId: from, name: name ?? from, metadata: {} };
  if (name !== undefined) user.name = name;
  Object.assign(user.metadata, metadata);
  world.users.set(user.id, user);
  return user;
}

function conversationOf(world: World, user: User, surface: string): Conversation {
  const own = [...world.conversations.values()].find(
    (one) => one.userIds.includes(user.id) && (one.surface === surface || one.messages.length === 0),
  );
  if (own !== undefined) return own;
  const conversation: Conversation = {
    ...{
      id: newHex(world),
      type: 'personal',
      userIds: [user.id],
      surface,
      messages: [],
      active: undefined,
      pending: undefined,
    },
  };
  world.conversations.set(conversation.id, conversation);
  return conversation;
}

function contentOf(world: World, { text, file, content }: CustomerMessage): JsonObject {
  if (content !== undefined) return content;
  if (file === undefined) return { type: 'text', text };
  const id = newHex(world);
  world.files.set(id, { mimeType: file.mimeType, content: Buffer.from(file.content ?? 'bytes') });
  return { type: 'file', mediaUrl: `${world.url}/files/${id}`, mediaType: file.mimeType, text };
}

async function sends(world: World, said: CustomerMessage, metadata: JsonObject = {}): Promise<SentByCustomer> {
  const user = userOf(world, said);
  const conversation = conversationOf(world, user, said.surface ?? 'whatsapp');
  const author = { type: 'user', userId: user.id, displayName: user.name, user: userResource(world, user.id) };
  const content = contentOf(world, said);
  const message = keep(world, conversation, {
    ...{ author, content, source: surfaceOf(conversation), metadata, isOwn: false, body: {} },
  });
  const delivery = postMessage(world, conversation, message);
  return { id: message.id, status: (await delivery?.first)?.status, delivery };
}

interface Accepted {
  message: SandboxMessage;
  conversation: Conversation;
  user: User;
}

function accepted(world: World, id: string): Accepted {
  const found = messageIn(world, id);
  const user = found && world.users.get(found.conversation.userIds[0] ?? '');
  if (!found?.message.isOwn || user === undefined) throw new Error(`No message ${id} was accepted`);
  return { ...found, user };
}

/** A reply says its text and its payload; a postback says nothing, and is an event of its own. */
async function taps(world: World, messageId: string, choice: string): Promise<SentByCustomer> {
  const { message, conversation, user } = accepted(world, messageId);
  const { externalId: from = '' } = user;
  const found = actionsIn(message.content).find(({ payload, text }) => payload === choice || text === choice);
  if (found === undefined) throw new Error(`${messageId} has no choice ${choice}`);
  const { type, text, payload, metadata } = found;
  if (type === 'reply') {
    const content = { type: 'text', text, payload };
    return sends(world, { from, surface: conversation.surface, content }, objectOf(metadata));
  }
  const delivery = world.webhooks.post('conversation:postback', {
    ...{ conversation: conversationResource(conversation), user: userResource(world, user.id) },
    ...{ source: surfaceOf(conversation), postback: { payload, metadata: objectOf(metadata) } },
  });
  return { id: messageId, status: (await delivery?.first)?.status, delivery };
}

function formContent(message: SandboxMessage, response: JsonObject): JsonObject {
  const fields = Object.entries(response).map(([name, value]) => ({
    type: 'text',
    name,
    label: name,
    text: String(value),
  }));
  return {
    type: 'formResponse',
    fields,
    textFallback: '',
    quotedMessage: { type: 'message', message: { id: message.id } },
  };
}

type Posted = Promise<number | undefined>;

async function tell(world: World, type: string, payload: JsonObject): Posted {
  return (await world.webhooks.post(type, payload)?.first)?.status;
}

function activity(world: World, user: User, type: string): JsonObject {
  const conversation = [...world.conversations.values()].find(({ userIds }) => userIds.includes(user.id));
  if (conversation === undefined) throw new Error(`${user.name} never wrote`);
  const author = { type: 'user', userId: user.id, user: userResource(world, user.id) };
  return {
    conversation: conversationResource(conversation),
    activity: { type, author, source: surfaceOf(conversation) },
  };
}

async function agentSays(world: World, { from, text }: { from: string; text: string }): Posted {
  const user = userOf(world, { from });
  const conversation = [...world.conversations.values()].find(({ userIds }) => userIds.includes(user.id));
  if (conversation === undefined) throw new Error(`${from} never wrote`);
  const author = { type: 'business', displayName: 'Ana' };
  const content = { type: 'text', text };
  const message = keep(world, conversation, {
    ...{ author, content, source: { type: 'zd:agentWorkspace' }, metadata: {}, isOwn: false, body: {} },
  });
  return (await postMessage(world, conversation, message)?.first)?.status;
}

export function createCustomer(world: World): Customer {
  const answers = (messageId: string, content: JsonObject) => {
    const { conversation, user } = accepted(world, messageId);
    return sends(world, { from: user.externalId ?? '', surface: conversation.surface, content });
  };
  return {
    sends: (message) => sends(world, message),
    taps: ({ messageId, choice }) => taps(world, messageId, choice),
    replies: ({ messageId, text }) => answers(messageId, { type: 'text', text }),
    submitsForm: ({ messageId, response }) =>
      answers(messageId, formContent(accepted(world, messageId).message, response)),
    reads: async (messageId) => {
      const { user } = accepted(world, messageId);
      const delivery = world.webhooks.post('conversation:read', activity(world, user, 'conversation:read'));
      await delivery?.first;
      return delivery;
    },
    agentSays: (said) => agentSays(world, said),
    types: ({ from }) => tell(world, 'conversation:typing', activity(world, userOf(world, { from }), 'typing:start')),
    blocks: ({ from, isBlocking }) =>
      tell(world, 'client:update', {
        ...{
          user: userResource(world, userOf(world, { from }).id),
          client: surfaceOf({ surface: 'whatsapp' } as Conversation),
        },
        reason: isBlocking ? 'blocked' : 'unblocked',
      }),
    merges: ({ from, into }) => {
      const [discarded, surviving] = [userOf(world, { from }), userOf(world, { from: into })];
      const mergedUsers = { surviving: { id: surviving.id }, discarded: { id: discarded.id } };
      const [old, kept] = [discarded, surviving].map(({ id }) =>
        [...world.conversations.values()].find(({ userIds }) => userIds.includes(id)),
      );
      const mergedConversations = old && kept && { surviving: { id: kept.id }, discarded: { id: old.id } };
      if (mergedConversations) world.conversations.delete(old.id);
      return tell(world, 'user:merge', { mergedUsers, mergedConversations, reason: 'channelLinking' });
    },
  };
}
