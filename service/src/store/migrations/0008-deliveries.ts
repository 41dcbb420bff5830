import type { Kysely } from 'kysely';

/** A receiver may confirm what it took: of those from before, any 2xx that is no page counts. */
export async function deliveries(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('subscriptions')
    .addColumn('confirms', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}
