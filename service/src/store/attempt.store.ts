/** Stores attempts: each call to a provider that is to send a message, opened before and closed after. */
import type { EventError } from '../../../contract/event.ts';
import { readOrNull, textOrNull } from './json.ts';
import { first, prepared, type Parameters } from './prepared.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** One call to the provider. */
export interface Attempt {
  id: string;
  messageId: string;
  /** Counts a message's attempts from 1. */
  number: number;
  openedAt: number;
  /** Null: it is under way, or the process ended during the call. */
  closedAt: number | null;
  outcome: string | null;
  error: EventError | null;
}

const selectAttempts = prepared((db, its: Parameters<{ messageId: string }>) =>
  db.selectFrom('attempts').selectAll().where('messageId', '=', its('messageId')).orderBy('number'),
);

/** Lists the attempts to send a message, the first one first. */
export async function ofMessage(db: Db, messageId: string): Promise<Attempt[]> {
  const { rows } = await selectAttempts(db, { messageId });
  return rows.map((row) => ({ ...row, error: readOrNull<EventError>(row.error) }));
}

/** Outcomes of attempts that surely showed the contact nothing. */
const SHOWED_NOTHING: readonly (string | null)[] = ['throttled', 'session_closed', 'settings', 'invalid'];

const selectOutcomes = prepared((db, its: Parameters<{ messageId: string }>) =>
  db.selectFrom('attempts').select('outcome').where('messageId', '=', its('messageId')),
);
const selectStatus = prepared((db, its: Parameters<{ id: string }>) =>
  db.selectFrom('messages').select('status').where('id', '=', its('id')),
);

/** Lists statuses that say nothing about whether the contact saw the message. */
const TELLS_NOTHING: readonly (string | undefined)[] = [undefined, 'queued', 'held', 'failed'];

/** Tells whether the contact may have seen the message: it was tried, and not only in vain. Old attempts are forgotten, the status is not. */
export async function mayHaveArrived(db: Db, messageId: string): Promise<boolean> {
  const { rows } = await selectOutcomes(db, { messageId });
  if (rows.some(({ outcome }) => !SHOWED_NOTHING.includes(outcome))) return true;
  return !TELLS_NOTHING.includes(first(await selectStatus(db, { id: messageId }))?.status);
}

type OpenedAttempt = Pick<Attempt, 'id' | 'messageId' | 'number' | 'openedAt'>;

const insertOne = prepared((db, its: Parameters<OpenedAttempt>) =>
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

/** Opens an attempt before the provider is called: should the process end now, the outcome is unknown and the message not sent again. */
export async function open(tx: Tx, attempt: OpenedAttempt): Promise<void> {
  await insertOne(tx.db, attempt);
}

/** Closes what is open of a message that was settled by other news than the attempt's own answer, which never came. */
export async function closeOpen(tx: Tx, messageId: string, closedAt: number, outcome: string): Promise<void> {
  const openOnes = tx.db.updateTable('attempts').where('messageId', '=', messageId).where('closedAt', 'is', null);
  await openOnes.set({ closedAt, outcome }).execute();
}

interface ClosedAttempt extends Pick<Attempt, 'id' | 'closedAt' | 'outcome'> {
  error: string | null;
}

const updateOne = prepared((db, its: Parameters<ClosedAttempt>) =>
  db
    .updateTable('attempts')
    .set({ closedAt: its('closedAt'), outcome: its('outcome'), error: its('error') })
    .where('id', '=', its('id')),
);

/** Closes an attempt with what the provider's answer means. */
export async function close(tx: Tx, id: string, closedAt: number, outcome: string, error: EventError | null) {
  await updateOne(tx.db, { id, closedAt, outcome, error: textOrNull(error) });
}
