/** Contacts and their identities: one person, several addresses. */
import type { Kysely } from 'kysely';
import type { IdentityRef } from '../../../contract/event.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './ledger.ts';

export interface Contact {
  id: string;
  name: string | null;
  username: string | null;
  marketingStoppedAt: number | null;
  identities: IdentityRef[];
}

/** With the identities that the contact has on one channel, the oldest first. */
export async function find(db: Kysely<Schema>, id: string, channel: string): Promise<Contact | undefined> {
  const row = await db.selectFrom('contacts').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const identities = await db
    .selectFrom('identities')
    .select(['kind', 'address'])
    .where('contact_id', '=', id)
    .where('channel', '=', channel)
    .orderBy('created_at')
    .orderBy('kind')
    .execute();
  const { name, username, marketing_stopped_at: marketingStoppedAt } = row;
  return { id, name, username, marketingStoppedAt, identities };
}

/** Whose identity it is. */
export async function ownerOf(db: Kysely<Schema>, channel: string, identity: IdentityRef): Promise<string | undefined> {
  const row = await db
    .selectFrom('identities')
    .select('contact_id')
    .where('channel', '=', channel)
    .where('kind', '=', identity.kind)
    .where('address', '=', identity.address)
    .executeTakeFirst();
  return row?.contact_id;
}

export async function create(tx: Tx, id: string, now: number): Promise<void> {
  await tx.db
    .insertInto('contacts')
    .values({ id, name: null, username: null, marketing_stopped_at: null, created_at: now })
    .execute();
}

/** Gives a contact an identity. One that another contact holds stays there. */
export async function addIdentity(
  tx: Tx,
  channel: string,
  contactId: string,
  identity: IdentityRef,
  now: number,
): Promise<void> {
  await tx.db
    .insertInto('identities')
    .values({ channel, kind: identity.kind, address: identity.address, contact_id: contactId, created_at: now })
    .onConflict((conflict) => conflict.columns(['channel', 'kind', 'address']).doNothing())
    .execute();
}

/** Nobody's any more. */
export async function dropIdentity(tx: Tx, channel: string, identity: IdentityRef): Promise<void> {
  await tx.db
    .deleteFrom('identities')
    .where('channel', '=', channel)
    .where('kind', '=', identity.kind)
    .where('address', '=', identity.address)
    .execute();
}

export async function rename(tx: Tx, id: string, name: string | null, username: string | null): Promise<void> {
  await tx.db.updateTable('contacts').set({ name, username }).where('id', '=', id).execute();
}

export async function setMarketingStopped(tx: Tx, id: string, at: number | null): Promise<void> {
  await tx.db.updateTable('contacts').set({ marketing_stopped_at: at }).where('id', '=', id).execute();
}

/** Two contacts turned out to be one: what `from` has goes to `into`, conversation by conversation. */
export async function merge(tx: Tx, from: string, into: string): Promise<void> {
  const { db } = tx;
  const moving = await db
    .selectFrom('conversations')
    .select(['id', 'account_id'])
    .where('contact_id', '=', from)
    .execute();
  for (const conversation of moving) {
    const kept = await db
      .selectFrom('conversations')
      .select('id')
      .where('contact_id', '=', into)
      .where('account_id', '=', conversation.account_id)
      .executeTakeFirst();
    if (kept === undefined) {
      await db.updateTable('conversations').set({ contact_id: into }).where('id', '=', conversation.id).execute();
    } else {
      await joinConversations(tx, conversation.id, kept.id);
    }
  }
  await db.updateTable('identities').set({ contact_id: into }).where('contact_id', '=', from).execute();
  await db.deleteFrom('contacts').where('id', '=', from).execute();
}

async function joinConversations({ db }: Tx, from: string, into: string): Promise<void> {
  await db.updateTable('messages').set({ conversation_id: into }).where('conversation_id', '=', from).execute();
  await db.updateTable('events').set({ conversation_id: into }).where('conversation_id', '=', from).execute();
  await db.updateTable('subscriptions').set({ conversation_id: into }).where('conversation_id', '=', from).execute();
  const windows = await db
    .selectFrom('conversations')
    .select(['window_expires_at', 'window_opened_by', 'window_ad_at', 'window_free_until'])
    .where('id', 'in', [from, into])
    .orderBy('window_expires_at', 'desc')
    .execute();
  const widest = windows.find((window) => window.window_expires_at !== null);
  if (widest) await db.updateTable('conversations').set(widest).where('id', '=', into).execute();
  await db.deleteFrom('conversations').where('id', '=', from).execute();
}
