/** Stores messages of both directions, and the idempotency keys by which they were admitted. */
import { sql, type Kysely } from 'kysely';
import type { MessageStatus } from '../../../contract/message.ts';
import { lock } from './conversation.store.ts';
import {
  fromRow,
  rowChange,
  toRow,
  type Message,
  type MessageChange,
  type NewMessage,
  type NewRow,
  type RowChange,
} from './message-row.ts';
import { changed, first, prepared, type Parameters, type Prepared } from './prepared.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';

export type { Message, MessageChange, NewMessage, StoredRequest } from './message-row.ts';

const insertOne = prepared((db, its: Parameters<NewRow>) =>
  db
    .insertInto('messages')
    .values({
      id: its('id'),
      accountId: its('accountId'),
      conversationId: its('conversationId'),
      direction: its('direction'),
      kind: its('kind'),
      status: its('status'),
      statusAt: its('statusAt'),
      providerId: its('providerId'),
      content: its('content'),
      context: its('context'),
      request: its('request'),
      purpose: its('purpose'),
      author: its('author'),
      replayOf: its('replayOf'),
      error: its('error'),
      pricing: its('pricing'),
      createdAt: its('createdAt'),
      sentAt: its('sentAt'),
    })
    .onConflict((conflict) => conflict.columns(['accountId', 'providerId']).doNothing()),
);

/** Stores a message. Answers false when the provider's id is known already: the message came twice. */
export async function insert(tx: Tx, message: NewMessage): Promise<boolean> {
  return changed(await insertOne(tx.db, toRow(message)));
}

const selectOne = prepared((db, its: Parameters<{ id: string }>) =>
  db.selectFrom('messages').selectAll().where('id', '=', its('id')),
);

/** Finds a message by Parley's id. */
export async function find(db: Kysely<Schema>, id: string): Promise<Message | undefined> {
  const row = first(await selectOne(db, { id }));
  return row && fromRow(row);
}

const selectConversation = prepared((db, its: Parameters<{ id: string }>) =>
  db.selectFrom('messages').select('conversationId').where('id', '=', its('id')),
);

/** Locks the conversation of a message, and answers the message as it stays until the unit ends. */
export async function lockForUpdate(tx: Tx, id: string): Promise<Message | undefined> {
  if (tx.shared) {
    const place = first(await selectConversation(tx.db, { id }));
    if (place === undefined) return undefined;
    await lock(tx, place.conversationId);
  }
  return find(tx.db, id);
}

/** Names a message by the account and the provider's id. */
interface ProviderName {
  accountId: string;
  providerId: string;
}

const selectByProviderId = prepared((db, its: Parameters<ProviderName>) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('accountId', '=', its('accountId'))
    .where('providerId', '=', its('providerId')),
);

const selectByFurtherId = prepared((db, its: Parameters<ProviderName>) =>
  db
    .selectFrom('messageProviderIds')
    .innerJoin('messages', 'messages.id', 'messageProviderIds.messageId')
    .selectAll('messages')
    .where('messageProviderIds.accountId', '=', its('accountId'))
    .where('messageProviderIds.providerId', '=', its('providerId')),
);

/** Finds a message by any of the ids that the provider has for it. */
export async function findByProviderId(
  db: Kysely<Schema>,
  accountId: string,
  providerId: string,
): Promise<Message | undefined> {
  const asked = { accountId, providerId };
  const row = first(await selectByProviderId(db, asked)) ?? first(await selectByFurtherId(db, asked));
  return row && fromRow(row);
}

const selectNamed = prepared((db, its: Parameters<ProviderName>) =>
  db
    .selectFrom('messages')
    .select(['id', 'direction'])
    .where('accountId', '=', its('accountId'))
    .where('providerId', '=', its('providerId')),
);

const selectNamedFurther = prepared((db, its: Parameters<ProviderName>) =>
  db
    .selectFrom('messageProviderIds')
    .innerJoin('messages', 'messages.id', 'messageProviderIds.messageId')
    .select(['messages.id', 'messages.direction'])
    .where('messageProviderIds.accountId', '=', its('accountId'))
    .where('messageProviderIds.providerId', '=', its('providerId')),
);

/** Tells which message has one of these ids at the provider, without what it says: for those who ask whether there is one. */
export async function named(
  db: Kysely<Schema>,
  accountId: string,
  providerId: string,
): Promise<Pick<Message, 'id' | 'direction'> | undefined> {
  const asked = { accountId, providerId };
  return first(await selectNamed(db, asked)) ?? first(await selectNamedFurther(db, asked));
}

/** Lists messages of a conversation, newest first; `before` is the id of the last one of the page before. */
export async function page(
  db: Kysely<Schema>,
  conversationId: string,
  limit: number,
  before: string | undefined,
): Promise<Message[]> {
  let query = db.selectFrom('messages').selectAll().where('conversationId', '=', conversationId);
  if (before !== undefined) query = query.where('id', '<', before);
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(fromRow);
}

