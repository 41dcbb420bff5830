import type { JsonObject } from '../kit/json.ts';
import type { People, SentByCustomer } from '../kit/sandbox.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import { contentOf, tapOf, type CustomerMessage } from './customer-content.ts';
import { acts, newMessageId, personOf, type AcceptedMessage, type CustomerWorld } from './customer-world.ts';
import { postStatus } from './statuses.ts';

type Told = Promise<WebhookDelivery | undefined>;

/** What people do besides; `taps` a quick reply or a button. There are no forms. */
export interface Customer extends Omit<People<CustomerMessage>, 'submitsForm'> {
  /** Sends several messages that come in one webhook. */
  sendsTogether(messages: CustomerMessage[]): Promise<SentByCustomer[]>;
  /** Taps what stands outside of messages: Get Started, the menu, an ice breaker. */
  chooses(choice: { from: string; title: string; payload: string; referral?: JsonObject }): Promise<SentByCustomer>;
  /** Reacts to a message; without `emoji` the reaction is taken back. */
  reacts(reaction: { from: string; messageId: string; emoji?: string; name?: string }): Told;
  edits(edit: { from: string; messageId: string; text: string; count?: number }): Told;
  /** Takes a message back. */
  unsends(message: { from: string; messageId: string }): Told;
  /** Follows a link (m.me, ig.me) or an ad into the thread that exists. */
  follows(link: { from: string; ref?: string; adId?: string }): Told;
  /** Says yes or no to messages about a topic. */
  optsIn(wish: { from: string; topic: string; value?: 'stop' | 'resume' }): Told;
  /** Anything else, as it stands in `messaging[]` besides who and when. */
  does(act: { from: string } & JsonObject): Told;
}

/** What a person did, with who and when; to onlookers while another app owns the thread. */
function tell(world: CustomerWorld, from: string, ...members: JsonObject[]): WebhookDelivery | undefined {
  const owner = world.threadOwners.get(from);
  const isOurs = owner === undefined || owner === world.settings.appId;
  const around = {
    sender: { id: from },
    recipient: { id: world.settings.accountId },
    timestamp: world.clock.now(),
  };
  const seen = isOurs ? members : members.map(withoutPayload);
  world.changes.notify();
  return world.webhooks.emitTogether(
    seen.map((member) => ({ ...around, ...member })),
    isOurs ? 'messaging' : 'standby',
  );
}

/** Onlookers are not told what a button stands for. */
function withoutPayload(member: JsonObject): JsonObject {
  if (member['postback'] === undefined) return member;
  const { payload: _, ...postback } = member['postback'] as JsonObject;
  return { ...member, postback };
}

const isFromAd = (referral: JsonObject | undefined): boolean => referral?.['source'] === 'ADS';

async function sendTogether(world: CustomerWorld, messages: CustomerMessage[]): Promise<SentByCustomer[]> {
  const from = messages[0]?.from ?? '';
  if (messages.some((message) => message.from !== from)) throw new Error('One webhook has messages of one person');
  const built = messages.map((message) => {
    const id = message.id ?? newMessageId(world);
    acts(world, from, isFromAd(message.referral));
    world.inbound.set(id, { id, from, at: world.clock.now() });
    return { id, member: { message: { mid: id, ...contentOf(world, message) } } };
  });
  const delivery = tell(world, from, ...built.map(({ member }) => member));
  const attempt = await delivery?.first;
  return built.map(({ id }) => ({ id, status: attempt?.status, delivery }));
}

async function postBack(world: CustomerWorld, from: string, postback: JsonObject): Promise<SentByCustomer> {
  const id = newMessageId(world);
  acts(world, from, isFromAd(postback['referral'] as JsonObject | undefined));
  world.inbound.set(id, { id, from, at: world.clock.now() });
  const delivery = tell(world, from, { postback: { mid: id, ...postback } });
  return { id, status: (await delivery?.first)?.status, delivery };
}

async function told(delivery: WebhookDelivery | undefined): Told {
  await delivery?.first;
  return delivery;
}

function acceptedMessage(world: CustomerWorld, id: string): AcceptedMessage {
  const message = world.accepted.get(id);
  if (!message) throw new Error(`No message ${id} was accepted`);
  return message;
}

const NAMES: Record<string, string> = { '❤️': 'love', '👍': 'like', '👎': 'dislike', '😆': 'smile', '😮': 'wow' };

function reactionOf({ messageId, emoji, name }: { messageId: string; emoji?: string; name?: string }): JsonObject {
  if (emoji === undefined && name === undefined) return { mid: messageId, action: 'unreact' };
  const reaction = name ?? NAMES[emoji ?? ''] ?? 'other';
  return { mid: messageId, action: 'react', reaction, ...(emoji === undefined ? {} : { emoji }) };
}

function optinOf({ topic, value }: { topic: string; value?: 'stop' | 'resume' }): JsonObject {
  const status = value && { notification_messages_status: `${value.toUpperCase()} NOTIFICATIONS` };
  return { type: 'notification_messages', payload: topic, notification_messages_token: `NMT-${topic}`, ...status };
}

/** The customers of a world. */
export function createCustomer(world: CustomerWorld): Customer {
  const sendsTogether = (messages: CustomerMessage[]) => sendTogether(world, messages);
  const sends = async (message: CustomerMessage) => (await sendsTogether([message]))[0] as SentByCustomer;
  return {
    sends,
    sendsTogether,
    taps: async ({ messageId, choice }) => {
      const message = acceptedMessage(world, messageId);
      const { payload, title, isQuickReply } = tapOf(message, choice);
      if (!isQuickReply) return postBack(world, message.to, { title, payload });
      return sends({ from: message.to, text: title, raw: { quick_reply: { payload } } });
    },
    chooses: ({ from, ...postback }) => postBack(world, from, postback),
    replies: async ({ messageId, text }) =>
      sends({ from: acceptedMessage(world, messageId).to, text, replyTo: messageId }),
    reacts: ({ from, ...reaction }) => {
      const member = reactionOf(reaction);
      if (member['action'] === 'react') acts(world, from);
      return told(tell(world, from, { reaction: member }));
    },
    edits: ({ from, messageId, text, count = 1 }) =>
      told(tell(world, from, { message_edit: { mid: messageId, text, num_edit: count } })),
    unsends: ({ from, messageId }) => {
      const record = world.inbound.get(messageId);
      if (record) record.isDeleted = true;
      return told(tell(world, from, { message: { mid: messageId, is_deleted: true } }));
    },
    follows: ({ from, ref, adId }) => {
      acts(world, from);
      const source = adId === undefined ? (world.platform === 'messenger' ? 'SHORTLINK' : 'SHORTLINKS') : 'ADS';
      const referral = { ...(ref && { ref }), ...(adId && { ad_id: adId }), source, type: 'OPEN_THREAD' };
      return told(tell(world, from, { referral }));
    },
    optsIn: ({ from, ...wish }) => {
      personOf(world, from);
      return told(tell(world, from, { optin: optinOf(wish) }));
    },
    reads: (messageId) => told(postStatus(world, acceptedMessage(world, messageId), 'read')),
    does: ({ from, ...act }) => told(tell(world, from, act)),
  };
}
