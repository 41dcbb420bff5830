/**
 * Finds and forgets everything that is known of a person, by the indexes there are; a bounded number of rows at a time where there may be many.
 */
import { createHash } from 'node:crypto';
import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { Identity } from '../core/identity.ts';
import { lockIdentities } from './contact.store.ts';
import * as conversations from './conversation.store.ts';
import * as media from './media.store.ts';
import type { Schema } from './schema.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** One call looks at so many rows. */
export const LIMIT = 250;
/** One call looks at so many webhooks: they are larger than rows. */
const RECEIPTS = 25;

/** Says who is to be forgotten, and where what was said with them stands. */
export interface PersonalRecords {
  contactId: string;
  identities: Identity[];
  /** Those that were merged into others included. */
  conversationIds: string[];
  /** When the first of these began. */
  since: number;
}

/** Finds what there is of a contact; undefined: there is no such contact. */
export async function find(db: Db, contactId: string): Promise<PersonalRecords | undefined> {
  const contact = await db.selectFrom('contacts').select('createdAt').where('id', '=', contactId).executeTakeFirst();
  if (contact === undefined) return undefined;
  const identities = await db
    .selectFrom('identities')
    .select(['channel', 'realm', 'kind', 'address'])
    .where('contactId', '=', contactId)
    .execute();
  const own = db.selectFrom('conversations').select(['id', 'createdAt as at']).where('contactId', '=', contactId);
  const found = await own.execute();
  for (const { id } of found) {
    const merged = db.selectFrom('conversations').select(['id', 'createdAt as at']).where('mergedInto', '=', id);
    found.push(...(await merged.execute()));
  }
  const conversationIds = [...new Set(found.map(({ id }) => id))].sort();
  return { contactId, identities, conversationIds, since: Math.min(contact.createdAt, ...found.map(({ at }) => at)) };
}

/** Locks the person's identities and conversations until the unit ends: nobody else changes them, or gives the person others. */
export async function lockForUpdate(tx: Tx, { identities, conversationIds }: PersonalRecords): Promise<void> {
  if (!tx.shared) return;
  await lockIdentities(tx, identities);
  for (const id of conversationIds) await conversations.lock(tx, id);
}

/** Forgets who it is. A message of theirs makes a new contact from now on. */
export async function dropContact(
  tx: Tx,
  { contactId, conversationIds }: Pick<PersonalRecords, 'contactId' | 'conversationIds'>,
): Promise<void> {
  const { db } = tx;
  await db.deleteFrom('identities').where('contactId', '=', contactId).execute();
  await db.deleteFrom('contacts').where('id', '=', contactId).execute();
  for (const id of conversationIds) await db.deleteFrom('conversations').where('id', '=', id).execute();
}

/** Deletes the workflows that wait for an answer of the person. Answers how many there were. */
export async function dropWaits(tx: Tx, conversationId: string): Promise<number> {
  const { db } = tx;
  const waits = db.selectFrom('subscriptions').where('conversationId', '=', conversationId);
  const rows = await waits.select(['id', 'endedAt']).execute();
  for (const { id } of rows) await db.deleteFrom('deliveries').where('subscriptionId', '=', id).execute();
  await db.deleteFrom('subscriptions').where('conversationId', '=', conversationId).execute();
  return rows.filter(({ endedAt }) => endedAt === null).length;
}

/** Counts the messages of both directions. */
export interface MessageCount {
  messages: number;
  /** Of these, sends that would have been made. */
  sends: number;
}

/** Counts the messages of these conversations. */
export async function countMessages(db: Db, conversationId: string): Promise<MessageCount> {
  const count = async (of: SelectQueryBuilder<Schema, 'messages', object>) =>
    Number((await of.select((is) => is.fn.countAll().as('count')).executeTakeFirst())?.count ?? 0);
  const all = db.selectFrom('messages').where('conversationId', '=', conversationId);
  return { messages: await count(all), sends: await count(all.where('status', 'in', ['queued', 'held'])) };
}

/** Deletes messages with their attempts, keys and files. Answers whether there may be more. */
export async function dropMessages(tx: Tx, conversationId: string): Promise<boolean> {
  const { db } = tx;
  const own = db.selectFrom('messages').where('conversationId', '=', conversationId);
  const rows = await own.select(['id', 'content']).orderBy('id').limit(LIMIT).execute();
  const upTo = rows.at(-1)?.id;
  if (upTo === undefined) return false;
  for (const { content } of rows) await media.forget(tx, JSON.parse(content));
  const ids = own.where('id', '<=', upTo).select('id');
  await db.deleteFrom('attempts').where('messageId', 'in', ids).execute();
  await db.deleteFrom('idempotency').where('messageId', 'in', ids).execute();
  await db.deleteFrom('messageProviderIds').where('messageId', 'in', ids).execute();
  await db.deleteFrom('messages').where('conversationId', '=', conversationId).where('id', '<=', upTo).execute();
  return rows.length === LIMIT;
}

