/** One fact on its way into the ledger. */
import type { LiveAccount } from '../connectors/live.ts';
import type { ChannelEvent, ContactRef } from '../channels/channel.ts';
import type { Tx } from '../store/unit-of-work.ts';

export interface InboundFact<E extends ChannelEvent = ChannelEvent> {
  tx: Tx;
  account: LiveAccount;
  event: E;
  /** By the provider's clock, but never later than the arrival. */
  at: number;
}

/** A fact that says whom it is about. */
export type InboundFactOf<E extends ChannelEvent> = InboundFact<E & { contact: ContactRef }>;

export function hasContact<E extends ChannelEvent>(fact: InboundFact<E>): fact is InboundFactOf<E> {
  return fact.event.contact !== undefined;
}
