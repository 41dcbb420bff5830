/**
 * Keeps a conversation whose events a workflow refuses apart from the others: in a shard of its own, so that it holds up only itself, until it
 * has nothing left.
 */
import { sql } from 'kysely';
import { first, prepared, type Parameters } from './prepared.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** Each subscription has so many shards for all conversations; those of conversations that stand apart have higher numbers. */
export const SHARDS = 4;

/** Says in which shard an event of a conversation goes: its own, if the conversation stands apart, else the one that it shares. */
export interface ShardChoice {
  shared: number;
  own: number;
}

type NewDelivery = { subscriptionId: string; eventSeq: number } & ShardChoice;

const insertDelivery = prepared((db, its: Parameters<NewDelivery>) =>
  db
    .insertInto('deliveries')
    .values(({ fn, selectFrom, val }) => ({
      subscriptionId: its('subscriptionId'),
      eventSeq: its('eventSeq'),
      shard: fn.coalesce(
        selectFrom('deliveries as other')
          .select('other.shard')
          .where('other.subscriptionId', '=', its('subscriptionId'))
          .where('other.shard', '=', its('own'))
          .limit(1),
        val(its('shared')),
      ),
    }))
    .onConflict((conflict) => conflict.columns(['subscriptionId', 'shard', 'eventSeq']).doNothing())
    .returning('shard'),
);

/**
 * Promises an event to a subscription. Answers the shard; undefined: it was promised already and has not been taken yet. The unit holds the lock of
 * the event's conversation.
 */
export async function addDelivery(
  tx: Tx,
  subscriptionId: string,
  eventSeq: number,
  shards: ShardChoice,
): Promise<number | undefined> {
  return first(await insertDelivery(tx.db, { subscriptionId, eventSeq, ...shards }))?.shard;
}

/** Lists the shards of conversations that stand apart. */
export async function isolatedShards(db: Db, subscriptionId: string): Promise<number[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select('shard')
    .distinct()
    .where('subscriptionId', '=', subscriptionId)
    .where('shard', '>=', SHARDS)
    .orderBy('shard')
    .execute();
  return rows.map(({ shard }) => shard);
}

/**
 * Counts conversations that stand apart on suspicion alone, up to `limit`: the subscription has taken nothing else between two refusals of their first
 * event, which is the only one that is tried.
 */
export async function suspects(db: Db, subscriptionId: string, limit: number): Promise<number> {
  const found = await db
    .selectFrom('deliveries')
    .select('eventSeq')
    .where('subscriptionId', '=', subscriptionId)
    .where('shard', '>=', SHARDS)
    .where('refusedTakes', 'is not', null)
    .where('refusals', '=', 0)
    .limit(limit)
    .execute();
  return found.length;
}

/** Says what keeps its order: the events of a conversation, or those of an account that belong to none. */
export interface Sequence {
  accountId: string;
  conversationId: string | null;
}

/** Moves what a subscription is still to take of a sequence into a shard of its own. The unit holds the sequence's lock. */
export async function isolate(
  tx: Tx,
  subscriptionId: string,
  of: Sequence,
  { shared, own }: ShardChoice,
): Promise<void> {
  const { accountId, conversationId } = of;
  await tx.db
    .updateTable('deliveries')
    .set({ shard: own })
    .where('subscriptionId', '=', subscriptionId)
    .where('shard', '=', shared)
    .where((is) =>
      is.exists(
        is
          .selectFrom('events')
          .select('events.seq')
          .whereRef('events.seq', '=', 'deliveries.eventSeq')
          .where('events.accountId', '=', accountId)
          .where('events.conversationId', conversationId === null ? 'is' : '=', conversationId),
      ),
    )
    .execute();
}

/** Describes one event that a subscription is still to take. */
export interface OneDelivery {
  subscriptionId: string;
  shard: number;
  eventSeq: number;
}

/** Says how often an event was refused alone. */
export interface Refusals {
  refusals: number;
  /** `takes` of the subscription the last time; null: it never was. */
  refusedTakes: number | null;
}

/** Finds how often an event was refused alone; undefined: it need not be delivered any more. */
export async function refusalsOf(db: Db, one: OneDelivery): Promise<Refusals | undefined> {
  return db
    .selectFrom('deliveries')
    .select(['refusals', 'refusedTakes'])
    .where('subscriptionId', '=', one.subscriptionId)
    .where('shard', '=', one.shard)
    .where('eventSeq', '=', one.eventSeq)
    .executeTakeFirst();
}

/**
 * Notes that an event was refused alone. That speaks against it only when the subscription took something else since the last time, told by its
 * `takes`.
 */
export async function noteRefusal(tx: Tx, one: OneDelivery, takes: number): Promise<void> {
  const supported = sql<number>`case when refused_takes < ${takes} then 1 else 0 end`;
  await tx.db
    .updateTable('deliveries')
    .set({ refusals: sql<number>`refusals + ${supported}`, refusedTakes: takes })
    .where('subscriptionId', '=', one.subscriptionId)
    .where('shard', '=', one.shard)
    .where('eventSeq', '=', one.eventSeq)
    .execute();
}

const updateTook = prepared((db, its: Parameters<{ id: string; now: number }>) =>
  db
    .updateTable('subscriptions')
    .set({ takes: sql<number>`takes + 1`, tookAt: its('now'), failingMs: 0, failedAt: null })
    .where('id', '=', its('id')),
);

/** Notes that a subscription took something. */
export async function noteTaken(tx: Tx, id: string, now: number): Promise<void> {
  await updateTook(tx.db, { id, now });
}

/** Notes that a call was not taken, and for how long none was. */
export async function noteFailed(tx: Tx, id: string, failedAt: number, failingMs: number): Promise<void> {
  await tx.db.updateTable('subscriptions').set({ failedAt, failingMs }).where('id', '=', id).execute();
}
