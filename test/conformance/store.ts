/**
 * What every database behind the store has to do. One suite: `describeStore('sqlite', fresh)`, where `fresh` gives the dialect of an
 * empty database that can be opened again and again.
 */
import type { Kysely } from 'kysely';
import { Ledger } from '../../service/src/store/ledger.ts';
import { SchemaError } from '../../service/src/store/migrate.ts';
import type { StoreDialect } from '../../service/src/store/dialect.ts';
import type { Schema } from '../../service/src/store/schema.ts';
import { describeContactStores } from './store-contacts.ts';
import { describeLedger } from './store-ledger.ts';
import { describeMessageStores } from './store-messages.ts';
import { describeWorkStores } from './store-work.ts';
import { apiKeyRow, type FreshDatabase } from './store-fixture.ts';

export function describeStore(name: string, fresh: FreshDatabase): void {
  describe(`store: ${name}`, () => {
    const opened: Ledger[] = [];
    const open = async () => {
      const ledger = await Ledger.open(await fresh());
      opened.push(ledger);
      return ledger;
    };
    afterEach(async () => {
      for (const ledger of opened.splice(0)) await ledger.close();
    });

    describeMigrations(fresh);
    describeLedger(fresh, open);
    describeContactStores(open);
    describeMessageStores(open);
    describeWorkStores(open);
  });
}

function describeMigrations(fresh: FreshDatabase): void {
  describe('migrations', () => {
    test('make every table, once; what is stored stays over restarts', async () => {
      const dialect = await fresh();
      const first = await Ledger.open(dialect);
      const tables = await tableNames(first.reader);
      expect(tables).toEqual(expect.arrayContaining(['accounts', 'deliveries', 'jobs', 'messages', 'receipts']));
      await first.write((tx) => tx.db.insertInto('apiKeys').values(apiKeyRow('a')).execute());
      await first.close();
      for (let restart = 1; restart <= 2; restart++) {
        const again = await Ledger.open(dialect);
        expect(await tableNames(again.reader)).toEqual(tables);
        expect(await again.reader.selectFrom('apiKeys').select('id').execute()).toEqual([{ id: 'a' }]);
        await again.close();
      }
    });

    test('refuse what a newer version wrote, say what to do, and leave it as it is', async () => {
      const dialect = await fresh();
      await (await Ledger.open(dialect)).close();
      await migratedBy(dialect, '0999-from-the-future');
      const refused = await Ledger.open(dialect).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(SchemaError);
      expect((refused as Error).message).toMatch(/newer version.*0999-from-the-future.*Start that version/);
      await forgetMigration(dialect, '0999-from-the-future');
      const ledger = await Ledger.open(dialect);
      expect(await ledger.reader.selectFrom('apiKeys').selectAll().execute()).toEqual([]);
      await ledger.close();
    });
  });
}

async function tableNames(db: Kysely<Schema>): Promise<string[]> {
  return (await db.introspection.getTables()).map((table) => table.name).sort();
}

type Migrations = Kysely<{ kysely_migration: { name: string; timestamp: string } }>;

/** Writes that another version's migration ran. */
export async function migratedBy(dialect: StoreDialect, name: string): Promise<void> {
  await withWriter(dialect, (db) =>
    db.insertInto('kysely_migration').values({ name, timestamp: '2030-01-01T00:00:00.000Z' }).execute(),
  );
}

async function forgetMigration(dialect: StoreDialect, name: string): Promise<void> {
  await withWriter(dialect, (db) => db.deleteFrom('kysely_migration').where('name', '=', name).execute());
}

async function withWriter(dialect: StoreDialect, change: (db: Migrations) => Promise<unknown>): Promise<void> {
  const { writer, reader } = dialect.open();
  await change(writer as unknown as Migrations);
  await writer.destroy();
  await reader.destroy();
}
