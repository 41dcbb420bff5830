/**
 * Dead letters: messages that ended without having arrived, and receipts that could not be read. Both are found by when they were given
 * up, in indexes that hold nothing else.
 */
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { MessageRow } from './message.store.ts';

/** Where a list goes on: behind this letter. `key`: a message's id, a receipt's number. */
export interface DeadLetterPosition<Key> {
  deadAt: number;
  key: Key;
}

/** What both have in common. Instants in milliseconds; `to` is not included. */
interface Wanted<Key> {
  /** Absent: any account. */
  accountIds: readonly string[] | undefined;
  from: number | undefined;
  to: number | undefined;
  /** Newest first, or oldest first. */
  order: 'asc' | 'desc';
  behind: DeadLetterPosition<Key> | undefined;
}

export interface WantedMessages extends Wanted<string> {
  status: string | undefined;
  code: string | undefined;
}

export type WantedReceipts = Wanted<number>;

/** A receipt without what it holds. */
export interface DeadReceiptRow {
  seq: number;
  accountId: string;
  receivedAt: number;
  deadAt: number;
  reason: string | null;
  bytes: number;
}

/** A message's error is JSON that begins with its code. */
const errorStart = (code: string) => `{"code":${JSON.stringify(code)}`;

/** Put so that no index helps: by account, everything that the account ever sent would be looked through. */
function ofAccounts(ids: readonly string[]) {
  return (is: ExpressionBuilder<Schema, 'messages' | 'receipts'>) =>
    is(is.fn.coalesce('accountId', is.val('')), 'in', ids);
}

function messagesOf(db: Kysely<Schema>, { accountIds, from, to, status, code, order, behind }: WantedMessages) {
  let query = db.selectFrom('messages').where('deadAt', 'is not', null);
  if (from !== undefined) query = query.where('deadAt', '>=', from);
  if (to !== undefined) query = query.where('deadAt', '<', to);
  if (accountIds !== undefined) query = query.where(ofAccounts(accountIds));
  if (status !== undefined) query = query.where('status', '=', status);
  if (code !== undefined) {
    const start = errorStart(code);
    query = query.where((is) => is(is.fn('substr', ['error', is.lit(1), is.lit(start.length)]), '=', start));
  }
  if (behind !== undefined) {
    const beyond = order === 'asc' ? '>' : '<';
    query = query.where((is) => is(is.refTuple('deadAt', 'id'), beyond, is.tuple(behind.deadAt, behind.key)));
  }
  return query;
}

function receiptsOf(db: Kysely<Schema>, { accountIds, from, to, order, behind }: WantedReceipts) {
  let query = db.selectFrom('receipts').where('deadAt', 'is not', null);
  if (from !== undefined) query = query.where('deadAt', '>=', from);
  if (to !== undefined) query = query.where('deadAt', '<', to);
  if (accountIds !== undefined) query = query.where(ofAccounts(accountIds));
  if (behind !== undefined) {
    const beyond = order === 'asc' ? '>' : '<';
    query = query.where((is) => is(is.refTuple('deadAt', 'seq'), beyond, is.tuple(behind.deadAt, behind.key)));
  }
  return query;
}

export async function messages(db: Kysely<Schema>, wanted: WantedMessages, limit: number): Promise<MessageRow[]> {
  const { order } = wanted;
  return messagesOf(db, wanted).selectAll().orderBy('deadAt', order).orderBy('id', order).limit(limit).execute();
}

export async function receipts(db: Kysely<Schema>, wanted: WantedReceipts, limit: number): Promise<DeadReceiptRow[]> {
  const rows = await receiptsOf(db, wanted)
    .select(['seq', 'accountId', 'receivedAt', 'deadAt'])
    .select(['deadReason as reason', (is) => is.fn<number>('length', ['body']).as('bytes')])
    .orderBy('deadAt', wanted.order)
    .orderBy('seq', wanted.order)
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, deadAt: row.deadAt ?? 0 }));
}

export async function countMessages(db: Kysely<Schema>, wanted: WantedMessages): Promise<number> {
  const query = messagesOf(db, wanted).select((is) => is.fn.countAll<number>().as('count'));
  return Number((await query.executeTakeFirst())?.count ?? 0);
}

export async function countReceipts(db: Kysely<Schema>, wanted: WantedReceipts): Promise<number> {
  const query = receiptsOf(db, wanted).select((is) => is.fn.countAll<number>().as('count'));
  return Number((await query.executeTakeFirst())?.count ?? 0);
}

/** Ids of accounts by channel and external id, those that were deleted as well. */
export async function accountsNamed(
  db: Kysely<Schema>,
  channel: string | undefined,
  externalId: string | undefined,
): Promise<string[]> {
  let query = db.selectFrom('accounts').select('id');
  if (channel !== undefined) query = query.where('channel', '=', channel);
  if (externalId !== undefined) query = query.where('externalId', '=', externalId);
  return (await query.execute()).map(({ id }) => id);
}

/** What accounts are called at their providers, by id. */
export async function accountNames(db: Kysely<Schema>, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, { channel: string; externalId: string }>();
  const query = db.selectFrom('accounts').select(['id', 'channel', 'externalId']);
  const rows = await query.where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, ...name }) => [id, name]));
}
