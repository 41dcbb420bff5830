import type { ColumnDataType, Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Stops survive erasure: they are kept by a keyed hash of the address, and not a word of the person. */
async function suppressions(db: Kysely<never>, text: ColumnDataType): Promise<void> {
  await db.schema
    .createTable('suppressions')
    .addColumn('hash', text, (c) => c.notNull())
    .addColumn('topic', text, (c) => c.notNull())
    .addColumn('reach', text, (c) => c.notNull())
    .addColumn('stopped', 'integer', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('suppressions_hash_topic_reach')
    .unique()
    .on('suppressions')
    .columns(['hash', 'topic', 'reach'])
    .execute();
  await db.schema
    .createIndex('suppressions_resumed')
    .on('suppressions')
    .column('at')
    .where('stopped' as never, '=', 0)
    .execute();
}

/** Of templates that were to be sent to people who said stop, the category decides; the provider tells it. */
async function categories(db: Kysely<never>, text: ColumnDataType): Promise<void> {
  await db.schema
    .createTable('template_categories')
    .addColumn('account_id', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('language', text, (c) => c.notNull())
    .addColumn('category', text, (c) => c.notNull())
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('template_categories_name_account_id_language')
    .unique()
    .on('template_categories')
    .columns(['name', 'account_id', 'language'])
    .execute();
}

/** What people want, whoever is asked to forget them. */
export async function consent(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  const text = dialect.text as ColumnDataType;
  await suppressions(db, text);
  await categories(db, text);
}
