/** An observer counts what the pipelines do, for the operator. */
import type { SendErrorKind } from './errors.ts';

/** Says how an attempt to hand events to a subscription ended; `ended`: they were given up with it. */
export type DeliveryOutcome = 'taken' | 'refused' | 'unreachable' | 'ended';

/** The pipelines tell an observer what happened, once it is on disk. It answers at once and never throws. */
export interface Observer {
  /** An event was published. */
  published(type: string): void;
  /** A webhook was read: once, however often it was posted. */
  read(channel: string): void;
  /** So many events were handed over, or were not. */
  delivered(outcome: DeliveryOutcome, events: number): void;
  /** A provider was called to send a message. `durationMs`: the time it took to answer. */
  called(channel: string, outcome: 'accepted' | SendErrorKind, durationMs: number): void;
}
