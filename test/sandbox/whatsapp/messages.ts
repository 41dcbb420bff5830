import { objectOf, type JsonObject } from '../kit/json.ts';
import { check, oneOf, open, optional, text } from '../kit/schema.ts';
import { GraphError, invalid } from './errors.ts';
import { checkRates, isWindowOpen, spendRates } from './limits.ts';
import { checkMessageBody, requireProduct, type Recipient } from './message-body.ts';
import { postAutoStatuses, postStatus } from './statuses.ts';
import { checkTemplateSend } from './template-send.ts';
import { userFor } from './users.ts';
import type { AcceptedMessage, PhoneNumber, Template, WhatsAppUser, World } from './world.ts';

/** POST /{phoneNumberId}/messages: a send, or a read mark. Throws the GraphError that Meta would answer. */
export function handleMessages(world: World, number: PhoneNumber, fields: JsonObject): JsonObject {
  return fields['status'] === undefined ? sendMessage(world, number, fields) : markRead(world, number, fields);
}

function sendMessage(world: World, number: PhoneNumber, fields: JsonObject): JsonObject {
  const { recipient, type } = checkMessageBody(world, fields);
  checkRecipient(world, number, recipient);
  const user = userFor(world, { waId: recipient.waId, userId: recipient.userId });
  const template = type === 'template' ? checkTemplateSend(world, objectOf(fields['template']), recipient) : undefined;
  checkRates(world, number, user);
  const refusal = refusalByRecipient(world, number, user, template);
  if (refusal && world.settings.recipientErrors === 'at_once') throw refusal;
  spendRates(world, number, user);
  const message = accept(world, number, { user, type, fields, template });
  // After the answer went out: a status never overtakes its own acceptance by much, but nothing waits for it.
  setImmediate(() => {
    if (refusal) postStatus(world, message, 'failed', refusal);
    else void postAutoStatuses(world, message);
  });
  return answer(message, recipient);
}

function checkRecipient(world: World, number: PhoneNumber, { input, waId, userId }: Recipient): void {
  if (waId !== undefined && waId === number.displayPhoneNumber)
    throw new GraphError(131021, 'Sender and recipient are the same.');
  const allowed = world.settings.allowedRecipients;
  if (allowed && !allowed.includes(waId ?? userId ?? input)) {
    throw new GraphError(
      131030,
      'Recipient phone number not in allowed list: Add recipient phone number to recipient list.',
    );
  }
}

/** What Meta finds out about the recipient, possibly only after accepting the message. */
function refusalByRecipient(
  world: World,
  number: PhoneNumber,
  user: WhatsAppUser,
  template: Template | undefined,
): GraphError | undefined {
  const { unreachable } = world.settings;
  if (unreachable.includes(user.userId) || (user.waId !== undefined && unreachable.includes(user.waId))) {
    return new GraphError(131026, 'Message undeliverable.');
  }
  if (!template && !isWindowOpen(world, number, user)) {
    const reason = 'more than 24 hours have passed since the customer last replied to this number.';
    return new GraphError(131047, `Message failed to send because ${reason}`);
  }
  if (template?.category === 'MARKETING' && user.hasStoppedMarketing) {
    return new GraphError(131050, 'The user has chosen to stop receiving marketing messages from your business.');
  }
  return undefined;
}

function accept(
  world: World,
  number: PhoneNumber,
  parts: { user: WhatsAppUser; type: string; fields: JsonObject; template: Template | undefined },
): AcceptedMessage {
  const { biz_opaque_callback_data: opaque } = parts.fields;
  const message: AcceptedMessage = {
    id: newMessageId(world),
    phoneNumberId: number.id,
    acceptedAt: world.clock.now(),
    to: parts.user,
    type: parts.type,
    body: parts.fields,
    bizOpaqueCallbackData: typeof opaque === 'string' ? opaque : undefined,
    templateCategory: parts.template?.category,
    statuses: [],
  };
  world.accepted.set(message.id, message);
  world.changes.notify();
  return message;
}

function answer(message: AcceptedMessage, recipient: Recipient): JsonObject {
  const isPhone = recipient.waId !== undefined;
  const contact = { input: recipient.input, ...(isPhone ? { wa_id: recipient.waId } : { user_id: recipient.userId }) };
  const status = message.type === 'template' ? { message_status: 'accepted' } : {};
  return { messaging_product: 'whatsapp', contacts: [contact], messages: [{ id: message.id, ...status }] };
}

const READ = open({
  status: oneOf('read'),
  message_id: text(512),
  typing_indicator: optional(open({ type: oneOf('text') })),
});

function markRead(world: World, number: PhoneNumber, fields: JsonObject): JsonObject {
  requireProduct(fields);
  check(READ, fields, world);
  const messageId = String(fields['message_id']);
  const inbound = world.inbound.get(messageId);
  if (!inbound || inbound.phoneNumberId !== number.id) throw invalid(`Message ${messageId} does not exist.`);
  const isTyping = fields['typing_indicator'] !== undefined;
  world.readMarks.push({ messageId, phoneNumberId: number.id, isTyping, at: world.clock.now() });
  world.changes.notify();
  return { success: true };
}

/** A message id as WhatsApp makes them: a prefix and base64. */
export function newMessageId(world: Pick<World, 'newId'>): string {
  return `wamid.HBgL${Buffer.from(world.newId()).toString('base64')}`;
}
