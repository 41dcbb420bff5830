import type { JsonObject } from '../kit/json.ts';
import { check, oneOf, open, optional, text, type Check } from '../kit/schema.ts';
import { GraphError, invalid } from './errors.ts';
import { INTERACTIVE } from './interactive-schemas.ts';
import { CONTENT } from './message-schemas.ts';
import { digitsOf, isUserId } from './users.ts';
import type { World } from './world.ts';

/** Whom a send names, as written and as understood. */
export interface Recipient {
  input: string;
  waId?: string;
  userId?: string;
}

const KINDS: Record<string, Check<World>> = { ...CONTENT, interactive: INTERACTIVE };

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
  check(optional(oneOf('individual', 'group')), fields['recipient_type'], world, 'recipient_type');
  const recipient = recipientOf(fields);
  const type = fields['type'] === undefined ? 'text' : textAt(fields, 'type', 40);
  const content = KINDS[type];
  if (!content) throw new GraphError(131051, `Message type ${type} is not supported.`);
  const other = Object.keys(fields).find((key) => ![...ENVELOPE, ...TRANSPORT, type].includes(key));
  if (other !== undefined) throw new GraphError(100, `Unexpected key "${other}".`);
  check(optional(text(512)), fields['biz_opaque_callback_data'], world, 'biz_opaque_callback_data');
  // Meta does not require that the quoted message still exists: the quote is then just not shown.
  check(optional(type === 'reaction' ? noContext : quote), fields['context'], world, 'context');
  check(content, fields[type], world, type);
  return { recipient, type };
}

function recipientOf(fields: JsonObject): Recipient {
  const { to, recipient } = fields;
  if (to !== undefined && recipient !== undefined) throw invalid('Only one of to and recipient is allowed.');
  if (recipient !== undefined) {
    const userId = textAt(fields, 'recipient', 256);
    if (!isUserId(userId)) throw new GraphError(100, 'Param recipient is not a business-scoped user ID.');
    return { input: userId, userId };
  }
  const input = textAt(fields, 'to', 300);
  const waId = digitsOf(input);
  if (waId === undefined) throw new GraphError(100, 'Param to is not a valid phone number.');
  return { input, waId };
}

const quote = open({ message_id: text(512) });

const noContext: Check = () => {
  throw invalid('context is not supported for reactions.');
};

function textAt(fields: JsonObject, name: string, max: number): string {
  check(text(max), fields[name], undefined, name);
  return String(fields[name]);
}
