/** Describes a fact on its way into the ledger. */
import type { LiveAccount } from '../connectors/live.ts';
import type {
  ChannelEvent,
  ContactRef,
  ParsedDeletion,
  ParsedEcho,
  ParsedEdit,
  ParsedMessage,
  ParsedNotice,
} from '../channels/channel.ts';
import type { Tx } from '../store/unit-of-work.ts';

export interface InboundFact<E extends ChannelEvent = ChannelEvent> {
  tx: Tx;
  account: LiveAccount;
  event: E;
  /** Says when it happened, by the provider's clock, but never later than the arrival. */
  at: number;
  /** Says that the rest of what was said could not be fetched. */
  incomplete?: true;
}

/** Tells what somebody says, says anew, or takes back. */
export type Said = ParsedMessage | ParsedEdit | ParsedDeletion | ParsedEcho;
/** Keeps the order of its conversation when it is told. */
export type OrderedFact = Said | ParsedNotice;

/** Says whom it is about. */
export type InboundFactOf<E extends ChannelEvent> = InboundFact<E & { contact: ContactRef }>;

export function hasContact<E extends ChannelEvent>(fact: InboundFact<E>): fact is InboundFactOf<E> {
  return fact.event.contact !== undefined;
}

/** Tells whether somebody says it, or takes it back. */
export function isSaid(event: OrderedFact): event is Said {
  return event.type.startsWith('message.');
}
