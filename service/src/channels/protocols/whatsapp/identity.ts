/**
 * Who a webhook speaks of. Since April 2026 a WhatsApp user has a business-scoped user id (BSUID) that lasts, and a phone number
 * that may be hidden (`wa_id` absent or `""`); either may be missing. Parent ids (`…ENT…`) name the same person to other
 * portfolios and stay in the raw body.
 */
import type { IdentityRef } from '../../../../../contract/event.ts';
import { addressKey } from '../../../core/identity.ts';
import type { ContactRef } from '../../channel.ts';
import { compact, labelOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';

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

/** Someone of whom `contacts[]` tells. */
interface Profile {
  told: JsonObject;
  identities: readonly IdentityRef[];
}

/** Everybody of whom a `contacts[]` tells: read once, as each message beside it asks for its own. */
export interface Profiles {
  /** By every spelling of an identity, the first of equal ones. */
  byIdentity: ReadonlyMap<string, Profile>;
  /** The only one. */
  sole?: Profile;
}

const keyOf = (ref: IdentityRef): string => `${ref.kind} ${addressKey(ref)}`;

export function profilesOf(contacts: unknown): Profiles {
  const byIdentity = new Map<string, Profile>();
  const all = objectsOf(contacts).map((told) => ({ told, identities: identitiesOf(told.user_id, told.wa_id) }));
  for (const profile of all) {
    for (const key of profile.identities.map(keyOf)) if (!byIdentity.has(key)) byIdentity.set(key, profile);
  }
  return compact({ byIdentity, sole: all.length === 1 ? all[0] : undefined });
}

export const NO_PROFILES = profilesOf([]);

/**
 * The person with what `contacts[]` tells of them; `undefined` when nothing identifies anyone. The only element of `contacts[]`
 * also counts when the message itself names nobody.
 */
export function contactOf(identities: readonly IdentityRef[], profiles: Profiles): ContactRef | undefined {
  const own = identities.map((one) => profiles.byIdentity.get(keyOf(one))).find((profile) => profile !== undefined);
  const profile = own ?? (identities.length === 0 ? profiles.sole : undefined);
  const found = [...identities, ...(profile?.identities ?? [])];
  const users = found.filter(({ kind }) => kind === 'user_id').map(({ address }) => address);
  const phones = found.filter(({ kind }) => kind === 'phone').map(({ address }) => address);
  const all = identitiesOf(...users, ...phones);
  if (all.length === 0) return undefined;
  const told = profile?.told ?? {};
  const { name, username } = objectOf(told.profile);
  const handle = labelOf(username) ?? labelOf(told.username);
  return compact({ identities: all, name: labelOf(name), username: handle?.replace(/^@/, '') });
}
