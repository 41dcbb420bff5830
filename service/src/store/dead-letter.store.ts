/**
 * Finds dead letters: messages that ended without having arrived, and receipts that could not be read, by when they were given up, in indexes that
 * hold nothing else.
 */
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import { fromRow, type Message } from './message-row.ts';
import { readOrNull, textOf } from './json.ts';
import { codeOf, type DeadCode } from './receipt.store.ts';

/** Says where a list goes on: behind this dead letter. `key`: a message's id, a receipt's number. */
export interface DeadLetterPosition<Key> {
  deadAt: number;
  key: Key;
}

/** Narrows a list of either type. Instants are milliseconds since the epoch; `to` is not included. */
interface Wanted<Key> {
  from: number | undefined;
  to: number | undefined;
  /** Puts the newest first, or the oldest. */
  order: 'asc' | 'desc';
  behind: DeadLetterPosition<Key> | undefined;
}

/** Narrows a list of messages. */
export interface WantedMessages extends Wanted<string> {
  /** Absent: any account. */
  accountIds: readonly string[] | undefined;
  status: string | undefined;
  code: string | undefined;
}

/** Narrows a list of receipts. */
export interface WantedReceipts extends Wanted<number> {
  /** Absent: any connection. */
  connectionIds: readonly string[] | undefined;
  /** Absent: any kind. */
  code: DeadCode | undefined;
  /** Absent: whichever addresses it names. */
  address: string | undefined;
}

/** Describes a receipt without its body. */
export interface DeadReceiptRow {
  seq: number;
  connectionId: string;
  receivedAt: number;
  deadAt: number;
  code: DeadCode;
  addresses: string[] | null;
  reason: string | null;
  bytes: number;
}

/** Begins the JSON of an error with this code: a message's error begins with its code. */
const errorStart = (code: string) => `{"code":${JSON.stringify(code)}`;

/** Narrows to accounts in a form that no index helps: by account, the database would look through everything that the account ever sent. */
function ofAccounts(ids: readonly string[]) {
  return (is: ExpressionBuilder<Schema, 'messages'>) => is(is.fn.coalesce('accountId', is.val('')), 'in', ids);
}

/** Does the same for receipts. */
function ofConnections(ids: readonly string[]) {
  return (is: ExpressionBuilder<Schema, 'receipts'>) => is(is.fn.coalesce('connectionId', is.val('')), 'in', ids);
}

/** Narrows to receipts whose list of addresses, which is JSON, has this one: then it is another without it, on either database. */
function names(address: string) {
  return (is: ExpressionBuilder<Schema, 'receipts'>) =>
    is(is.fn('replace', ['deadAddresses', is.val(textOf(address)), is.val('')]), '<>', is.ref('deadAddresses'));
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

function receiptsOf(db: Kysely<Schema>, { connectionIds, from, to, code, address, order, behind }: WantedReceipts) {
  let query = db.selectFrom('receipts').where('deadAt', 'is not', null);
  if (from !== undefined) query = query.where('deadAt', '>=', from);
  if (to !== undefined) query = query.where('deadAt', '<', to);
  if (connectionIds !== undefined) query = query.where(ofConnections(connectionIds));
  if (code !== undefined) query = query.where('deadCode', '=', code);
  if (address !== undefined) query = query.where(names(address));
  if (behind !== undefined) {
    const beyond = order === 'asc' ? '>' : '<';
    query = query.where((is) => is(is.refTuple('deadAt', 'seq'), beyond, is.tuple(behind.deadAt, behind.key)));
  }
  return query;
}

/** Lists messages that ended without having arrived. */
export async function messages(db: Kysely<Schema>, wanted: WantedMessages, limit: number): Promise<Message[]> {
  const { order } = wanted;
  const query = messagesOf(db, wanted).selectAll().orderBy('deadAt', order).orderBy('id', order);
  return (await query.limit(limit).execute()).map(fromRow);
}

/** Lists receipts that could not be read. */
export async function receipts(db: Kysely<Schema>, wanted: WantedReceipts, limit: number): Promise<DeadReceiptRow[]> {
  const rows = await receiptsOf(db, wanted)
    .select(['seq', 'connectionId', 'receivedAt', 'deadAt', 'deadCode', 'deadAddresses'])
    .select(['deadReason as reason', (is) => is.fn<number>('length', ['body']).as('bytes')])
    .orderBy('deadAt', wanted.order)
    .orderBy('seq', wanted.order)
    .limit(limit)
    .execute();
  return rows.map(({ deadCode, deadAddresses, ...row }) => ({
    ...row,
    deadAt: row.deadAt ?? 0,
    code: codeOf(deadCode),
    addresses: readOrNull<string[]>(deadAddresses),
  }));
}

/** Counts messages that ended without having arrived. */
export async function countMessages(db: Kysely<Schema>, wanted: WantedMessages): Promise<number> {
  const query = messagesOf(db, wanted).select((is) => is.fn.countAll<number>().as('count'));
  return Number((await query.executeTakeFirst())?.count ?? 0);
}

/** Counts receipts that could not be read. */
export async function countReceipts(db: Kysely<Schema>, wanted: WantedReceipts): Promise<number> {
  const query = receiptsOf(db, wanted).select((is) => is.fn.countAll<number>().as('count'));
  return Number((await query.executeTakeFirst())?.count ?? 0);
}

/** Finds the ids of accounts by channel and external id, also of those that were deleted. */
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

/** Reads what accounts are called at their providers, by id. */
export async function accountNames(db: Kysely<Schema>, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, { channel: string; externalId: string }>();
  const query = db.selectFrom('accounts').select(['id', 'channel', 'externalId']);
  const rows = await query.where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, ...name }) => [id, name]));
}

/** Ids of connections that are of a channel, or that an account of this name hangs or hung below. */
export async function connectionsNamed(
  db: Kysely<Schema>,
  channel: string | undefined,
  externalId: string | undefined,
): Promise<string[]> {
  if (externalId === undefined) {
    const all = db.selectFrom('connections').select('id');
    return (await (channel === undefined ? all : all.where('connector', '=', channel)).execute()).map(({ id }) => id);
  }
  let query = db.selectFrom('accounts').select(['connectionId', 'formerConnectionId']);
  query = query.where('externalId', '=', externalId);
  if (channel !== undefined) query = query.where('channel', '=', channel);
  const rows = await query.execute();
  const ids = rows.flatMap((row) => [row.connectionId, row.formerConnectionId].filter((id) => id !== null));
  if (ids.length === 0) return [];
  const merged = db.selectFrom('connections').select('id').where('mergedInto', 'in', ids);
  return [...new Set([...ids, ...(await merged.execute()).map(({ id }) => id)])];
}

/** Finds what connections are called, by id: by the one account that hangs below them, where it is one. */
export async function connectionNames(db: Kysely<Schema>, ids: readonly string[]) {
  const names = new Map<string, { channel: string; externalId: string }>();
  if (ids.length === 0) return names;
  const rows = await db
    .selectFrom('connections')
    .leftJoin('accounts', 'accounts.connectionId', 'connections.id')
    .select(['connections.id', 'connections.connector as channel', 'accounts.externalId'])
    .where('connections.id', 'in', ids)
    .execute();
  for (const { id, channel, externalId } of rows) {
    names.set(id, { channel, externalId: names.has(id) ? '' : (externalId ?? '') });
  }
  return names;
}
