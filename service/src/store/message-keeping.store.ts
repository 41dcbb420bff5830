/** Forgets the messages of a conversation, and empties or deletes what of messages is old. */
import type { SelectQueryBuilder } from 'kysely';
import type { InboundContent } from '../../../contract/message.ts';
import { read, textOf } from './json.ts';
import * as media from './media.store.ts';
import type { MessagesTable, Schema } from './schema.ts';
import { LIMIT, more, type Next, type Stretch } from './stretch.ts';
import type { Db, Tx } from './unit-of-work.ts';
import * as uploads from './upload.store.ts';

/** One call forgets so many rows. */
const ROWS = 250;

/** Counts the messages of both directions. */
export interface MessageCount {
  messages: number;
  /** Counts those of these that would have been made. */
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
  const rows = await own.select(['id', 'accountId', 'direction', 'content']).orderBy('id').limit(ROWS).execute();
  const upTo = rows.at(-1)?.id;
  if (upTo === undefined) return false;
  for (const { content } of rows) await media.forget(tx, read(content));
  await forgetSent(tx, rows);
  const ids = own.where('id', '<=', upTo).select('id');
  await db.deleteFrom('attempts').where('messageId', 'in', ids).execute();
  await db.deleteFrom('idempotency').where('messageId', 'in', ids).execute();
  await db.deleteFrom('messageProviderIds').where('messageId', 'in', ids).execute();
  await db.deleteFrom('messages').where('conversationId', '=', conversationId).where('id', '<=', upTo).execute();
  return rows.length === ROWS;
}

/** Forgets uploads by the ids that the contact was sent: the files are uploaded anew where they are sent to another. */
async function forgetSent(tx: Tx, rows: readonly Pick<MessagesTable, 'accountId' | 'direction' | 'content'>[]) {
  const sent = rows.filter(({ direction }) => direction === 'outbound');
  const ids = new Set(sent.flatMap(({ content }) => uploads.namesIn(read(content))));
  for (const accountId of new Set(sent.map((row) => row.accountId))) await uploads.forget(tx, accountId, [...ids]);
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

/** Describes an old message whose body is still there. */
export interface OldMessage {
  id: string;
  conversationId: string;
  direction: 'inbound' | 'outbound';
  kind: string;
  underWay: boolean;
}

/** Reads old messages that do not say `empty` already; `young` is the first id that is young. */
export async function oldMessages(
  tx: Tx,
  from: string,
  young: string,
  empty: InboundContent,
): Promise<Stretch<OldMessage, string>> {
  const found = await tx.db
    .selectFrom('messages')
    .select(['id', 'conversationId', 'direction', 'kind', 'status'])
    .select((column) => column('content', '=', textOf(empty)).as('isEmpty'))
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

/** Forgets what a message said, of which `empty` is shown from now on, and who wrote it. It cannot be sent again. */
export async function forgetBody(tx: Tx, id: string, empty: InboundContent): Promise<void> {
  const change = { content: textOf(empty), request: null, context: null, author: null, deadAt: null };
  await tx.db.updateTable('messages').set(change).where('id', '=', id).execute();
}
