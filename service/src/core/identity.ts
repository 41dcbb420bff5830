/** Tells people apart by an address, and by where the address means that one person. */
import type { IdentityRef } from '../../../contract/event.ts';
import { numberKey, spellingsOf } from './phone-spellings.ts';

/** Describes an address in its realm. Two of one channel with the same kind and address are one person only where the realm is the same. */
export interface Identity extends IdentityRef {
  channel: string;
  /** Where the provider chooses ids anew for each of its applications, the one it chose it for; empty where an address means the same everywhere. */
  realm: string;
}

/** Names the kind of identity whose addresses are phone numbers, on every channel: digits with the country's code, with or without `+`. */
const PHONE = 'phone';

/** Lists every spelling of an address that names the same person, the given one first. */
export function addressSpellings({ kind, address }: IdentityRef): readonly string[] {
  return kind === PHONE ? spellingsOf(address) : [address];
}

/** Answers one spelling that is the same for all of an address's. */
export function addressKey({ kind, address }: IdentityRef): string {
  return kind === PHONE ? numberKey(address) : address;
}

/** Tells whether two addresses of one place name the same person, however each is spelled. */
export function isSameAddress(one: IdentityRef, other: IdentityRef): boolean {
  return one.kind === other.kind && addressKey(one) === addressKey(other);
}

/** Describes an account with its channel, as far as the realms of addresses go. */
export interface Realms {
  settings: unknown;
  channel: { id: string; realm(kind: string, settings: unknown): string; sendTo?: readonly string[] };
}

/** Reads an address as the account means it. */
export function identityIn({ channel, settings }: Realms, { kind, address }: IdentityRef): Identity {
  return { channel: channel.id, realm: channel.realm(kind, settings), kind, address };
}

/** Reads several addresses as the account means them. */
export function identitiesIn(account: Realms, refs: readonly IdentityRef[]): Identity[] {
  return refs.map((ref) => identityIn(account, ref));
}

/**
 * Answers the addresses, of all that a person has, by which the account can name them: those that can be written to first, as the channel ranks them, so
 * that whoever takes the first one can answer. Of one kind they keep their order.
 */
export function addressesIn(account: Realms, identities: readonly Identity[]): IdentityRef[] {
  const { channel, settings } = account;
  const { sendTo = [] } = channel;
  const rank = ({ kind }: IdentityRef) => (sendTo.includes(kind) ? sendTo.indexOf(kind) : sendTo.length);
  return identities
    .filter(({ kind, realm, ...one }) => one.channel === channel.id && realm === channel.realm(kind, settings))
    .map(({ kind, address }) => ({ kind, address }))
    .sort((one, other) => rank(one) - rank(other));
}
