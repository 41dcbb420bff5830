/** Receipts: webhooks as they came, kept before anything is made of them. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './ledger.ts';
import { changed, prepared, type Parameters } from './prepared.ts';

export interface NewReceipt {
  accountId: string;
  receivedAt: number;
  /** What of the request is needed besides the body, as JSON. */
  request: string;
  body: Uint8Array;
}

export interface Receipt {
  seq: number;
  receivedAt: number;
  request: string;
  body: Uint8Array;
}

/** Rows of one statement: many at a time cost a third less than one by one. */
const SIZES = [64, 16, 4, 1];

const statements = SIZES.map((size) => ({ size, run: insertMany(size) }));

function insertMany(size: number) {
  return prepared((db, its: Parameters<Record<string, never>>) =>
    db.insertInto('receipts').values(
      Array.from({ length: size }, (_, i) => ({
        account_id: its(`accountId${i}`),
        received_at: its(`receivedAt${i}`),
        request: its(`request${i}`),
        body: its(`body${i}`),
        digest: '',
        processed_at: null,
      })),
    ),
  );
}

/** Stores receipts, each at the end: whether a webhook came before is not asked here, but by who reads it. */
export async function insert(tx: Tx, receipts: readonly NewReceipt[]): Promise<void> {
  let next = 0;
  for (const { size, run } of statements) {
    for (; receipts.length - next >= size; next += size) await run(tx.db, named(receipts, next, size));
  }
}

/** The values of one statement, by the names of its parameters. */
function named(receipts: readonly NewReceipt[], from: number, size: number): Record<string, never> {
  const values: Record<string, unknown> = {};
  for (let i = 0; i < size; i++) {
    const { accountId, receivedAt, request, body } = receipts[from + i] as NewReceipt;
    values[`accountId${i}`] = accountId;
    values[`receivedAt${i}`] = receivedAt;
    values[`request${i}`] = request;
    values[`body${i}`] = body;
  }
  return values as Record<string, never>;
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

interface Read extends Pick<Receipt, 'seq' | 'request' | 'body'> {
  digest: string;
  now: number;
  deadAt: number | null;
}

/** Those that wait have no digest yet, and are not in its index. */
const updateRead = prepared((db, its: Parameters<Read>) =>
  db
    .updateTable('receipts')
    .set({
      processed_at: its('now'),
      dead_at: its('deadAt'),
      digest: its('digest'),
      request: its('request'),
      body: its('body'),
    })
    .where('seq', '=', its('seq'))
    .where('processed_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('receipts as earlier')
            .select('earlier.seq')
            .where('earlier.digest', '=', its('digest'))
            .where('earlier.processed_at', 'is not', null),
        ),
      ),
    ),
);
const deleteWaiting = prepared((db, its: Parameters<{ seq: number }>) =>
  db.deleteFrom('receipts').where('seq', '=', its('seq')).where('processed_at', 'is', null),
);

async function settle(tx: Tx, read: Read): Promise<boolean> {
  if (changed(await updateRead(tx.db, read))) return true;
  await deleteWaiting(tx.db, { seq: read.seq });
  return false;
}

const NOTHING = new Uint8Array();

/**
 * What was said is in the ledger now; of the receipt, only its digest is needed any more: of the account and the body, so that the
 * same bytes for the same account are the same webhook. Answers false when that was read before, or someone else read this receipt
 * first: then nothing may be made of it again.
 */
export async function markProcessed(tx: Tx, { seq }: Receipt, digest: string, now: number): Promise<boolean> {
  return settle(tx, { seq, digest, now, deadAt: null, request: '', body: NOTHING });
}

/** It could not be read: kept as it came, for a person. */
export async function putAside(tx: Tx, { seq, request, body }: Receipt, digest: string, now: number): Promise<void> {
  await settle(tx, { seq, digest, now, deadAt: now, request, body });
}
