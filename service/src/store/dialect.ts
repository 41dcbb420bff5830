/** A dialect holds what differs between databases beyond what Kysely hides. Everything else in `store/` is written once. */
import type { ColumnDataType, ColumnDefinitionBuilder, Expression, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Opens one kind of database and names its types. */
export interface StoreDialect {
  readonly name: 'sqlite' | 'postgres';
  /**
   * Opens connections for units of work, and others for reads that must not wait for them. Both throw `LedgerUnavailable` when an error says that
   * the database cannot be used at present: unreachable, no room left on its disk, shutting down.
   */
  open(): { writer: Kysely<Schema>; reader: Kysely<Schema> };
  /** Names the type of a column that holds text, compared byte by byte. */
  readonly text: ColumnDataType | Expression<unknown>;
  /** Names the type of a column that holds raw bytes. */
  readonly bytes: ColumnDataType;
  /** Names the type and the modifier of an ascending row number. */
  readonly serial: { type: 'integer' | 'bigserial'; modify(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder };
  /** Set: several processes work on the database, and units of work run at the same time. Absent: one process, one unit at a time. */
  readonly shared?: SharedDatabase;
}

/** Lists what it takes to share a database between processes. */
export interface SharedDatabase {
  /** Checks that the server is fit for it. Throws `SchemaError` that says what to change; answers warnings. */
  inspect(db: Kysely<Schema>): Promise<string[]>;
  /** Locks `name` until the transaction ends: against everybody, or only against those who lock it alone. */
  lock(db: Kysely<Schema>, name: string, how: 'alone' | 'shared'): Promise<void>;
  /** Tells whether a unit of work failed only because another one was at the same rows: it may run again. */
  isConflict(error: unknown): boolean;
  /** Opens a connection without limits of time, for the migration of a filled database. */
  openPatient(): Kysely<Schema>;
  /** Tunes a table whose rows come and go all the time. */
  tuneQueue(db: Kysely<never>, table: string): Promise<void>;
}
