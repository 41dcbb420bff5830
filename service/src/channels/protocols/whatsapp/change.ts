/** One `changes[]` element of a WhatsApp webhook, with what its surroundings say. */
import type { ChannelEvent, ContactRef } from '../../channel.ts';
import { fingerprint } from '../../kit/fingerprint.ts';
import { compact, idOf, instantOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { profilesOf, type Profiles } from './identity.ts';

export interface Change {
  field: string;
  value: JsonObject;
  /** `entry[].id`: the WABA, for partner events a business portfolio. */
  entryId?: string;
  at?: number;
  /** `phone:<phone number id>` where the value names one, else `waba:<id>` and any WABA; absent when it names neither. */
  address?: string | readonly string[];
  /** Of whom `contacts` of the value tells. */
  profiles: Profiles;
  /** The first of `errors` of the value. */
  error?: JsonObject;
  raw: JsonObject;
}

/** An account that does not know its WABA hears of any that no other account below the connection knows. */
const ANY_WABA = 'any waba';

const phoneAddress = (phoneNumberId: string): string => `phone:${phoneNumberId}`;
const wabaAddress = (wabaId: string): string => `waba:${wabaId}`;

/** The addresses of an account, the number's first. */
export function addressesOf({ phoneNumberId, wabaId }: { phoneNumberId: string; wabaId?: string }): string[] {
  return [phoneAddress(phoneNumberId), wabaId === undefined ? ANY_WABA : wabaAddress(wabaId)];
}

/** No setting decides here: one account reads for all of its connection. */
function addressOf(value: JsonObject, entryId: string | undefined): Change['address'] {
  const number = idOf(objectOf(value.metadata).phone_number_id) ?? idOf(objectOf(value.recipient).phone_number_id);
  if (number !== undefined) return phoneAddress(number);
  // Partner events carry a portfolio id as entry id and the WABA inside (webhooks/reference/account_update).
  const waba = idOf(objectOf(value.waba_info).waba_id) ?? entryId;
  return waba === undefined ? undefined : [wabaAddress(waba), ANY_WABA];
}

export function changeOf(entry: JsonObject, raw: JsonObject): Change {
  const value = objectOf(raw.value);
  const entryId = idOf(entry.id);
  return compact({
    field: textOf(raw.field) ?? '',
    value,
    entryId,
    at: instantOf(entry.time),
    address: addressOf(value, entryId),
    profiles: profilesOf(value.contacts),
    error: objectsOf(value.errors)[0],
    raw,
  });
}

/** The members every event has. */
export interface Base {
  address?: string | readonly string[];
  dedupeKey: string;
  at?: number;
  raw: unknown;
}

/** `id` undefined: the fact has no id of its own and is known by its content. */
export function baseOf(change: Change, kind: string, id: string | undefined, raw: unknown, at?: number): Base {
  const key = id ?? `${change.entryId ?? ''}:${change.at ?? ''}:${fingerprint(raw)}`;
  return compact({ address: change.address, dedupeKey: `${kind}:${key}`, at: at ?? change.at, raw });
}

/** What Parley does not know, or knows and does not treat: kept whole, with the reason. */
export function unsupported(change: Change, reason: string, raw: unknown, more: About = {}): ChannelEvent {
  const { id, at, contact, ...data } = more;
  return compact({
    type: 'unsupported' as const,
    ...baseOf(change, `unsupported:${change.field}`, id, raw, at),
    contact,
    data: { reason, field: change.field, ...data },
  });
}

interface About {
  id?: string;
  at?: number;
  contact?: ContactRef;
  status?: string;
  groupId?: string;
}
