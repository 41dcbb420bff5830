/** Resolves people: finds or makes the contact and the conversation behind the identities a provider names. */
import type { ContactRef } from '../channels/channel.ts';
import type { IdentityRef } from '../../../contract/event.ts';
import { addressesIn, identitiesIn, isSameAddress, type Identity, type Realms } from '../core/identity.ts';
import type { Ids } from '../core/ids.ts';
import { NO_WINDOW } from '../core/session-window.ts';
import * as contacts from '../store/contact.store.ts';
import type { Contact } from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import * as jobs from '../store/job.store.ts';
import type { Tx } from '../store/unit-of-work.ts';

/**
 * A contact keeps so many addresses of a kind, those that were learned last: whoever the provider names by a lasting id and ever other numbers is read
 * with each of their messages. What was said stop with is kept elsewhere, for good.
 */
const MAX_OF_A_KIND = 32;

/** Describes an account with its channel, as far as sending to people goes. */
type Sender = Realms & { channel: { sendTo: readonly string[] } };

/** Describes a contact in one of the account's conversations with them. */
export interface Participant {
  contact: Contact;
  conversation: Conversation;
}

/** Describes a person as a provider names them, or as somebody here wrote an address, and which of the conversations with them. */
export interface Whom extends ContactRef {
  thread?: string | undefined;
  /** Somebody here wrote the addresses: of a person who is known in another spelling, they teach nothing. */
  isWritten?: true;
}

