/** Receipts: webhooks as they came, kept before anything is made of them. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './ledger.ts';

export interface NewReceipt {
  accountId: string;
  receivedAt: number;
  /** Everything of the request but the body, as JSON. */
  request: string;
  body: Uint8Array;
  /** Of the body: the same bytes are the same webhook. */
  digest: string;
}

export interface Receipt {
  seq: number;
  receivedAt: number;
  request: string;
  body: Uint8Array;
}

/** SQLite takes 32,766 parameters in a statement; this many rows stay far below. */
const ROWS_PER_STATEMENT = 100;

/** Stores receipts; one whose body was stored before is left out. Answers how many were new. */
export async function insert(tx: Tx, receipts: readonly NewReceipt[]): Promise<number> {
  let added = 0;
  for (let start = 0; start < receipts.length; start += ROWS_PER_STATEMENT) {
    const rows = receipts.slice(start, start + ROWS_PER_STATEMENT).map((receipt) => ({
      account_id: receipt.accountId,
      received_at: receipt.receivedAt,
      request: receipt.request,
      body: receipt.body,
      digest: receipt.digest,
      processed_at: null,
    }));
    const result = await tx.db
      .insertInto('receipts')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['account_id', 'digest']).doNothing())
      .executeTakeFirst();
    added += Number(result.numInsertedOrUpdatedRows ?? 0n);
  }
  return added;
}

/** The oldest receipts of an account that wait to be read. */
export async function unprocessed(db: Kysely<Schema>, accountId: string, limit: number): Promise<Receipt[]> {
  const rows = await db
    .selectFrom('receipts')
    .select(['seq', 'received_at', 'request', 'body'])
    .where('account_id', '=', accountId)
    .where('processed_at', 'is', null)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ seq: row.seq, receivedAt: row.received_at, request: row.request, body: row.body }));
}

/** Answers false when someone else read it first: then nothing may be made of it again. */
export async function markProcessed(tx: Tx, seq: number, now: number): Promise<boolean> {
  const result = await tx.db
    .updateTable('receipts')
    .set({ processed_at: now })
    .where('seq', '=', seq)
    .where('processed_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
