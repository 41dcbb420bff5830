import type { ColumnDataType, Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/**
 * The bytes of an upload are kept for a while under an id: the provider may lose it. What it lost names what took its place, for the messages
 * that were to be sent with it.
 */
export async function uploads(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  const text = dialect.text as ColumnDataType;
  for (const column of ['file_id', 'filename']) await db.schema.alterTable('uploads').addColumn(column, text).execute();
  await db.schema.alterTable('uploads').addColumn('kept_at', 'bigint').execute();
  await index(db, 'uploads_account_id_provider_id', 'uploads', ['account_id', 'provider_id']);
  await index(db, 'uploads_file_id', 'uploads', ['file_id']);
  await db.schema
    .createTable('lost_uploads')
    .addColumn('account_id', text, (c) => c.notNull())
    .addColumn('provider_id', text, (c) => c.notNull())
    .addColumn('sha256', text, (c) => c.notNull())
    .addColumn('mime_type', text, (c) => c.notNull())
    .addColumn('lost_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('lost_uploads_account_id_provider_id', ['account_id', 'provider_id'] as never[])
    .execute();
  await index(db, 'lost_uploads_lost_at', 'lost_uploads', ['lost_at']);
}

const index = (db: Kysely<never>, name: string, table: string, columns: string[]) =>
  db.schema
    .createIndex(name)
    .on(table)
    .columns(columns as never[])
    .execute();
