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

/** Makes the key valid; one with the same id is replaced. */
export async function put(tx: Tx, key: ApiKey, now: number): Promise<void> {
  await tx.db
    .insertInto('api_keys')
    .values({ id: key.id, hash: key.hash, created_at: now, revoked_at: null })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ hash: key.hash, revoked_at: null }))
    .execute();
}
