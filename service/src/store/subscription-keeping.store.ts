/** Ends waits for a person's answer, and deletes subscriptions and deliveries that are over. */
import { LIMIT, more, type Next } from './stretch.ts';
import type { Tx } from './unit-of-work.ts';

/** Deletes the workflows that wait for an answer of the person. Answers how many there were. */
export async function dropWaits(tx: Tx, conversationId: string): Promise<number> {
  const { db } = tx;
  const waits = db.selectFrom('subscriptions').where('conversationId', '=', conversationId);
  const rows = await waits.select(['id', 'endedAt']).execute();
  for (const { id } of rows) await db.deleteFrom('deliveries').where('subscriptionId', '=', id).execute();
  await db.deleteFrom('subscriptions').where('conversationId', '=', conversationId).execute();
  return rows.filter(({ endedAt }) => endedAt === null).length;
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
