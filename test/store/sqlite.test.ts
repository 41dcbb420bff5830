import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import type { StoreDialect } from '../../service/src/store/dialect.ts';
import { Ledger } from '../../service/src/store/ledger.ts';
import type { Schema } from '../../service/src/store/schema.ts';
import { sqlite } from '../../service/src/store/sqlite.ts';
import { describeStore, migratedBy } from '../conformance/store.ts';
import { apiKeyRow } from '../conformance/store-fixture.ts';
import { tempFolder } from '../support/temp-ledger.ts';

const folder = tempFolder();
let files = 0;
const newPath = () => join(folder, `${++files}.db`);

describeStore('sqlite', () => sqlite(newPath()));

const commits: number[] = [];
let ledger: Ledger;
/** The ledger's own connection, to break things from below. */
let writer: Kysely<Schema>;

beforeEach(async () => {
  const base = sqlite(newPath());
  const dialect: StoreDialect = {
    ...base,
    open() {
      const connections = base.open();
      writer = connections.writer;
      return connections;
    },
  };
  commits.length = 0;
  ledger = await Ledger.open(dialect, (units) => commits.push(units));
});

afterEach(() => ledger.close());

const pragma = async (name: string) =>
  Object.values((await sql.raw(`PRAGMA ${name}`).execute(writer)).rows[0] ?? {})[0];
const ids = async () =>
  (await ledger.reader.selectFrom('apiKeys').select('id').orderBy('id').execute()).map((row) => row.id);

/** A unit that writes, and notes when its hook ran. */
function add(id: string, hooks: string[] = [], also: (db: Kysely<Schema>) => Promise<unknown> = async () => undefined) {
  return ledger.write(async (tx) => {
    tx.afterCommit(() => hooks.push(id));
    await tx.db.insertInto('apiKeys').values(apiKeyRow(id)).execute();
    await also(tx.db);
  });
}

test('every commit is on disk: write-ahead log, synchronised in full', async () => {
  expect(await pragma('journal_mode')).toBe('wal');
  expect(await pragma('synchronous')).toBe(2);
});

test('the connection for reads cannot write', async () => {
  const insert = ledger.reader.insertInto('apiKeys').values(apiKeyRow('a')).execute();
  await expect(insert).rejects.toMatchObject({ cause: { message: expect.stringMatching(/readonly/) } });
});

test('units that wait at the same time share a commit, those that came later have the next', async () => {
  const first = Promise.all(['a', 'b', 'c'].map((id) => add(id)));
  await first;
  await add('d');
  expect(commits).toEqual([3, 1]);
});

test('a burst is split, so that no commit holds the process up', async () => {
  await Promise.all(Array.from({ length: 600 }, (_, i) => add(`k${i}`)));
  expect(commits).toEqual([256, 256, 88]);
});

describe('a file of a newer version', () => {
  test('is refused byte for byte as it was', async () => {
    const path = newPath();
    await (await Ledger.open(sqlite(path))).close();
    await migratedBy(sqlite(path), '0999-from-the-future');
    const before = { bytes: readFileSync(path), modified: statSync(path).mtimeMs };
    await expect(Ledger.open(sqlite(path))).rejects.toThrow('newer version');
    expect(readFileSync(path).equals(before.bytes)).toBe(true);
    expect(statSync(path).mtimeMs).toBe(before.modified);
  });
});

test('a folder that is not there is an error, not a hang', async () => {
  await expect(Ledger.open(sqlite(join(folder, 'nowhere', 'x.db')))).rejects.toThrow();
});

describe('a commit that fails', () => {
  /** The database finds out at the commit that this row must not be. */
  const forbid = async () => {
    await sql`PRAGMA foreign_keys = ON`.execute(writer);
    await sql`CREATE TABLE refused (id TEXT REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED)`.execute(writer);
  };
  const forbidden = (db: Kysely<Schema>) => sql`INSERT INTO refused VALUES ('nobody')`.execute(db);

  test('rejects every unit in it, writes none, runs no hook; the next commit is well', async () => {
    await forbid();
    const hooks: string[] = [];
    const results = await Promise.allSettled([add('a', hooks), add('b', hooks, forbidden), add('c', hooks)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(hooks).toEqual([]);
    expect(await ids()).toEqual([]);
    await add('d', hooks);
    expect(await ids()).toEqual(['d']);
    expect(hooks).toEqual(['d']);
  });

  test('because the database rolled back by itself harms nobody after it', async () => {
    const hooks: string[] = [];
    const rollback = (db: Kysely<Schema>) => sql`ROLLBACK`.execute(db);
    const results = await Promise.allSettled([add('a', hooks), add('b', hooks, rollback), add('c', hooks)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(hooks).toEqual([]);
    expect(await ids()).toEqual([]);
    await add('d');
    expect(await ids()).toEqual(['d']);
  });
});

test('a full disk: what was told to be stored is, what was not is not, and it goes on when there is room again', async () => {
  await sql.raw(`PRAGMA max_page_count = ${Number(await pragma('page_count')) + 2}`).execute(writer);
  const big = 'x'.repeat(100_000);
  const fill = (db: Kysely<Schema>) =>
    db
      .insertInto('apiKeys')
      .values({ ...apiKeyRow(`big ${big}`), hash: big })
      .execute();
  const results = await Promise.allSettled([add('a'), add('b', [], fill), add('c')]);
  const told = ['a', 'b', 'c'].filter((_, i) => results[i]?.status === 'fulfilled');
  expect(told).not.toContain('b');
  expect(results[1]).toMatchObject({
    reason: { name: 'LedgerUnavailable', cause: { message: expect.stringMatching(/full/) } },
  });
  expect(await ids()).toEqual(told);
  await sql`PRAGMA max_page_count = 1000000`.execute(writer);
  await add('d');
  expect(await ids()).toEqual([...told, 'd']);
});
