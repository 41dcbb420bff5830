/** Stores contacts and their identities: one person, several addresses. */
import type { Kysely } from 'kysely';
import type { IdentityRef } from '../../../contract/event.ts';
import { addressKey, addressSpellings, type Identity } from '../core/identity.ts';
import { MAX_SPELLINGS } from '../core/phone-spellings.ts';
import * as conversations from './conversation.store.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';
import { first, prepared, type Parameters } from './prepared.ts';

/** Locks identities, however they are spelled, until the unit ends: nobody else gives them to a contact, or takes them away. */
export async function lockIdentities(tx: Tx, identities: readonly Identity[]): Promise<void> {
  if (!tx.shared) return;
  const names = identities.map(
    ({ channel, realm, ...ref }) => `identity ${channel} ${ref.kind} ${addressKey(ref)} ${realm}`,
  );
  for (const name of [...new Set(names)].sort()) await tx.lock(name);
}

/** Describes a person as one channel knows them. */
export interface Contact {
  id: string;
  name: string | null;
  username: string | null;
  /** Lists the identities of one channel, in every realm. */
  identities: Identity[];
}

const selectOne = prepared((db, its: Parameters<{ id: string }>) =>
  db.selectFrom('contacts').selectAll().where('id', '=', its('id')),
);
const selectIdentities = prepared((db, its: Parameters<{ id: string; channel: string }>) =>
  db
    .selectFrom('identities')
    .select(['channel', 'realm', 'kind', 'address'])
    .where('contactId', '=', its('id'))
    .where('channel', '=', its('channel'))
    .orderBy('createdAt')
    .orderBy('kind'),
);

/** Finds a contact with the identities that they have on one channel, the oldest first. */
export async function find(db: Kysely<Schema>, id: string, channel: string): Promise<Contact | undefined> {
  const row = first(await selectOne(db, { id }));
  if (row === undefined) return undefined;
  const { rows: identities } = await selectIdentities(db, { id, channel });
  const { name, username } = row;
  return { id, name, username, identities };
}

/** Finds several contacts at once, and answers a look-up of one with the identities that they have on a channel. */
export async function findAll(db: Kysely<Schema>, ids: readonly string[]) {
  const wanted = [...new Set(ids)];
  const rows =
    wanted.length === 0 ? [] : await db.selectFrom('contacts').selectAll().where('id', 'in', wanted).execute();
  const held =
    wanted.length === 0
      ? []
      : await db
          .selectFrom('identities')
          .selectAll()
          .where('contactId', 'in', wanted)
          .orderBy('createdAt')
          .orderBy('kind')
          .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const heldBy = new Map(rows.map((row): [string, typeof held] => [row.id, []]));
  for (const identity of held) heldBy.get(identity.contactId)?.push(identity);
  return (id: string, channel: string): Contact | undefined => {
    const row = byId.get(id);
    if (row === undefined) return undefined;
    const own = (heldBy.get(id) ?? []).filter((identity) => identity.channel === channel);
    const identities = own.map(({ channel, realm, kind, address }) => ({ channel, realm, kind, address }));
    const { name, username } = row;
    return { id, name, username, identities };
  };
}

const selectHolder = prepared((db, its: Parameters<Identity>) =>
  db
    .selectFrom('identities')
    .select(['contactId', 'address'])
    .where('channel', '=', its('channel'))
    .where('kind', '=', its('kind'))
    .where('address', '=', its('address'))
    .where('realm', '=', its('realm')),
);

type Spelled = Omit<Identity, 'address'> & Record<'a' | 'b' | 'c' | 'd', string>;

/** A statement takes a list of one length only: most numbers have two spellings. */
const selectHolders = (slots: readonly ('a' | 'b' | 'c' | 'd')[]) =>
  prepared((db, its: Parameters<Spelled>) =>
    db
      .selectFrom('identities')
      .select(['contactId', 'address', 'createdAt'])
      .where('channel', '=', its('channel'))
      .where('kind', '=', its('kind'))
      .where(
        'address',
        'in',
        slots.map((slot) => its(slot)),
      )
      .where('realm', '=', its('realm')),
  );
const selectOfTwo = selectHolders(['a', 'b']);
const selectOfFour = selectHolders(['a', 'b', 'c', 'd']);

/** Describes someone who has an address, and how it is spelled with them. */
export interface Holder {
  contactId: string;
  address: string;
}

/** Finds who has the identity in any of its spellings: first whoever has it as it is spelled here, then by age. */
export async function holdersOf(db: Kysely<Schema>, identity: Identity): Promise<Holder[]> {
  const { channel, realm, kind, address } = identity;
  const [a = address, b = a, c = a, d = a, ...more] = addressSpellings(identity);
  if (more.length > 0) throw new Error(`An address has more than ${MAX_SPELLINGS} spellings`);
  if (b === a) return (await selectHolder(db, { channel, realm, kind, address })).rows;
  const { rows } = await (c === a ? selectOfTwo : selectOfFour)(db, { channel, realm, kind, a, b, c, d });
  const isTheirs = (one: Holder) => Number(one.address === address);
  return rows.sort(
    (x, y) => isTheirs(y) - isTheirs(x) || x.createdAt - y.createdAt || (x.address < y.address ? -1 : 1),
  );
}

