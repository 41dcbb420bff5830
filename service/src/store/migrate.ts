/** Runs the versioned migrations at the start. Kysely's migrator keeps the list of what ran and a lock against a second process. */
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { StoreDialect } from './dialect.ts';
import { firstSchema } from './migrations/0001-first-schema.ts';
import { manyProcesses } from './migrations/0002-many-processes.ts';
import { everyChannel } from './migrations/0003-every-channel.ts';
import { connectionsFirst } from './migrations/0004-connections.ts';
import { threads } from './migrations/0005-threads.ts';
import { jobs } from './migrations/0006-jobs.ts';
import { media } from './migrations/0007-media.ts';
import { deliveries } from './migrations/0008-deliveries.ts';
import { pendingFacts } from './migrations/0009-pending-facts.ts';
import { consent } from './migrations/0010-suppressions.ts';
import { waits } from './migrations/0011-waits.ts';
import { uploads } from './migrations/0012-uploads.ts';
import { receiptTries } from './migrations/0013-receipt-tries.ts';
import { sentAt } from './migrations/0014-sent-at.ts';
import type { Schema } from './schema.ts';

/** In order; a released one is never changed. */
const MIGRATIONS = {
  '0001-first-schema': firstSchema,
  '0002-many-processes': manyProcesses,
  '0003-every-channel': everyChannel,
  '0004-connections': connectionsFirst,
  '0005-threads': threads,
  '0006-jobs': jobs,
  '0007-media': media,
  '0008-deliveries': deliveries,
  '0009-pending-facts': pendingFacts,
  '0010-suppressions': consent,
  '0011-waits': waits,
  '0012-uploads': uploads,
  '0013-receipt-tries': receiptTries,
  '0014-sent-at': sentAt,
};

/** The ledger throws it when this version of the program cannot use the database. The message says what to do. */
export class SchemaError extends Error {}

/**
 * Brings the database to the present schema. Throws `SchemaError` when it was written by a newer version, naming what is unknown,
 * and when a migration fails, leaving the database as it was.
 */
export async function migrate(writer: Kysely<Schema>, dialect: StoreDialect): Promise<void> {
  const patient = dialect.shared?.openPatient();
  try {
    await migrateOn(patient ?? writer, dialect);
  } finally {
    await patient?.destroy();
  }
}

async function migrateOn(db: Kysely<Schema>, dialect: StoreDialect): Promise<void> {
  const migrations = Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, up]) => [name, { up: (on: Kysely<never>) => up(on, dialect) }]),
  );
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const ran = await appliedMigrations(db);
  const unknown = ran.filter((name) => !(name in MIGRATIONS));
  if (unknown.length > 0) {
    throw new SchemaError(
      `The database was written by a newer version of Parley (unknown migration '${unknown[0]}'). ` +
        'Start that version, or restore a backup made before the upgrade.',
    );
  }
  const { error } = await migrator.migrateToLatest();
  if (error) throw new SchemaError('The database could not be migrated; it was left as it was', { cause: error });
}

async function appliedMigrations(db: Kysely<Schema>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const untyped = db as unknown as Kysely<{ kysely_migration: { name: string } }>;
  const rows = await untyped.selectFrom('kysely_migration').select('name').orderBy('name').execute();
  return rows.map((row) => row.name);
}
