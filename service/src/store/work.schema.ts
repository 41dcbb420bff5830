/** Describes the tables of work that is to be done, and of how far it has come. */
import type { Generated } from 'kysely';

export interface JobsTable {
  seq: Generated<number>;
  kind: string;
  /** At most one job has a key: enqueuing it again changes nothing. */
  key: string | null;
  /** Jobs with one ordering key run one at a time, in order. */
  orderingKey: string | null;
  /** `blocked`: an earlier job with the ordering key is not finished. `dead`: its payload cannot be read, and nobody runs it. */
  state: 'ready' | 'blocked' | 'dead';
  priority: number;
  dueAt: number;
  /** Says when `dueAt` was set: later than now, it was by a clock that has been put back since. */
  setAt: Generated<number>;
  attempts: number;
  createdAt: number;
  payload: string;
  /** The scheduler serves the groups of a kind fairly: an account's sends are one. */
  groupKey: Generated<string>;
  /** Holds the process that runs it, where there may be several. */
  leaseOwner: Generated<string | null>;
  /** A process that says nothing until then is taken for dead. */
  leaseUntil: Generated<number | null>;
  /** From then on the work is not to be done any more. Null: it is never too late. */
  expiresAt: Generated<number | null>;
}

/** Says how much of a limit is used, see the pacer. */
export interface RatesTable {
  key: string;
  /** Until then the allowance is used up. */
  fullAt: number;
  /** Says when that was set, see `JobsTable.setAt`. */
  setAt: Generated<number>;
}

/** Says how far work has come that goes through a table in small steps. */
export interface CursorsTable {
  name: string;
  position: string;
}

/** Holds what was told in a conversation and is to be published, once the rest of it or of something before it is fetched. */
export interface PendingFactsTable {
  /** Holds the order in which it is published. */
  seq: Generated<number>;
  id: string;
  accountId: string;
  conversationId: string;
  dedupeKey: string;
  /** Holds the provider's id of the contact's message that it tells, first or anew: by it, a deletion finds what is not to be told any more. */
  providerMessageId: string | null;
  /** 1: the rest is still to be fetched. */
  partial: number;
  /** Says when it happened. */
  at: number;
  createdAt: number;
  /** Holds the fact as the channel read it, as JSON; encrypted, as what it takes to fetch the rest is secret. */
  fact: string;
}
