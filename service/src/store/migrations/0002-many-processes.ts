import { sql, type Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** A column with its type; not null with a default, when one is given. */
async function add(db: Kysely<never>, to: string, column: string, type: 'text' | 'bigint', otherwise?: string) {
  await db.schema
    .alterTable(to)
    .addColumn(column, type, (c) => (otherwise === undefined ? c : c.notNull().defaultTo(otherwise)))
    .execute();
}

/** Jobs are leased by processes and shared out between lots; accounts pause. */
async function work(db: Kysely<never>): Promise<void> {
  await add(db, 'jobs', 'lot', 'text', '');
  await add(db, 'jobs', 'lease_owner', 'text');
  await add(db, 'jobs', 'lease_until', 'bigint');
  await db.schema.dropIndex('jobs_kind_state_priority_due_at_seq').execute();
  await db.schema
    .createIndex('jobs_ready')
    .on('jobs')
    .columns(['kind', 'lot', 'priority', 'due_at', 'seq'])
    .where(sql.ref('state'), '=', sql.lit('ready'))
    .execute();
  await db.schema
    .createIndex('jobs_leased')
    .on('jobs')
    .columns(['lease_owner'])
    .where(sql.ref('lease_owner'), 'is not', null)
    .execute();
  await add(db, 'accounts', 'paused_at', 'bigint');
  await add(db, 'accounts', 'paused_reason', 'text');
  await add(db, 'accounts', 'probe_at', 'bigint');
  await add(db, 'accounts', 'per_second', 'bigint');
  await db.schema
    .createTable('rates')
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('full_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('rates_key').unique().on('rates').column('key').execute();
}

/** What was given up waits for a person; what is old goes. */
async function care(db: Kysely<never>): Promise<void> {
  await add(db, 'messages', 'dead_at', 'bigint');
  await add(db, 'receipts', 'dead_at', 'bigint');
  for (const table of ['messages', 'receipts']) {
    await db.schema
      .createIndex(`${table}_dead`)
      .on(table)
      .columns(['dead_at'])
      .where(sql.ref('dead_at'), 'is not', null)
      .execute();
  }
  await db.schema.createIndex('events_created_at').on('events').column('created_at').execute();
  await db.schema
    .createTable('cursors')
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('position', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('cursors_name').unique().on('cursors').column('name').execute();
}

/** Many processes over one database; dead letters; retention. */
export async function manyProcesses(db: Kysely<never>, _dialect: StoreDialect): Promise<void> {
  await work(db);
  await care(db);
}
