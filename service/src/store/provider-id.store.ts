/** Stores further ids by which providers name messages, besides the one that stands with each. */
import type { Message } from './message-row.ts';
import { prepared, type Parameters } from './prepared.ts';
import { LIMIT } from './stretch.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';

const insertProviderId = prepared((db, its: Parameters<Schema['messageProviderIds']>) =>
  db
    .insertInto('messageProviderIds')
    .values({ accountId: its('accountId'), providerId: its('providerId'), messageId: its('messageId') })
    .onConflict((conflict) => conflict.columns(['accountId', 'providerId']).doNothing()),
);

/** Notes that the provider names the message by these ids as well. */
export async function add(
  tx: Tx,
  { id: messageId, accountId }: Pick<Message, 'id' | 'accountId'>,
  providerIds: readonly string[],
): Promise<void> {
  for (const providerId of providerIds) await insertProviderId(tx.db, { accountId, providerId, messageId });
}

/** Forgets the further ids of a message. Answers which they were. */
export async function drop({ db }: Tx, messageId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('messageProviderIds')
    .select('providerId')
    .where('messageId', '=', messageId)
    .execute();
  if (rows.length > 0) await db.deleteFrom('messageProviderIds').where('messageId', '=', messageId).execute();
  return rows.map(({ providerId }) => providerId);
}

/** Deletes the further ids of old messages, a few at a time; `before` is the first message id that is young. */
export async function dropOld(tx: Tx, before: string): Promise<true | undefined> {
  const old = tx.db
    .selectFrom('messageProviderIds')
    .select(['accountId', 'providerId'])
    .where('messageId', '<', before)
    .orderBy('messageId')
    .limit(LIMIT);
  const rows = await old.execute();
  for (const { accountId, providerId } of rows) {
    const one = tx.db.deleteFrom('messageProviderIds').where('accountId', '=', accountId);
    await one.where('providerId', '=', providerId).execute();
  }
  return rows.length === LIMIT ? true : undefined;
}
