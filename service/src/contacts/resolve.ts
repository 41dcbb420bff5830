/** Resolves people: finds or makes the contact and the conversation behind the identities a provider names. */
import type { ContactRef } from '../channels/channel.ts';
import type { IdentityRef } from '../../../contract/event.ts';
import { addressesIn, identitiesIn, type Identity, type Realms } from '../core/identity.ts';
import type { Ids } from '../core/ids.ts';
import { NO_WINDOW } from '../core/session-window.ts';
import * as contacts from '../store/contact.store.ts';
import type { Contact } from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import * as jobs from '../store/job.store.ts';
import type { Tx } from '../store/unit-of-work.ts';

/** An account with its channel, as far as sending to people goes. */
type Sender = Realms & { channel: { sendTo: readonly string[] } };

/** A contact in one of the account's conversations with them. */
export interface Participant {
  contact: Contact;
  conversation: Conversation;
}

/** A person as a provider names them, and which of the conversations with them. */
export type Whom = ContactRef & { thread?: string | undefined };

/** Finds or makes both, in the caller's unit of work. */
export async function resolvePerson(
  tx: Tx,
  ids: Ids,
  account: Realms & { id: string },
  ref: Whom,
  now: number,
): Promise<Participant> {
  const { thread = '' } = ref;
  const contactId = await contactOf(tx, ids, identitiesIn(account, ref.identities), now);
  const contact = await contacts.find(tx.db, contactId, account.channel.id);
  if (contact === undefined) throw new Error(`Contact ${contactId} has no row`);
  const name = ref.name ?? contact.name;
  const username = ref.username ?? contact.username;
  if (name !== contact.name || username !== contact.username) await contacts.rename(tx, contactId, name, username);
  const known = await conversations.between(tx.db, account.id, contactId, thread);
  if (known)
    return { contact: { ...contact, name, username }, conversation: await conversations.lockForUpdate(tx, known) };
  const made = {
    id: ids.next('cnv'),
    accountId: account.id,
    contactId,
    thread,
    owner: 'bot' as const,
    window: NO_WINDOW,
  };
  await conversations.create(tx, made, now);
  return {
    contact: { ...contact, name, username },
    conversation: { ...made, ...conversations.UNSAID, createdAt: now },
  };
}

/** Finds the contact and the conversation where both are known already, in the caller's unit of work. */
export async function knownPerson(
  tx: Tx,
  account: Realms & { id: string },
  { identities, thread = '' }: Whom,
): Promise<Participant | undefined> {
  for (const identity of identitiesIn(account, identities)) {
    const contactId = await contacts.ownerOf(tx.db, identity);
    const contact = contactId && (await contacts.find(tx.db, contactId, account.channel.id));
    const known = contact && (await conversations.between(tx.db, account.id, contact.id, thread));
    if (known) return { contact, conversation: await conversations.lockForUpdate(tx, known) };
  }
  return undefined;
}

/** Finds the contact who holds all of the identities; where nobody does, it locks them and sorts them out. */
async function contactOf(tx: Tx, ids: Ids, identities: readonly Identity[], now: number): Promise<string> {
  if (tx.shared) {
    const owners = new Set<string | undefined>();
    for (const identity of identities) owners.add(await contacts.ownerOf(tx.db, identity));
    const [owner] = owners;
    if (owners.size === 1 && owner !== undefined) return owner;
    await contacts.lockIdentities(tx, identities);
  }
  return resolveContact(tx, ids, identities, now);
}

/** Tells whether one of them takes the place of the other: a person has one user id, and another one in another realm. */
function isAlike(a: Identity, b: Identity): boolean {
  return a.kind === b.kind && a.realm === b.realm;
}

/** Merges `from` into `into`, who was the same person all along; what was to be sent in a conversation of `from` keeps its place. */
async function mergeContacts(tx: Tx, from: string, into: string): Promise<void> {
  for (const joined of await contacts.merge(tx, from, into)) {
    await jobs.moveOrderingKey(tx, jobs.conversationKey(joined.from), jobs.conversationKey(joined.into));
  }
}

/**
 * Learns another identity of someone we know, as the provider names them (a number's other spelling, say). When a second contact holds it and
 * nothing else tells the two apart, they are one.
 */
export async function learnIdentity(tx: Tx, contactId: string, identity: Identity, now: number): Promise<void> {
  const { channel } = identity;
  if ((await contacts.ownerOf(tx.db, identity)) === contactId) return;
  await contacts.lockIdentities(tx, [identity]);
  const holder = await contacts.ownerOf(tx.db, identity);
  if (holder === undefined) return contacts.addIdentity(tx, contactId, identity, now);
  if (holder === contactId) return;
  const [known, other] = [await contacts.find(tx.db, contactId, channel), await contacts.find(tx.db, holder, channel)];
  const own = known?.identities ?? [];
  const differ =
    other?.identities.some((held) => !isAlike(held, identity) && own.some((one) => isAlike(one, held))) ?? true;
  if (!differ) await mergeContacts(tx, holder, contactId);
}

/** Gives the contact new identities; of the same kinds, those that `before` named are no longer theirs. */
export async function replaceIdentities(
  tx: Tx,
  contactId: string,
  before: readonly Identity[],
  added: readonly Identity[],
  now: number,
): Promise<void> {
  await contacts.lockIdentities(tx, [...before, ...added]);
  const same = (a: Identity, b: Identity) => isAlike(a, b) && a.address === b.address;
  for (const old of before) {
    const replaced = added.some((one) => isAlike(one, old)) && !added.some((one) => same(one, old));
    if (replaced) await contacts.dropIdentity(tx, old);
  }
  for (const identity of added) await learnIdentity(tx, contactId, identity, now);
}

/** Chooses what the account's message to the contact is sent to: the channel's best kind of identity, the one learned last. */
export function bestIdentity(account: Sender, contact: Contact): IdentityRef | undefined {
  const own = addressesIn(account, contact.identities);
  return account.channel.sendTo.flatMap((kind) => own.filter((one) => one.kind === kind).slice(-1))[0];
}

/**
 * Resolves the contact by the first identity. Another one that is held by someone without an identity of the first's kind belonged to the same
 * person all along (known by phone only, say): the two are merged. Held by someone else of that kind, it has moved (a phone number given to a new
 * person): only the identity changes hands, so that nobody sees another's conversation.
 */
export async function resolveContact(tx: Tx, ids: Ids, identities: readonly Identity[], now: number): Promise<string> {
  const [lead, ...others] = identities;
  if (lead === undefined) throw new Error('A contact needs an identity');
  let contactId = await contacts.ownerOf(tx.db, lead);
  for (const identity of others) {
    const holder = await contacts.ownerOf(tx.db, identity);
    if (holder === undefined || holder === contactId) continue;
    const other = await contacts.find(tx.db, holder, lead.channel);
    if (other?.identities.some((held) => isAlike(held, lead))) await contacts.dropIdentity(tx, identity);
    else if (contactId === undefined) contactId = holder;
    else await mergeContacts(tx, holder, contactId);
  }
  if (contactId === undefined) {
    contactId = ids.next('con');
    await contacts.create(tx, contactId, now);
  }
  for (const identity of identities) await contacts.addIdentity(tx, contactId, identity, now);
  return contactId;
}
