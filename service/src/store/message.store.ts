/** Messages of both directions, the attempts to send them, and the idempotency keys by which they were admitted. */
import type { Kysely, Selectable } from 'kysely';
import type { MessageStatus } from '../../../contract/message.ts';
import type { AttemptsTable, MessagesTable, Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';
import { lock } from './conversation.store.ts';
import { firstIdAt } from '../core/ids.ts';
import { changed, first, prepared, type Parameters, type Prepared } from './prepared.ts';

export type MessageRow = Selectable<MessagesTable>;
/** What only some messages have. */
type Particular = Pick<MessageRow, 'purpose' | 'author' | 'replayOf'>;
export type NewMessage = Omit<MessageRow, 'deadAt' | 'campaign' | 'replayedAs' | 'refusedIds' | keyof Particular> &
  Partial<Particular>;
export type AttemptRow = Selectable<AttemptsTable>;

const insertOne = prepared((db, its: Parameters<Required<NewMessage>>) =>
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
    })
    .onConflict((conflict) => conflict.columns(['accountId', 'providerId']).doNothing()),
);

/** Answers false when the provider's id is known already: the message came twice. */
export async function insert(tx: Tx, message: NewMessage): Promise<boolean> {
  return changed(await insertOne(tx.db, { purpose: 'reply', author: null, replayOf: null, ...message }));
}

const selectOne = prepared((db, its: Parameters<{ id: string }>) =>
  db.selectFrom('messages').selectAll().where('id', '=', its('id')),
);

export async function find(db: Kysely<Schema>, id: string): Promise<MessageRow | undefined> {
  return first(await selectOne(db, { id }));
}

/** The message as it stays until the unit ends: its conversation is held. */
export async function lockForUpdate(tx: Tx, id: string): Promise<MessageRow | undefined> {
  const message = await find(tx.db, id);
  if (message === undefined || !tx.shared) return message;
  await lock(tx, message.conversationId);
  return find(tx.db, id);
}

const selectByProviderId = prepared((db, its: Parameters<{ accountId: string; providerId: string }>) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('accountId', '=', its('accountId'))
    .where('providerId', '=', its('providerId')),
);

const selectByFurtherId = prepared((db, its: Parameters<{ accountId: string; providerId: string }>) =>
  db
    .selectFrom('messageProviderIds')
    .innerJoin('messages', 'messages.id', 'messageProviderIds.messageId')
    .selectAll('messages')
    .where('messageProviderIds.accountId', '=', its('accountId'))
    .where('messageProviderIds.providerId', '=', its('providerId')),
);

/** By any of the ids that the provider has for it. */
export async function findByProviderId(
  db: Kysely<Schema>,
  accountId: string,
  providerId: string,
): Promise<MessageRow | undefined> {
  const asked = { accountId, providerId };
  return first(await selectByProviderId(db, asked)) ?? first(await selectByFurtherId(db, asked));
}

