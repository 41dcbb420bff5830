import { listOf, objectOf, parseJson, type JsonObject } from '../kit/json.ts';
import type { People, SentByCustomer } from '../kit/sandbox.ts';
import { SENDBIRD_DEFAULTS } from './defaults.ts';
import { keep } from './messages.ts';
import { frameOf, messageEvent, userResource } from './resources.ts';
import { channelOf, messageOf, userOf, type GroupChannel, type SandboxMessage, type World } from './world.ts';

/** What a user of the app sends; one of the members that say something. */
export interface CustomerMessage {
  /** A user id. */
  from: string;
  /** The channel's URL; default: one that the user has with the business. */
  thread?: string;
  name?: string;
  metadata?: Record<string, string>;
  text?: string;
  file?: { mimeType: string; content?: Buffer | string; name?: string };
  /** What the app puts beside the text. */
  data?: string;
  customType?: string;
  /** The message that this one answers. */
  replyTo?: string;
}

/** People of the app, and what else they do in a channel. */
export interface Customer extends People<CustomerMessage> {
  edits(edit: { messageId: string; text: string }): Promise<number | undefined>;
  deletes(messageId: string): Promise<number | undefined>;
  leaves(who: { from: string; thread: string }): Promise<number | undefined>;
  joins(who: { from: string; thread: string }): Promise<number | undefined>;
  blocks(who: { from: string; isBlocking: boolean }): Promise<number | undefined>;
}

/** What the app drew of a message: the content that its `data` holds. */
export function drawnIn({ data }: Pick<SandboxMessage, 'data'>): JsonObject {
  const { schema, content } = objectOf(parseJson(data));
  return schema === 'parley/v1' ? objectOf(content) : {};
}

const threadOf = (from: string): string => `support_${from}`;

async function sends(world: World, said: CustomerMessage): Promise<SentByCustomer> {
  const { from, name, metadata, text = '', file, data = '', customType = '', replyTo } = said;
  const user = userOf(world, from, name);
  if (name !== undefined) user.nickname = name;
  Object.assign(user.metadata, metadata);
  const channel = channelOf(world, said.thread ?? threadOf(from), [from, SENDBIRD_DEFAULTS.senderId]);
  channel.members.add(from);
  const message = keep(world, channel, {
    ...{ type: file ? 'FILE' : 'MESG', userId: from, message: text, customType, data, metaArray: [] },
    ...{ dedupId: undefined, suggestedReplies: [], isOwn: false, file: file && stored(world, file) },
    parentId: replyTo === undefined ? undefined : Number(replyTo),
  });
  const delivery = world.webhooks.post(messageEvent(world, channel, message));
  return { id: String(message.id), status: (await delivery?.first)?.status, delivery };
}

function stored(world: World, { mimeType, content = 'bytes', name = 'file' }: NonNullable<CustomerMessage['file']>) {
  const id = world.newId();
  world.files.set(id, { mimeType, content: Buffer.from(content) });
  return { url: `${world.url}/files/${id}`, name, type: mimeType };
}

function accepted(world: World, id: string): { message: SandboxMessage; channel: GroupChannel; from: string } {
  const message = messageOf(world, id);
  const channel = message && world.channels.get(message.channelUrl);
  if (!message?.isOwn || channel === undefined) throw new Error(`No message ${id} was accepted`);
  const { senderId, botId } = SENDBIRD_DEFAULTS;
  const from = [...channel.members].find((member) => member !== senderId && member !== botId) ?? '';
  return { message, channel, from };
}

/** Everything in a drawn content that can be chosen, with what the app answers for it. */
function choicesIn(content: JsonObject): { id: unknown; title: unknown; answer: JsonObject }[] {
  const as = (type: string, all: unknown) =>
    listOf(all)
      .map(objectOf)
      .map(({ id, title, ...rest }) => ({ id, title, answer: { type, id, title, ...rest } }));
  const rows = listOf(content['sections']).flatMap((section) => listOf(objectOf(section)['rows']));
  const ofCards = listOf(content['cards']).flatMap((card) => listOf(objectOf(card)['buttons']));
  return [
    ...as('button', content['buttons']),
    ...as('button', content['replies']),
    ...as('button', ofCards),
    ...as('list', rows),
    ...as('time_slot', content['slots']),
  ];
}

