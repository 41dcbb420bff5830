/** Stores receipts: webhooks as they came, kept before anything is made of them. */
import type { Kysely } from 'kysely';
import { read, readOrNull, textOf, textOrNull } from './json.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';
import { changed, first, prepared, type Parameters } from './prepared.ts';

/** Says what of a request is kept besides the body. */
export interface KeptRequest {
  /** Includes the query. */
  url: string;
  headers: Readonly<Record<string, string>>;
}

/** Describes a webhook that came and is to be kept. */
export interface NewReceipt {
  connectionId: string;
  receivedAt: number;
  request: KeptRequest;
  body: Uint8Array;
}

/** Describes a webhook as it is read. */
export interface Receipt {
  seq: number;
  receivedAt: number;
  request: KeptRequest;
  body: Uint8Array;
}

/** Describes a webhook that waits to be read. */
export interface WaitingReceipt extends Receipt {
  /** Says how often its reading began since it was found unread. */
  tries: number;
}

/** One statement stores so many rows: many at a time cost a third less than one by one. */
const SIZES = [64, 16, 4, 1];

const statements = SIZES.map((size) => ({ size, run: insertMany(size) }));

/** Makes the statement for `size` rows; it numbers its parameters, four for each row. */
function insertMany(size: number) {
  return prepared((db, its: Parameters<Record<string, never>>) =>
    db.insertInto('receipts').values(
      Array.from({ length: size }, (_, i) => ({
        connectionId: its(`${4 * i}`),
        receivedAt: its(`${4 * i + 1}`),
        request: its(`${4 * i + 2}`),
        body: its(`${4 * i + 3}`),
        digest: '',
        processedAt: null,
      })),
    ),
  );
}

/** Stores receipts, each at the end. Whoever reads a receipt finds out whether the webhook came before. */
export async function insert(tx: Tx, receipts: readonly NewReceipt[]): Promise<void> {
  let next = 0;
  for (const { size, run } of statements) {
    for (; receipts.length - next >= size; next += size) await run(tx.db, numbered(receipts, next, size));
  }
}

/** Numbers the values of one statement. */
function numbered(receipts: readonly NewReceipt[], from: number, size: number): Record<string, never> {
  const values: unknown[] = [];
  for (let i = from; i < from + size; i++) {
    const { connectionId, receivedAt, request, body } = receipts[i] as NewReceipt;
    values.push(connectionId, receivedAt, textOf(request), body);
  }
  return values as never;
}

const selectUnprocessed = prepared((db, its: Parameters<{ connectionId: string; limit: number }>) =>
  db
    .selectFrom('receipts')
    .select(['seq', 'receivedAt', 'request', 'body', 'tries'])
    .where('connectionId', '=', its('connectionId'))
    .where('processedAt', 'is', null)
    .orderBy('seq')
    .limit(its('limit')),
);

/** Lists the oldest receipts of a connection that wait to be read. */
export async function unprocessed(db: Kysely<Schema>, connectionId: string, limit: number): Promise<WaitingReceipt[]> {
  const { rows } = await selectUnprocessed(db, { connectionId, limit });
  return rows.map((row) => ({ ...row, request: read(row.request) }));
}

const selectWaiting = prepared((db, its: Parameters<{ connectionId: string }>) =>
  db
    .selectFrom('receipts')
    .select('seq')
    .where('connectionId', '=', its('connectionId'))
    .where('processedAt', 'is', null)
    .limit(1),
);

/** Tells whether receipts of a connection wait to be read. */
export async function areWaiting(db: Kysely<Schema>, connectionId: string): Promise<boolean> {
  return first(await selectWaiting(db, { connectionId })) !== undefined;
}

/** Answers the number of the receipt that came last; 0: none came. */
export async function last(db: Kysely<Schema>): Promise<number> {
  const last = db.selectFrom('receipts').select(({ fn }) => fn.max<number | null>('seq').as('seq'));
  return (await last.executeTakeFirst())?.seq ?? 0;
}

/** Counts tries that begin (`by` 1), or takes back those that ended with the process alive (-1). */
export async function countTries(tx: Tx, seqs: readonly number[], by: 1 | -1): Promise<void> {
  const update = tx.db.updateTable('receipts').set(({ eb }) => ({ tries: eb('tries', '+', by) }));
  await update.where('seq', 'in', seqs).execute();
}

