import { listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { anything, check, list, oneOf, open, optional, text } from '../kit/schema.ts';
import { newMessageId, personOf, type AcceptedMessage, type Person } from './customer-world.ts';
import { GraphError, invalid } from './errors.ts';
import { sideOf, type GraphCall } from './graph-call.ts';
import { MESSAGES } from './message-schemas.ts';
import { postAutoStatuses } from './statuses.ts';
import { DAY_MS, windowEndsAt, type Side, type World } from './world.ts';

const BODY = ['recipient', 'message', 'messaging_type', 'tag', 'sender_action', 'payload', 'persona_id', 'reply_to'];
const PARAMETERS = ['notification_type', 'thread_control', 'access_token', 'appsecret_proof', 'platform'];
const RETIRED_TAGS = ['CONFIRMED_EVENT_UPDATE', 'ACCOUNT_UPDATE', 'POST_PURCHASE_UPDATE'];

/** POST /{account}/messages: a message or a sender action. Throws the GraphError that Meta would answer. */
export function handleMessages(call: GraphCall): JsonObject {
  const { fields, world } = call;
  const other = Object.keys(fields).find((name) => ![...BODY, ...PARAMETERS].includes(name));
  if (other !== undefined) throw invalid(`Unexpected key "${other}"`);
  check(open({ id: text(64) }), fields['recipient'], world, 'recipient');
  const recipient = String(objectOf(fields['recipient'])['id']);
  const side = sideOf(call, recipient);
  if (fields['sender_action'] !== undefined) return act(side, recipient, fields);
  return sendMessage(world, side, recipient, fields);
}

function knownPerson(world: World, side: Side, id: string): Person {
  const isInstagram = side.platform === 'instagram';
  const person = side.people.get(id) ?? (world.settings.knowsEverybody ? personOf(side, id) : undefined);
  if (person === undefined) throw new GraphError(100, { subcode: isInstagram ? 2534014 : 2018001 });
  return person;
}

const REACTIONS: Record<Side['platform'], readonly string[]> = { messenger: [], instagram: ['love'] };

function act(side: Side, to: string, fields: JsonObject): JsonObject {
  if (fields['message'] !== undefined) throw new GraphError(100, { subcode: 2018014 });
  const reactions = side.platform === 'instagram' ? ['react', 'unreact'] : [];
  const known = ['mark_seen', 'typing_on', 'typing_off', ...reactions];
  check(oneOf(...known), fields['sender_action'], side, 'sender_action');
  const action = String(fields['sender_action']);
  if (!side.people.has(to)) throw new GraphError(100, { subcode: side.platform === 'instagram' ? 2534014 : 2018001 });
  const payload = reactions.includes(action) ? checkReaction(side, action, fields['payload']) : undefined;
  side.senderActions.push({ to, action, at: side.clock.now(), ...(payload && { payload }) });
  side.changes.notify();
  return { recipient_id: to };
}

function checkReaction(side: Side, action: string, value: unknown): JsonObject {
  const reaction = action === 'react' ? oneOf(...REACTIONS[side.platform]) : anything;
  check(open({ message_id: text(512), reaction }), value, side, 'payload');
  const payload = objectOf(value);
  const mid = String(payload['message_id']);
  if (!side.inbound.has(mid) && !side.accepted.has(mid)) throw invalid('The message does not exist', 2534015);
  return payload;
}

function sendMessage(world: World, side: Side, to: string, fields: JsonObject): JsonObject {
  check(open({}), fields['message'], side, 'message');
  const type = checkType(world, side, fields);
  check(MESSAGES[side.platform], fields['message'], side, 'message');
  check(optional(open({ mid: text(512) })), fields['reply_to'], side, 'reply_to');
  checkPersona(world, side, fields['persona_id']);
  const person = knownPerson(world, side, to);
  if (world.settings.unreachable.includes(to)) throw new GraphError(551, { subcode: 1545041 });
  checkOwner(side, to);
  const { template } = objectOf(fields['message']);
  if (template !== undefined) checkUtility(world, type, template);
  else checkWindow(side, person, type);
  return { recipient_id: to, message_id: accept(side, person, fields).id };
}

/** How it is sent: the type, and the tag of one that is tagged. */
function checkType(world: World, side: Side, fields: JsonObject): string {
  const isInstagram = side.platform === 'instagram';
  const types = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', ...(isInstagram ? [] : ['UTILITY'])];
  const given = fields['messaging_type'] ?? (isInstagram ? 'RESPONSE' : undefined);
  check(oneOf(...types), given, side, 'messaging_type');
  const type = String(given);
  const tag = fields['tag'];
  if (type !== 'MESSAGE_TAG') {
    if (tag !== undefined) throw invalid('A tag needs the messaging_type MESSAGE_TAG');
    return type;
  }
  if (RETIRED_TAGS.includes(textOf(tag) ?? '')) throw invalid(`The tag ${String(tag)} is deprecated`);
  check(oneOf('HUMAN_AGENT'), tag, side, 'tag');
  if (!world.settings.hasHumanAgent) {
    throw new GraphError(10, { message: '(#10) Requires the feature Human Agent for the tag HUMAN_AGENT' });
  }
  return type;
}

function checkPersona(world: World, side: Side, id: unknown): void {
  if (id === undefined) return;
  if (side.platform === 'instagram') throw invalid('Instagram has no personas');
  if (!world.personas.has(String(id))) throw invalid('The persona does not exist');
}

function checkOwner({ threadOwners, settings, platform }: Side, to: string): void {
  const owner = threadOwners.get(to);
  if (owner === undefined || owner === settings.appId) return;
  throw platform === 'messenger' ? new GraphError(2018300) : new GraphError(100, { subcode: 2534037 });
}

function checkWindow(side: Side, person: Person, type: string): void {
  const now = side.clock.now();
  const isOpen = now < (windowEndsAt(person, side.platform) ?? 0);
  const isForPeople = type === 'MESSAGE_TAG' && person.actedAt !== undefined && now < person.actedAt + 7 * DAY_MS;
  if (isOpen || isForPeople) return;
  throw new GraphError(10, { subcode: side.platform === 'messenger' ? 2018278 : 2534022 });
}

const UTILITY = open({ name: text(512), language: open({}), components: optional(list(open({}), 0, 10)) });

/** A utility template has to exist, be approved, and get as many values as it has places. */
function checkUtility(world: World, type: string, value: unknown): void {
  if (type !== 'UTILITY') throw invalid('A template needs the messaging_type UTILITY');
  check(UTILITY, value, world, 'message', 'template');
  const given = objectOf(value);
  const [name, { code }] = [given['name'], objectOf(given['language'])];
  const template = [...world.templates.values()].find((one) => one.name === name && one.language === code);
  if (template?.status !== 'APPROVED')
    throw invalid(`There is no approved template ${String(name)} in ${String(code)}`);
  const components = listOf(given['components']).map(objectOf);
  const values = components.filter((one) => one['type'] === 'body').flatMap((one) => one['parameters'] as unknown[]);
  const text = textOf(template.components.find((one) => one['type'] === 'BODY')?.['text']) ?? '';
  const places = new Set(text.match(/\{\{[^}]+\}\}/g) ?? []).size;
  if (values.length !== places) throw invalid(`The template has ${places} values; ${values.length} were given`);
}

function accept(side: Side, person: Person, body: JsonObject): AcceptedMessage {
  const message: AcceptedMessage = {
    id: newMessageId(side),
    acceptedAt: side.clock.now(),
    to: person.id,
    body,
    statuses: [],
  };
  side.accepted.set(message.id, message);
  side.changes.notify();
  // After the answer went out: an echo never overtakes its own acceptance by much, but nothing waits for it.
  setImmediate(() => void postAutoStatuses(side, message));
  return message;
}

/** Our id, which a message of Messenger carries along. */
export function metadataOf({ body }: AcceptedMessage): string | undefined {
  return textOf(objectOf(body['message'])['metadata']);
}
