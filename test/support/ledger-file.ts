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

/** Every place, as `table.column`, in which a text stands: blobs read as text, JSON with its escapes undone. */
export function placesOf(dataDir: string, text: string): string[] {
  const places: string[] = [];
  for (const [table, rows] of Object.entries(dump(dataDir))) {
    for (const [column, value] of rows.flatMap((row) => Object.entries(row))) {
      const held = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
      if (held.includes(text)) places.push(`${table}.${column}`);
    }
  }
  return [...new Set(places)].sort();
}

/** Changes rows behind the service's back. */
export function change(dataDir: string, sql: string, ...values: (string | number | null | Uint8Array)[]): void {
  const db = new DatabaseSync(join(dataDir, 'parley.db'), { timeout: 5_000 });
  try {
    db.prepare(sql).run(...values);
  } finally {
    db.close();
  }
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
