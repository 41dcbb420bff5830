/** Finds and forgets who a person is, and locks everything that a person has. */
import type { Identity } from '../core/identity.ts';
import { lockIdentities } from './contact.store.ts';
import * as conversations from './conversation.store.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** Says who is to be forgotten, and where what was said with them stands. */
export interface PersonalRecords {
  contactId: string;
  identities: Identity[];
  /** Lists them, those that were merged into others included. */
  conversationIds: string[];
  /** Says when the first of these began. */
  since: number;
}

/** Finds what there is of a contact; undefined: there is no such contact. */
export async function find(db: Db, contactId: string): Promise<PersonalRecords | undefined> {
  const contact = await db.selectFrom('contacts').select('createdAt').where('id', '=', contactId).executeTakeFirst();
  if (contact === undefined) return undefined;
  const identities = await db
    .selectFrom('identities')
    .select(['channel', 'realm', 'kind', 'address'])
    .where('contactId', '=', contactId)
    .execute();
  const own = db.selectFrom('conversations').select(['id', 'createdAt as at']).where('contactId', '=', contactId);
  const found = await own.execute();
  for (const { id } of found) {
    const merged = db.selectFrom('conversations').select(['id', 'createdAt as at']).where('mergedInto', '=', id);
    found.push(...(await merged.execute()));
  }
  const conversationIds = [...new Set(found.map(({ id }) => id))].sort();
  return { contactId, identities, conversationIds, since: Math.min(contact.createdAt, ...found.map(({ at }) => at)) };
}

/** Locks the person's identities and conversations until the unit ends: nobody else changes them, or gives the person others. */
export async function lockForUpdate(tx: Tx, { identities, conversationIds }: PersonalRecords): Promise<void> {
  if (!tx.shared) return;
  await lockIdentities(tx, identities);
  for (const id of conversationIds) await conversations.lock(tx, id);
}

/** Forgets who it is. A message of theirs makes a new contact from now on. */
export async function dropContact(
  tx: Tx,
  { contactId, conversationIds }: Pick<PersonalRecords, 'contactId' | 'conversationIds'>,
): Promise<void> {
  const { db } = tx;
  await db.deleteFrom('identities').where('contactId', '=', contactId).execute();
  await db.deleteFrom('contacts').where('id', '=', contactId).execute();
  for (const id of conversationIds) await db.deleteFrom('conversations').where('id', '=', id).execute();
}
