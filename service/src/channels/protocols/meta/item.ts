/**
 * One element of a Page's or an Instagram account's webhook (`messaging[]`, `standby[]`, `changes[]`), with what its surroundings
 * say: who it is about, which account it is for, and when it happened.
 */
import type { IdentityRef } from '../../../../../contract/event.ts';
import type { ChannelEvent, ContactRef } from '../../channel.ts';
import type { SettingsOf } from '../../../connectors/connector.ts';
import { fingerprint } from '../../kit/fingerprint.ts';
import { compact, flagOf, idOf, numberOf, objectOf, textOf, type JsonObject } from '../../kit/json.ts';

/** The account that reads the webhook. */
export interface Reader {
  /** As webhooks name it: the Page's id, or the professional Instagram account's. */
  accountId: string;
  /** What the channel calls its people: page-scoped or Instagram-scoped ids. */
  identityKind: 'psid' | 'igsid';
  /** Our app, where the account says which it is. */
  appId?: string;
  /** Apps through which people write. */
  inboxAppIds: readonly string[];
  /** What was sent by no app was typed by a person. */
  withoutAppIsPerson: boolean;
}

/** Finds who reads an element by the addresses that it names. */
export type Readers = (address: readonly string[] | undefined) => Reader;

/** Lets the account read that an element is for; what is for nobody here, the one that was asked. */
export function readersOf<S>(
  readerOf: (settings: S) => Reader,
  settings: S,
  settingsOf: SettingsOf<S> = () => undefined,
): Readers {
  const readers = new Map<S, Reader>();
  return (address = []) => {
    const own = settingsOf(address) ?? settings;
    const reader = readers.get(own) ?? readerOf(own);
    readers.set(own, reader);
    return reader;
  };
}

export interface Item {
  reader: Reader;
  raw: JsonObject;
  /** Ids of which one is the account's that it is for, the likeliest first. */
  address?: readonly string[];
  at?: number;
  contact?: ContactRef;
  /** The account itself did it: an echo. */
  isOwn: boolean;
  /** Another app owns the thread: we only look on. */
  isStandby: boolean;
}

/** The last millisecond that a `Date` can hold. */
const MAX_INSTANT = 8.64e15;
/** Smaller values are seconds: some events carry those where milliseconds are documented. */
const FIRST_MILLISECOND = 1e12;

/** An instant in milliseconds, also where Meta writes seconds; `undefined` for what is none. */
export function momentOf(value: unknown): number | undefined {
  const given = numberOf(value) ?? 0;
  const at = given < FIRST_MILLISECOND ? given * 1000 : given;
  return at > 0 && at <= MAX_INSTANT ? Math.trunc(at) : undefined;
}

/** People behind a website's plugin are known by what the website calls them until they write. */
function identitiesOf(reader: Reader, raw: JsonObject, side: JsonObject): IdentityRef[] {
  const { source, identifier } = objectOf(raw.prior_message);
  const prior = source === 'checkbox_plugin' ? identifier : undefined;
  const scoped = idOf(side.id);
  const refs = [side.user_ref, objectOf(raw.optin).user_ref, prior].map(idOf).filter((ref) => ref !== undefined);
  return [
    ...(scoped === undefined || scoped === reader.accountId ? [] : [{ kind: reader.identityKind, address: scoped }]),
    ...[...new Set(refs)].map((address) => ({ kind: 'user_ref', address })),
  ];
}

/**
 * Lists which of these ids are there, each once. No settings decide here, as one account reads for all of its connection: some examples
 * of Meta print the person in `entry.id`, so who was written to comes after it.
 */
export function addressOf(...ids: unknown[]): readonly string[] | undefined {
  const named = new Set(ids.map(idOf).filter((id) => id !== undefined));
  return named.size > 0 ? [...named] : undefined;
}

/** An element of `messaging[]` or `standby[]`. */
export function itemOf(readers: Readers, entry: JsonObject, raw: JsonObject, isStandby: boolean): Item {
  const sender = objectOf(raw.sender);
  const recipient = objectOf(raw.recipient);
  const isEcho = flagOf(objectOf(raw.message).is_echo) === true;
  const address = addressOf(entry.id, isEcho ? sender.id : recipient.id);
  const reader = readers(address);
  const isOwn = isEcho || idOf(sender.id) === reader.accountId;
  const identities = identitiesOf(reader, raw, isOwn ? recipient : sender);
  return compact({
    reader,
    raw,
    address,
    at: momentOf(raw.timestamp) ?? momentOf(entry.time),
    contact: identities.length > 0 ? { identities } : undefined,
    isOwn,
    isStandby,
  });
}

/** The members every event has. */
export interface Base {
  address?: readonly string[];
  dedupeKey: string;
  at?: number;
  contact?: ContactRef;
  owner?: 'human';
  raw: unknown;
}

/** Who it is about, for keys. */
export const whoOf = ({ contact }: Item): string | undefined => contact?.identities[0]?.address;

/** The parts of an id; `undefined` when one of them is missing. */
export function idFrom(...parts: (string | number | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(':');
}

/** `id` undefined: the fact has no id of its own and is known by its content. */
export function keyOf({ address, at, raw }: Item, kind: string, id: string | undefined): string {
  return `${kind}:${id ?? `${address?.[0] ?? ''}:${at ?? ''}:${fingerprint(raw)}`}`;
}

/** While another app owns the thread, a person answers there. */
export function baseOf(item: Item, dedupeKey: string): Base {
  const { address, at, contact, raw, isStandby } = item;
  const owner = isStandby && contact !== undefined ? ('human' as const) : undefined;
  return compact({ address, dedupeKey, at, contact, owner, raw });
}

/** What Parley does not know, or knows and does not treat: kept whole, with the reason. */
export function unsupported(item: Item, reason: string, id?: string): ChannelEvent {
  return { type: 'unsupported', ...baseOf(item, keyOf(item, 'unsupported', id)), data: { reason } };
}

/** A text that is worth naming: short, and no more than Meta's own words. */
export const wordOf = (value: unknown): string => textOf(value)?.slice(0, 60) ?? 'none';
