/** Opens SQLite through `node:sqlite`: a file in the data folder, WAL, every commit fsynced. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type ColumnDataType } from 'kysely';
import { COLUMNS, QUERY_COLUMNS } from './columns.ts';
import { makeDatabasePrivate } from './database-lock.ts';
import type { StoreDialect } from './dialect.ts';
import type { Schema } from './schema.ts';
import { naming } from './unavailable.ts';

/** The connection keeps so many statements prepared; more than the service has, so that only odd batch sizes are ever prepared again. */
const CACHED_STATEMENTS = 500;

/**
 * Lists the errors that say that the database cannot be used at present: SQLITE_BUSY and SQLITE_LOCKED (another program holds the file),
 * SQLITE_READONLY, SQLITE_IOERR (with what went wrong in its second byte: read, write, fsync, …), SQLITE_FULL, SQLITE_CANTOPEN.
 */
const UNAVAILABLE: readonly number[] = [5, 6, 8, 10, 13, 14];

const named = naming((error) => UNAVAILABLE.includes(((error as { errcode?: number } | null)?.errcode ?? 0) & 0xff));

function run<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw named(error);
  }
}

const CHANGES_TABLES = /^\s*(?:alter|create|drop)\b/i;

/** Gives node:sqlite the few methods that Kysely's SQLite driver calls. */
class KyselySqlite {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, ReturnType<typeof wrap>>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  prepare(sql: string): ReturnType<typeof wrap> {
    const known = this.#statements.get(sql);
    if (known) return known;
    // A prepared statement goes by the columns that there were: after a migration `*` stands for others.
    if (CHANGES_TABLES.test(sql)) this.#statements.clear();
    const statement = run(() => wrap(this.#db.prepare(sql)));
    this.#statements.set(sql, statement);
    if (this.#statements.size > CACHED_STATEMENTS) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    return statement;
  }

  close(): void {
    this.#db.close();
  }
}

/** Takes rows as lists of values, and names their members by names that are made once: objects of node:sqlite are slow to make and to read. */
function wrap(statement: StatementSync) {
  let members: string[] | undefined;
  statement.setReturnArrays(true);
  /** Answers the members after a run: one that was prepared before a migration of another connection learns of its columns by it. */
  const membersOf = () => (members ??= statement.columns().map(({ name }) => COLUMNS.memberOf(name)));
  return {
    reader: statement.columns().length > 0,
    all: (parameters: readonly unknown[]) => {
      const rows = run(() => statement.all(...(parameters as SQLInputValue[]))) as unknown as unknown[][];
      return rows.length === 0 ? rows : rows.map((values) => rowOf(membersOf(), values));
    },
    run: (parameters: readonly unknown[]) => run(() => statement.run(...(parameters as SQLInputValue[]))),
  };
}

function rowOf(members: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < members.length; i++) row[members[i] as string] = values[i];
  return row;
}

function connect(path: string, readOnly: boolean): Kysely<Schema> {
  if (!readOnly) makeDatabasePrivate(path);
  const db = new DatabaseSync(path, { readOnly, timeout: 5_000 });
  if (!readOnly) db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000');
  db.exec('PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF');
  return new Kysely<Schema>({
    dialect: new SqliteDialect({ database: new KyselySqlite(db) as never }),
    plugins: [QUERY_COLUMNS],
  });
}

/** Names the ledger in one file. The folder must exist. */
export function sqlite(path: string): StoreDialect {
  return {
    name: 'sqlite',
    open: () => ({ writer: connect(path, false), reader: connect(path, true) }),
    text: 'text',
    bytes: 'blob' as ColumnDataType,
    serial: { type: 'integer', modify: (column) => column.primaryKey().autoIncrement() },
  };
}
