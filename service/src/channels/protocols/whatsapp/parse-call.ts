/** Field `calls`: recorded as events. A call by the user opens the service window, and so does a call they accept. */
import { iso } from '../../../core/clock.ts';
import type { ChannelEvent, ProviderMedia } from '../../channel.ts';
import {
  compact,
  idOf,
  instantOf,
  isObject,
  labelOf,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  type JsonObject,
} from '../../kit/json.ts';
import { baseOf, type Change } from './change.ts';
import { contactOf, identitiesOf, phoneOf } from './identity.ts';

function isByUser(change: Change, call: JsonObject): boolean {
  const direction = textOf(call.direction);
  if (direction !== undefined) return direction === 'USER_INITIATED';
  const own = phoneOf(objectOf(change.value.metadata).display_phone_number);
  return phoneOf(call.from) !== own;
}

/** Where a recording stands; no page of Meta's names one place. */
const RECORDINGS = ['recording', 'call_recording', 'recordings', 'audio'];

function recordingOf(call: JsonObject): ProviderMedia | undefined {
  const told = RECORDINGS.flatMap((name) => (isObject(call[name]) ? [call[name]] : objectsOf(call[name])));
  const file = told.find((one) => idOf(one.id) !== undefined || idOf(one.media_id) !== undefined);
  const providerId = file && (idOf(file.id) ?? idOf(file.media_id));
  if (file === undefined || providerId === undefined) return undefined;
  return compact({
    providerId,
    mimeType: textOf(file.mime_type),
    sha256: textOf(file.sha256),
    filename: labelOf(file.filename),
  });
}

/** One element of `calls[]`: it rings, it is over, or its recording is there. */
export function callEvent(change: Change, call: JsonObject): ChannelEvent {
  const id = idOf(call.id);
  const event = textOf(call.event) ?? 'unknown';
  const recording = recordingOf(call);
  // A recording may come by the word of the call's end, and after it.
  const key = id && [id, event, recording?.providerId].filter((part) => part !== undefined).join(':');
  const byUser = isByUser(change, call);
  const who = byUser ? identitiesOf(call.from_user_id, call.from) : identitiesOf(call.to_user_id, call.to);
  const endedAt = instantOf(call.end_time);
  const seconds = numberOf(call.duration);
  const contact = contactOf(who, change.profiles);
  return compact({
    type: 'call' as const,
    ...baseOf(change, 'call', key, call, instantOf(call.timestamp) ?? endedAt),
    contact,
    recording,
    opensWindow: contact && byUser && event === 'connect' ? ('call' as const) : undefined,
    data: compact({
      callId: id,
      event,
      direction: byUser ? 'inbound' : 'outbound',
      status: textOf(call.status)?.toLowerCase(),
      startedAt: iso(instantOf(call.start_time)),
      endedAt: iso(endedAt),
      durationMs: seconds === undefined ? undefined : seconds * 1000,
      correlationId: textOf(call.biz_opaque_callback_data),
      payload: textOf(call.cta_payload) ?? textOf(call.deeplink_payload),
    }),
  });
}

/** One element of `statuses[]` under `calls`: how a call by the business goes. */
export function callStatusEvent(change: Change, status: JsonObject): ChannelEvent {
  const id = idOf(status.id);
  const event = textOf(status.status)?.toLowerCase() ?? 'unknown';
  const identities = identitiesOf(status.recipient_user_id, status.recipient_id);
  const contact = contactOf(identities, change.profiles);
  return compact({
    type: 'call' as const,
    ...baseOf(change, 'call', id && `${id}:${event}`, status, instantOf(status.timestamp)),
    contact,
    opensWindow: contact && event === 'accepted' ? ('call' as const) : undefined,
    data: compact({
      callId: id,
      event,
      direction: 'outbound',
      correlationId: textOf(status.biz_opaque_callback_data),
    }),
  });
}
