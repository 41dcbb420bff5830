/** A ledger as release 0.1.0 left it, in the middle of its work: to see that the present program goes on with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import type { StoreDialect } from '../../service/src/store/dialect.ts';
import { firstSchema } from '../../service/src/store/migrations/0001-first-schema.ts';

type Value = string | number | null | { base64: string };
type Row = Record<string, Value>;

interface Fixture {
  /** When it was left. */
  now: number;
  encryptionKey: string;
  workflowUrl: string;
  waiterUrl: string;
  triggerSecret: string;
  /** What the messages are by which it is known how far the work was. */
  messages: Record<
    'read' | 'held' | 'asked' | 'uncertain' | 'backoff' | 'behind' | 'underWay' | 'waiting' | 'campaign',
    string
  >;
  /** The tables and indexes, as SQLite had them. */
  ddl: string[];
  rows: Record<string, Row[]>;
}

const TEXT = readFileSync(join(import.meta.dirname, '../store/fixtures/ledger-0.1.0.json'), 'utf8');
export const firstRelease = JSON.parse(TEXT) as Fixture;

/** Where the others of the story are now. */
export interface Places {
  sandboxUrl: string;
  workflowUrl: string;
  waiterUrl: string;
}

/** The rows, with the places as they are now. */
function rowsFor(places: Places | undefined): Record<string, Row[]> {
  const rows = structuredClone(firstRelease.rows);
  if (places === undefined) return rows;
  const box = new SecretBox(parseEncryptionKeys(firstRelease.encryptionKey));
  for (const account of rows['accounts'] ?? []) {
    if (account['deleted_at'] !== null) continue;
    const id = String(account['id']);
    const settings = box.decrypt(String(account['settings']), id) as object;
    account['settings'] = box.encrypt({ ...settings, baseUrl: places.sandboxUrl }, id);
  }
  const urls = new Map<Value | undefined, string>([
    [firstRelease.workflowUrl, places.workflowUrl],
    [firstRelease.waiterUrl, places.waiterUrl],
  ]);
  for (const subscription of rows['subscriptions'] ?? [])
    subscription['url'] = urls.get(subscription['url']) ?? subscription['url'] ?? '';
  return rows;
}

const bytes = (value: Value) =>
  value !== null && typeof value === 'object' ? Buffer.from(value.base64, 'base64') : value;

/** As an SQLite file, made of the statements that 0.1.0 made it of. */
export function loadSqlite(path: string, places?: Places): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; BEGIN');
  for (const statement of firstRelease.ddl) db.exec(statement);
  for (const [table, rows] of Object.entries(rowsFor(places))) {
    for (const row of rows) {
      const columns = Object.keys(row);
      const insert = db.prepare(
        `INSERT INTO ${table} (${columns.map((name) => `"${name}"`).join()}) VALUES (${columns.map(() => '?').join()})`,
      );
      insert.run(...(Object.values(row).map(bytes) as SQLInputValue[]));
    }
  }
  db.exec('COMMIT');
  db.close();
}

/** The same in any other database, with the tables of the first migration. */
export async function load(dialect: StoreDialect, places?: Places): Promise<void> {
  const { writer, reader } = dialect.open();
  const first = { '0001-first-schema': { up: (db: Kysely<never>) => firstSchema(db, dialect) } };
  const migrator = new Migrator({ db: writer, provider: { getMigrations: async () => first } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
  for (const [table, rows] of Object.entries(rowsFor(places))) {
    if (table.startsWith('kysely')) continue;
    for (const row of rows) {
      const values = Object.fromEntries(Object.entries(row).map(([column, value]) => [column, bytes(value)]));
      await writer
        .insertInto(table as 'messages')
        .values(values as never)
        .execute();
    }
    if (rows[0] !== undefined && 'seq' in rows[0]) {
      const last = sql`(select max(seq) from ${sql.table(table)})`;
      await sql`select setval(pg_get_serial_sequence(${table}, 'seq'), ${last})`.execute(writer);
    }
  }
  await writer.destroy();
  await reader.destroy();
}