/** Finds the place of the newest event that was published up to `at`. */
export async function lastEvent(db: Db, at: number): Promise<number> {
  const row = await db
    .selectFrom('events')
    .select('seq')
    .where('createdAt', '<=', at)
    .orderBy('createdAt', 'desc')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/**
 * Deletes events of conversations, with what waits to be delivered of them, from the newest to the oldest. One call looks at those up to `from` and
 * after `floor` that are not older than `since`. Answers where to go on, undefined at the end.
 */
export async function dropEvents(
  tx: Tx,
  conversationIds: readonly string[],
  { from, floor, since }: { from: number; floor: number; since: number },
): Promise<number | undefined> {
  const { db } = tx;
  const looked = await db
    .selectFrom('events')
    .select(['seq', 'createdAt as at'])
    .where('seq', '<=', from)
    .where('seq', '>', floor)
    .orderBy('seq', 'desc')
    .limit(LIMIT)
    .execute();
  const last = looked.at(-1);
  if (last === undefined) return undefined;
  const own = db
    .selectFrom('events')
    .where('seq', '<=', from)
    .where('seq', '>=', last.seq)
    .where('conversationId', 'in', conversationIds);
  const rows = await own.select(['seq', 'payload']).execute();
  for (const { seq, payload } of rows) {
    const { message, echo } = JSON.parse(payload) as { message?: { content: unknown }; echo?: { content: unknown } };
    await media.forget(tx, message?.content);
    await media.forget(tx, echo?.content);
    await db.deleteFrom('deliveries').where('eventSeq', '=', seq).execute();
    await db.deleteFrom('events').where('seq', '=', seq).execute();
  }
  return looked.length < LIMIT || last.at < since ? undefined : last.seq - 1;
}

/** Says where the reading of webhooks that are kept with their body goes on. */
export type ReceiptPlace = { connectionId: string; after: number } | { dead: [deadAt: number, seq: number] };

/** Lists everywhere that such webhooks may be. */
export async function receiptPlaces(db: Db): Promise<ReceiptPlace[]> {
  const connections = await db.selectFrom('connections').select('id').execute();
  return [...connections.map(({ id }) => ({ connectionId: id, after: 0 })), { dead: [0, 0] }];
}

/** Finds webhooks with their body that hold one of the texts: of an account and waiting to be read, or given up (`dead`). */
export async function receiptsWith(db: Db, texts: readonly string[], place: ReceiptPlace) {
  const kept = db.selectFrom('receipts').select(['seq', 'body', 'deadAt']).limit(RECEIPTS);
  const query =
    'dead' in place
      ? kept
          .where('deadAt', 'is not', null)
          .where((is) => is(is.refTuple('deadAt', 'seq'), '>', is.tuple(...place.dead)))
          .orderBy('deadAt')
          .orderBy('seq')
      : kept
          .where('connectionId', '=', place.connectionId)
          .where('processedAt', 'is', null)
          .where('seq', '>', place.after)
          .orderBy('seq');
  const rows = await query.execute();
  const last = rows.length === RECEIPTS ? rows.at(-1) : undefined;
  const found = rows.filter(({ body }) => texts.some((text) => Buffer.from(body).includes(text))).map(({ seq }) => seq);
  if (last === undefined) return { found, next: undefined };
  const next: ReceiptPlace = 'dead' in place ? { dead: [last.deadAt ?? 0, last.seq] } : { ...place, after: last.seq };
  return { found, next };
}

/** Forgets what webhooks said that could not be read; of these, only that they came stays known. Answers how many there were. */
export async function emptyDeadReceipts(tx: Tx, seqs: readonly number[]): Promise<number> {
  let emptied = 0;
  for (const seq of seqs) {
    const change = { request: '', body: new Uint8Array(), deadAt: null, deadCode: null, deadReason: null };
    const update = tx.db.updateTable('receipts').set(change).where('seq', '=', seq).where('deadAt', 'is not', null);
    emptied += Number((await update.executeTakeFirst()).numUpdatedRows);
  }
  return emptied;
}

/** Tells whether one of these webhooks still waits to be read. */
export async function isUnread(db: Db, seqs: readonly number[]): Promise<boolean> {
  for (const seq of seqs) {
    const row = await db.selectFrom('receipts').select('processedAt').where('seq', '=', seq).executeTakeFirst();
    if (row?.processedAt === null) return true;
  }
  return false;
}

/**
 * Begins the key of a mark. While webhooks wait to be read that came before someone was erased, marks say whose words to leave out of them.
 */
const MARK = 'erased:';

function markOf({ channel, realm, kind, address }: Identity): string {
  const place = realm === '' ? '' : ` ${realm}`;
  const digest = createHash('sha256').update(`${channel} ${kind} ${address}${place}`);
  return MARK + digest.digest('base64url').slice(0, 22);
}

/**
 * Marks a person's identities: what webhooks up to `upTo` (a receipt's number) say of them is to be left out. Answers the names of the marks.
 */
export async function mark(tx: Tx, identities: readonly Identity[], upTo: number): Promise<string[]> {
  const names = identities.map(markOf);
  for (const name of names) {
    const row = { name, position: String(upTo) };
    const insert = tx.db.insertInto('cursors').values(row);
    await insert.onConflict((conflict) => conflict.column('name').doUpdateSet({ position: row.position })).execute();
  }
  return names;
}

/** Deletes marks that are of no use any more. */
export async function unmark(tx: Tx, names: readonly string[]): Promise<void> {
  for (const name of names) await tx.db.deleteFrom('cursors').where('name', '=', name).execute();
}

/** Tells whether to leave out what a webhook says of someone, by the webhook's place and their identities. */
export type LeftOut = (seq: number, identities: readonly Identity[]) => boolean;

/** Reads the marks once for a look through several webhooks. */
export async function leftOut(db: Kysely<Schema>): Promise<LeftOut> {
  const marks = await db
    .selectFrom('cursors')
    .select(['name', 'position'])
    .where('name', '>=', MARK)
    .where('name', '<', 'erased;')
    .execute();
  if (marks.length === 0) return () => false;
  const upTo = new Map(marks.map(({ name, position }) => [name, Number(position)]));
  return (seq, identities) => identities.some((one) => seq <= (upTo.get(markOf(one)) ?? -1));
}
