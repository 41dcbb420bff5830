/** Receipts: webhooks as they came, kept before anything is made of them. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';
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

/** Its parameters are numbered: four for each row. */
function insertMany(size: number) {
  return prepared((db, its: Parameters<Record<string, never>>) =>
    db.insertInto('receipts').values(
      Array.from({ length: size }, (_, i) => ({
        accountId: its(`${4 * i}`),
        receivedAt: its(`${4 * i + 1}`),
        request: its(`${4 * i + 2}`),
        body: its(`${4 * i + 3}`),
        digest: '',
        processedAt: null,
      })),
    ),
  );
}

/** Stores receipts, each at the end: whether a webhook came before is not asked here, but by who reads it. */
export async function insert(tx: Tx, receipts: readonly NewReceipt[]): Promise<void> {
  let next = 0;
  for (const { size, run } of statements) {
    for (; receipts.length - next >= size; next += size) await run(tx.db, numbered(receipts, next, size));
  }
}

/** The values of one statement. */
function numbered(receipts: readonly NewReceipt[], from: number, size: number): Record<string, never> {
  const values: unknown[] = [];
  for (let i = from; i < from + size; i++) {
    const { accountId, receivedAt, request, body } = receipts[i] as NewReceipt;
    values.push(accountId, receivedAt, request, body);
  }
  return values as never;
}

const selectUnprocessed = prepared((db, its: Parameters<{ accountId: string; limit: number }>) =>
  db
    .selectFrom('receipts')
    .select(['seq', 'receivedAt', 'request', 'body'])
    .where('accountId', '=', its('accountId'))
    .where('processedAt', 'is', null)
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
  deadReason: string | null;
}

/** Those that wait have no digest yet, and are not in its index. */
const updateRead = prepared((db, its: Parameters<Read>) =>
  db
    .updateTable('receipts')
    .set({
      processedAt: its('now'),
      deadAt: its('deadAt'),
      deadReason: its('deadReason'),
      digest: its('digest'),
      request: its('request'),
      body: its('body'),
    })
    .where('seq', '=', its('seq'))
    .where('processedAt', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('receipts as earlier')
            .select('earlier.seq')
            .where('earlier.digest', '=', its('digest'))
            .where('earlier.processedAt', 'is not', null),
        ),
      ),
    ),
);
const deleteWaiting = prepared((db, its: Parameters<{ seq: number }>) =>
  db.deleteFrom('receipts').where('seq', '=', its('seq')).where('processedAt', 'is', null),
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
  return settle(tx, { seq, digest, now, deadAt: null, deadReason: null, request: '', body: NOTHING });
}

/** It could not be read: kept as it came, for a person. */
export async function putAside(
  tx: Tx,
  receipt: Receipt,
  digest: string,
  now: number,
  deadReason: string,
): Promise<void> {
  const { seq, request, body } = receipt;
  await settle(tx, { seq, digest, now, deadAt: now, deadReason, request, body });
}

/** A receipt that was put aside. */
export interface DeadReceipt extends Receipt {
  accountId: string;
  deadAt: number;
  reason: string | null;
}

export async function findDead(db: Kysely<Schema>, seq: number): Promise<DeadReceipt | undefined> {
  const row = await db
    .selectFrom('receipts')
    .select(['seq', 'accountId', 'receivedAt', 'request', 'body'])
    .select(['deadAt', 'deadReason as reason'])
    .where('seq', '=', seq)
    .executeTakeFirst();
  return row && row.deadAt !== null ? { ...row, deadAt: row.deadAt } : undefined;
}

/** It waits to be read, as if it had just come. Answers false when it is not aside any more. */
export async function takeBack(tx: Tx, seq: number): Promise<boolean> {
  const change = { processedAt: null, deadAt: null, deadReason: null };
  const update = tx.db.updateTable('receipts').set(change).where('seq', '=', seq).where('deadAt', 'is not', null);
  return (await update.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Nobody wants to know what it said. Answers false when it is not aside any more. */
export async function discard(tx: Tx, seq: number): Promise<boolean> {
  const change = { request: '', body: NOTHING, deadAt: null, deadReason: null };
  const update = tx.db.updateTable('receipts').set(change).where('seq', '=', seq).where('deadAt', 'is not', null);
  return (await update.executeTakeFirst()).numUpdatedRows > 0n;
}
