import { sql, type ColumnDataType, type Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/**
 * A file may take a secret to read it; the few that do are found when secrets are sealed anew. It belongs to a conversation, and is forgotten with
 * it, whatever messages and events still say; of files from before nobody knows which. Each message has rows of its own, also where providers
 * name one file for two.
 */
export async function media(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  await db.schema.dropIndex('media_account_id_provider_id').execute();
  await db.schema
    .alterTable('media')
    .addColumn('secret', dialect.text as ColumnDataType)
    .execute();
  await db.schema
    .alterTable('media')
    .addColumn('conversation_id', dialect.text as ColumnDataType)
    .execute();
  await db.schema
    .createIndex('media_conversation_id')
    .on('media')
    .column('conversation_id' as never)
    .execute();
  await db.schema
    .createIndex('media_secret')
    .on('media')
    .column('id')
    .where(sql.ref('secret'), 'is not', null)
    .execute();
}
