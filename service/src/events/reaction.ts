/** A reaction says what a feature does when a fact becomes true. */
import type { EventOf, EventType } from '../../../contract/event.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { Fact } from './fact.ts';

/**
 * Reacts to facts in the transaction that makes them true, so each fact has its effects exactly once: a fact that comes again is not
 * published again. A throw undoes the fact as well, which is then tried anew; `react` throws only for a defect.
 */
export interface Reaction<T extends EventType = EventType> {
  /** Holds the types of events that it is called for. */
  readonly on: readonly T[];
  /**
   * Reacts after the event was stored. Cheap: it reads and writes a few rows by an index, enqueues jobs, and publishes other facts only of
   * the same conversation or account. It calls nobody outside of the ledger: that is a job's work. `tx` may be run again.
   */
  react(tx: Tx, event: EventOf<T>, fact: Fact): Promise<void>;
}
