/**
 * A whole WhatsApp webhook → events, in the order in which they stand. Several entries, changes, messages and statuses are all
 * legal in one body (batches of up to 1000), and nothing is left out: what is not known becomes `unsupported` with its raw part.
 * Pure and total. Shared with every provider that passes Meta's WhatsApp webhooks on.
 */
import type { ChannelEvent } from '../../channel.ts';
import { isObject, listOf, objectOf, objectsOf, type JsonObject } from '../../kit/json.ts';
import { changeOf, unsupported, type Change } from './change.ts';
import { accountEvent, valueErrorEvents } from './parse-account.ts';
import { callEvent, callStatusEvent } from './parse-call.ts';
import { echoEvent, messageEvent } from './parse-message.ts';
import { actionEvent, preferenceEvent, userIdEvent } from './parse-person.ts';
import { handoverEvents, standbyEvents } from './parse-routing.ts';
import { statusEvent } from './parse-status.ts';

type ItemReader = (change: Change, item: JsonObject) => ChannelEvent;

/** Every element of `value[member]`; one that is no object is kept as unsupported. */
function each(change: Change, member: string, read: ItemReader): ChannelEvent[] {
  return listOf(change.value[member]).map((item) =>
    isObject(item) ? read(change, item) : unsupported(change, `${member} element that is no object`, item),
  );
}

const group: ItemReader = (change, item) => unsupported(change, 'group event', item);

/** `errors` beside a message that has no content explain that message; alone they are about the number. */
function messagesField(change: Change): ChannelEvent[] {
  const messages = each(change, 'messages', messageEvent);
  const explainsMessage = messages.some(
    (event) => event.type === 'message.received' && event.content.type === 'unsupported',
  );
  return [
    ...messages,
    ...each(change, 'statuses', statusEvent),
    ...each(change, 'user_actions', actionEvent),
    ...each(change, 'groups', group),
    ...(explainsMessage ? [] : valueErrorEvents(change)),
  ];
}

const FIELDS: ReadonlyMap<string, (change: Change) => ChannelEvent[]> = new Map([
  ['messages', messagesField],
  [
    'calls',
    (change) => [
      ...each(change, 'calls', callEvent),
      ...each(change, 'statuses', callStatusEvent),
      ...valueErrorEvents(change),
    ],
  ],
  ['smb_message_echoes', (change) => each(change, 'message_echoes', echoEvent)],
  ['message_echoes', (change) => each(change, 'message_echoes', echoEvent)],
  ['user_preferences', (change) => each(change, 'user_preferences', preferenceEvent)],
  ['user_id_update', (change) => each(change, 'user_id_update', userIdEvent)],
  ['group_lifecycle_update', (change) => each(change, 'groups', group)],
  ['group_participants_update', (change) => each(change, 'groups', group)],
  ['group_settings_update', (change) => each(change, 'groups', group)],
  ['group_status_update', (change) => each(change, 'groups', group)],
  ['messaging_handovers', handoverEvents],
  ['standby', standbyEvents],
]);

function changeEvents(change: Change): ChannelEvent[] {
  const account = accountEvent(change);
  if (account !== undefined) return [account];
  const events = FIELDS.get(change.field)?.(change) ?? [];
  if (events.length > 0) return events;
  const reason = FIELDS.has(change.field) ? `${change.field} without content` : `field "${change.field}" is not known`;
  return [unsupported(change, reason, change.raw)];
}

function entryEvents(entry: unknown): ChannelEvent[] {
  const around = objectOf(entry);
  const changes = objectsOf(around.changes);
  if (changes.length === 0) return [unsupported(changeOf(around, {}), 'entry without changes', entry)];
  return changes.flatMap((raw) => changeEvents(changeOf(around, raw)));
}

/** Providers repeat themselves within one body too: the first of equal facts counts. */
export function parseWhatsAppBody(body: JsonObject): ChannelEvent[] {
  const events = listOf(body.entry).flatMap(entryEvents);
  const byKey = new Map<string, ChannelEvent>();
  for (const event of events) if (!byKey.has(event.dedupeKey)) byKey.set(event.dedupeKey, event);
  return [...byKey.values()];
}
