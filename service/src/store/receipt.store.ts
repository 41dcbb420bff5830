/** Receipts: webhooks as they came, kept before anything is made of them. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './ledger.ts';
import { changed, prepared, type Parameters } from './prepared.ts';

export interface NewReceipt {
  accountId: string;
  receivedAt: number;
  /** Everything of the request but the body, as JSON. */
  request: string;
  body: Uint8Array;
  /** Of the account and the body: the same bytes for the same account are the same webhook. */
  digest: string;
}

export interface Receipt {
  seq: number;
  receivedAt: number;
  request: string;
  body: Uint8Array;
}

const insertOne = prepared((db, its: Parameters<NewReceipt>) =>
  db
    .insertInto('receipts')
    .values({
      account_id: its('accountId'),
      received_at: its('receivedAt'),
      request: its('request'),
      body: its('body'),
      digest: its('digest'),
      processed_at: null,
    })
    .onConflict((conflict) => conflict.column('digest').doNothing()),
);

/** Stores receipts; one whose body was stored before is left out. Answers how many were new. */
export async function insert(tx: Tx, receipts: readonly NewReceipt[]): Promise<number> {
  let added = 0;
  for (const receipt of receipts) if (changed(await insertOne(tx.db, receipt))) added += 1;
  return added;
}

const selectUnprocessed = prepared((db, its: Parameters<{ accountId: string; limit: number }>) =>
  db
    .selectFrom('receipts')
    .select(['seq', 'received_at as receivedAt', 'request', 'body'])
    .where('account_id', '=', its('accountId'))
    .where('processed_at', 'is', null)
    .orderBy('seq')
    .limit(its('limit')),
);

/** The oldest receipts of an account that wait to be read. */
export async function unprocessed(db: Kysely<Schema>, accountId: string, limit: number): Promise<Receipt[]> {
  return (await selectUnprocessed(db, { accountId, limit })).rows;
}

const NOTHING = new Uint8Array();

const updateProcessed = prepared((db, its: Parameters<{ seq: number; now: number }>) =>
  db
    .updateTable('receipts')
    .set({ processed_at: its('now'), request: '', body: NOTHING })
    .where('seq', '=', its('seq'))
    .where('processed_at', 'is', null),
);

/**
 * What was said is in the ledger now; of the receipt, only its digest is needed any more. Answers false when someone else read it
 * first: then nothing may be made of it again.
 */
export async function markProcessed(tx: Tx, seq: number, now: number): Promise<boolean> {
  return changed(await updateProcessed(tx.db, { seq, now }));
}

/** It could not be read: kept as it came, for a person. */
export async function putAside(tx: Tx, seq: number, now: number): Promise<void> {
  await tx.db.updateTable('receipts').set({ processed_at: now, dead_at: now }).where('seq', '=', seq).execute();
}
