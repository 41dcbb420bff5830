/** Stores API keys: ids and hashes only. */
import type { Db, Tx } from './unit-of-work.ts';

/** Describes a key as it is stored. */
export interface ApiKey {
  id: string;
  hash: string;
  revokedAt?: number;
}

/** Finds a key by its id, revoked or not. */
export async function find(db: Db, id: string): Promise<ApiKey | undefined> {
  const row = await db.selectFrom('apiKeys').selectAll().where('id', '=', id).executeTakeFirst();
  return row && { id: row.id, hash: row.hash, ...(row.revokedAt !== null && { revokedAt: row.revokedAt }) };
}

/** Makes these the only valid keys: one that is no longer listed must not go on working. */
export async function setAll(tx: Tx, keys: readonly ApiKey[], now: number): Promise<void> {
  const ids = keys.map((key) => key.id);
  const others = tx.db.updateTable('apiKeys').set({ revokedAt: now }).where('revokedAt', 'is', null);
  await others.where('id', 'not in', ids).execute();
  for (const { id, hash } of keys) {
    await tx.db
      .insertInto('apiKeys')
      .values({ id, hash, createdAt: now, revokedAt: null })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ hash, revokedAt: null }))
      .execute();
  }
}
