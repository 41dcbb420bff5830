import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { firstSchema } from '../../service/src/store/migrations/0001-first-schema.ts';
import { sqlite } from '../../service/src/store/sqlite.ts';
import { firstRelease, loadSqlite } from '../support/first-release.ts';
import { tempFolder } from '../support/temp-ledger.ts';
import { describeMigration } from './migration.suite.ts';

const folder = tempFolder();
let files = 0;
const newPath = () => join(folder, `${++files}.db`);

describeMigration('sqlite', async () => {
  const path = newPath();
  loadSqlite(path);
  return sqlite(path);
});

test('the first migration makes what the first release made, and is never changed', async () => {
  const path = newPath();
  const dialect = sqlite(path);
  const { writer, reader } = dialect.open();
  await firstSchema(writer as never, dialect);
  await writer.destroy();
  await reader.destroy();
  const db = new DatabaseSync(path);
  const statements = db
    .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all();
  db.close();
  const released = firstRelease.ddl.filter((statement) => !statement.includes('kysely'));
  expect(statements.map((row) => row['sql']).sort()).toEqual(released.sort());
});
