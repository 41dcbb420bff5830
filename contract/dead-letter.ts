/** Dead letters and replays: requests and answers of `/v1/dead-letters` and of `/v1/subscriptions/{id}/replay`. */
import type { MessageAttempt, ProblemCode } from './api.ts';
import type { EventType } from './event.ts';
import type { MessageStatus } from './message.ts';

/** Lists the codes of problems that only calls about dead letters answer. */
export const DEAD_LETTER_CODES = ['may_have_arrived', 'unreadable', 'subscription_ended'] as const;

declare module './problem.ts' {
  interface ProblemCodes {
    may_have_arrived: true;
    unreadable: true;
    subscription_ended: true;
  }
}

/**
 * Lists the types of dead letters: an outbound message that ended `failed` or `unknown`, a webhook that could not be read, one that (also)
 * tells of an account that is not registered, and an event that a workflow was promised and did not take.
 */
export const DEAD_LETTER_TYPES = ['message', 'webhook', 'unrouted', 'event'] as const;
/** The type of a dead letter; which members it has depends on it. */
export type DeadLetterType = (typeof DEAD_LETTER_TYPES)[number];

/** A dead letter did not arrive and waits for a person to replay or discard it. Instants are ISO 8601 UTC. */
export interface DeadLetter {
  /** Of a message, the message's own id. */
  id: string;
  type: DeadLetterType;
  account: { channel: string; externalId: string };
  /**
   * Why: the code of the message's error; `unreadable` or `no_account` for a webhook; for an event `refused` (the workflow took others) or
   * `subscription_ended` (the workflow is gone).
   */
  code: string;
  detail: string;
  providerCode?: string;
  /** When the send was asked for, the webhook came, or the event was published. */
  createdAt: string;
  /** When it was given up. */
  deadAt: string;
  /** Set for messages. */
  message?: { status: 'failed' | 'unknown'; kind: string; conversationId: string; metadata?: Record<string, unknown> };
  /** Set for webhooks. `addresses`: of an `unrouted` one, the first 100 that it names and no account has, as the provider writes them. */
  webhook?: { bytes: number; addresses?: string[] };
  /** Set for events. `url`: of the workflow that was to get it. */
  event?: { id: string; type: EventType; conversationId?: string; subscriptionId: string; url: string };
}

/** `GET /v1/dead-letters/{id}` */
export interface DeadLetterDetails extends DeadLetter {
  /** The tries to send the message. */
  attempts?: MessageAttempt[];
  /** What the provider posted, or what the event tells as JSON, unless it is over 256 KiB. */
  body?: string;
}

/** Chooses dead letters; every member narrows, none means all. Instants are ISO 8601 UTC. */
export interface DeadLetterFilter {
  type?: DeadLetterType;
  channel?: string;
  externalId?: string;
  code?: string;
  status?: 'failed' | 'unknown';
  /** One of `webhook.addresses`: `unrouted` webhooks for it. */
  address?: string;
  /** Given up at or after. */
  from?: string;
  /** Given up before. */
  to?: string;
}

/**
 * Chooses dead letters by ids or by a filter. The service works a filter off oldest first, `limit` dead letters a call, from `after` on; what is
 * given up after the first call (a replay that failed again) is left out, so that the work comes to an end.
 */
export type DeadLetterChoice = { ids: string[] } | { filter: DeadLetterFilter; limit?: number; after?: string };

/** `POST /v1/dead-letters/replay`. `evenIfUnknown`: also messages that may have arrived; else they are skipped, whatever names them. */
export type ReplayDeadLetters = DeadLetterChoice & { evenIfUnknown?: boolean };

/** Tells what became of a dead letter that was replayed. */
export interface ReplayedDeadLetter {
  id: string;
  /** The message that sends it again; absent for a webhook, which was read, and for an event, which is promised once more. */
  messageId?: string;
  status?: MessageStatus;
  /** It was replayed before: this is the message that was made then. */
  duplicate?: true;
}

/** Tells why a dead letter stays one. */
export interface SkippedDeadLetter {
  id: string;
  code: ProblemCode;
  detail: string;
}

interface Progress {
  skipped: SkippedDeadLetter[];
  /** Dead letters that match the filter and have not been looked at yet. */
  remaining: number;
  /** Give it as `after` to go on; absent when there is no more. */
  next?: string;
}

/** `POST /v1/dead-letters/replay` */
export interface ReplayAnswer extends Progress {
  /** How many. */
  replayed: number;
  deadLetters: ReplayedDeadLetter[];
}

/** `POST /v1/dead-letters/discard` */
export interface DiscardAnswer extends Progress {
  discarded: number;
}

/** `POST /v1/subscriptions/{id}/replay`: the events of a time, `to` not included (default: now), are delivered again. */
export interface ReplayEvents {
  from: string;
  to?: string;
  types?: EventType[];
}

/** How many events are promised again so far. `pending`: the rest of the time follows by itself. */
export interface ReplayedEvents {
  events: number;
  pending: boolean;
}
