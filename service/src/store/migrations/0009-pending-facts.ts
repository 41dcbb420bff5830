import type { ColumnDataType, Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** What was told in a conversation waits, in its order, until the rest of an earlier fact is fetched. */
export async function pendingFacts(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  const text = dialect.text as ColumnDataType;
  await db.schema
    .createTable('pending_facts')
    .addColumn('seq', dialect.serial.type, dialect.serial.modify)
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('account_id', text, (c) => c.notNull())
    .addColumn('conversation_id', text, (c) => c.notNull())
    .addColumn('dedupe_key', text, (c) => c.notNull())
    .addColumn('provider_message_id', text)
    .addColumn('partial', 'bigint', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('fact', text, (c) => c.notNull())
    .execute();
  const index = (columns: string[]) =>
    db.schema
      .createIndex(`pending_facts_${columns.join('_')}`)
      .on('pending_facts')
      .columns(columns);
  await index(['id']).unique().execute();
  await index(['account_id', 'dedupe_key']).unique().execute();
  await index(['account_id', 'provider_message_id']).execute();
  await index(['conversation_id', 'seq']).execute();
}
