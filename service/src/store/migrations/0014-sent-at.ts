import type { Kysely } from 'kysely';

/** Messages know when they were sent by the provider's clock: by it, providers tell up to when a contact has read. */
export async function sentAt(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('messages').addColumn('sent_at', 'bigint').execute();
}
