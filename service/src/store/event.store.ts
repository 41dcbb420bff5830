/** Events: published facts, in the order in which they became true. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './ledger.ts';
import { first, prepared, type Parameters } from './prepared.ts';

export interface NewEventRow {
  id: string;
  accountId: string;
  conversationId: string | null;
  type: string;
  dedupeKey: string;
  payload: string;
  raw: string | null;
}

const insertOne = prepared((db, its: Parameters<NewEventRow & { now: number }>) =>
  db
    .insertInto('events')
    .values({
      id: its('id'),
      account_id: its('accountId'),
      conversation_id: its('conversationId'),
      type: its('type'),
      dedupe_key: its('dedupeKey'),
      payload: its('payload'),
      raw: its('raw'),
      created_at: its('now'),
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'dedupe_key']).doNothing())
    .returning('seq'),
);

/** Answers the event's place in the order, or undefined when the same fact was published before. */
export async function insert(tx: Tx, event: NewEventRow, now: number): Promise<number | undefined> {
  return first(await insertOne(tx.db, { ...event, now }))?.seq;
}

/** The providers' own bodies of events, by their place in the order. */
export async function raws(db: Kysely<Schema>, seqs: readonly number[]): Promise<Map<number, string>> {
  const rows = await db.selectFrom('events').select(['seq', 'raw']).where('seq', 'in', seqs).execute();
  return new Map(rows.flatMap(({ seq, raw }) => (raw === null ? [] : [[seq, raw]])));
}

const selectKnown = prepared((db, its: Parameters<{ accountId: string; dedupeKey: string }>) =>
  db
    .selectFrom('events')
    .select('seq')
    .where('account_id', '=', its('accountId'))
    .where('dedupe_key', '=', its('dedupeKey')),
);

/** Whether this fact was published before. */
export async function isKnown(db: Kysely<Schema>, accountId: string, dedupeKey: string): Promise<boolean> {
  return first(await selectKnown(db, { accountId, dedupeKey })) !== undefined;
}
