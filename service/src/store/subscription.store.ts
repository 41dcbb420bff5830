/** Subscriptions and what is still to be delivered to them. */
import type { Kysely, Selectable } from 'kysely';
import type { Schema, SubscriptionsTable } from './schema.ts';
import type { Tx } from './ledger.ts';

export type SubscriptionRow = Selectable<SubscriptionsTable>;

export async function insert(tx: Tx, subscription: SubscriptionRow): Promise<void> {
  await tx.db.insertInto('subscriptions').values(subscription).execute();
}

export async function find(db: Kysely<Schema>, id: string): Promise<SubscriptionRow | undefined> {
  return db.selectFrom('subscriptions').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Those of triggers that have not ended; waiting workflows are not listed. */
export async function list(db: Kysely<Schema>): Promise<SubscriptionRow[]> {
  return db
    .selectFrom('subscriptions')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('conversation_id', 'is', null)
    .orderBy('id')
    .execute();
}

/** Who may want an event of this account and conversation. */
export async function listening(
  db: Kysely<Schema>,
  accountId: string,
  conversationId: string | null,
  now: number,
): Promise<SubscriptionRow[]> {
  return db
    .selectFrom('subscriptions')
    .selectAll()
    .where('ended_at', 'is', null)
    .where((is) => is.or([is('conversation_id', 'is', null), is('conversation_id', '=', conversationId)]))
    .where((is) => is.or([is('account_id', 'is', null), is('account_id', '=', accountId)]))
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .orderBy('id')
    .execute();
}

/** Ends a subscription and forgets what it has not taken. */
export async function end(tx: Tx, id: string, reason: string, now: number): Promise<void> {
  await tx.db.updateTable('subscriptions').set({ ended_at: now, ended_reason: reason }).where('id', '=', id).execute();
  await tx.db.deleteFrom('deliveries').where('subscription_id', '=', id).execute();
}

export async function setFailingSince(tx: Tx, id: string, at: number | null): Promise<void> {
  await tx.db.updateTable('subscriptions').set({ failing_since: at }).where('id', '=', id).execute();
}

export async function addDelivery(tx: Tx, subscriptionId: string, eventSeq: number, shard: number): Promise<void> {
  await tx.db
    .insertInto('deliveries')
    .values({ subscription_id: subscriptionId, event_seq: eventSeq, shard })
    .execute();
}

export interface PendingDelivery {
  eventSeq: number;
  eventId: string;
  payload: string;
  raw: string | null;
}

/** The oldest events that a shard of a subscription has not taken. */
export async function pending(
  db: Kysely<Schema>,
  subscriptionId: string,
  shard: number,
  limit: number,
): Promise<PendingDelivery[]> {
  return db
    .selectFrom('deliveries')
    .innerJoin('events', 'events.seq', 'deliveries.event_seq')
    .select(['events.seq as eventSeq', 'events.id as eventId', 'events.payload', 'events.raw'])
    .where('deliveries.subscription_id', '=', subscriptionId)
    .where('deliveries.shard', '=', shard)
    .orderBy('deliveries.event_seq')
    .limit(limit)
    .execute();
}

/** The subscription took everything up to this event. */
export async function taken(tx: Tx, subscriptionId: string, shard: number, upTo: number): Promise<void> {
  await tx.db
    .deleteFrom('deliveries')
    .where('subscription_id', '=', subscriptionId)
    .where('shard', '=', shard)
    .where('event_seq', '<=', upTo)
    .execute();
}
