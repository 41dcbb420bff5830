/**
 * Deletes what is old. Every call looks at `LIMIT` rows at the most, found by an index or the order of the table, and is told where the call before
 * came to: a long look would hold up the webhooks.
 */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';

/** One call looks at so many rows. */
export const LIMIT = 100;

/** Says where to go on; undefined: everything that is old enough was looked at. */
export type Next<P> = P | undefined;

/** Reads rows of a table in the order in which they came, `upTo` the last that is older than `before`; undefined: there is none. */
async function stretch(db: Kysely<Schema>, table: 'receipts' | 'events', from: number, before: number) {
  const at = table === 'receipts' ? 'receivedAt' : 'createdAt';
  const rows = await db
    .selectFrom(table)
    .select([
      'seq',
      (column) =>
        column
          .ref(at as never)
          .$castTo<number>()
          .as('at'),
    ])
    .where('seq', '>', from)
    .orderBy('seq')
    .limit(LIMIT)
    .execute();
  const younger = rows.findIndex((row) => row.at >= before);
  const old = younger === -1 ? rows : rows.slice(0, younger);
  const upTo = old.at(-1)?.seq;
  return { upTo, next: younger === -1 && rows.length === LIMIT ? upTo : undefined };
}

/** Deletes receipts that were read. What waits to be read, or for a person, stays. */
export async function dropReceipts(tx: Tx, from: number, before: number): Promise<Next<number>> {
  const { upTo, next } = await stretch(tx.db, 'receipts', from, before);
  if (upTo === undefined) return undefined;
  await tx.db
    .deleteFrom('receipts')
    .where('seq', '>', from)
    .where('seq', '<=', upTo)
    .where('processedAt', 'is not', null)
    .where((is) => is.or([is('deadAt', 'is', null), is('deadCode', '=', 'no_account')]))
    .execute();
  return next;
}

/** Deletes events that nobody is still to get. */
export async function dropEvents(tx: Tx, from: number, before: number): Promise<Next<number>> {
  const { upTo, next } = await stretch(tx.db, 'events', from, before);
  if (upTo === undefined) return undefined;
  await tx.db
    .deleteFrom('events')
    .where('seq', '>', from)
    .where('seq', '<=', upTo)
    .where((is) =>
      is.not(
        is.exists(is.selectFrom('deliveries').select('eventSeq').whereRef('deliveries.eventSeq', '=', 'events.seq')),
      ),
    )
    .execute();
  return next;
}

/** An old event, before it is decided what of it goes. */
export interface OldEvent {
  seq: number;
  payload: string;
  raw: string | null;
  /** Tells that somebody is still to get it. */
  untaken: boolean;
}

/** The rows of one call, the last that it looked at (undefined: there was none), and whether there may be more. */
export interface Stretch<Row, Position> {
  rows: Row[];
  upTo: Position | undefined;
  more: boolean;
}

/** Reads old events as they stand. */
export async function oldEvents(tx: Tx, from: number, before: number): Promise<Stretch<OldEvent, number>> {
  const { upTo, next } = await stretch(tx.db, 'events', from, before);
  if (upTo === undefined) return { rows: [], upTo, more: false };
  const rows = await tx.db
    .selectFrom('events')
    .select(['seq', 'payload', 'raw'])
    .where('seq', '>', from)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .execute();
  const waiting = await tx.db
    .selectFrom('deliveries')
    .select('eventSeq')
    .distinct()
    .where('eventSeq', '>', from)
    .where('eventSeq', '<=', upTo)
    .execute();
  const untaken = new Set(waiting.map((one) => one.eventSeq));
  return { rows: rows.map((row) => ({ ...row, untaken: untaken.has(row.seq) })), upTo, more: next !== undefined };
}

/** Deletes the keys by which repeated sends are known; `before` is the first message id that is young. */
export async function dropIdempotencyKeys(tx: Tx, before: string): Promise<Next<true>> {
  const old = tx.db
    .selectFrom('idempotency')
    .select('key')
    .where('messageId', '<', before)
    .orderBy('messageId')
    .limit(LIMIT);
  return more(await tx.db.deleteFrom('idempotency').where('key', 'in', old).executeTakeFirst());
}

/** Lists the statuses of what is not over: it may still be sent, or its fate is still to be told. */
const UNDER_WAY = ['queued', 'held', 'uncertain'];

/** Deletes attempts at messages whose fate is known since `before`; `young` is the first attempt's id that it does not look at. */
export async function dropAttempts(tx: Tx, from: string, young: string, before: number): Promise<Next<string>> {
  const { db } = tx;
  const ids = await db
    .selectFrom('attempts')
    .select('id')
    .where('id', '>', from)
    .where('id', '<', young)
    .orderBy('id')
    .limit(LIMIT)
    .execute();
  const upTo = ids.at(-1)?.id;
  if (upTo === undefined) return undefined;
  const over = db
    .selectFrom('attempts')
    .leftJoin('messages', 'messages.id', 'attempts.messageId')
    .select('attempts.messageId')
    .where('attempts.id', '>', from)
    .where('attempts.id', '<=', upTo)
    .where((is) =>
      is.or([
        is('messages.id', 'is', null),
        is.and([
          is('messages.status', 'not in', UNDER_WAY),
          is('messages.deadAt', 'is', null),
          is('messages.statusAt', '<', before),
        ]),
      ]),
    );
  await db.deleteFrom('attempts').where('messageId', 'in', over).execute();
  return ids.length === LIMIT ? upTo : undefined;
}

/** An old message whose body is still there. */
export interface OldMessage {
  id: string;
  conversationId: string;
  direction: 'inbound' | 'outbound';
  kind: string;
  underWay: boolean;
}

