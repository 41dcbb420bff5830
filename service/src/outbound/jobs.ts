/** The jobs of the outbound pipeline. */
import type { OutboxJob } from '../outbox/outbox.ts';
import { conversationLane } from '../store/job.store.ts';

/** A held message that the contact never made sendable fails with `expired`. */
export const MAX_HOLD_MS = 7 * 24 * 3_600_000;
const PRIORITY = { reply: 0, campaign: 10 } as const;

/** Sends one message; those of one conversation keep their order. */
export function sendJob(messageId: string, conversationId: string, purpose: 'reply' | 'campaign'): OutboxJob {
  return { kind: 'send', lane: conversationLane(conversationId), priority: PRIORITY[purpose], payload: { messageId } };
}

/** Ends the wait of a message that is uncertain or held since `since`, should nobody tell for `afterMs`. */
export function settleJob(
  messageId: string,
  waitingAs: 'uncertain' | 'held',
  since: number,
  afterMs: number,
): OutboxJob {
  const key = `${waitingAs}:${messageId}:${since}`;
  return { kind: 'settle', key, dueAt: since + afterMs, payload: { messageId, waitingAs, since } };
}