async function taps(world: World, messageId: string, choice: string): Promise<SentByCustomer> {
  const { message, channel, from } = accepted(world, messageId);
  const found = choicesIn(drawnIn(message)).find(({ id, title }) => id === choice || title === choice);
  if (found === undefined) {
    if (!message.suggestedReplies.includes(choice)) throw new Error(`${messageId} has no choice ${choice}`);
    return sends(world, { from, thread: channel.url, text: choice });
  }
  const text = String(found.title ?? found.id);
  const data = JSON.stringify({ schema: 'parley/v1', answer: found.answer });
  return sends(world, { from, thread: channel.url, text, data });
}

type Posted = Promise<number | undefined>;

async function tell(world: World, event: JsonObject): Posted {
  return (await world.webhooks.post(event)?.first)?.status;
}

/** A change of a message by whoever sent it. */
function changed(world: World, messageId: string, category: string, text?: string): Posted {
  const message = messageOf(world, messageId);
  const channel = message && world.channels.get(message.channelUrl);
  if (message === undefined || channel === undefined) throw new Error(`There is no message ${messageId}`);
  if (text !== undefined) message.message = text;
  const { payload, ...event } = messageEvent(world, channel, message);
  const whole = { ...objectOf(payload), updated_at: world.clock.now() };
  const own = text === undefined ? { message_id: message.id } : whole;
  return tell(world, { ...event, category: `group_channel:${category}`, payload: own });
}

function reads(world: World, messageId: string) {
  const { channel, from } = accepted(world, messageId);
  const read_updates = [{ user_id: from, read_ts: world.clock.now(), channel_unread_message_count: 0 }];
  return world.webhooks.post({ ...frameOf(world, channel, 'message_read'), read_updates });
}

function moves(world: World, { from, thread }: { from: string; thread: string }, isIn: boolean): Posted {
  const channel = channelOf(world, thread, [SENDBIRD_DEFAULTS.senderId]);
  if (isIn) channel.members.add(from);
  else channel.members.delete(from);
  const at = isIn ? { joined_at: world.clock.now() } : { left_at: world.clock.now() };
  const users = [userResource(userOf(world, from))];
  return tell(world, { ...frameOf(world, channel, isIn ? 'join' : 'leave'), ...at, users });
}

function blocks(world: World, { from, isBlocking }: { from: string; isBlocking: boolean }): Posted {
  const { senderId, applicationId } = SENDBIRD_DEFAULTS;
  const blocked = userOf(world, from).blocks;
  if (isBlocking) blocked.add(senderId);
  else blocked.delete(senderId);
  const [who, whom] = [from, senderId].map((id) => userResource(userOf(world, id)));
  const pair = isBlocking ? { blocker: who, blockee: whom } : { unblocker: who, unblockee: whom };
  return tell(world, { category: isBlocking ? 'user:block' : 'user:unblock', app_id: applicationId, ...pair });
}

export function createCustomer(world: World): Customer {
  const answers = (messageId: string, said: Omit<CustomerMessage, 'from'>) => {
    const { channel, from } = accepted(world, messageId);
    return sends(world, { ...said, from, thread: channel.url });
  };
  return {
    sends: (message) => sends(world, message),
    taps: ({ messageId, choice }) => taps(world, messageId, choice),
    replies: ({ messageId, text }) => answers(messageId, { text, replyTo: messageId }),
    submitsForm: ({ messageId, response }) =>
      answers(messageId, {
        text: 'Sent',
        data: JSON.stringify({ schema: 'parley/v1', answer: { type: 'form', data: response } }),
      }),
    reads: async (messageId) => {
      const delivery = reads(world, messageId);
      await delivery?.first;
      return delivery;
    },
    edits: ({ messageId, text }) => changed(world, messageId, 'message_update', text),
    deletes: (messageId) => changed(world, messageId, 'message_delete'),
    leaves: (who) => moves(world, who, false),
    joins: (who) => moves(world, who, true),
    blocks: (who) => blocks(world, who),
  };
}
