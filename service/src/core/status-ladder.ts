/** Orders the statuses of an outbound message. Statuses arrive late, twice and out of order; the ladder only goes up. */
import type { MessageStatus } from '../../../contract/message.ts';

/**
 * One total order, so that the end does not depend on the order of arrival. `failed` stands below `delivered`: a proof that the
 * contact has the message outweighs a claim that it could not be sent.
 */
const RANK: Record<MessageStatus, number> = {
  held: 0,
  queued: 1,
  uncertain: 2,
  unknown: 3,
  sent: 4,
  failed: 5,
  delivered: 6,
  read: 7,
  played: 8,
};

/** Answers the higher of two statuses. */
export function climb(current: MessageStatus, next: MessageStatus): MessageStatus {
  return RANK[next] > RANK[current] ? next : current;
}

/** Tells whether the provider has certainly taken the message. */
export function isAccepted(status: MessageStatus): boolean {
  return RANK[status] >= RANK.sent && status !== 'failed';
}

/** Tells whether the message ended without having arrived, or without anybody knowing: a dead letter. */
export function isDead(status: MessageStatus): boolean {
  return status === 'failed' || status === 'unknown';
}
