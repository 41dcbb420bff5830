/** Messages of both directions, the attempts to send them, and the idempotency keys by which they were admitted. */
import type { Kysely, Selectable } from 'kysely';
import type { MessageStatus } from '../../../contract/message.ts';
import type { AttemptsTable, MessagesTable, Schema } from './schema.ts';
import type { Tx } from './ledger.ts';

export type MessageRow = Selectable<MessagesTable>;
export type AttemptRow = Selectable<AttemptsTable>;

/** Answers false when the provider's id is known already: the message came twice. */
export async function insert(tx: Tx, message: MessageRow): Promise<boolean> {
  const result = await tx.db
    .insertInto('messages')
    .values(message)
    .onConflict((conflict) => conflict.columns(['account_id', 'provider_id']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function find(db: Kysely<Schema>, id: string): Promise<MessageRow | undefined> {
  return db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findByProviderId(
  db: Kysely<Schema>,
  accountId: string,
  providerId: string,
): Promise<MessageRow | undefined> {
  return db
    .selectFrom('messages')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('provider_id', '=', providerId)
    .executeTakeFirst();
}

/** Of a conversation, newest first; `before` is the id of the last one of the page before. */
export async function page(
  db: Kysely<Schema>,
  conversationId: string,
  limit: number,
  before: string | undefined,
): Promise<MessageRow[]> {
  let query = db.selectFrom('messages').selectAll().where('conversation_id', '=', conversationId);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

export type MessageChange = Partial<
  Pick<MessageRow, 'status' | 'status_at' | 'provider_id' | 'content' | 'kind' | 'error' | 'pricing' | 'request'>
>;

export async function update(tx: Tx, id: string, change: MessageChange): Promise<void> {
  await tx.db.updateTable('messages').set(change).where('id', '=', id).execute();
}

/** Outbound messages of a conversation in a status, oldest first. */
export async function inStatus(
  db: Kysely<Schema>,
  conversationId: string,
  status: MessageStatus,
): Promise<MessageRow[]> {
  return db
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('status', '=', status)
    .orderBy('id')
    .execute();
}

export async function idempotent(
  db: Kysely<Schema>,
  key: string,
): Promise<{ digest: string; messageId: string } | undefined> {
  const row = await db.selectFrom('idempotency').selectAll().where('key', '=', key).executeTakeFirst();
  return row && { digest: row.digest, messageId: row.message_id };
}

export async function rememberKey(tx: Tx, key: string, digest: string, messageId: string, now: number): Promise<void> {
  await tx.db.insertInto('idempotency').values({ key, digest, message_id: messageId, created_at: now }).execute();
}

export async function attempts(db: Kysely<Schema>, messageId: string): Promise<AttemptRow[]> {
  return db.selectFrom('attempts').selectAll().where('message_id', '=', messageId).orderBy('number').execute();
}

/** Written before the provider is called: should the process end now, the outcome is unknown and the message not sent again. */
export async function openAttempt(tx: Tx, attempt: Pick<AttemptRow, 'id' | 'message_id' | 'number' | 'opened_at'>) {
  await tx.db
    .insertInto('attempts')
    .values({ ...attempt, closed_at: null, outcome: null, error: null })
    .execute();
}

export async function closeAttempt(tx: Tx, id: string, closedAt: number, outcome: string, error: string | null) {
  await tx.db.updateTable('attempts').set({ closed_at: closedAt, outcome, error }).where('id', '=', id).execute();
}
