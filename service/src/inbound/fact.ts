/** One fact on its way into the ledger. */
import type { LiveAccount } from '../connectors/accounts.ts';
import type { ChannelEvent, ContactRef } from '../channels/channel.ts';
import type { Tx } from '../store/unit-of-work.ts';

export interface Fact<E extends ChannelEvent = ChannelEvent> {
  tx: Tx;
  account: LiveAccount;
  event: E;
  /** By the provider's clock, but never later than the arrival. */
  at: number;
}

/** A fact that says whom it is about. */
export type FactOf<E extends ChannelEvent> = Fact<E & { contact: ContactRef }>;

export function hasContact<E extends ChannelEvent>(fact: Fact<E>): fact is FactOf<E> {
  return fact.event.contact !== undefined;
}