/** Of a conversation, newest first; `before` is the id of the last one of the page before. */
export async function page(
  db: Kysely<Schema>,
  conversationId: string,
  limit: number,
  before: string | undefined,
): Promise<MessageRow[]> {
  let query = db.selectFrom('messages').selectAll().where('conversationId', '=', conversationId);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

export type MessageChange = Partial<
  Pick<
    MessageRow,
    | 'status'
    | 'statusAt'
    | 'providerId'
    | 'content'
    | 'kind'
    | 'error'
    | 'pricing'
    | 'deadAt'
    | 'replayedAs'
    | 'refusedIds'
  >
>;

const updates = new Map<string, Prepared<MessageChange & { messageId: string }, unknown>>();

/** One statement for each set of columns that is ever changed together. */
function updateOf(columns: string[]) {
  const key = columns.join();
  let update = updates.get(key);
  if (update === undefined) {
    update = prepared((db, its: Parameters<MessageChange & { messageId: string }>) => {
      const change = Object.fromEntries(columns.map((column) => [column, its(column as keyof MessageChange)]));
      return db.updateTable('messages').set(change).where('id', '=', its('messageId'));
    });
    updates.set(key, update);
  }
  return update;
}

export async function update(tx: Tx, id: string, change: MessageChange): Promise<void> {
  await updateOf(Object.keys(change).sort())(tx.db, { ...change, messageId: id });
}

const selectInStatus = prepared((db, its: Parameters<{ conversationId: string; status: string }>) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('conversationId', '=', its('conversationId'))
    .where('status', '=', its('status'))
    .orderBy('id'),
);

/** Outbound messages of a conversation in a status, oldest first. */
export async function inStatus(
  db: Kysely<Schema>,
  conversationId: string,
  status: MessageStatus,
): Promise<MessageRow[]> {
  return (await selectInStatus(db, { conversationId, status })).rows;
}

/** Between the ids of messages and the times at which these were sent, by whichever clock. */
const ID_SLACK_MS = 60_000;

const selectSentUpTo = prepared(
  (db, its: Parameters<{ conversationId: string; status: string; upTo: number; before: string; limit: number }>) =>
    db
      .selectFrom('messages')
      .select('id')
      .where('conversationId', '=', its('conversationId'))
      .where('status', '=', its('status'))
      .where('id', '<', its('before'))
      .where((is) =>
        is(
          is.fn.coalesce(
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

/** Messages of a conversation in a status whose (last) call to the provider was begun by then, the oldest first. */
export async function sentUpTo(
  db: Kysely<Schema>,
  conversationId: string,
  status: MessageStatus,
  upTo: number,
  limit: number,
): Promise<string[]> {
  const before = firstIdAt('msg', upTo + ID_SLACK_MS);
  const { rows } = await selectSentUpTo(db, { conversationId, status, upTo, before, limit });
  return rows.map(({ id }) => id);
}

/** It was another one all along. */
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

const selectAttempts = prepared((db, its: Parameters<{ messageId: string }>) =>
  db.selectFrom('attempts').selectAll().where('messageId', '=', its('messageId')).orderBy('number'),
);

export async function attempts(db: Kysely<Schema>, messageId: string): Promise<AttemptRow[]> {
  return (await selectAttempts(db, { messageId })).rows;
}

/** Outcomes of attempts that surely showed the contact nothing. */
const SHOWED_NOTHING: readonly (string | null)[] = ['throttled', 'session_closed', 'settings'];

const selectStatus = prepared((db, its: Parameters<{ id: string }>) =>
  db.selectFrom('messages').select('status').where('id', '=', its('id')),
);

/** Statuses that say nothing about whether the contact saw the message. */
const TELLS_NOTHING: readonly (string | undefined)[] = [undefined, 'queued', 'held', 'failed'];

/** Whether the contact may have seen the message: it was tried, and not only in vain. Old attempts are forgotten, the status is not. */
export async function mayHaveArrived(db: Kysely<Schema>, messageId: string): Promise<boolean> {
  if ((await attempts(db, messageId)).some(({ outcome }) => !SHOWED_NOTHING.includes(outcome))) return true;
  return !TELLS_NOTHING.includes(first(await selectStatus(db, { id: messageId }))?.status);
}

type OpenedAttempt = Pick<AttemptRow, 'id' | 'messageId' | 'number' | 'openedAt'>;

const insertAttempt = prepared((db, its: Parameters<OpenedAttempt>) =>
  db.insertInto('attempts').values({
    id: its('id'),
    messageId: its('messageId'),
    number: its('number'),
    openedAt: its('openedAt'),
    closedAt: null,
    outcome: null,
    error: null,
  }),
);

/** Written before the provider is called: should the process end now, the outcome is unknown and the message not sent again. */
export async function openAttempt(tx: Tx, attempt: OpenedAttempt): Promise<void> {
  await insertAttempt(tx.db, attempt);
}

/** The message was settled by other news than the attempt's own answer, which never came. */
export async function closeOpenAttempts(tx: Tx, messageId: string, closedAt: number, outcome: string): Promise<void> {
  const open = tx.db.updateTable('attempts').where('messageId', '=', messageId).where('closedAt', 'is', null);
  await open.set({ closedAt, outcome }).execute();
}

type ClosedAttempt = Pick<AttemptRow, 'id' | 'closedAt' | 'outcome' | 'error'>;

const updateAttempt = prepared((db, its: Parameters<ClosedAttempt>) =>
  db
    .updateTable('attempts')
    .set({ closedAt: its('closedAt'), outcome: its('outcome'), error: its('error') })
    .where('id', '=', its('id')),
);

export async function closeAttempt(tx: Tx, id: string, closedAt: number, outcome: string, error: string | null) {
  await updateAttempt(tx.db, { id, closedAt, outcome, error });
}
