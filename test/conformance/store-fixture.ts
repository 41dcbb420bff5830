/** What the parts of the store's suite share. */
import type { StoreDialect } from '../../service/src/store/dialect.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';

/** Gives the dialect of an empty database that can be opened again and again. */
export type FreshDatabase = () => Promise<StoreDialect> | StoreDialect;
/** Opens a ledger on an empty database; the suite closes it. */
export type OpenLedger = () => Promise<Ledger>;

export function apiKeyRow(id: string) {
  return { id, hash: `hash of ${id}`, createdAt: 1, revokedAt: null };
}
