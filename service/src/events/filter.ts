/** Tells which events a subscription wants. Pure; evaluated where the event is published, so that nothing unwanted is ever queued. */
import type { EventBody, ParleyEvent } from '../../../contract/event.ts';
import type { InboundKind } from '../../../contract/message.ts';
import type { Filter } from '../store/subscription.store.ts';

/** Tells whether the filter lets the event through. */
export function wants(filter: Filter, event: ParleyEvent): boolean {
  if (!filter.events.includes(event.type)) return false;
  if (filter.attributes && !hasAttributes(filter.attributes, event)) return false;
  switch (event.type) {
    case 'message.received':
      if (event.awaited === true && filter.includeAwaited !== true) return false;
      if (event.owner === 'human' && filter.includeHandedOff !== true) return false;
      return filter.messageKinds?.includes(event.message.content.type) ?? true;
    case 'message.edited':
      return filter.messageKinds?.includes(event.message.content.type) ?? true;
    case 'message.status':
      return filter.statuses?.includes(event.status.status) ?? true;
    default:
      return true;
  }
}

function hasAttributes(wanted: NonNullable<Filter['attributes']>, { attributes = {} }: ParleyEvent): boolean {
  return Object.entries(wanted).every(([name, values]) => values.includes(attributes[name] ?? ''));
}

/** Lists kinds that no person says: they never answer a question. */
const NO_REPLY: readonly InboundKind[] = ['reaction', 'system', 'request_welcome', 'call_permission', 'unsupported'];

/**
 * Tells whether the event ends the wait: the contact's reply, or the news that the question never reached them. What is said while a person owns the
 * conversation is said to that person: no reply to what a program asked.
 */
export function answersWait(filter: Filter, fact: EventBody, owner: ParleyEvent['owner']): boolean {
  if (fact.type === 'message.received') {
    if (owner === 'human' && filter.includeHandedOff !== true) return false;
    return !NO_REPLY.includes(fact.message.content.type);
  }
  if (fact.type !== 'message.status') return false;
  return fact.status.id === filter.messageId && fact.status.status === 'failed';
}
