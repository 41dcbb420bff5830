/** Providers tell what was sent from anywhere, at times faster than their own answer to the send, and without our id. */
import { matchesEcho } from '../core/echo-matcher.ts';
import * as attempts from '../store/attempt.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as messages from '../store/message.store.ts';
import type { Message } from '../store/message.store.ts';
import { contentOf } from './message-view.ts';

/** Bounds what lies between a call to the provider by our clock, and the time at which it says by its own that the message was sent: five minutes, and what those differ. */
const SLACK_MS = 15 * 60_000;
/** Lists outcomes of calls that may have arrived: of one that failed by what the provider said that is not certain either (null: it is under way). */
const MAY_HAVE_ARRIVED: readonly (string | null)[] = [null, 'uncertain', 'unavailable'];
/** Lists statuses of what may have arrived; that which is queued, while it is being sent. */
const OPEN = ['uncertain', 'queued', 'unknown', 'failed'] as const;

/**
 * Finds the message of the conversation that was being sent at that time, was not answered, and says the same; of several, the one that was
 * sent nearest to it. What is said long after was said by somebody else.
 */
export async function findEchoedMessage(
  tx: Tx,
  conversationId: string,
  echoed: { type: string },
  at: number,
): Promise<string | undefined> {
  let nearest: { id: string; awayMs: number } | undefined;
  for (const status of OPEN) {
    const open = await messages.unnamed(tx.db, conversationId, status);
    const same = open.filter((row) => matchesEcho(contentOf(row), echoed));
    for (const { id } of same) {
      const awayMs = await calledAwayMs(tx, id, at);
      if (awayMs <= SLACK_MS && awayMs < (nearest?.awayMs ?? Infinity)) nearest = { id, awayMs };
    }
  }
  return nearest?.id;
}

/** Measures the time to the nearest call of the message that was not answered; infinite: there was none. */
async function calledAwayMs(tx: Tx, messageId: string, at: number): Promise<number> {
  const calls = (await attempts.ofMessage(tx.db, messageId)).filter(({ outcome }) =>
    MAY_HAVE_ARRIVED.includes(outcome),
  );
  return Math.min(...calls.map(({ openedAt }) => Math.abs(at - openedAt)));
}

/** Describes the id by which the provider knows a message of ours from now on; null: another message has it. */
export interface ProviderIdClaim {
  id: string | null;
  /** It was taken for somebody else's until now. */
  echo?: Message;
}

export async function claimProviderId(tx: Tx, message: Message, providerId: string): Promise<ProviderIdClaim> {
  if (message.providerId !== null) return { id: message.providerId };
  const other = await messages.findByProviderId(tx.db, message.accountId, providerId);
  if (other === undefined) return { id: providerId };
  const isEcho = other.direction === 'outbound' && other.request === null;
  if (!isEcho) return { id: null };
  await messages.drop(tx, other.id);
  return { id: providerId, echo: other };
}
