import { sql, type ColumnDataType, type Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Until now each account had a webhook URL of its own: it becomes that of a connection with this one account below it. */
async function connections(db: Kysely<never>, { text }: StoreDialect): Promise<void> {
  const type = text as ColumnDataType;
  await db.schema
    .createTable('connections')
    .addColumn('id', type, (column) => column.notNull())
    .addColumn('connector', type, (column) => column.notNull())
    .addColumn('endpoint', type, (column) => column.notNull())
    .addColumn('learned', type)
    .addColumn('merged_into', type)
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('connections_id').unique().on('connections').column('id').execute();
  await db.schema
    .createTable('endpoints')
    .addColumn('endpoint', type, (column) => column.notNull())
    .addColumn('connection_id', type, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('endpoints_endpoint').unique().on('endpoints').column('endpoint').execute();
  await db.schema
    .createTable('connection_moves')
    .addColumn('from_id', type, (column) => column.notNull())
    .addColumn('into_id', type, (column) => column.notNull())
    .execute();
  const between = db.schema.createIndex('connection_moves_between').unique().on('connection_moves');
  await between.columns(['from_id', 'into_id']).execute();
  await db.schema
    .alterTable('accounts')
    .addColumn('connection_id', type, (c) => c.notNull().defaultTo(''))
    .execute();
  await db.schema.alterTable('accounts').addColumn('former_connection_id', type).execute();
  await db.schema.alterTable('accounts').addColumn('moved_at', 'bigint').execute();
  await sql`update accounts set connection_id = 'cnn_' || substr(id, 5)`.execute(db);
  await sql`insert into connections (id, connector, endpoint, created_at, updated_at)
    select connection_id, channel, endpoint, created_at, updated_at from accounts`.execute(db);
  await sql`insert into endpoints (endpoint, connection_id) select endpoint, connection_id from accounts`.execute(db);
  await db.schema.dropIndex('accounts_endpoint').execute();
  await db.schema.alterTable('accounts').dropColumn('endpoint').execute();
  // What names an account in webhooks follows from its settings, which every process holds.
  await db.schema.dropTable('account_addresses').execute();
}

/** Webhooks belong to the connection that they came to. Of those that were read, nobody asks any more whose they are. */
async function receipts(db: Kysely<never>, { text }: StoreDialect): Promise<void> {
  await db.schema.alterTable('receipts').renameColumn('account_id', 'connection_id').execute();
  for (const open of [sql`processed_at is null`, sql`dead_at is not null`]) {
    await sql`update receipts set connection_id = 'cnn_' || substr(connection_id, 5) where ${open}`.execute(db);
  }
  await db.schema
    .alterTable('receipts')
    .addColumn('dead_code', text as ColumnDataType)
    .execute();
  await db.schema
    .alterTable('receipts')
    .addColumn('dead_addresses', text as ColumnDataType)
    .execute();
  await sql`update receipts set dead_code = 'unreadable' where dead_at is not null`.execute(db);
  await sql`update jobs set key = 'normalize:cnn_' || substr(key, 15),
    payload = '{"connectionId":"cnn_' || substr(key, 15) || '"}' where kind = 'normalize'`.execute(db);
}

/** Connections own the webhook URLs; accounts hang below them. */
export async function connectionsFirst(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  await connections(db, dialect);
  await receipts(db, dialect);
}
