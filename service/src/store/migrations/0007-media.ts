import { sql, type ColumnDataType, type Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** A file may take a secret to read it. The few that do are found when secrets are sealed anew. */
export async function media(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  await db.schema
    .alterTable('media')
    .addColumn('secret', dialect.text as ColumnDataType)
    .execute();
  await db.schema
    .createIndex('media_secret')
    .on('media')
    .column('id')
    .where(sql.ref('secret'), 'is not', null)
    .execute();
}
