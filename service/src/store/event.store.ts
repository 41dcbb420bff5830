/** Stores events: published facts, in the order in which they became true. */
import type { Kysely, Selectable } from 'kysely';
import type { ParleyEvent } from '../../../contract/event.ts';
import { read, textOf, textOrNull } from './json.ts';
import type { EventsTable, Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';
import { first, prepared, type Parameters } from './prepared.ts';

/** Describes an event that is published. */
export interface NewEvent {
  event: ParleyEvent;
  /** The same fact always has the same key, within its account. */
  dedupeKey: string;
  /** Holds the provider's id of the message whose later form it tells; null: it is no edit. */
  editOf: string | null;
  /** Holds the provider's own body; undefined: it is not kept. */
  raw?: unknown;
}

type NewRow = Omit<Selectable<EventsTable>, 'seq'>;

const insertOne = prepared((db, its: Parameters<NewRow>) =>
  db
    .insertInto('events')
    .values({
      id: its('id'),
      accountId: its('accountId'),
      conversationId: its('conversationId'),
      type: its('type'),
      dedupeKey: its('dedupeKey'),
      editOf: its('editOf'),
      payload: its('payload'),
      raw: its('raw'),
      createdAt: its('createdAt'),
    })
    .onConflict((conflict) => conflict.columns(['accountId', 'dedupeKey']).doNothing())
    .returning('seq'),
);

/** Stores an event and answers its place in the order; undefined: the same fact was published before. */
export async function insert(
  tx: Tx,
  { event, dedupeKey, editOf, raw }: NewEvent,
  now: number,
): Promise<number | undefined> {
  const row: NewRow = {
    id: event.id,
    accountId: event.account.id,
    conversationId: event.conversationId ?? null,
    type: event.type,
    dedupeKey,
    editOf,
    payload: textOf(event),
    raw: textOrNull(raw),
    createdAt: now,
  };
  return first(await insertOne(tx.db, row))?.seq;
}

/** Describes an event with its place in the order. */
export interface StoredEvent {
  seq: number;
  event: ParleyEvent;
}

/** Finds the events that hold what a message said: its arrival and its edits. */
export async function ofMessage(
  db: Kysely<Schema>,
  accountId: string,
  dedupeKey: string,
  providerMessageId: string,
): Promise<StoredEvent[]> {
  const events = db.selectFrom('events').select(['seq', 'payload']).where('accountId', '=', accountId);
  const arrival = await events.where('dedupeKey', '=', dedupeKey).execute();
  const edits = await events.where('editOf', '=', providerMessageId).execute();
  return [...arrival, ...edits].map(({ seq, payload }) => ({ seq, event: read(payload) }));
}

/** Says where a look through the events of a time goes on: behind this one. */
export interface EventPlace {
  createdAt: number;
  seq: number;
}

/** Says which events of a time are meant; absent members narrow nothing. */
export interface WantedEvents {
  /** Bounds it: before then, milliseconds since the epoch. */
  to: number;
  accountId: string | null;
  types: readonly string[] | undefined;
}

/**
 * Looks at `limit` events in the order in which they were published, from behind `place`. Answers those that are wanted, and where the next look
 * goes on: undefined when there are no more.
 */
export async function published(
  db: Kysely<Schema>,
  place: EventPlace,
  { to, accountId, types }: WantedEvents,
  limit: number,
): Promise<{ events: StoredEvent[]; next: EventPlace | undefined }> {
  const looked = await db
    .selectFrom('events')
    .select(['seq', 'createdAt', 'accountId', 'type', 'payload'])
    .where((is) => is(is.refTuple('createdAt', 'seq'), '>', is.tuple(place.createdAt, place.seq)))
    .where('createdAt', '<', to)
    .orderBy('createdAt')
    .orderBy('seq')
    .limit(limit)
    .execute();
  const isWanted = (row: { accountId: string; type: string }) =>
    (accountId === null || row.accountId === accountId) && (types?.includes(row.type) ?? true);
  const events = looked.filter(isWanted).map(({ seq, payload }) => ({ seq, event: read<ParleyEvent>(payload) }));
  const last = looked.length === limit ? looked.at(-1) : undefined;
  return { events, next: last && { createdAt: last.createdAt, seq: last.seq } };
}

/** Replaces what an event tells. */
export async function rewrite(tx: Tx, { seq, event }: StoredEvent): Promise<void> {
  await tx.db
    .updateTable('events')
    .set({ payload: textOf(event) })
    .where('seq', '=', seq)
    .execute();
}

/** Forgets the provider's own body of an event. */
export async function forgetRaw(tx: Tx, seq: number): Promise<void> {
  await tx.db.updateTable('events').set({ raw: null }).where('seq', '=', seq).execute();
}

/** Reads the providers' own bodies of events by their place in the order, as they go out: JSON that nobody has to read in between. */
export async function raws(db: Kysely<Schema>, seqs: readonly number[]): Promise<Map<number, string>> {
  const rows = await db.selectFrom('events').select(['seq', 'raw']).where('seq', 'in', seqs).execute();
  return new Map(rows.flatMap(({ seq, raw }) => (raw === null ? [] : [[seq, raw]])));
}

const selectKnown = prepared((db, its: Parameters<{ accountId: string; dedupeKey: string }>) =>
  db
    .selectFrom('events')
    .select('seq')
    .where('accountId', '=', its('accountId'))
    .where('dedupeKey', '=', its('dedupeKey')),
);

/** Tells whether this fact was published before. */
export async function isKnown(db: Kysely<Schema>, accountId: string, dedupeKey: string): Promise<boolean> {
  return first(await selectKnown(db, { accountId, dedupeKey })) !== undefined;
}
