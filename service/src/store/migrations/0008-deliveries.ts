import { sql, type ColumnDataType, type Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/**
 * A receiver may confirm what it took: of those from before, any 2xx that is no page counts. How long a subscription took nothing is added up from
 * try to try, and what a workflow will not take is kept as a dead letter.
 */
export async function deliveries(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  for (const [column, start] of [
    ['confirms', 0],
    ['failing_ms', 0],
    ['failed_at', null],
    ['takes', 0],
    ['took_at', null],
  ] as const) {
    await db.schema
      .alterTable('subscriptions')
      .addColumn(column, 'bigint', (c) => (start === null ? c : c.notNull().defaultTo(start)))
      .execute();
  }
  await db.schema
    .alterTable('deliveries')
    .addColumn('refusals', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('deliveries').addColumn('refused_takes', 'bigint').execute();
  await deadEvents(db, dialect);
}

async function deadEvents(db: Kysely<never>, { text, serial }: StoreDialect): Promise<void> {
  const type = text as ColumnDataType;
  await db.schema
    .createTable('dead_events')
    .addColumn('seq', serial.type, serial.modify)
    .addColumn('subscription_id', type, (c) => c.notNull())
    .addColumn('url', type, (c) => c.notNull())
    .addColumn('subscription_account_id', type)
    .addColumn('account_id', type, (c) => c.notNull())
    .addColumn('event_seq', 'bigint', (c) => c.notNull())
    .addColumn('dead_at', 'bigint', (c) => c.notNull())
    .addColumn('code', type, (c) => c.notNull())
    .addColumn('reason', type, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('dead_events_dead').on('dead_events').columns(['dead_at', 'seq']).execute();
  await db.schema.createIndex('dead_events_event_seq').on('dead_events').column('event_seq').execute();
  // Those that stand apart are few.
  await sql`create index deliveries_isolated on deliveries (subscription_id, shard) where shard >= 4`.execute(db);
}
