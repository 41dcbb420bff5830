/** API keys: ids and hashes only. */
import type { Db, Tx } from './ledger.ts';

export interface ApiKey {
  id: string;
  hash: string;
  revokedAt?: number;
}

export async function find(db: Db, id: string): Promise<ApiKey | undefined> {
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
  return row && { id: row.id, hash: row.hash, ...(row.revoked_at !== null && { revokedAt: row.revoked_at }) };
}

/** Makes these the only valid keys: one that is no longer listed must not go on working. */
export async function setAll(tx: Tx, keys: readonly ApiKey[], now: number): Promise<void> {
  const ids = keys.map((key) => key.id);
  const others = tx.db.updateTable('api_keys').set({ revoked_at: now }).where('revoked_at', 'is', null);
  await others.where('id', 'not in', ids).execute();
  for (const { id, hash } of keys) {
    await tx.db
      .insertInto('api_keys')
      .values({ id, hash, created_at: now, revoked_at: null })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ hash, revoked_at: null }))
      .execute();
  }
}
