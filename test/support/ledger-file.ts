/** Looks into a ledger from outside, without the service: what is on disk. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

type Rows = Record<string, unknown>[];

/** Every row of every table, by the table's name. Equal dumps: nothing changed. */
export function dump(dataDir: string): Record<string, Rows> {
  return read(dataDir, (db) => {
    const names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all() as {
      name: string;
    }[];
    return Object.fromEntries(names.map(({ name }) => [name, db.prepare(`SELECT * FROM ${name}`).all() as Rows]));
  });
}

/** The rows of one statement. */
export function query(dataDir: string, sql: string): Rows {
  return read(dataDir, (db) => db.prepare(sql).all() as Rows);
}

/** The very bytes of the data folder's database files, write-ahead log included. */
export function databaseBytes(dataDir: string): Buffer {
  const files = readdirSync(dataDir).filter((name) => name.startsWith('parley.db'));
  return Buffer.concat(files.map((name) => readFileSync(join(dataDir, name))));
}

function read<T>(dataDir: string, run: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(dataDir, 'parley.db'), { readOnly: true });
  try {
    return run(db);
  } finally {
    db.close();
  }
}
