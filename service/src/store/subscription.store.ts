/** Stores subscriptions and what is still to be delivered to them. */
import { sql, type Kysely } from 'kysely';
import type { ParleyEvent } from '../../../contract/event.ts';
import { read } from './json.ts';
import type { Schema } from './schema.ts';
import { fromRow, toRow, type NewSubscription, type StoredSubscription } from './subscription-row.ts';
import type { Tx } from './unit-of-work.ts';
import { first, prepared, type Parameters } from './prepared.ts';

export type { Filter, NewSubscription, StoredSubscription } from './subscription-row.ts';

/** Is the `ended_reason` of a subscription that only gathers events for the next one with its URL. */
export const HANDING_OVER = 'handing over';

/**
 * Locks all subscriptions until the unit ends. `shared`: the unit reads them to promise them events. `alone`: one takes over what another was
 * promised.
 */
export function lockAll(tx: Tx, how: 'alone' | 'shared'): Promise<void> {
  return tx.lock('subscriptions', how);
}

/** Stores a new subscription. */
export async function insert(tx: Tx, subscription: NewSubscription): Promise<void> {
  await tx.db.insertInto('subscriptions').values(toRow(subscription)).execute();
}

const selectOne = prepared((db, its: Parameters<{ id: string }>) =>
  db.selectFrom('subscriptions').selectAll().where('id', '=', its('id')),
);

/** Finds a subscription by its id, ended or not. */
export async function find(db: Kysely<Schema>, id: string): Promise<StoredSubscription | undefined> {
  const row = first(await selectOne(db, { id }));
  return row && fromRow(row);
}

