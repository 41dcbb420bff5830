import { sql, type ColumnDataType, type Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** A database and what its columns are called. */
interface On {
  db: Kysely<never>;
  dialect: StoreDialect;
}

/** A column with its type; not null with a default, when one is given. */
async function add({ db, dialect }: On, to: string, column: string, type: 'text' | 'bigint', otherwise?: string) {
  await db.schema
    .alterTable(to)
    .addColumn(column, (type === 'text' ? dialect.text : type) as ColumnDataType, (c) =>
      otherwise === undefined ? c : c.notNull().defaultTo(otherwise),
    )
    .execute();
}

/** Jobs are leased by processes and shared out between lots; accounts pause. */
async function work(on: On): Promise<void> {
  await add(on, 'jobs', 'lot', 'text', '');
  // Those that were promised before there were lots share one.
  await sql`update jobs set lot = 'earlier' where kind = 'send'`.execute(on.db);
  await add(on, 'jobs', 'lease_owner', 'text');
  await add(on, 'jobs', 'lease_until', 'bigint');
  await add(on, 'jobs', 'expires_at', 'bigint');
  await sql`update jobs set expires_at = created_at + 86400000 where kind = 'send'`.execute(on.db);
  await on.db.schema.dropIndex('jobs_kind_state_priority_due_at_seq').execute();
  await on.db.schema
    .createIndex('jobs_ready')
    .on('jobs')
    .columns(['kind', 'lot', 'priority', 'due_at', 'seq'])
    .where(sql.ref('state'), '=', sql.lit('ready'))
    .execute();
  // What cannot be sent in time is found although it is blocked, put off or held back.
  await on.db.schema
    .createIndex('jobs_expires_at')
    .on('jobs')
    .column('expires_at')
    .where(sql.ref('expires_at'), 'is not', null)
    .execute();
  await add(on, 'accounts', 'paused_at', 'bigint');
  await add(on, 'accounts', 'paused_reason', 'text');
  await add(on, 'accounts', 'probe_at', 'bigint');
  await add(on, 'accounts', 'per_second', 'bigint');
  await on.db.schema
    .createTable('rates')
    .addColumn('key', on.dialect.text as ColumnDataType, (c) => c.notNull())
    .addColumn('full_at', 'bigint', (c) => c.notNull())
    .execute();
  await on.db.schema.createIndex('rates_key').unique().on('rates').column('key').execute();
}

/** What was given up waits for a person; what is old goes. */
async function care(on: On): Promise<void> {
  await add(on, 'messages', 'dead_at', 'bigint');
  await add(on, 'receipts', 'dead_at', 'bigint');
  await add(on, 'receipts', 'dead_reason', 'text');
  for (const [table, key] of [
    ['messages', 'id'],
    ['receipts', 'seq'],
  ] as const) {
    await on.db.schema
      .createIndex(`${table}_dead`)
      .on(table)
      .columns(['dead_at', key])
      .where(sql.ref('dead_at'), 'is not', null)
      .execute();
  }
  // What could not be read was put aside with its body.
  await sql`update receipts set dead_at = processed_at where processed_at is not null and request <> ''`.execute(on.db);
  await on.db.schema.createIndex('events_created_at').on('events').column('created_at').execute();
  // Whose secrets are still needed: waits come and go by the thousand.
  await on.db.schema
    .createIndex('subscriptions_listening')
    .on('subscriptions')
    .column('id')
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
  // An event is kept while somebody is still to get it; a message's keys go with it; what merged is erased together.
  await on.db.schema.createIndex('deliveries_event_seq').on('deliveries').column('event_seq').execute();
  await on.db.schema.createIndex('idempotency_message_id').on('idempotency').column('message_id').execute();
  await on.db.schema
    .createIndex('conversations_merged_into')
    .on('conversations')
    .column('merged_into')
    .where(sql.ref('merged_into'), 'is not', null)
    .execute();
  await on.db.schema
    .createTable('cursors')
    .addColumn('name', on.dialect.text as ColumnDataType, (c) => c.notNull())
    .addColumn('position', on.dialect.text as ColumnDataType, (c) => c.notNull())
    .execute();
  await on.db.schema.createIndex('cursors_name').unique().on('cursors').column('name').execute();
}

/**
 * Webhooks are told apart by their digest when they are read: this index is written at random places, which acceptance is not to pay
 * for, least of all in a large ledger.
 */
async function acceptance(db: Kysely<never>): Promise<void> {
  await db.schema.dropIndex('receipts_digest').execute();
  await db.schema
    .createIndex('receipts_digest')
    .unique()
    .on('receipts')
    .column('digest')
    .where(sql.ref('processed_at'), 'is not', null)
    .execute();
}

/** Many processes over one database; dead letters; retention. */
export async function manyProcesses(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  await work({ db, dialect });
  await dialect.shared?.tuneQueue(db, 'jobs');
  await care({ db, dialect });
  await acceptance(db);
}
