/** Stores dead letters of the type `event`: what a subscription was promised and will not be given any more by itself. */
import type { Kysely, Selectable } from 'kysely';
import type { ParleyEvent } from '../../../contract/event.ts';
import type { OneDelivery } from './isolation.store.ts';
import { read } from './json.ts';
import type { DeadEventsTable } from './delivery.schema.ts';
import type { Schema } from './schema.ts';
import type { StoredSubscription } from './subscription-row.ts';
import { countUndelivered } from './subscription.store.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** Says why it is dead. `refused`: the workflow took others and not this. `subscription_ended`: the workflow is gone. */
export type DeadEventCode = 'refused' | 'subscription_ended';

/** Says why it is a dead letter, since when (milliseconds since the epoch). */
export interface Death {
  code: DeadEventCode;
  reason: string;
  at: number;
}

type Promised = Pick<StoredSubscription, 'id' | 'url' | 'accountId'>;

/** Puts an event aside that a subscription refuses. */
export async function putAside(tx: Tx, subscription: Promised, one: OneDelivery, death: Death): Promise<void> {
  await keep(tx, subscription, death, { eventSeq: one.eventSeq });
  await tx.db
    .deleteFrom('deliveries')
    .where('subscriptionId', '=', one.subscriptionId)
    .where('shard', '=', one.shard)
    .where('eventSeq', '=', one.eventSeq)
    .execute();
}

/** Keeps what a subscription that ends has not taken, of events published before. Answers how many are kept, and how many are not. */
export async function keepUndelivered(
  tx: Tx,
  subscription: Promised,
  death: Death,
  before: number,
): Promise<{ kept: number; dropped: number }> {
  const kept = await keep(tx, subscription, death, { before });
  return { kept, dropped: (await countUndelivered(tx.db, subscription.id)) - kept };
}

async function keep(
  tx: Tx,
  { id, url, accountId }: Promised,
  { code, reason, at }: Death,
  which: { eventSeq: number } | { before: number },
): Promise<number> {
  const result = await tx.db
    .insertInto('deadEvents')
    .columns(['subscriptionId', 'url', 'subscriptionAccountId', 'accountId', 'eventSeq', 'deadAt', 'code', 'reason'])
    .expression((build) => {
      const all = build
        .selectFrom('deliveries')
        .innerJoin('events', 'events.seq', 'deliveries.eventSeq')
        .select(({ val, ref, cast }) => [
          'deliveries.subscriptionId',
          cast<string>(val(url), 'text').as('url'),
          cast<string | null>(val(accountId), 'text').as('subscriptionAccountId'),
          ref('events.accountId').as('accountId'),
          ref('deliveries.eventSeq').as('eventSeq'),
          cast<number>(val(at), 'bigint').as('deadAt'),
          cast<string>(val(code), 'text').as('code'),
          cast<string>(val(reason), 'text').as('reason'),
        ])
        .where('deliveries.subscriptionId', '=', id);
      const chosen =
        'eventSeq' in which
          ? all.where('deliveries.eventSeq', '=', which.eventSeq)
          : all.where('events.createdAt', '<', which.before);
      return chosen.orderBy('deliveries.eventSeq');
    })
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0);
}

/** Forgets the dead letters of an event that is promised to the same place once more. */
export async function promisedAgain(tx: Tx, { url }: Pick<StoredSubscription, 'url'>, eventSeq: number): Promise<void> {
  await tx.db.deleteFrom('deadEvents').where('eventSeq', '=', eventSeq).where('url', '=', url).execute();
}

/** Forgets the dead letters of an event of which nothing is kept any more. */
export async function forgetOf(tx: Tx, eventSeq: number): Promise<void> {
  await tx.db.deleteFrom('deadEvents').where('eventSeq', '=', eventSeq).execute();
}

/** Describes a dead letter with the event that it is about. */
export interface DeadEvent extends Omit<Selectable<DeadEventsTable>, 'code'> {
  code: DeadEventCode;
  eventId: string;
  type: string;
  conversationId: string | null;
  createdAt: number;
}

/** Narrows a list of dead events. Instants are milliseconds since the epoch; `to` is not included. */
export interface WantedDeadEvents {
  /** Absent: any account. */
  accountIds: readonly string[] | undefined;
  code: string | undefined;
  from: number | undefined;
  to: number | undefined;
  /** Puts the newest first, or the oldest. */
  order: 'asc' | 'desc';
  behind: { deadAt: number; key: number } | undefined;
}

function wantedOf(db: Kysely<Schema>, { accountIds, code, from, to, order, behind }: WantedDeadEvents) {
  let query = db.selectFrom('deadEvents').innerJoin('events', 'events.seq', 'deadEvents.eventSeq');
  if (from !== undefined) query = query.where('deadAt', '>=', from);
  if (to !== undefined) query = query.where('deadAt', '<', to);
  if (accountIds !== undefined) query = query.where('deadEvents.accountId', 'in', accountIds);
  if (code !== undefined) query = query.where('code', '=', code);
  if (behind === undefined) return query;
  const beyond = order === 'asc' ? '>' : '<';
  return query.where((is) => is(is.refTuple('deadAt', 'deadEvents.seq'), beyond, is.tuple(behind.deadAt, behind.key)));
}

const COLUMNS = ['events.id as eventId', 'events.type', 'events.conversationId', 'events.createdAt'] as const;

/** Lists dead events. */
export async function list(db: Db, wanted: WantedDeadEvents, limit: number): Promise<DeadEvent[]> {
  const rows = await wantedOf(db, wanted)
    .selectAll('deadEvents')
    .select(COLUMNS)
    .orderBy('deadAt', wanted.order)
    .orderBy('deadEvents.seq', wanted.order)
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, code: row.code as DeadEventCode }));
}

/** Counts dead events. */
export async function count(db: Db, wanted: WantedDeadEvents): Promise<number> {
  const row = await wantedOf(db, wanted)
    .select((is) => is.fn.countAll<number>().as('count'))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** Finds a dead event with what it tells. */
export async function find(
  db: Db,
  seq: number,
): Promise<(DeadEvent & { event: ParleyEvent; json: string }) | undefined> {
  const row = await db
    .selectFrom('deadEvents')
    .innerJoin('events', 'events.seq', 'deadEvents.eventSeq')
    .selectAll('deadEvents')
    .select([...COLUMNS, 'events.payload'])
    .where('deadEvents.seq', '=', seq)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { payload, ...dead } = row;
  return { ...dead, code: dead.code as DeadEventCode, event: read(payload), json: payload };
}

/** Deletes a dead event. Answers false when there is none. */
export async function remove(tx: Tx, seq: number): Promise<boolean> {
  const result = await tx.db.deleteFrom('deadEvents').where('seq', '=', seq).executeTakeFirst();
  return result.numDeletedRows > 0n;
}