/** Lists the subscriptions of triggers that have not ended; waiting workflows are not listed. */
export async function list(db: Kysely<Schema>): Promise<StoredSubscription[]> {
  const rows = await db
    .selectFrom('subscriptions')
    .selectAll()
    .where('endedAt', 'is', null)
    .where('endedReason', 'is', null)
    .where('conversationId', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(fromRow);
}

interface Listener {
  accountId: string;
  now: number;
}

const selectTriggers = prepared((db, its: Parameters<Listener>) =>
  db
    .selectFrom('subscriptions')
    .selectAll()
    .where('conversationId', 'is', null)
    .where('endedAt', 'is', null)
    .where((is) => is.or([is('accountId', 'is', null), is('accountId', '=', its('accountId'))]))
    .where((is) => is.or([is('expiresAt', 'is', null), is('expiresAt', '>', its('now'))]))
    .orderBy('id'),
);

/** Lists triggers that may want an event of this account. */
export async function triggers(db: Kysely<Schema>, accountId: string, now: number): Promise<StoredSubscription[]> {
  return (await selectTriggers(db, { accountId, now })).rows.map(fromRow);
}

/** The jobs that end waits are numbered in the order in which these began. Ids follow clocks, which differ and may be put back. */
const selectWaits = prepared((db, its: Parameters<Listener & { conversationId: string }>) =>
  db
    .selectFrom('subscriptions')
    .leftJoin('jobs', (join) => join.on('jobs.key', '=', sql<string>`'expire:' || subscriptions.id`))
    .selectAll('subscriptions')
    .where('subscriptions.conversationId', '=', its('conversationId'))
    .where('subscriptions.endedAt', 'is', null)
    .where('subscriptions.accountId', '=', its('accountId'))
    .where('subscriptions.expiresAt', '>', its('now'))
    .orderBy(sql`coalesce(jobs.seq, 0)`)
    .orderBy('subscriptions.id'),
);

/** Lists workflows that wait for a reply in this conversation, those that began to first. */
export async function waits(
  db: Kysely<Schema>,
  accountId: string,
  conversationId: string,
  now: number,
): Promise<StoredSubscription[]> {
  return (await selectWaits(db, { accountId, conversationId, now })).rows.map(fromRow);
}

/** Lists workflows that wait or waited for a reply in this conversation, those that have what they waited for and those that ended included. */
export async function allWaits(db: Kysely<Schema>, conversationId: string): Promise<StoredSubscription[]> {
  const all = db.selectFrom('subscriptions').selectAll().where('conversationId', '=', conversationId);
  return (await all.orderBy('id', 'desc').execute()).map(fromRow);
}

/** Lets a workflow wait at another URL. */
export async function moveWait(
  tx: Tx,
  id: string,
  place: Pick<StoredSubscription, 'url' | 'confirms' | 'expiresAt'>,
): Promise<void> {
  await tx.db
    .updateTable('subscriptions')
    .set({ ...place, confirms: place.confirms ? 1 : 0 })
    .where('id', '=', id)
    .execute();
}

/**
 * Lets the subscription end soon, but go on gathering events until `until`: n8n ends and makes a trigger's subscription anew whenever an active
 * workflow is saved, and what happens in between belongs to the new one.
 */
export async function startHandOver(tx: Tx, id: string, until: number): Promise<void> {
  const change = { endedReason: HANDING_OVER, expiresAt: until };
  await tx.db.updateTable('subscriptions').set(change).where('id', '=', id).execute();
}

/** Gives a new subscription what those handing over to the same URL have gathered, and ends them. Answers whether there were such. */
export async function takeOver(
  tx: Tx,
  heir: Pick<StoredSubscription, 'id' | 'url' | 'accountId'>,
  now: number,
): Promise<boolean> {
  await lockAll(tx, 'alone');
  const rows = await tx.db
    .selectFrom('subscriptions')
    .select('id')
    .where('url', '=', heir.url)
    .where('accountId', heir.accountId === null ? 'is' : '=', heir.accountId)
    .where('endedAt', 'is', null)
    .where('endedReason', '=', HANDING_OVER)
    .where('expiresAt', '>', now)
    .execute();
  for (const { id } of rows) {
    await inherit(tx, id, heir.id);
    await end(tx, id, 'handed over', now);
  }
  return rows.length > 0;
}

/** Finds the trigger's subscription that took the place of one that ended: the newest with the same URL and account. */
export async function successor(
  db: Kysely<Schema>,
  { url, accountId }: Pick<StoredSubscription, 'url' | 'accountId'>,
): Promise<StoredSubscription | undefined> {
  const row = await db
    .selectFrom('subscriptions')
    .selectAll()
    .where('endedAt', 'is', null)
    .where('conversationId', 'is', null)
    .where('url', '=', url)
    .where('accountId', accountId === null ? 'is' : '=', accountId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Moves what one subscription gathered to its heir. Where both gathered the same event, the heir gets it once. */
async function inherit(tx: Tx, from: string, heir: string): Promise<void> {
  await tx.db
    .insertInto('deliveries')
    .columns(['subscriptionId', 'eventSeq', 'shard'])
    .expression((select) =>
      select
        .selectFrom('deliveries')
        .select((is) => [is.val(heir).as('subscriptionId'), 'eventSeq', 'shard'])
        .where('subscriptionId', '=', from),
    )
    .onConflict((conflict) => conflict.columns(['subscriptionId', 'shard', 'eventSeq']).doNothing())
    .execute();
}

/** Ends a subscription and forgets what it has not taken. */
export async function end(tx: Tx, id: string, reason: string, now: number): Promise<void> {
  await tx.db.updateTable('subscriptions').set({ endedAt: now, endedReason: reason }).where('id', '=', id).execute();
  await tx.db.deleteFrom('deliveries').where('subscriptionId', '=', id).execute();
}

/** Lets the subscription want no more events; those it has not taken are still delivered. */
export async function stopListening(tx: Tx, id: string): Promise<void> {
  // Over by every clock, also by one that is put back.
  await tx.db.updateTable('subscriptions').set({ expiresAt: 0 }).where('id', '=', id).execute();
}

/** Describes an event that a subscription is still to take. */
export interface PendingDelivery {
  eventSeq: number;
  eventId: string;
  accountId: string;
  conversationId: string | null;
  /** Tells that it was refused alone: not null. */
  refusedTakes: number | null;
  /** Holds the event as it goes out: JSON that nobody has to read in between. */
  json: string;
}

interface Shard {
  subscriptionId: string;
  shard: number;
}

const selectPending = prepared((db, its: Parameters<Shard & { limit: number }>) =>
  db
    .selectFrom('deliveries')
    .innerJoin('events', 'events.seq', 'deliveries.eventSeq')
    .select(['events.seq as eventSeq', 'events.id as eventId', 'events.accountId', 'events.conversationId'])
    .select(['deliveries.refusedTakes', 'events.payload as json'])
    .where('deliveries.subscriptionId', '=', its('subscriptionId'))
    .where('deliveries.shard', '=', its('shard'))
    .orderBy('deliveries.eventSeq')
    .limit(its('limit')),
);

/** Lists the oldest events that a shard of a subscription has not taken. */
export async function pending(
  db: Kysely<Schema>,
  subscriptionId: string,
  shard: number,
  limit: number,
): Promise<PendingDelivery[]> {
  return (await selectPending(db, { subscriptionId, shard, limit })).rows;
}

/** Counts what a subscription has not taken. */
export async function countUndelivered(db: Kysely<Schema>, subscriptionId: string): Promise<number> {
  const row = await db
    .selectFrom('deliveries')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('subscriptionId', '=', subscriptionId)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** Describes an event, by its place in the order. */
interface UndeliveredEvent {
  seq: number;
  event: ParleyEvent;
}

/** Lists everything that a subscription has not taken. */
export async function undelivered(db: Kysely<Schema>, subscriptionId: string): Promise<UndeliveredEvent[]> {
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('events', 'events.seq', 'deliveries.eventSeq')
    .select(['events.seq', 'events.payload'])
    .where('deliveries.subscriptionId', '=', subscriptionId)
    .orderBy('deliveries.eventSeq')
    .execute();
  return rows.map(({ seq, payload }) => ({ seq, event: read(payload) }));
}

const deleteDelivery = prepared((db, its: Parameters<Shard & { eventSeq: number }>) =>
  db
    .deleteFrom('deliveries')
    .where('subscriptionId', '=', its('subscriptionId'))
    .where('shard', '=', its('shard'))
    .where('eventSeq', '=', its('eventSeq')),
);

const deleteDeliveries = prepared((db, its: Parameters<Shard & { eventSeqs: readonly number[] }>) =>
  db
    .deleteFrom('deliveries')
    .where('subscriptionId', '=', its('subscriptionId'))
    .where('shard', '=', its('shard'))
    .where(sql<boolean>`event_seq = any(${its('eventSeqs')}::bigint[])`),
);

/** Deletes the deliveries of events that the subscription took. By name: an earlier one may have been committed since they were read. */
export async function removeDelivered(
  tx: Tx,
  subscriptionId: string,
  shard: number,
  eventSeqs: readonly number[],
): Promise<void> {
  // Where the database is a network away, a statement for each would cost more than all else.
  if (tx.shared) return void (await deleteDeliveries(tx.db, { subscriptionId, shard, eventSeqs }));
  for (const eventSeq of eventSeqs) await deleteDelivery(tx.db, { subscriptionId, shard, eventSeq });
}
