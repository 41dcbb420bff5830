/** Providers tell what was sent from anywhere, at times faster than their own answer to the send, and without our id. */
import { isSameSaid } from '../core/same-words.ts';
import type { Tx } from '../store/ledger.ts';
import * as messages from '../store/message.store.ts';
import type { MessageRow } from '../store/message.store.ts';
import { contentOf } from './message-view.ts';

/** The message of the conversation that is being sent, or was lost sight of, and says the same; the oldest of several. */
export async function messageOfEcho(
  tx: Tx,
  conversationId: string,
  told: { type: string },
): Promise<string | undefined> {
  const uncertain = await messages.inStatus(tx.db, conversationId, 'uncertain');
  const queued = await messages.inStatus(tx.db, conversationId, 'queued');
  const isSame = (row: MessageRow) => isSameSaid(contentOf(row), told);
  for (const row of uncertain.filter(isSame)) return row.id;
  for (const { id } of queued.filter(isSame)) {
    if ((await messages.attempts(tx.db, id)).some((attempt) => attempt.closed_at === null)) return id;
  }
  return undefined;
}

/**
 * The id by which the provider knows the message from now on. An echo that was taken for somebody else's gives it up; null: another
 * message has it.
 */
export async function claimedId(tx: Tx, message: MessageRow, providerId: string): Promise<string | null> {
  if (message.provider_id !== null) return message.provider_id;
  const other = await messages.findByProviderId(tx.db, message.account_id, providerId);
  if (other === undefined) return providerId;
  const isEcho = other.direction === 'outbound' && other.request === null;
  if (!isEcho) return null;
  await messages.drop(tx, other.id);
  return providerId;
}