/** By which a webhook is told apart from others. */
export interface Digests {
  own: string;
  /** The webhook is also the same as one that was read by this. */
  before?: string;
}

interface Read extends Pick<Receipt, 'seq' | 'body'> {
  request: string;
  digest: string;
  before: string;
  now: number;
  deadAt: number | null;
  deadCode: string | null;
  deadAddresses: string | null;
  deadReason: string | null;
}

/** Those that wait have no digest yet, and are not in its index. */
const updateRead = prepared((db, its: Parameters<Read>) =>
  db
    .updateTable('receipts')
    .set({
      processedAt: its('now'),
      deadAt: its('deadAt'),
      deadCode: its('deadCode'),
      deadAddresses: its('deadAddresses'),
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
            .where('earlier.digest', 'in', [its('digest'), its('before')])
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

const columnsOf = ({ own, before = own }: Digests) => ({ digest: own, before });

const NOTHING = new Uint8Array();

/**
 * Keeps of a receipt that was read only its digest, as what it said is in the ledger now: of the connection and the body, so that the same bytes for
 * the same connection are the same webhook. Answers false when that was read before, or someone else read this receipt first: then nothing may be
 * made of it again.
 */
export async function markProcessed(tx: Tx, { seq }: Receipt, digests: Digests, now: number): Promise<boolean> {
  return settle(tx, { seq, ...columnsOf(digests), now, ...ALIVE, request: '', body: NOTHING });
}

/** Tells why a receipt waits for a person: nobody can read it, or it tells of accounts that are not registered. */
export type DeadCode = 'unreadable' | 'no_account';

/** Tells why a receipt is put aside. */
export interface Death {
  code: DeadCode;
  reason: string;
  /** Holds the addresses that no account has. */
  addresses?: readonly string[];
}

/** Sets the columns of a receipt that is not aside. */
export const ALIVE = { deadAt: null, deadCode: null, deadAddresses: null, deadReason: null };

/** Keeps a receipt that was not read, or not all of it, as it came, for a person. Answers false when it was read before. */
export async function putAside(
  tx: Tx,
  receipt: Receipt,
  digests: Digests,
  now: number,
  { code, reason, addresses }: Death,
): Promise<boolean> {
  const { seq, body } = receipt;
  const request = textOf(receipt.request);
  const death = { deadAt: now, deadCode: code, deadAddresses: textOrNull(addresses), deadReason: reason };
  return settle(tx, { seq, ...columnsOf(digests), now, ...death, request, body });
}

/** Describes a receipt that was put aside. */
export interface DeadReceipt extends Receipt {
  connectionId: string;
  deadAt: number;
  code: DeadCode;
  addresses: string[] | null;
  reason: string | null;
}

/** Finds a receipt that was put aside; undefined: it is not aside (any more). */
export async function findDead(db: Kysely<Schema>, seq: number): Promise<DeadReceipt | undefined> {
  const row = await db
    .selectFrom('receipts')
    .select(['seq', 'connectionId', 'receivedAt', 'request', 'body'])
    .select(['deadAt', 'deadCode', 'deadAddresses', 'deadReason as reason'])
    .where('seq', '=', seq)
    .executeTakeFirst();
  if (row === undefined || row.deadAt === null) return undefined;
  const { deadCode, deadAddresses, ...rest } = row;
  const death = { deadAt: row.deadAt, code: codeOf(deadCode), addresses: readOrNull<string[]>(deadAddresses) };
  return { ...rest, request: read(row.request), ...death };
}

/** Lets a receipt that was put aside wait to be read, as if it had just come. Answers false when it is not aside any more. */
export async function requeue(tx: Tx, seq: number): Promise<boolean> {
  const change = { processedAt: null, tries: 0, ...ALIVE };
  const update = tx.db.updateTable('receipts').set(change).where('seq', '=', seq).where('deadAt', 'is not', null);
  return (await update.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Forgets what a receipt that was put aside said. Answers false when it is not aside any more. */
export async function discard(tx: Tx, seq: number): Promise<boolean> {
  const change = { request: '', body: NOTHING, ...ALIVE };
  const update = tx.db.updateTable('receipts').set(change).where('seq', '=', seq).where('deadAt', 'is not', null);
  return (await update.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Reads the code as it is stored. */
export function codeOf(stored: string | null): DeadCode {
  return stored === 'no_account' ? stored : 'unreadable';
}
