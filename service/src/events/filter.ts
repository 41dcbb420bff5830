/** Tells which events a subscription wants. Pure; evaluated where the event is published, so that nothing unwanted is ever queued. */
import type { CreateSubscription } from '../../../contract/api.ts';
import type { EventBody, ParleyEvent } from '../../../contract/event.ts';
import type { InboundKind } from '../../../contract/message.ts';

/** What a trigger's subscription wants, as it is stored. */
export type Filter = Pick<
  CreateSubscription,
  'events' | 'messageKinds' | 'statuses' | 'attributes' | 'includeAwaited' | 'includeHandedOff' | 'includeRaw'
>;

const parsed = new Map<string, Filter>();
const MAX_PARSED = 1_000;

/** Reads the stored form; it parses each text once. */
export function readFilter(text: string): Filter {
  let filter = parsed.get(text);
  if (filter === undefined) {
    filter = JSON.parse(text) as Filter;
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, filter);
  }
  return filter;
}

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

/** Says what a waiting workflow waits for: an answer to this message. */
export interface WaitFilter extends Filter {
  messageId: string;
}

/** Reads the id of the message whose answer is waited for. */
export function questionOf(filterText: string): string {
  return (readFilter(filterText) as WaitFilter).messageId;
}

/**
 * Tells whether the event ends the wait: the contact's reply, or the news that the question never reached them. What is said while a person owns the
 * conversation is said to that person: no reply to what a program asked.
 */
export function answersWait(filterText: string, fact: EventBody, owner: ParleyEvent['owner']): boolean {
  if (fact.type === 'message.received') {
    if (owner === 'human' && readFilter(filterText).includeHandedOff !== true) return false;
    return !NO_REPLY.includes(fact.message.content.type);
  }
  if (fact.type !== 'message.status') return false;
  return fact.status.id === questionOf(filterText) && fact.status.status === 'failed';
}
