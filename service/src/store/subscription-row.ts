/** Says what a subscription is, and how its row holds it. */
import type { Insertable, Selectable } from 'kysely';
import type { CreateSubscription } from '../../../contract/api.ts';
import { read, textOf } from './json.ts';
import type { SubscriptionsTable } from './delivery.schema.ts';

type SubscriptionRow = Selectable<SubscriptionsTable>;

/** Says which events a subscription wants. */
export type Filter = Pick<
  CreateSubscription,
  'events' | 'messageKinds' | 'statuses' | 'attributes' | 'includeAwaited' | 'includeHandedOff' | 'includeRaw'
> & {
  /** Names, for a workflow that waits, the question whose answer it waits for. */
  messageId?: string;
};

/** Describes a workflow's wish for events: that of a trigger, or of a workflow that waits for one reply. */
export interface StoredSubscription extends Omit<SubscriptionRow, 'filter' | 'once' | 'confirms'> {
  filter: Readonly<Filter>;
  /** Tells that it ends with the first event that it takes. */
  once: boolean;
  /** Tells that its receiver repeats the id of a delivery that it took. */
  confirms: boolean;
}

/** Describes a subscription as it is made: nothing was delivered yet. */
export type NewSubscription = Omit<StoredSubscription, 'failingMs' | 'failedAt' | 'takes' | 'tookAt'>;

const filters = new Map<string, Filter>();
const MAX_FILTERS = 1_000;

/** Reads a filter; it parses each text once, as the same few are read for every event. */
function filterOf(text: string): Filter {
  let filter = filters.get(text);
  if (filter === undefined) {
    filter = read<Filter>(text);
    if (filters.size >= MAX_FILTERS) filters.clear();
    filters.set(text, filter);
  }
  return filter;
}

/** Reads a subscription from its row. */
export function fromRow(row: SubscriptionRow): StoredSubscription {
  return { ...row, filter: filterOf(row.filter), once: row.once === 1, confirms: row.confirms === 1 };
}

/** Makes the row of a subscription. */
export function toRow(subscription: NewSubscription): Insertable<SubscriptionsTable> {
  const { filter, once, confirms } = subscription;
  return { ...subscription, filter: textOf(filter), once: once ? 1 : 0, confirms: confirms ? 1 : 0 };
}
