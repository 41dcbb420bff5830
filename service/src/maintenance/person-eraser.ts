/** A person eraser says how one owner of records forgets a person. */
import type { ErasedContact } from '../../../contract/api.ts';
import type { PersonalRecords } from '../store/person.store.ts';
import type { Tx } from '../store/unit-of-work.ts';

/** Says what the answer of an erasure counts. */
export type ErasedCounts = ErasedContact['erased'];

/** Says what is still to be done of an erasure. It is stored: no word of the person is in it. */
export interface Remainder<Own = unknown> {
  contactId: string;
  conversationIds: string[];
  /** Says when the first of the person's conversations began, milliseconds since the epoch. */
  since: number;
  erasedAt: number;
  /** Says what this eraser's `erase` left to its steps. */
  own: Own;
}

/** Says what a step answers: it is over, or where the next one goes on, and the instant before which that makes no sense. */
export type EraserStep<At = unknown> = 'done' | { at: At; notBefore?: number };

/**
 * Forgets what one owner holds of a person, wherever an index finds it at once, and all else in steps. Every member may be run again after
 * a crash, and for a person of whom nothing is held.
 */
export interface PersonEraser<Found = unknown, Own = unknown, At = unknown> {
  /** No other eraser has it; stored with the place that the steps have come to. */
  readonly name: string;
  /** Looks for what no index finds, before anything is erased and outside of any transaction. */
  find?(person: PersonalRecords): Promise<Found>;
  /**
   * Forgets in the transaction in which all erasers do: afterwards nothing of it is sent or shown any more. A bounded number of rows; the
   * rest is left to the steps.
   */
  erase?(tx: Tx, person: PersonalRecords, found: Found): Promise<{ counts?: Partial<ErasedCounts>; own?: Own }>;
  /**
   * Takes one small step, a transaction of its own, `at` where the step before ended. The steps of one eraser follow those of the one before
   * it. Where several processes write, those that were under way at the time have ended before the steps that come after the events'.
   */
  step?(tx: Tx, rest: Remainder<Own>, at: At | undefined, now: number): Promise<EraserStep<At>>;
}
