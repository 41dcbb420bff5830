/** Reads the parts of RingCentral's webhooks and answers that the channel looks at. */
import type { IdentityRef } from '../../../../contract/event.ts';
import type { ChannelEvent, ContactRef } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { compact, idOf, labelOf, listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { ANY_SOURCE, type RingCentralSettings } from './settings.ts';

/** How people of a domain are named: each is an identity on one source. */
export const IDENTITY = 'identity_id';
/** Where a first message goes: a phone number, or the channel's own name of a person. */
export const ADDRESS = 'address';

/** One event of a webhook, as each of its readers gets it. */
export interface Told {
  key: string;
  type: string;
  at: number | undefined;
  /** The id of what the event is about. */
  resourceId: string | undefined;
  metadata: JsonObject;
  /** The agent who did it; undefined: nobody did. */
  userId: string | undefined;
  raw: JsonObject;
  address: string[];
  thread: string | undefined;
  settings: RingCentralSettings;
}

/** ISO 8601 → milliseconds. */
export function instantIn(value: unknown): number | undefined {
  const at = Date.parse(textOf(value) ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** The account of the source, else the one that hears all others. */
export function addressIn(raw: JsonObject): string[] {
  const source = idOf(objectOf(objectOf(raw.resource).metadata).source_id);
  return source === undefined ? [ANY_SOURCE] : [source, ANY_SOURCE];
}

/** Reads the frame of an event. */
export function toldIn(raw: JsonObject, settings: RingCentralSettings): Told {
  const resource = objectOf(raw.resource);
  const metadata = objectOf(resource.metadata);
  return {
    ...{ key: idOf(raw.id) ?? fingerprint(raw), type: textOf(raw.type) ?? '', at: instantIn(raw.issued_at) },
    ...{ resourceId: idOf(resource.id), metadata, userId: idOf(raw.user_id), raw, settings },
    ...{ address: addressIn(raw), thread: idOf(metadata.thread_id) },
  };
}

/** The person with this identity. */
export function personOf(id: unknown): ContactRef | undefined {
  const address = idOf(id);
  const identity: IdentityRef | undefined = address === undefined ? undefined : { kind: IDENTITY, address };
  return identity && { identities: [identity] };
}

/** The kinds of structured messages that the person's device shows, in one text: facts are flat. */
export function factsIn({ source_type: type, capabilities_supported: supported }: JsonObject) {
  const surface = labelOf(type);
  const can = Array.isArray(supported)
    ? listOf(supported).map(labelOf).filter(Boolean).slice(0, 30).join(',')
    : undefined;
  const facts = compact({ surface, can });
  return Object.keys(facts).length === 0 ? undefined : (facts as Record<string, string>);
}

/** What workflows may decide by. */
export function attributesIn({ source_type, language, private: isPrivate, thread_title, category_ids }: JsonObject) {
  const categories = listOf(category_ids).map(labelOf).filter(Boolean).slice(0, 30).join(',');
  const all = compact({
    ...{ surface: labelOf(source_type), language: labelOf(language), title: labelOf(thread_title) },
    private: typeof isPrivate === 'boolean' ? String(isPrivate) : undefined,
    categories: categories === '' ? undefined : categories,
  });
  return Object.keys(all).length === 0 ? undefined : (all as Record<string, string>);
}

export function unsupported({ address, key, at, raw, thread }: Told, reason: string): ChannelEvent {
  const data = compact({ reason, groupId: labelOf(thread) });
  return compact({ type: 'unsupported' as const, address, dedupeKey: `unsupported:${key}`, at, raw, data });
}
