/** Webhook → events (API description, "Webhooks"): several of them, of several people. */
import type { RawRequest, SettingsOf } from '../../connectors/connector.ts';
import type { ChannelEvent } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { parseJsonBody } from '../kit/json-body.ts';
import { labelOf, objectOf, objectsOf, type JsonObject } from '../kit/json.ts';
import { messageEvents, postbackEvents } from './parse-message.ts';
import {
  clientEvents,
  creationEvents,
  deliveryEvents,
  memberEvents,
  mergeEvents,
  readEvents,
  referralEvents,
  removalEvents,
  switchboardEvents,
  typingEvents,
} from './parse-notices.ts';
import type { SunshineSettings } from './settings.ts';
import { addressIn, toldIn, unsupported, type Told } from './payloads.ts';

const READERS: Readonly<Record<string, (told: Told) => ChannelEvent[]>> = {
  'conversation:message': messageEvents,
  'conversation:postback': postbackEvents,
  'conversation:read': readEvents,
  'conversation:typing': typingEvents,
  'conversation:create': creationEvents,
  'conversation:join': (told) => memberEvents(told, 'joined'),
  'conversation:leave': (told) => memberEvents(told, 'left'),
  'conversation:remove': removalEvents,
  'conversation:referral': referralEvents,
  'conversation:message:delivery:channel': deliveryEvents,
  'conversation:message:delivery:user': deliveryEvents,
  'conversation:message:delivery:failure': deliveryEvents,
  'user:merge': mergeEvents,
  'client:update': clientEvents,
};

/** Every event that the webhook is set for, in Sunshine's words. */
export const TRIGGERS: readonly string[] = [
  ...Object.keys(READERS),
  ...['passControl', 'offerControl', 'acceptControl', 'releaseControl'].map((act) => `switchboard:${act}`),
  ...['passControl', 'offerControl', 'acceptControl'].map((act) => `switchboard:${act}:failure`),
  ...['user:update', 'user:remove', 'client:add', 'client:remove', 'passthrough:messaging'],
];

function readerOf(type: string): ((told: Told) => ChannelEvent[]) | undefined {
  if (type.startsWith('switchboard:')) return switchboardEvents;
  return Object.hasOwn(READERS, type) ? READERS[type] : undefined;
}

function read(raw: JsonObject, settings: SunshineSettings, settingsOf?: SettingsOf<SunshineSettings>): ChannelEvent[] {
  const address = addressIn(objectOf(raw.payload));
  const own = (address && settingsOf?.(address)) ?? settings;
  const told = toldIn(raw, own);
  const reader = readerOf(told.type);
  if (reader !== undefined) return reader(told);
  return [unsupported(told, `event "${labelOf(told.type) ?? ''}" is told to no workflow`)];
}

/** What a webhook tells twice is one event. */
function once(events: readonly ChannelEvent[]): ChannelEvent[] {
  return [...new Map(events.map((event) => [event.dedupeKey, event])).values()];
}

/** Total, also for a body that `verify` would have refused: it is kept as one `unsupported`. */
export function parse(
  { body }: RawRequest,
  settings: SunshineSettings,
  settingsOf?: SettingsOf<SunshineSettings>,
): ChannelEvent[] {
  return parseJsonBody(body, (object) => {
    const events = objectsOf(object.events).flatMap((raw) => read(raw, settings, settingsOf));
    if (events.length > 0) return once(events);
    const reason = 'a webhook without events';
    return [{ type: 'unsupported', dedupeKey: `unsupported:${fingerprint(object)}`, raw: object, data: { reason } }];
  });
}
