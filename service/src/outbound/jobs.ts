/** Makes the jobs of the outbound pipeline. */
import { z } from 'zod';
import { MAX_AGE_MS } from '../core/retry.ts';
import type { OutboxJob } from '../outbox/outbox.ts';
import { conversationKey } from '../store/job.store.ts';
import type { Message, StoredRequest } from '../store/message.store.ts';

/** Bounds how long a message is held: one that the contact never made sendable fails with `expired`. */
const MAX_HOLD_MS = 7 * 24 * 3_600_000;
/** Delays the first question to a provider about an uncertain message. */
const FIRST_LOOK_MS = 5_000;
const PRIORITY = { reply: 0, campaign: 10 } as const;

/** Names the jobs that send one message each. */
export const SEND = 'send';

/** Reads what a job of the kind `send` knows. */
export const TO_SEND = z.object({ messageId: z.string() });
/** Says what a job of the kind `send` knows. */
export type ToSend = z.infer<typeof TO_SEND>;

type Addressed = Pick<Message, 'id' | 'accountId' | 'conversationId' | 'purpose'>;

/** Sends one message that can be sent from now on; those of one conversation keep their order, those of one account share its pace. */
export function sendJob(message: Addressed, { expiresAt }: StoredRequest, now: number): OutboxJob {
  return {
    kind: SEND,
    orderingKey: conversationKey(message.conversationId),
    groupKey: message.accountId,
    priority: PRIORITY[message.purpose],
    expiresAt: expiresAt ?? now + MAX_AGE_MS,
    payload: { messageId: message.id } satisfies ToSend,
  };
}

/** Answers when a send job is too late, also one that does not say so, of version 0.1.0. */
export function lateAt(job: { expiresAt: number | null; createdAt: number }): number {
  return job.expiresAt ?? job.createdAt + MAX_AGE_MS;
}

/** Reads what a job of the kind `settle` knows. */
export const WAITING = z.object({
  messageId: z.string(),
  waitingAs: z.enum(['uncertain', 'held']),
  since: z.number(),
  /** Says when the wait ends; absent in those of version 0.1.0, which end with the job. */
  until: z.number().optional(),
});
/** Says what a job of the kind `settle` knows. */
export type Waiting = z.infer<typeof WAITING>;

function settleJob(waiting: Waiting, dueAt: number): OutboxJob {
  const key = `${waiting.waitingAs}:${waiting.messageId}:${waiting.since}`;
  return { kind: 'settle', key, dueAt, payload: waiting };
}

/** Ends the wait of a message that is held since now, should the contact not write. */
export function holdJob(messageId: string, since: number, { expiresAt = Infinity }: StoredRequest): OutboxJob {
  const until = Math.max(since, Math.min(since + MAX_HOLD_MS, expiresAt));
  return settleJob({ messageId, waitingAs: 'held', since, until }, until);
}

/** Ends the wait of a message that is uncertain since now, should nobody tell; `asks`: the provider can be asked meanwhile. */
export function uncertainJob(messageId: string, since: number, afterMs: number, asks: boolean): OutboxJob {
  const until = since + afterMs;
  return settleJob({ messageId, waitingAs: 'uncertain', since, until }, asks ? lookAt(since, since, until) : until);
}

/** Answers when to ask the provider next: each time about as long after as it has been uncertain. */
export function lookAt(since: number, now: number, until: number): number {
  return Math.min(until, now + Math.max(FIRST_LOOK_MS, now - since));
}
