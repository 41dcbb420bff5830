import type { ColumnDataType, Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/**
 * What waits knows since when: an instant that was set at a time which the clock has not reached again was set by a clock that has been put back. An
 * account knows who told that it is refused, and how long the provider asked it to wait.
 */
export async function waits(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  for (const table of ['jobs', 'rates']) {
    await db.schema
      .alterTable(table)
      .addColumn('set_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
  }
  for (const column of ['paused_by', 'throttled_reason']) {
    await db.schema
      .alterTable('accounts')
      .addColumn(column, dialect.text as ColumnDataType)
      .execute();
  }
  for (const column of ['throttled_at', 'throttled_until'])
    await db.schema.alterTable('accounts').addColumn(column, 'bigint').execute();
}
