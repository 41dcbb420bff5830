/** Which events a subscription wants. Pure; evaluated where the event is published, so that nothing unwanted is ever queued. */
import type { CreateSubscription } from '../../../contract/api.ts';
import type { EventBody, ParleyEvent } from '../../../contract/event.ts';
import type { InboundKind } from '../../../contract/message.ts';

export type Filter = Pick<
  CreateSubscription,
  'events' | 'messageKinds' | 'statuses' | 'includeAwaited' | 'includeHandedOff' | 'includeRaw'
>;

const parsed = new Map<string, Filter>();
const MAX_PARSED = 1_000;

/** The stored form, parsed once per text. */
export function readFilter(text: string): Filter {
  let filter = parsed.get(text);
  if (filter === undefined) {
    filter = JSON.parse(text) as Filter;
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, filter);
  }
  return filter;
}

export function wants(filter: Filter, event: ParleyEvent): boolean {
  if (!filter.events.includes(event.type)) return false;
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

/** What a person does not say: these never answer a question. */
const NO_REPLY: readonly InboundKind[] = ['reaction', 'system', 'request_welcome', 'call_permission', 'unsupported'];

/** What a waiting workflow waits for: an answer to this message. */
export interface WaitFilter extends Filter {
  messageId: string;
}

/** The message whose answer is waited for. */
export function questionOf(filterText: string): string {
  return (readFilter(filterText) as WaitFilter).messageId;
}

/**
 * Whether it ends the wait: the contact's reply, or the news that the question never reached them. What is said while a person owns the
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
