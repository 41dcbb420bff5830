/**
 * Stores since when a contact wants no marketing messages, as releases did that knew no suppressions. It stays with the contact: who turns out to be the
 * same person said it too.
 */
import { first, prepared, type Parameters } from './prepared.ts';
import type { Db, Tx } from './unit-of-work.ts';

const selectStop = prepared((db, its: Parameters<{ id: string }>) =>
  db.selectFrom('contacts').select('marketingStoppedAt').where('id', '=', its('id')),
);

/** Reads when the contact said stop, in milliseconds since the epoch; undefined: they did not, or nobody knows them. */
export async function stoppedAt(db: Db, contactId: string): Promise<number | undefined> {
  return first(await selectStop(db, { id: contactId }))?.marketingStoppedAt ?? undefined;
}

/** Stores when the contact said stop; `at` null: the contact wants messages again. */
export async function setStopped(tx: Tx, contactId: string, at: number | null): Promise<void> {
  await tx.db.updateTable('contacts').set({ marketingStoppedAt: at }).where('id', '=', contactId).execute();
}
