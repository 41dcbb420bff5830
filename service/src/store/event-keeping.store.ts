/** Forgets the events of a person, and empties or deletes events that are old. */
import type { ParleyEvent } from '../../../contract/event.ts';
import { read } from './json.ts';
import * as deadEvents from './dead-event.store.ts';
import * as media from './media.store.ts';
import { stretch, type Next, type Stretch } from './stretch.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** One call forgets so many rows. */
const ROWS = 250;

/** Finds the place of the newest event that was published up to `at`. */
export async function lastEvent(db: Db, at: number): Promise<number> {
  const row = await db
    .selectFrom('events')
    .select('seq')
    .where('createdAt', '<=', at)
    .orderBy('createdAt', 'desc')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/**
 * Deletes events of conversations, with what waits to be delivered of them, from the newest to the oldest. One call looks at some up
 * to `from`, not much further back than `since`. Answers where to go on, undefined at the end.
 */
export async function dropEventsOf(
  tx: Tx,
  conversationIds: readonly string[],
  from: number,
  since: number,
): Promise<number | undefined> {
  const { db } = tx;
  const looked = await db
    .selectFrom('events')
    .select(['seq', 'createdAt as at'])
    .where('seq', '<=', from)
    .orderBy('seq', 'desc')
    .limit(ROWS)
    .execute();
  const last = looked.at(-1);
  if (last === undefined) return undefined;
  const own = db
    .selectFrom('events')
    .where('seq', '<=', from)
    .where('seq', '>=', last.seq)
    .where('conversationId', 'in', conversationIds);
  const rows = await own.select(['seq', 'payload']).execute();
  for (const { seq, payload } of rows) {
    const { message, echo } = read<ParleyEvent>(payload);
    await media.forget(tx, message?.content);
    await media.forget(tx, echo?.content);
    await db.deleteFrom('deliveries').where('eventSeq', '=', seq).execute();
    await deadEvents.forgetOf(tx, seq);
    await db.deleteFrom('events').where('seq', '=', seq).execute();
  }
  return looked.length < ROWS || last.at < since ? undefined : last.seq - 1;
}

/** Deletes events that nobody is still to get. */
export async function dropEvents(tx: Tx, from: number, before: number): Promise<Next<number>> {
  const { upTo, next } = await stretch(tx.db, 'events', from, before);
  if (upTo === undefined) return undefined;
  await tx.db.deleteFrom('deadEvents').where('eventSeq', '>', from).where('eventSeq', '<=', upTo).execute();
  await tx.db
    .deleteFrom('events')
    .where('seq', '>', from)
    .where('seq', '<=', upTo)
    .where((is) =>
      is.not(
        is.exists(is.selectFrom('deliveries').select('eventSeq').whereRef('deliveries.eventSeq', '=', 'events.seq')),
      ),
    )
    .execute();
  return next;
}

/** Describes an old event, before it is decided what of it goes. */
export type OldEvent = { seq: number } & (
  | { /** Tells that somebody is still to get it. */ untaken: true }
  | { untaken: false; event: ParleyEvent; hasRaw: boolean }
);

/** Reads old events as they stand. */
export async function oldEvents(tx: Tx, from: number, before: number): Promise<Stretch<OldEvent, number>> {
  const { upTo, next } = await stretch(tx.db, 'events', from, before);
  if (upTo === undefined) return { rows: [], upTo, more: false };
  const found = await tx.db
    .selectFrom('events')
    .select(['seq', 'payload', (is) => is('raw', 'is not', null).as('hasRaw')])
    .where('seq', '>', from)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .execute();
  const waiting = await tx.db
    .selectFrom('deliveries')
    .select('eventSeq')
    .distinct()
    .where('eventSeq', '>', from)
    .where('eventSeq', '<=', upTo)
    .execute();
  const untaken = new Set(waiting.map((one) => one.eventSeq));
  const rows = found.map(({ seq, payload, hasRaw }): OldEvent => {
    if (untaken.has(seq)) return { seq, untaken: true };
    return { seq, untaken: false, event: read(payload), hasRaw: Boolean(hasRaw) };
  });
  return { rows, upTo, more: next !== undefined };
}
