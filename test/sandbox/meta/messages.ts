import { objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { requireList, requireObject, requireOneOf, requireText } from './checks.ts';
import { checkMessage } from './checks-message.ts';
import { newMessageId, personOf, type AcceptedMessage, type Person } from './customer-world.ts';
import { GraphError, invalid, missing } from './errors.ts';
import { sideOf, type GraphCall } from './graph-call.ts';
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
  const recipient = requireText(requireObject(fields['recipient'], 'recipient')['id'], "recipient['id']", 64);
  const side = sideOf(call, recipient);
  if (fields['sender_action'] !== undefined) return act(side, recipient, fields);
  if (fields['message'] === undefined) throw missing('message');
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
  const action = requireOneOf(fields['sender_action'], 'sender_action', known);
  if (!side.people.has(to)) throw new GraphError(100, { subcode: side.platform === 'instagram' ? 2534014 : 2018001 });
  const payload = reactions.includes(action) ? checkReaction(side, action, fields['payload']) : undefined;
  side.senderActions.push({ to, action, at: side.clock.now(), ...(payload && { payload }) });
  side.changes.notify();
  return { recipient_id: to };
}

function checkReaction(side: Side, action: string, value: unknown): JsonObject {
  const payload = requireObject(value, 'payload');
  const mid = requireText(payload['message_id'], "payload['message_id']", 512);
  if (!side.inbound.has(mid) && !side.accepted.has(mid)) throw invalid('The message does not exist', 2534015);
  if (action === 'react') requireOneOf(payload['reaction'], "payload['reaction']", REACTIONS[side.platform]);
  return payload;
}

function sendMessage(world: World, side: Side, to: string, fields: JsonObject): JsonObject {
  const message = requireObject(fields['message'], 'message');
  const type = checkType(world, side, fields);
  const kind = checkMessage(message, side);
  const replyTo = fields['reply_to'];
  if (replyTo !== undefined) requireText(requireObject(replyTo, 'reply_to')['mid'], "reply_to['mid']", 512);
  checkPersona(world, side, fields['persona_id']);
  const person = knownPerson(world, side, to);
  if (world.settings.unreachable.includes(to)) throw new GraphError(551, { subcode: 1545041 });
  checkOwner(side, to);
  if (kind === 'utility') checkUtility(world, type, requireObject(message['template'], "message['template']"));
  else checkWindow(side, person, type);
  return { recipient_id: to, message_id: accept(side, person, fields).id };
}

/** How it is sent: the type, and the tag of one that is tagged. */
function checkType(world: World, side: Side, fields: JsonObject): string {
  const isInstagram = side.platform === 'instagram';
  const types = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', ...(isInstagram ? [] : ['UTILITY'])];
  const given = fields['messaging_type'] ?? (isInstagram ? 'RESPONSE' : undefined);
  const type = requireOneOf(given, 'messaging_type', types);
  const tag = fields['tag'];
  if (type !== 'MESSAGE_TAG') {
    if (tag !== undefined) throw invalid('A tag needs the messaging_type MESSAGE_TAG');
    return type;
  }
  if (RETIRED_TAGS.includes(textOf(tag) ?? '')) throw invalid(`The tag ${String(tag)} is deprecated`);
  requireOneOf(tag, 'tag', ['HUMAN_AGENT']);
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

/** A utility template has to exist, be approved, and get as many values as it has places. */
function checkUtility(world: World, type: string, given: JsonObject): void {
  if (type !== 'UTILITY') throw invalid('A template needs the messaging_type UTILITY');
  const name = requireText(given['name'], "template['name']", 512);
  const { code } = requireObject(given['language'], "template['language']");
  const template = [...world.templates.values()].find((one) => one.name === name && one.language === code);
  if (template?.status !== 'APPROVED') throw invalid(`There is no approved template ${name} in ${String(code)}`);
  const components = given['components'] === undefined ? [] : requireList(given['components'], 'components', 0, 10);
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
