/** Stores facts that wait to be published: the rest of them, or of one before them in the conversation, is still to be fetched. */
import type { Kysely, Selectable } from 'kysely';
import type { PendingFactsTable } from './work.schema.ts';
import { first, prepared, type Parameters } from './prepared.ts';
import type { Schema } from './schema.ts';
import { LIMIT, more } from './stretch.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** Describes a fact that waits. */
export interface PendingFact extends NewPendingFact {
  seq: number;
}

/** Describes a fact that is to wait; `fact` is sealed, bound to `id`. */
export interface NewPendingFact extends Omit<Selectable<PendingFactsTable>, 'seq' | 'partial'> {
  partial: boolean;
}

/** Adds a fact behind those that wait in its conversation. */
export async function insert(tx: Tx, { partial, ...fact }: NewPendingFact): Promise<void> {
  await tx.db
    .insertInto('pendingFacts')
    .values({ ...fact, partial: partial ? 1 : 0 })
    .execute();
}

const selectKnown = prepared((db, its: Parameters<{ accountId: string; dedupeKey: string }>) =>
  db
    .selectFrom('pendingFacts')
    .select('seq')
    .where('accountId', '=', its('accountId'))
    .where('dedupeKey', '=', its('dedupeKey')),
);

/** Tells whether this very fact waits already. */
export async function isKnown(db: Kysely<Schema>, accountId: string, dedupeKey: string): Promise<boolean> {
  return first(await selectKnown(db, { accountId, dedupeKey })) !== undefined;
}

const selectFirst = prepared((db, its: Parameters<{ conversationId: string }>) =>
  db.selectFrom('pendingFacts').selectAll().where('conversationId', '=', its('conversationId')).orderBy('seq').limit(1),
);

/** Finds the fact whose turn it is in a conversation; undefined: nothing waits there. */
export async function firstIn(db: Kysely<Schema>, conversationId: string): Promise<PendingFact | undefined> {
  const row = first(await selectFirst(db, { conversationId }));
  return row && fromRow(row);
}

/** Finds a fact that waits. */
export async function find(db: Kysely<Schema>, id: string): Promise<PendingFact | undefined> {
  const row = await db.selectFrom('pendingFacts').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

/** Lists what waits of a contact's message: its arrival and its edits. */
export async function ofMessage(db: Db, accountId: string, providerMessageId: string): Promise<PendingFact[]> {
  const rows = await db
    .selectFrom('pendingFacts')
    .selectAll()
    .where('accountId', '=', accountId)
    .where('providerMessageId', '=', providerMessageId)
    .execute();
  return rows.map(fromRow);
}

/** Replaces what a fact tells; nothing of it is to be fetched any more. */
export async function rewrite(tx: Tx, id: string, fact: string): Promise<void> {
  await tx.db.updateTable('pendingFacts').set({ fact, partial: 0 }).where('id', '=', id).execute();
}

/** Deletes a fact that waits no more. */
export async function remove(tx: Tx, id: string): Promise<void> {
  await tx.db.deleteFrom('pendingFacts').where('id', '=', id).execute();
}

/** Deletes what waits in a conversation, as the person is forgotten. */
export async function dropOf(tx: Tx, conversationId: string): Promise<void> {
  await tx.db.deleteFrom('pendingFacts').where('conversationId', '=', conversationId).execute();
}

/** Deletes old facts of accounts that were deleted: what others are told comes to an end by itself. Answers whether there may be more. */
export async function dropOrphans(tx: Tx, before: number): Promise<true | undefined> {
  const deleted = tx.db.selectFrom('accounts').select('id').where('deletedAt', 'is not', null);
  const orphans = tx.db
    .selectFrom('pendingFacts')
    .select('seq')
    .where('accountId', 'in', deleted)
    .where('createdAt', '<', before)
    .limit(LIMIT);
  return more(await tx.db.deleteFrom('pendingFacts').where('seq', 'in', orphans).executeTakeFirst());
}

function fromRow({ partial, ...row }: Selectable<PendingFactsTable>): PendingFact {
  return { ...row, partial: partial === 1 };
}
