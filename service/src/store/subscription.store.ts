/** Subscriptions and what is still to be delivered to them. */
import type { Kysely, Selectable } from 'kysely';
import type { Schema, SubscriptionsTable } from './schema.ts';
import type { Tx } from './ledger.ts';

export type SubscriptionRow = Selectable<SubscriptionsTable>;

/** `ended_reason` of a subscription that only gathers events for the next one with its URL. */
export const HANDING_OVER = 'handing over';

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
    .where('ended_reason', 'is', null)
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

/**
 * The subscription ends soon, but goes on gathering events until `until`: n8n ends and makes a trigger's subscription anew
 * whenever an active workflow is saved, and what happens in between belongs to the new one.
 */
export async function startHandOver(tx: Tx, id: string, until: number): Promise<void> {
  const change = { ended_reason: HANDING_OVER, expires_at: until };
  await tx.db.updateTable('subscriptions').set(change).where('id', '=', id).execute();
}

/** Gives a new subscription what those handing over to the same URL have gathered, and ends them. Answers whether there was any. */
export async function takeOver(
  tx: Tx,
  heir: Pick<SubscriptionRow, 'id' | 'url' | 'account_id'>,
  now: number,
): Promise<boolean> {
  const rows = await tx.db
    .selectFrom('subscriptions')
    .select('id')
    .where('url', '=', heir.url)
    .where('account_id', heir.account_id === null ? 'is' : '=', heir.account_id)
    .where('ended_at', 'is', null)
    .where('ended_reason', '=', HANDING_OVER)
    .where('expires_at', '>', now)
    .execute();
  for (const { id } of rows) {
    await tx.db.updateTable('deliveries').set({ subscription_id: heir.id }).where('subscription_id', '=', id).execute();
    await end(tx, id, 'handed over', now);
  }
  return rows.length > 0;
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
