/** Webhook → events (page "Webhooks"): several of them, at least once and in no order. */
import type { ControlChange } from '../../../../contract/event-data.ts';
import type { RawRequest, SettingsOf } from '../../connectors/connector.ts';
import type { ChannelEvent } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { parseJsonBody } from '../kit/json-body.ts';
import { compact, idOf, labelOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { contentEvents, exportEvents } from './parse-content.ts';
import { addressIn, attributesIn, personOf, toldIn, unsupported, type Told } from './payloads.ts';
import type { RingCentralSettings } from './settings.ts';

/** By whom it is answered after an event of an intervention or a task; undefined: that stays as it is. */
function ownerAfter({ type, metadata, userId, settings }: Told): 'bot' | 'human' | undefined {
  const [, act = ''] = type.split('.');
  if (act === 'closed' || act === 'canceled' || act === 'completed') return 'bot';
  if (act !== 'assigned' && act !== 'user_updated' && act !== 'taken') return undefined;
  const agent = idOf(metadata.user_id) ?? userId;
  if (agent === undefined) return undefined;
  return agent === settings.agentId ? 'bot' : 'human';
}

/** An agent's case on a thread, or its routing, changed. */
function caseEvents(told: Told): ChannelEvent[] {
  const { address, key, at, raw, thread, metadata, userId } = told;
  const contact = personOf(metadata.identity_id);
  const owner = contact && ownerAfter(told);
  const newOwner = idOf(metadata.user_id) ?? userId;
  const data: ControlChange = compact({ owner, event: labelOf(told.type.replace('.', '_')), newOwner });
  return [
    compact({
      ...{ type: 'conversation.control' as const, address, dedupeKey: `control:${key}`, at, raw, data },
      ...(contact && compact({ contact, thread, owner, attributes: attributesIn(metadata) })),
    }),
  ];
}

/** Nobody writes in a thread that is closed until the person does. */
function threadEvents(told: Told): ChannelEvent[] {
  const { address, key, at, raw, thread, metadata, type, settings } = told;
  const author = idOf(metadata.author_id);
  const isOwn = idOf(metadata.creator_id) !== undefined || settings.ownIds?.includes(author ?? '') === true;
  const contact = personOf(isOwn ? metadata.in_reply_to_author_id : author);
  const closes = type === 'content.thread_opened' ? undefined : (true as const);
  const data: ControlChange = compact({ event: labelOf(type.replace('content.', '')) });
  return [
    compact({
      ...{ type: 'conversation.control' as const, address, dedupeKey: `control:${key}`, at, raw, data },
      ...(contact && compact({ contact, thread, closes })),
    }),
  ];
}

function alertEvents(told: Told): ChannelEvent[] {
  const { address, key, at, raw } = told;
  const data = { field: 'content_source', event: 'auto_disabled', message: 'RingCentral disabled the source' };
  return [compact({ type: 'account.alert' as const, address, dedupeKey: `alert:${key}`, at, raw, data })];
}

const READERS: Readonly<Record<string, (told: Told) => ChannelEvent[]>> = {
  'content.imported': contentEvents,
  'content.replied': contentEvents,
  'content.discussion_initiated': contentEvents,
  'content.exported': exportEvents,
  'content.update_exported': exportEvents,
  'content.thread_opened': threadEvents,
  'content.thread_closed': threadEvents,
  'content.thread_auto_closed': threadEvents,
  'content_source.auto_disabled': alertEvents,
};

function readerOf(type: string): ((told: Told) => ChannelEvent[]) | undefined {
  if (Object.hasOwn(READERS, type)) return READERS[type];
  return /^(intervention|task)\.[a-z_]{1,60}$/.test(type) ? caseEvents : undefined;
}

function read(
  raw: JsonObject,
  settings: RingCentralSettings,
  settingsOf?: SettingsOf<RingCentralSettings>,
): ChannelEvent[] {
  const told = toldIn(raw, settingsOf?.(addressIn(raw)) ?? settings);
  const reader = readerOf(textOf(raw.type) ?? '');
  if (reader !== undefined) return reader(told);
  return [unsupported(told, `event "${labelOf(told.type) ?? ''}" is told to no workflow`)];
}

/** Total, also for a body that `verify` would have refused: it is kept as one `unsupported`. */
export function parse(
  { body }: RawRequest,
  settings: RingCentralSettings,
  settingsOf?: SettingsOf<RingCentralSettings>,
): ChannelEvent[] {
  return parseJsonBody(body, (object) => {
    const events = objectsOf(object.events).flatMap((raw) => read(raw, settings, settingsOf));
    // What a webhook tells twice is one event.
    if (events.length > 0) return [...new Map(events.map((event) => [event.dedupeKey, event])).values()];
    const reason = 'a webhook without events';
    return [{ type: 'unsupported', dedupeKey: `unsupported:${fingerprint(object)}`, raw: object, data: { reason } }];
  });
}
