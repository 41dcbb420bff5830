/** Describes the tables of deliveries to workflows, as Kysely types. See `schema.ts`. */
import type { Generated } from 'kysely';

export interface SubscriptionsTable {
  id: string;
  /** Null: every account. */
  accountId: string | null;
  /** Set: only this conversation (a waiting workflow). */
  conversationId: string | null;
  url: string;
  filter: string;
  maxBatch: number;
  secret: string;
  once: number;
  /** Its receiver repeats the id of a delivery that it took. */
  confirms: Generated<number>;
  /** Says how long it has taken nothing, added up from try to try. */
  failingMs: Generated<number>;
  /** Says when a call was last not taken; null: none since it took something. */
  failedAt: Generated<number | null>;
  /** Says how often it took something; calls that follow each other closely count once. */
  takes: Generated<number>;
  /** Says when that last counted. */
  tookAt: Generated<number | null>;
  expiresAt: number | null;
  createdAt: number;
  endedAt: number | null;
  endedReason: string | null;
}

/** Says what is still to be handed over: a row goes when the subscription took the event. */
export interface DeliveriesTable {
  subscriptionId: string;
  eventSeq: number;
  /** Deliveries of one shard run one after the other; a conversation is always in the same. */
  shard: number;
  /** Says how often it was refused alone while the subscription took others. */
  refusals: Generated<number>;
  /** `takes` of the subscription when it was last refused alone; null: it never was. */
  refusedTakes: Generated<number | null>;
}

/** Says what a subscription was promised and will not be given any more by itself, until a person decides. */
export interface DeadEventsTable {
  seq: Generated<number>;
  subscriptionId: string;
  /** Repeats it of the subscription: by its URL and account one that took its place is found. */
  url: string;
  subscriptionAccountId: string | null;
  /** Repeats it of the event. */
  accountId: string;
  eventSeq: number;
  deadAt: number;
  code: string;
  reason: string;
}
