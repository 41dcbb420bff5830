/** Events: published facts, in the order in which they became true. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './ledger.ts';

export interface NewEventRow {
  id: string;
  accountId: string;
  conversationId: string | null;
  type: string;
  dedupeKey: string;
  payload: string;
  raw: string | null;
}

/** Answers the event's place in the order, or undefined when the same fact was published before. */
export async function insert(tx: Tx, event: NewEventRow, now: number): Promise<number | undefined> {
  const row = await tx.db
    .insertInto('events')
    .values({
      id: event.id,
      account_id: event.accountId,
      conversation_id: event.conversationId,
      type: event.type,
      dedupe_key: event.dedupeKey,
      payload: event.payload,
      raw: event.raw,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'dedupe_key']).doNothing())
    .returning('seq')
    .executeTakeFirst();
  return row?.seq;
}

/** Whether this fact was published before. */
export async function isKnown(db: Kysely<Schema>, accountId: string, dedupeKey: string): Promise<boolean> {
  const row = await db
    .selectFrom('events')
    .select('seq')
    .where('account_id', '=', accountId)
    .where('dedupe_key', '=', dedupeKey)
    .executeTakeFirst();
  return row !== undefined;
}
