/** Stores events: published facts, in the order in which they became true. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';
import { first, prepared, type Parameters } from './prepared.ts';

/** An event as it is stored. */
export interface NewEventRow {
  id: string;
  accountId: string;
  conversationId: string | null;
  type: string;
  dedupeKey: string;
  editOf: string | null;
  payload: string;
  raw: string | null;
}

const insertOne = prepared((db, its: Parameters<NewEventRow & { now: number }>) =>
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
      createdAt: its('now'),
    })
    .onConflict((conflict) => conflict.columns(['accountId', 'dedupeKey']).doNothing())
    .returning('seq'),
);

/** Stores an event and answers its place in the order; undefined: the same fact was published before. */
export async function insert(tx: Tx, event: NewEventRow, now: number): Promise<number | undefined> {
  return first(await insertOne(tx.db, { ...event, now }))?.seq;
}

/** Finds the events that hold what a message said: its arrival and its edits. */
export async function ofMessage(
  db: Kysely<Schema>,
  accountId: string,
  dedupeKey: string,
  providerMessageId: string,
): Promise<{ seq: number; payload: string }[]> {
  const events = db.selectFrom('events').select(['seq', 'payload']).where('accountId', '=', accountId);
  const arrival = await events.where('dedupeKey', '=', dedupeKey).execute();
  const edits = await events.where('editOf', '=', providerMessageId).execute();
  return [...arrival, ...edits];
}

/** Says where a look through the events of a time goes on: behind this one. */
export interface EventPlace {
  createdAt: number;
  seq: number;
}

/** An event with its account and its place in the order. */
export interface PublishedEvent extends EventPlace {
  accountId: string;
  type: string;
  payload: string;
}

/** Lists events in the order in which they were published, from behind `place` to before `to`, of all accounts. */
export async function published(
  db: Kysely<Schema>,
  place: EventPlace,
  to: number,
  limit: number,
): Promise<PublishedEvent[]> {
  return db
    .selectFrom('events')
    .select(['seq', 'createdAt', 'accountId', 'type', 'payload'])
    .where((is) => is(is.refTuple('createdAt', 'seq'), '>', is.tuple(place.createdAt, place.seq)))
    .where('createdAt', '<', to)
    .orderBy('createdAt')
    .orderBy('seq')
    .limit(limit)
    .execute();
}

/** Replaces what an event tells. */
export async function rewrite(tx: Tx, seq: number, payload: string): Promise<void> {
  await tx.db.updateTable('events').set({ payload }).where('seq', '=', seq).execute();
}

/** Forgets the provider's own body of an event. */
export async function forgetRaw(tx: Tx, seq: number): Promise<void> {
  await tx.db.updateTable('events').set({ raw: null }).where('seq', '=', seq).execute();
}

/** Reads the providers' own bodies of events, by their place in the order. */
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