/** Finds the newest message of one direction in a conversation. */
export async function newest(
  db: Kysely<Schema>,
  conversationId: string,
  direction: Message['direction'],
): Promise<Message | undefined> {
  const own = db.selectFrom('messages').selectAll().where('conversationId', '=', conversationId);
  const row = await own.where('direction', '=', direction).orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row && fromRow(row);
}

const updates = new Map<string, Prepared<RowChange & { messageId: string }, unknown>>();

/** Makes one statement for each set of columns that is ever changed together. */
function updateOf(columns: string[]) {
  const key = columns.join();
  let update = updates.get(key);
  if (update === undefined) {
    update = prepared((db, its: Parameters<RowChange & { messageId: string }>) => {
      const change = Object.fromEntries(columns.map((column) => [column, its(column as keyof RowChange)]));
      return db.updateTable('messages').set(change).where('id', '=', its('messageId'));
    });
    updates.set(key, update);
  }
  return update;
}

/** Changes a message. */
export async function update(tx: Tx, id: string, change: MessageChange): Promise<void> {
  const row = rowChange(change);
  await updateOf(Object.keys(row).sort())(tx.db, { ...row, messageId: id });
}

/** An echo is looked for among so many of each status. */
const MAX_UNNAMED = 100;

const selectUnnamed = (direction: 'asc' | 'desc') =>
  prepared((db, its: Parameters<{ conversationId: string; status: string }>) =>
    db
      .selectFrom('messages')
      .selectAll()
      .where('conversationId', '=', its('conversationId'))
      .where('status', '=', its('status'))
      .where('providerId', 'is', null)
      .orderBy('id', direction)
      .limit(MAX_UNNAMED),
  );
const selectFirst = selectUnnamed('asc');
const selectLast = selectUnnamed('desc');

/**
 * Finds messages of a conversation in a status that the provider has not named: the first that are queued, as they are sent in their order, and the
 * last of all others. No more than a few, as each is compared with what an echo says.
 */
export async function unnamed(db: Kysely<Schema>, conversationId: string, status: MessageStatus): Promise<Message[]> {
  const select = status === 'queued' ? selectFirst : selectLast;
  return (await select(db, { conversationId, status })).rows.map(fromRow);
}

/** The jobs that end waits are numbered in the order in which these began. Ids follow clocks, which differ and may be put back. */
const selectHeld = prepared((db, its: Parameters<{ conversationId: string }>) =>
  db
    .selectFrom('messages')
    .leftJoin('jobs', (join) =>
      join.on('jobs.key', '=', sql<string>`'held:' || messages.id || ':' || messages.status_at`),
    )
    .selectAll('messages')
    .where('messages.conversationId', '=', its('conversationId'))
    .where('messages.status', '=', 'held')
    .orderBy(sql`coalesce(jobs.seq, 0)`)
    .orderBy('messages.id'),
);

/** Lists the messages of a conversation that are held until the contact writes, in the order in which they began to wait. */
export async function held(db: Kysely<Schema>, conversationId: string): Promise<Message[]> {
  return (await selectHeld(db, { conversationId })).rows.map(fromRow);
}

const selectSentUpTo = prepared(
  (db, its: Parameters<{ conversationId: string; status: string; upTo: number; limit: number }>) =>
    db
      .selectFrom('messages')
      .select('id')
      .where('conversationId', '=', its('conversationId'))
      .where('status', '=', its('status'))
      .where((is) =>
        is(
          is.fn.coalesce(
            'sentAt',
            is
              .selectFrom('attempts')
              .select((tried) => tried.fn.max('openedAt').as('at'))
              .whereRef('attempts.messageId', '=', 'messages.id'),
            'statusAt',
          ),
          '<=',
          its('upTo'),
        ),
      )
      .orderBy('id')
      .limit(its('limit')),
);

/**
 * Lists the messages of a conversation in a status that were sent by then, by the provider's clock, the oldest first; where it did not tell, the (last) call to it was
 * begun by then.
 */
export async function sentUpTo(
  db: Kysely<Schema>,
  conversationId: string,
  status: MessageStatus,
  upTo: number,
  limit: number,
): Promise<string[]> {
  const { rows } = await selectSentUpTo(db, { conversationId, status, upTo, limit });
  return rows.map(({ id }) => id);
}

/** Deletes a message that was another one all along. */
export async function drop(tx: Tx, id: string): Promise<void> {
  await tx.db.deleteFrom('messages').where('id', '=', id).execute();
}

const selectKey = prepared((db, its: Parameters<{ key: string }>) =>
  db.selectFrom('idempotency').select(['digest', 'messageId']).where('key', '=', its('key')),
);

export async function idempotent(
  db: Kysely<Schema>,
  key: string,
): Promise<{ digest: string; messageId: string } | undefined> {
  return first(await selectKey(db, { key }));
}

const insertKey = prepared((db, its: Parameters<Schema['idempotency']>) =>
  db.insertInto('idempotency').values({
    key: its('key'),
    digest: its('digest'),
    messageId: its('messageId'),
    createdAt: its('createdAt'),
  }),
);

export async function rememberKey(tx: Tx, key: string, digest: string, messageId: string, now: number): Promise<void> {
  await insertKey(tx.db, { key, digest, messageId, createdAt: now });
}