/** Reads old messages whose body is still there; `young` is the first id that is young. */
export async function oldMessages(
  tx: Tx,
  from: string,
  young: string,
  empty: string,
): Promise<Stretch<OldMessage, string>> {
  const found = await tx.db
    .selectFrom('messages')
    .select(['id', 'conversationId', 'direction', 'kind', 'status'])
    .select((column) => column('content', '=', empty).as('isEmpty'))
    .where('id', '>', from)
    .where('id', '<', young)
    .orderBy('id')
    .limit(LIMIT)
    .execute();
  const rows = found
    .filter((row) => !row.isEmpty)
    .map(({ status, isEmpty: _, ...row }) => ({ ...row, underWay: UNDER_WAY.includes(status) }));
  return { rows, upTo: found.at(-1)?.id, more: found.length === LIMIT };
}

/** Forgets what a message said. It cannot be sent again. */
export async function forgetBody(tx: Tx, id: string, content: string): Promise<void> {
  const change = { content, request: null, context: null, deadAt: null };
  await tx.db.updateTable('messages').set(change).where('id', '=', id).execute();
}

/** Deletes files that contacts sent, by Parley's id; `before` is the first that is young. */
export async function dropMedia(tx: Tx, before: string): Promise<Next<true>> {
  const old = tx.db.selectFrom('media').select('id').where('id', '<', before).orderBy('id').limit(LIMIT);
  return more(await tx.db.deleteFrom('media').where('id', 'in', old).executeTakeFirst());
}

/** Deletes subscriptions that ended before. */
export async function dropSubscriptions(tx: Tx, from: string, before: number): Promise<Next<string>> {
  const ids = await tx.db
    .selectFrom('subscriptions')
    .select('id')
    .where('id', '>', from)
    .orderBy('id')
    .limit(LIMIT)
    .execute();
  const upTo = ids.at(-1)?.id;
  if (upTo === undefined) return undefined;
  await tx.db
    .deleteFrom('subscriptions')
    .where('id', '>', from)
    .where('id', '<=', upTo)
    .where('endedAt', '<', before)
    .execute();
  return ids.length === LIMIT ? upTo : undefined;
}

/** One call looks at the deliveries of so many subscriptions: it looks each up by itself. */
const SUBSCRIPTIONS = 50;

/** Deletes deliveries to subscriptions that ended or are gone. */
export async function dropDeliveries(tx: Tx, from: string): Promise<Next<string>> {
  let after = from;
  for (let looked = 0; looked < SUBSCRIPTIONS; looked++) {
    const row = await tx.db
      .selectFrom('deliveries')
      .leftJoin('subscriptions', 'subscriptions.id', 'deliveries.subscriptionId')
      .select(['deliveries.subscriptionId as id', 'subscriptions.id as known', 'subscriptions.endedAt'])
      .where('deliveries.subscriptionId', '>', after)
      .orderBy('deliveries.subscriptionId')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const isWanted = row.known !== null && row.endedAt === null;
    if (!isWanted && (await dropDeliveriesOf(tx, row.id))) return after;
    after = row.id;
  }
  return after;
}

/** Answers whether there may be more of the same. */
async function dropDeliveriesOf({ db }: Tx, subscriptionId: string): Promise<boolean> {
  const some = db
    .selectFrom('deliveries')
    .select('eventSeq')
    .where('subscriptionId', '=', subscriptionId)
    .orderBy('shard')
    .orderBy('eventSeq')
    .limit(LIMIT);
  const dropped = await db
    .deleteFrom('deliveries')
    .where('subscriptionId', '=', subscriptionId)
    .where('eventSeq', 'in', some)
    .executeTakeFirst();
  return more(dropped) !== undefined;
}

/** Identifies an upload. */
type UploadKey = [account: string, sha256: string, mimeType: string];
export const FIRST_UPLOAD: UploadKey = ['', '', ''];

/** Deletes uploads that the provider has dropped. */
export async function dropUploads(tx: Tx, from: UploadKey, now: number): Promise<Next<UploadKey>> {
  const rows = await tx.db
    .selectFrom('uploads')
    .select(['accountId', 'sha256', 'mimeType', 'expiresAt'])
    .where((is) => is(is.refTuple('accountId', 'sha256', 'mimeType'), '>', is.tuple(...from)))
    .orderBy('accountId')
    .orderBy('sha256')
    .orderBy('mimeType')
    .limit(LIMIT)
    .execute();
  for (const { accountId, sha256, mimeType, expiresAt } of rows) {
    if (expiresAt === null || expiresAt > now) continue;
    const one = tx.db.deleteFrom('uploads').where('accountId', '=', accountId).where('sha256', '=', sha256);
    await one.where('mimeType', '=', mimeType).execute();
  }
  const last = rows.length === LIMIT ? rows.at(-1) : undefined;
  return last && [last.accountId, last.sha256, last.mimeType];
}

/** Deletes limits of which nothing is used any more. */
export async function dropRates(tx: Tx, from: string, now: number): Promise<Next<string>> {
  const keys = await tx.db
    .selectFrom('rates')
    .select('key')
    .where('key', '>', from)
    .orderBy('key')
    .limit(LIMIT)
    .execute();
  const upTo = keys.at(-1)?.key;
  if (upTo === undefined) return undefined;
  await tx.db.deleteFrom('rates').where('key', '>', from).where('key', '<=', upTo).where('fullAt', '<', now).execute();
  return keys.length === LIMIT ? upTo : undefined;
}

/** Tells whether the call deleted as much as one call may. */
function more({ numDeletedRows }: { numDeletedRows: bigint }): Next<true> {
  return numDeletedRows >= BigInt(LIMIT) ? true : undefined;
}
