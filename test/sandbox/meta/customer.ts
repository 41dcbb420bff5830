import type { JsonObject } from '../kit/json.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import { contentOf, tapOf, type CustomerMessage } from './customer-content.ts';
import { postEvent } from './statuses.ts';
import {
  accountId,
  newMessageId,
  noteAct,
  personFor,
  type AcceptedMessage,
  type Person,
  type Platform,
  type World,
} from './world.ts';

/** A message a person sent, and its webhook (undefined: nobody is subscribed). */
export interface SentByCustomer {
  id: string;
  /** HTTP status of the first delivery; undefined when it failed or nobody is subscribed. */
  status: number | undefined;
  delivery: WebhookDelivery | undefined;
}

type Told = Promise<WebhookDelivery | undefined>;

/** The people on the other side. Every method resolves when the webhook was tried once. */
export interface Customer {
  /** Sends a message of any kind. */
  sends(message: CustomerMessage): Promise<SentByCustomer>;
  /** Sends several messages that come in one webhook. */
  sendsTogether(messages: CustomerMessage[]): Promise<SentByCustomer[]>;
  /** Taps a quick reply or a button (by payload or label) of a message that was accepted. */
  taps(tap: { messageId: string; choice: string }): Promise<SentByCustomer>;
  /** Taps what stands outside of messages: Get Started, the menu, an ice breaker. */
  chooses(choice: { from: string; title: string; payload: string; referral?: JsonObject }): Promise<SentByCustomer>;
  /** Quotes and answers a message that was accepted. */
  replies(reply: { messageId: string; text: string }): Promise<SentByCustomer>;
  /** Reacts to a message; without `emoji` the reaction is taken back. */
  reacts(reaction: { from: string; messageId: string; emoji?: string; name?: string }): Told;
  edits(edit: { from: string; messageId: string; text: string; count?: number }): Told;
  /** Takes a message back. */
  unsends(message: { from: string; messageId: string }): Told;
  /** Follows a link (m.me, ig.me) or an ad into the thread that exists. */
  follows(link: { from: string; ref?: string; adId?: string }): Told;
  /** Says yes or no to messages about a topic. */
  optsIn(wish: { from: string; topic: string; value?: 'stop' | 'resume' }): Told;
  /** Reads a message that was accepted, and on Messenger everything before. */
  reads(messageId: string): Told;
  /** Anything else, as it stands in `messaging[]` besides who and when. */
  does(act: { from: string } & JsonObject): Told;
}

/** What a person did, with who and when; to onlookers while another app owns the thread. */
function tell(world: World, person: Person, ...members: JsonObject[]): WebhookDelivery | undefined {
  const { id, platform, ownerAppId } = person;
  const isOurs = ownerAppId === undefined || ownerAppId === world.settings.appId;
  const around = {
    sender: { id },
    recipient: { id: accountId(world, platform) },
    timestamp: world.clock.now(),
  };
  const seen = isOurs ? members : members.map(withoutPayload);
  world.changes.notify();
  return world.webhooks.emit(
    platform,
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

function arrived(world: World, person: Person, id: string, referral: JsonObject | undefined): void {
  noteAct(world, person, isFromAd(referral));
  world.inbound.set(id, { id, platform: person.platform, from: person, at: world.clock.now() });
}

async function sendTogether(world: World, platform: Platform, messages: CustomerMessage[]): Promise<SentByCustomer[]> {
  const from = messages[0]?.from ?? '';
  if (messages.some((message) => message.from !== from)) throw new Error('One webhook has messages of one person');
  const person = personFor(world, platform, from);
  const built = messages.map((message) => {
    const id = message.id ?? newMessageId(world, platform);
    arrived(world, person, id, message.referral);
    return { id, member: { message: { mid: id, ...contentOf(world, message) } } };
  });
  const delivery = tell(world, person, ...built.map(({ member }) => member));
  const attempt = await delivery?.first;
  return built.map(({ id }) => ({ id, status: attempt?.status, delivery }));
}

async function postBack(world: World, person: Person, postback: JsonObject): Promise<SentByCustomer> {
  const id = newMessageId(world, person.platform);
  arrived(world, person, id, postback['referral'] as JsonObject | undefined);
  const delivery = tell(world, person, { postback: { mid: id, ...postback } });
  return { id, status: (await delivery?.first)?.status, delivery };
}

async function told(delivery: WebhookDelivery | undefined): Told {
  await delivery?.first;
  return delivery;
}

function acceptedMessage(world: World, id: string): AcceptedMessage {
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

function referralOf(platform: Platform, { ref, adId }: { ref?: string; adId?: string }): JsonObject {
  const link = platform === 'messenger' ? 'SHORTLINK' : 'SHORTLINKS';
  const source = adId === undefined ? link : 'ADS';
  return { ...(ref && { ref }), ...(adId && { ad_id: adId }), source, type: 'OPEN_THREAD' };
}

/** The customers of a world on one platform. */
export function createCustomer(world: World, platform: Platform): Customer {
  const sendsTogether = (messages: CustomerMessage[]) => sendTogether(world, platform, messages);
  const sends = async (message: CustomerMessage) => (await sendsTogether([message]))[0] as SentByCustomer;
  const person = (id: string) => personFor(world, platform, id);
  const does = (from: string, act: JsonObject) => told(tell(world, person(from), act));
  return {
    sends,
    sendsTogether,
    taps: async ({ messageId, choice }) => {
      const message = acceptedMessage(world, messageId);
      const { payload, title, isQuickReply } = tapOf(message, choice);
      if (!isQuickReply) return postBack(world, message.to, { title, payload });
      return sends({ from: message.to.id, text: title, raw: { quick_reply: { payload } } });
    },
    chooses: ({ from, ...postback }) => postBack(world, person(from), postback),
    replies: async ({ messageId, text }) =>
      sends({ from: acceptedMessage(world, messageId).to.id, text, replyTo: messageId }),
    reacts: ({ from, ...reaction }) => {
      const member = reactionOf(reaction);
      if (member['action'] === 'react') noteAct(world, person(from));
      return does(from, { reaction: member });
    },
    edits: ({ from, messageId, text, count = 1 }) =>
      does(from, { message_edit: { mid: messageId, text, num_edit: count } }),
    unsends: ({ from, messageId }) => does(from, { message: { mid: messageId, is_deleted: true } }),
    follows: ({ from, ...link }) => {
      noteAct(world, person(from), link.adId !== undefined);
      return does(from, { referral: referralOf(platform, link) });
    },
    optsIn: ({ from, ...wish }) => does(from, { optin: optinOf(wish) }),
    reads: (messageId) => told(postEvent(world, acceptedMessage(world, messageId), 'read')),
    does: ({ from, ...act }) => does(from, act),
  };
}
