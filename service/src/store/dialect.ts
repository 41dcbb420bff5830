/** What differs between databases beyond what Kysely hides. Everything else in `store/` is written once. */
import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export interface StoreDialect {
  readonly name: string;
  /** A connection for units of work, and one for reads that must not wait for them. */
  open(): { writer: Kysely<Schema>; reader: Kysely<Schema> };
  /** Type of a column that holds raw bytes. */
  readonly bytes: 'blob' | 'bytea';
  /** Type and modifier of an ascending row number. */
  readonly serial: { type: 'integer' | 'bigserial'; modify(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder };
  /**
   * Units of work that wait at the same time are committed together: one fsync for all, a savepoint for each. Not for databases
   * that do so themselves.
   */
  readonly groupCommit: boolean;
}
