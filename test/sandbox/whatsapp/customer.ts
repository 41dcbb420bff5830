import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { JsonObject } from '../kit/json.ts';
import type { People, SentByCustomer } from '../kit/sandbox.ts';
import { tapContent } from './customer-choice.ts';
import { contentOf, type CustomerMessage } from './customer-content.ts';
import { countTraffic, openWindow } from './limits.ts';
import { newMessageId } from './messages.ts';
import { postStatus } from './statuses.ts';
import { contactOf, userFor, type UserRef } from './users.ts';
import type { AcceptedMessage, PhoneNumber, WhatsAppUser, World } from './world.ts';

/** What customers do besides. */
export interface Customer extends People<CustomerMessage> {
  /** Sends several messages that Meta batches into one webhook. */
  sendsTogether(messages: CustomerMessage[]): Promise<SentByCustomer[]>;
  /** Calls the business: a `calls` webhook, which opens the window as well. */
  calls(call: { from: UserRef }): Promise<WebhookDelivery | undefined>;
  /** Stops or resumes marketing messages (`user_preferences`). */
  setsMarketing(preference: { from: UserRef; value: 'stop' | 'resume' }): Promise<WebhookDelivery | undefined>;
}

/** The customers of a world. */
export function createCustomer(world: World): Customer {
  const sendsTogether = (messages: CustomerMessage[]) => sendTogether(world, messages);
  const sends = async (message: CustomerMessage) => (await sendsTogether([message]))[0] as SentByCustomer;
  const answers = (messageId: string, content: Omit<CustomerMessage, 'from'>) => {
    const message = acceptedMessage(world, messageId);
    return sends({ ...content, from: message.to, to: message.phoneNumberId, replyTo: messageId });
  };
  return {
    sends,
    sendsTogether,
    taps: async ({ messageId, choice }) => {
      return answers(messageId, { raw: tapContent(world, acceptedMessage(world, messageId), choice) });
    },
    replies: async ({ messageId, text }) => answers(messageId, { text }),
    submitsForm: async ({ messageId, response }) => {
      const nfm = { name: 'flow', body: 'Sent', response_json: JSON.stringify(response) };
      return answers(messageId, { raw: { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: nfm } } });
    },
    reads: async (messageId) => {
      const delivery = postStatus(world, acceptedMessage(world, messageId), 'read');
      await delivery?.first;
      return delivery;
    },
    calls: async ({ from }) => {
      const delivery = callBusiness(world, userFor(world, from));
      await delivery?.first;
      return delivery;
    },
    setsMarketing: async ({ from, value }) => {
      const delivery = setMarketing(world, userFor(world, from), value);
      await delivery?.first;
      return delivery;
    },
  };
}

async function sendTogether(world: World, messages: CustomerMessage[]): Promise<SentByCustomer[]> {
  const number = numberFor(world, messages[0]?.to);
  const built = messages.map((message) => build(world, number, message));
  const contacts = [...new Set(built.map(({ user }) => user))].map(contactOf);
  const value = {
    messaging_product: 'whatsapp',
    metadata: metadataOf(number),
    contacts,
    messages: built.map(({ payload }) => payload),
  };
  world.changes.notify();
  const delivery = world.webhooks.emit({ field: 'messages', value }, number.id);
  const attempt = await delivery?.first;
  return built.map(({ id }) => ({ id, status: attempt?.status, delivery }));
}

function build(world: World, number: PhoneNumber, message: CustomerMessage) {
  const user = userFor(world, message.from);
  if (message.name !== undefined) user.name = message.name;
  if (message.username !== undefined) user.username = message.username;
  const id = message.id ?? newMessageId(world);
  const content = contentOf(world, message);
  const at = world.clock.now();
  // What WhatsApp itself reports about a user is no message from them.
  if (content.type !== 'system') openWindow(number, user, at);
  countTraffic(world, number);
  world.inbound.set(id, { id, phoneNumberId: number.id, from: user, type: content.type, at });
  const context = contextOf(number, message);
  const payload = {
    ...(user.waId === undefined ? {} : { from: user.waId }),
    from_user_id: user.userId,
    id,
    timestamp: String(Math.floor(at / 1000)),
    ...(context ? { context } : {}),
    ...(message.referral ? { referral: message.referral } : {}),
    ...content,
  };
  return { id, user, payload };
}

function contextOf(number: PhoneNumber, message: CustomerMessage): JsonObject | undefined {
  if (message.replyTo !== undefined) return { from: number.displayPhoneNumber, id: message.replyTo };
  return message.forwarded ? { forwarded: true } : undefined;
}

function callBusiness(world: World, user: WhatsAppUser): WebhookDelivery | undefined {
  const number = numberFor(world, undefined);
  openWindow(number, user, world.clock.now());
  const incoming = {
    id: `wacid.${Buffer.from(world.newId()).toString('base64')}`,
    ...(user.waId === undefined ? {} : { from: user.waId }),
    from_user_id: user.userId,
    to: number.displayPhoneNumber,
    event: 'connect',
    timestamp: String(Math.floor(world.clock.now() / 1000)),
    direction: 'USER_INITIATED',
    session: { sdp_type: 'offer', sdp: 'v=0' },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: metadataOf(number),
    contacts: [contactOf(user)],
    calls: [incoming],
  };
  return world.webhooks.emit({ field: 'calls', value }, number.id);
}

function setMarketing(world: World, user: WhatsAppUser, value: 'stop' | 'resume'): WebhookDelivery | undefined {
  user.hasStoppedMarketing = value === 'stop';
  const number = numberFor(world, undefined);
  const { waId, userId } = user;
  const preference = {
    ...(waId === undefined ? { user_id: userId } : { wa_id: waId }),
    detail: `User requested to ${value} marketing messages`,
    category: 'marketing_messages',
    value,
    timestamp: Math.floor(world.clock.now() / 1000),
  };
  const body = {
    messaging_product: 'whatsapp',
    metadata: metadataOf(number),
    contacts: [contactOf(user)],
    user_preferences: [preference],
  };
  return world.webhooks.emit({ field: 'user_preferences', value: body }, number.id);
}

function metadataOf(number: PhoneNumber) {
  return { display_phone_number: number.displayPhoneNumber, phone_number_id: number.id };
}

function numberFor(world: World, id: string | undefined): PhoneNumber {
  const number = id === undefined ? [...world.numbers.values()][0] : world.numbers.get(id);
  if (!number) throw new Error(`The sandbox has no phone number ${id ?? ''}`);
  return number;
}

function acceptedMessage(world: World, id: string): AcceptedMessage {
  const message = world.accepted.get(id);
  if (!message) throw new Error(`No message ${id} was accepted`);
  return message;
}
