/** Webhook → events: each tells one thing of one channel (page "Webhook events"). */
import type { RawRequest, SettingsOf } from '../../connectors/connector.ts';
import type { ChannelEvent } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { parseJsonBody } from '../kit/json-body.ts';
import { compact, labelOf, textOf, type JsonObject } from '../kit/json.ts';
import { deletionEvents, editEvents, messageEvents } from './parse-message.ts';
import { blockEvents, memberEvents, readEvents } from './parse-people.ts';
import { reactionEvents } from './parse-reaction.ts';
import type { SendbirdSettings } from './settings.ts';
import { namedIn, threadIn, unsupported, type Told } from './told.ts';

/** The application tells of a user who writes more than it allows. */
function alert({ address, body, category }: Told): ChannelEvent[] {
  const [field = category, event] = category.split(':');
  const dedupeKey = `alert:${fingerprint(body)}`;
  return [{ type: 'account.alert', address, dedupeKey, undated: true, raw: body, data: compact({ field, event }) }];
}

type Reader = (told: Told) => ChannelEvent[];

/** By what stands after `group_channel:`. */
const OF_GROUP: Readonly<Record<string, Reader>> = {
  message_send: messageEvents,
  message_update: editEvents,
  message_delete: deletionEvents,
  message_read: readEvents,
  reaction_add: (told) => reactionEvents(told, false),
  reaction_delete: (told) => reactionEvents(told, true),
  create: (told) => memberEvents(told, 'joined', told.body.members),
  invite: (told) => memberEvents(told, 'joined', told.body.invitees),
  join: (told) => memberEvents(told, 'joined', told.body.users),
  leave: (told) => memberEvents(told, 'left', told.body.users),
  decline_invite: (told) => memberEvents(told, 'left', told.body.users ?? told.body.invitee),
};

const OTHERS: Readonly<Record<string, Reader>> = {
  'user:block': (told) => blockEvents(told, 'stop'),
  'user:unblock': (told) => blockEvents(told, 'resume'),
  'alert:user_message_rate_limit_exceeded': alert,
  // A bot's own callback, which tells the message under other names.
  bot_message_notification: messageEvents,
};

function readerOf(category: string): Reader | undefined {
  const [group, event = ''] = category.split(':');
  if (group === 'group_channel') return Object.hasOwn(OF_GROUP, event) ? OF_GROUP[event] : undefined;
  return Object.hasOwn(OTHERS, category) ? OTHERS[category] : undefined;
}

function read(body: JsonObject, settings: SendbirdSettings, settingsOf?: SettingsOf<SendbirdSettings>): ChannelEvent[] {
  const category = textOf(body.category) ?? '';
  const address = namedIn(body);
  const own = settingsOf?.(address) ?? settings;
  const told: Told = { body, category, thread: threadIn(body), address, settings: own };
  const reader = readerOf(category);
  if (reader !== undefined) return reader(told);
  const name = labelOf(category);
  return [unsupported(told, name === undefined ? 'a webhook without a category' : `category "${name}" is not known`)];
}

/** Total, also for a body that `verify` would have refused: it is kept as one `unsupported`. */
export function parse(
  { body }: RawRequest,
  settings: SendbirdSettings,
  settingsOf?: SettingsOf<SendbirdSettings>,
): ChannelEvent[] {
  return parseJsonBody(body, (object) => read(object, settings, settingsOf));
}