/** Finds the contact whose identity it is, in any of its spellings. */
export async function ownerOf(db: Kysely<Schema>, identity: Identity): Promise<string | undefined> {
  return (await holdersOf(db, identity))[0]?.contactId;
}

/** Finds the realms in which somebody has the address, in any of its spellings. */
export async function realmsOf(db: Kysely<Schema>, channel: string, ref: IdentityRef): Promise<string[]> {
  const rows = await db
    .selectFrom('identities')
    .select('realm')
    .distinct()
    .where('channel', '=', channel)
    .where('kind', '=', ref.kind)
    .where('address', 'in', [...addressSpellings(ref)])
    .execute();
  return rows.map(({ realm }) => realm);
}

const insertOne = prepared((db, its: Parameters<{ id: string; now: number }>) =>
  db
    .insertInto('contacts')
    .values({ id: its('id'), name: null, username: null, marketingStoppedAt: null, createdAt: its('now') }),
);

/** Stores a new contact, without identities. */
export async function create(tx: Tx, id: string, now: number): Promise<void> {
  await insertOne(tx.db, { id, now });
}

const insertIdentity = prepared((db, its: Parameters<Schema['identities']>) =>
  db
    .insertInto('identities')
    .values({
      channel: its('channel'),
      realm: its('realm'),
      kind: its('kind'),
      address: its('address'),
      contactId: its('contactId'),
      createdAt: its('createdAt'),
    })
    .onConflict((conflict) => conflict.columns(['channel', 'kind', 'address', 'realm']).doNothing()),
);

/** Gives a contact an identity. One that another contact holds stays there. */
export async function addIdentity(tx: Tx, contactId: string, identity: Identity, now: number): Promise<void> {
  const { channel, realm, kind, address } = identity;
  await insertIdentity(tx.db, { channel, realm, kind, address, contactId, createdAt: now });
}

/** Takes an identity, in all of its spellings, away from one contact; absent: from whoever has it. */
export async function dropIdentity(tx: Tx, identity: Identity, contactId?: string): Promise<void> {
  const dropped = tx.db
    .deleteFrom('identities')
    .where('channel', '=', identity.channel)
    .where('kind', '=', identity.kind)
    .where('address', 'in', [...addressSpellings(identity)])
    .where('realm', '=', identity.realm);
  await (contactId === undefined ? dropped : dropped.where('contactId', '=', contactId)).execute();
}

const updateName = prepared((db, its: Parameters<{ id: string; name: string | null; username: string | null }>) =>
  db
    .updateTable('contacts')
    .set({ name: its('name'), username: its('username') })
    .where('id', '=', its('id')),
);

/** Stores what the contact is called now. */
export async function rename(tx: Tx, id: string, name: string | null, username: string | null): Promise<void> {
  await updateName(tx.db, { id, name, username });
}

/** Names two conversations that became one. */
export interface Joined {
  from: string;
  into: string;
}

/**
 * Merges two contacts that turned out to be one: what `from` has goes to `into`, thread by thread. Answers the conversations that were joined.
 */
export async function merge(tx: Tx, from: string, into: string): Promise<Joined[]> {
  const { db } = tx;
  const moving = await db
    .selectFrom('conversations')
    .select(['id', 'accountId', 'thread'])
    .where('contactId', '=', from)
    .execute();
  const joined: Joined[] = [];
  for (const conversation of moving) {
    const kept = await conversations.between(db, conversation.accountId, into, conversation.thread);
    if (kept === undefined) {
      await db.updateTable('conversations').set({ contactId: into }).where('id', '=', conversation.id).execute();
    } else {
      await conversations.merge(tx, conversation.id, kept.id);
      joined.push({ from: conversation.id, into: kept.id });
    }
  }
  await db.updateTable('identities').set({ contactId: into }).where('contactId', '=', from).execute();
  await joinContacts(tx, from, into);
  return joined;
}

/** Keeps what only `from` knew, above all that the person said stop. */
async function joinContacts({ db }: Tx, from: string, into: string): Promise<void> {
  const rows = await db.selectFrom('contacts').selectAll().where('id', 'in', [from, into]).execute();
  const gone = rows.find((row) => row.id === from);
  const kept = rows.find((row) => row.id === into);
  const change = {
    name: kept?.name ?? gone?.name ?? null,
    username: kept?.username ?? gone?.username ?? null,
    marketingStoppedAt: kept?.marketingStoppedAt ?? gone?.marketingStoppedAt ?? null,
  };
  await db.updateTable('contacts').set(change).where('id', '=', into).execute();
  await db.deleteFrom('contacts').where('id', '=', from).execute();
}