/** Finds or makes both, in the caller's unit of work. */
export async function resolvePerson(
  tx: Tx,
  ids: Ids,
  account: Realms & { id: string },
  ref: Whom,
  now: number,
): Promise<Participant> {
  const { thread = '' } = ref;
  const seen: Sighting = { identities: identitiesIn(account, ref.identities), isWritten: ref.isWritten };
  const contactId = await contactOf(tx, ids, seen, now);
  const found = await contacts.find(tx.db, contactId, account.channel.id);
  if (found === undefined) throw new Error(`Contact ${contactId} has no row`);
  const contact = found.identities.length <= MAX_OF_A_KIND ? found : await withoutOldest(tx, found);
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

/** Forgets what a contact has too many of. */
async function withoutOldest(tx: Tx, contact: Contact): Promise<Contact> {
  const counts = new Map<string, number>();
  const isLast = ({ kind, realm }: Identity) => {
    const count = (counts.get(`${kind} ${realm}`) ?? 0) + 1;
    counts.set(`${kind} ${realm}`, count);
    return count <= MAX_OF_A_KIND;
  };
  const identities = contact.identities.toReversed().filter(isLast).toReversed();
  const kept = new Set(identities);
  for (const identity of contact.identities) {
    if (!kept.has(identity)) await contacts.dropIdentity(tx, identity, contact.id);
  }
  return { ...contact, identities };
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

/** Says whom a provider named, or somebody here wrote to. */
interface Sighting extends Pick<Whom, 'isWritten'> {
  identities: readonly Identity[];
}

/** Finds the contact who holds all of the identities; where nobody does, it locks them and sorts them out. */
async function contactOf(tx: Tx, ids: Ids, seen: Sighting, now: number): Promise<string> {
  if (tx.shared) {
    const owners = new Set<string | undefined>();
    for (const identity of seen.identities) {
      const holders = await contacts.holdersOf(tx.db, identity);
      const isLearned = seen.isWritten === true || holders[0]?.address === identity.address;
      owners.add(isLearned ? holders[0]?.contactId : undefined);
      for (const { contactId } of holders) owners.add(contactId);
    }
    const [owner] = owners;
    if (owners.size === 1 && owner !== undefined) return owner;
    await contacts.lockIdentities(tx, seen.identities);
  }
  return resolveContact(tx, ids, seen, now);
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
 * nothing else tells the two apart, they are one; `isSame`: the provider says that they are, whatever tells them apart.
 */
export async function learnIdentity(
  tx: Tx,
  contactId: string,
  identity: Identity,
  now: number,
  isSame = false,
): Promise<void> {
  const [only, ...more] = await contacts.holdersOf(tx.db, identity);
  if (more.length === 0 && only?.contactId === contactId && only.address === identity.address) return;
  await contacts.lockIdentities(tx, [identity]);
  const holders = new Set((await contacts.holdersOf(tx.db, identity)).map((holder) => holder.contactId));
  holders.delete(contactId);
  let isTheirs = true;
  for (const holder of holders) {
    if (!isSame && (await areApart(tx, { contactId, holder }, identity))) isTheirs = false;
    else await mergeContacts(tx, holder, contactId);
  }
  if (isTheirs) await contacts.addIdentity(tx, contactId, identity, now);
}

/** Tells whether identities of another kind than the one that both hold tell two contacts apart. */
async function areApart(tx: Tx, both: { contactId: string; holder: string }, identity: Identity): Promise<boolean> {
  const known = await contacts.find(tx.db, both.contactId, identity.channel);
  const other = await contacts.find(tx.db, both.holder, identity.channel);
  const own = known?.identities ?? [];
  const differs = (held: Identity) => !isAlike(held, identity) && own.some((one) => isAlike(one, held));
  return other?.identities.some(differs) ?? true;
}

/** Gives the contact new identities; of the same kinds, those that `before` named are no longer theirs. */
export async function replaceIdentities(
  tx: Tx,
  contactId: string,
  before: readonly Identity[],
  added: readonly Identity[],
  { now, isSame = false }: { now: number; isSame?: boolean | undefined },
): Promise<void> {
  await contacts.lockIdentities(tx, [...before, ...added]);
  const same = (a: Identity, b: Identity) => isAlike(a, b) && isSameAddress(a, b);
  for (const old of before) {
    const replaced = added.some((one) => isAlike(one, old)) && !added.some((one) => same(one, old));
    if (replaced) await contacts.dropIdentity(tx, old);
  }
  for (const identity of added) await learnIdentity(tx, contactId, identity, now, isSame);
}

/** Chooses what the account's message to the contact is sent to: the channel's best kind of identity, the one learned last. */
export function bestIdentity(account: Sender, contact: Contact): IdentityRef | undefined {
  const own = addressesIn(account, contact.identities);
  return account.channel.sendTo.flatMap((kind) => own.filter((one) => one.kind === kind).slice(-1))[0];
}

/**
 * Answers an address as the contact is known by it, in the spelling that was learned last: the provider's, where it named the contact since somebody
 * here wrote the address. Undefined: it is theirs no more, and may be somebody else's.
 */
export function spelledFor(account: Realms, contact: Contact, ref: IdentityRef): IdentityRef | undefined {
  return addressesIn(account, contact.identities)
    .filter((one) => isSameAddress(one, ref))
    .at(-1);
}

/**
 * Resolves the contact by the first identity. Another one that is held by someone without an identity of the first's kind belonged to the same
 * person all along (known by phone only, say): the two are merged. Held by someone else of that kind, it has moved (a phone number given to a new
 * person): only the identity changes hands, so that nobody sees another's conversation. Spellings of one address are one identity.
 */
export async function resolveContact(
  tx: Tx,
  ids: Ids,
  { identities, isWritten }: Sighting,
  now: number,
): Promise<string> {
  const [lead] = identities;
  if (lead === undefined) throw new Error('A contact needs an identity');
  let contactId: string | undefined;
  const known = new Set<Identity>();
  for (const identity of identities) {
    const holders = new Set((await contacts.holdersOf(tx.db, identity)).map((holder) => holder.contactId));
    for (const holder of holders) {
      const isOther = holder !== contactId;
      if (isOther && identity !== lead && (await hasMoved(tx, holder, lead))) {
        await contacts.dropIdentity(tx, identity, holder);
        continue;
      }
      known.add(identity);
      if (contactId === undefined) contactId = holder;
      else if (isOther && (identity !== lead || !(await areApart(tx, { contactId, holder }, lead))))
        await mergeContacts(tx, holder, contactId);
    }
  }
  if (contactId === undefined) {
    contactId = ids.next('con');
    await contacts.create(tx, contactId, now);
  }
  for (const identity of identities) {
    if (isWritten !== true || !known.has(identity)) await contacts.addIdentity(tx, contactId, identity, now);
  }
  return contactId;
}

/** Tells whether the holder of an identity is somebody else than the person of whom the first one tells. */
async function hasMoved(tx: Tx, holder: string, lead: Identity): Promise<boolean> {
  const other = await contacts.find(tx.db, holder, lead.channel);
  return other?.identities.some((held) => isAlike(held, lead) && !isSameAddress(held, lead)) ?? false;
}
