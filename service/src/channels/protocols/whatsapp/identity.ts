/**
 * Who a webhook speaks of. Since April 2026 a WhatsApp user has a business-scoped user id (BSUID) that lasts, and a phone number
 * that may be hidden (`wa_id` absent or `""`); either may be missing. Parent ids (`…ENT…`) name the same person to other
 * portfolios and stay in the raw body.
 */
import type { IdentityRef } from '../../../../../contract/event.ts';
import { addressKey } from '../../../core/identity.ts';
import type { ContactRef } from '../../channel.ts';
import { compact, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';

/** `<ISO country>.<alphanumerics>`; a parent id has `ENT.` in between. */
export const BSUID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,256}$/;

export const userId = (address: string): IdentityRef => ({ kind: 'user_id', address });
export const phone = (address: string): IdentityRef => ({ kind: 'phone', address });

/** Digits of a phone number as Meta writes it; `undefined` for a group id or anything else. */
export function phoneOf(value: unknown): string | undefined {
  return /^\+?(\d{3,20})$/.exec(textOf(value) ?? '')?.[1];
}

export function userIdOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && BSUID.test(text) ? text : undefined;
}

/** The identities in some spots of a payload, the lasting one first, each once. A BSUID may also stand where a number is expected. */
export function identitiesOf(...spots: unknown[]): IdentityRef[] {
  const users = spots.map(userIdOf).filter((id) => id !== undefined);
  const phones = spots.map(phoneOf).filter((digits) => digits !== undefined);
  return [...[...new Set(users)].map(userId), ...[...new Set(phones)].map(phone)];
}

const keyOf = (ref: IdentityRef): string => `${ref.kind} ${addressKey(ref)}`;

/** The elements of `contacts[]`, by every spelling of whom they are for; where several are for one person, the first. */
function profilesByPerson(profiles: readonly JsonObject[]): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const profile of profiles) {
    for (const key of identitiesOf(profile.user_id, profile.wa_id).map(keyOf)) {
      if (!found.has(key)) found.set(key, profile);
    }
  }
  return found;
}

/** Read once for all messages beside it. */
const read = new WeakMap<object, ReadonlyMap<string, JsonObject>>();

/** What an array `contacts[]` tells of a person. */
function profileOf(identities: readonly IdentityRef[], contacts: readonly unknown[]): JsonObject | undefined {
  const profiles = read.get(contacts) ?? profilesByPerson(objectsOf(contacts));
  read.set(contacts, profiles);
  for (const key of identities.map(keyOf)) {
    const profile = profiles.get(key);
    if (profile !== undefined) return profile;
  }
  return identities.length === 0 && contacts.length === 1 ? objectOf(contacts[0]) : undefined;
}

/**
 * The person with what `contacts[]` tells of them; `undefined` when nothing identifies anyone. The only element of `contacts[]`
 * also counts when the message itself names nobody.
 */
export function contactOf(identities: readonly IdentityRef[], contacts: unknown): ContactRef | undefined {
  const profile = (Array.isArray(contacts) ? profileOf(identities, contacts) : undefined) ?? {};
  const found = [...identities, ...identitiesOf(profile.user_id, profile.wa_id)];
  const users = found.filter(({ kind }) => kind === 'user_id').map(({ address }) => address);
  const phones = found.filter(({ kind }) => kind === 'phone').map(({ address }) => address);
  const all = identitiesOf(...users, ...phones);
  if (all.length === 0) return undefined;
  const { name, username } = objectOf(profile.profile);
  const handle = textOf(username) ?? textOf(profile.username);
  return compact({ identities: all, name: textOf(name), username: handle?.replace(/^@/, '') });
}
