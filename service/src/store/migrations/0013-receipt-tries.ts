import type { Kysely } from 'kysely';

/** Of a webhook that was found unread, how often its reading began: a process may have ended by it. */
export async function receiptTries(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('receipts')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}
