import type { JsonObject } from '../kit/json.ts';
import { allowText, requireObject, requireOneOf, requireText } from './checks.ts';
import { GraphError, invalid, missing } from './errors.ts';
import { checkInteractive } from './interactive.ts';
import { checkContacts, checkLocation, checkMedia, checkReaction, checkText } from './message-content.ts';
import { digitsOf, isUserId } from './users.ts';
import type { World } from './world.ts';

/** Whom a send names, as written and as understood. */
export interface Recipient {
  input: string;
  waId?: string;
  userId?: string;
}

const KINDS: Record<string, (world: World, content: unknown) => void> = {
  text: (_world, content) => checkText(requireObject(content, 'text')),
  image: (world, content) => checkMedia(world, 'image', requireObject(content, 'image')),
  video: (world, content) => checkMedia(world, 'video', requireObject(content, 'video')),
  audio: (world, content) => checkMedia(world, 'audio', requireObject(content, 'audio')),
  document: (world, content) => checkMedia(world, 'document', requireObject(content, 'document')),
  sticker: (world, content) => checkMedia(world, 'sticker', requireObject(content, 'sticker')),
  location: (_world, content) => checkLocation(requireObject(content, 'location')),
  contacts: (_world, content) => checkContacts(content),
  reaction: (world, content) => checkReaction(world, requireObject(content, 'reaction')),
  interactive: (world, content) => checkInteractive(world, requireObject(content, 'interactive')),
  // Templates are checked against the stored template, after the recipient is known.
  template: (_world, content) => checkTemplateShell(requireObject(content, 'template')),
};

const ENVELOPE = [
  'messaging_product',
  'recipient_type',
  'to',
  'recipient',
  'type',
  'context',
  'biz_opaque_callback_data',
  'recipient_identity_key_hash',
];
// Members that belong to the transport, not to the message.
const TRANSPORT = ['access_token', 'appsecret_proof'];

/** `messaging_product` is the one member whose absence Meta reports as code 100. */
export function requireProduct(fields: JsonObject): void {
  if (fields['messaging_product'] === 'whatsapp') return;
  const isAbsent = fields['messaging_product'] === undefined;
  const message = isAbsent
    ? '(#100) The parameter messaging_product is required.'
    : '(#100) Param messaging_product must be one of {WHATSAPP}';
  throw new GraphError(100, undefined, { message });
}

/** Checks a message body apart from what depends on the recipient. Answers who is meant and the kind. */
export function checkMessageBody(world: World, fields: JsonObject): { recipient: Recipient; type: string } {
  requireProduct(fields);
  if (fields['recipient_type'] !== undefined) {
    requireOneOf(fields['recipient_type'], 'recipient_type', ['individual', 'group']);
  }
  const recipient = recipientOf(fields);
  const type = fields['type'] === undefined ? 'text' : requireText(fields['type'], 'type', 40);
  const check = KINDS[type];
  if (!check) throw new GraphError(131051, `Message type ${type} is not supported.`);
  const other = Object.keys(fields).find((key) => ![...ENVELOPE, ...TRANSPORT, type].includes(key));
  if (other !== undefined) throw new GraphError(100, `Unexpected key "${other}".`);
  allowText(fields['biz_opaque_callback_data'], 'biz_opaque_callback_data', 512);
  checkContext(fields['context'], type);
  if (fields[type] === undefined) throw missing(type);
  check(world, fields[type]);
  return { recipient, type };
}

function recipientOf(fields: JsonObject): Recipient {
  const { to, recipient } = fields;
  if (to !== undefined && recipient !== undefined) throw invalid('Only one of to and recipient is allowed.');
  if (recipient !== undefined) {
    const userId = requireText(recipient, 'recipient', 256);
    if (!isUserId(userId)) throw new GraphError(100, 'Param recipient is not a business-scoped user ID.');
    return { input: userId, userId };
  }
  const input = requireText(to, 'to', 300);
  const waId = digitsOf(input);
  if (waId === undefined) throw new GraphError(100, 'Param to is not a valid phone number.');
  return { input, waId };
}

// Meta does not require that the quoted message still exists: the quote is then just not shown.
function checkContext(value: unknown, type: string): void {
  if (value === undefined) return;
  if (type === 'reaction') throw invalid('context is not supported for reactions.');
  requireText(requireObject(value, 'context')['message_id'], "context['message_id']", 512);
}

function checkTemplateShell(template: JsonObject): void {
  requireText(template['name'], "template['name']", 512);
  requireText(requireObject(template['language'], "template['language']")['code'], "language['code']", 20);
  const policy = (template['language'] as JsonObject)['policy'];
  if (policy !== undefined) requireOneOf(policy, "language['policy']", ['deterministic']);
}
