/** Says what events and subscriptions say of people, and how long they are kept. */
import { isDeepStrictEqual } from 'node:util';
import type { ParleyEvent } from '../../../contract/event.ts';
import type { EraserStep, PersonEraser } from '../maintenance/person-eraser.ts';
import { emptyInOrder, FORGOTTEN, type Ages, type RetentionPart } from '../maintenance/retention-part.ts';
import * as deadEvents from '../store/dead-event.store.ts';
import * as events from '../store/event.store.ts';
import * as store from '../store/event-keeping.store.ts';
import * as subscriptions from '../store/subscription-keeping.store.ts';
import type { Tx } from '../store/unit-of-work.ts';

/** Units of work that were under way at the time, in other processes, have ended by then. */
const LATE_MS = 60_000;
/** The clocks of several machines differ. */
const SKEW_MS = 60_000;
/** Whoever ended a subscription may still ask for it. */
const KEEP_ENDED_MS = 24 * 3_600_000;

/** Says how far the look through the events is. `late`: at what came while it went on. */
interface Look {
  from: number;
  late: boolean;
}

/** Events are looked at from the newest on, as those may still be on their way to a workflow. */
export const eventEraser: PersonEraser<unknown, unknown, Look> = {
  name: 'events',
  async step(tx, { conversationIds, since, erasedAt }, at, now): Promise<EraserStep<Look>> {
    const look = at ?? { from: await store.lastEvent(tx.db, erasedAt + SKEW_MS), late: false };
    if (conversationIds.length > 0 && look.from > 0) {
      // An event may have a lower number than one that was seen, and come later: the late look begins before the person was erased.
      const oldest = look.late ? Math.max(since, erasedAt - LATE_MS) : since;
      const next = await store.dropEventsOf(tx, conversationIds, look.from, oldest - SKEW_MS);
      return { at: { ...look, from: next ?? 0 } };
    }
    if (!tx.shared || look.late) return 'done';
    const lateAt = erasedAt + LATE_MS;
    if (now <= lateAt) return { at: look, notBefore: lateAt + 1 };
    const from = await store.lastEvent(tx.db, lateAt + SKEW_MS);
    return { at: { from, late: true } };
  },
};

/** Workflows that wait for the person's answer, and those that began to while the person was erased. */
export const waitEraser: PersonEraser = {
  name: 'waits',
  async erase(tx, { conversationIds }) {
    return { counts: { waits: await dropWaits(tx, conversationIds) } };
  },
  async step(tx, { conversationIds }) {
    await dropWaits(tx, conversationIds);
    return 'done';
  },
};

async function dropWaits(tx: Tx, conversationIds: readonly string[]): Promise<number> {
  let waits = 0;
  for (const id of conversationIds) waits += await subscriptions.dropWaits(tx, id);
  return waits;
}

export function eventRetention({ bodies, events: keep }: Ages): RetentionPart[] {
  const whole: RetentionPart<number> = {
    name: 'events',
    sweep: (tx, from, now) => store.dropEvents(tx, from ?? 0, now - keep),
  };
  // What was dropped need not be emptied.
  const said: RetentionPart = { name: 'event bodies', sweep: (tx, _, now) => emptyEvents(tx, now - bodies, now) };
  const ended: RetentionPart<string>[] = [
    {
      name: 'subscriptions',
      sweep: (tx, from, now) => subscriptions.dropSubscriptions(tx, from ?? '', now - KEEP_ENDED_MS),
    },
    { name: 'deliveries', sweep: (tx, from) => subscriptions.dropDeliveries(tx, from ?? '') },
  ];
  return [...(keep < Infinity ? [whole] : []), ...(bodies < Infinity ? [said] : []), ...ended];
}

/** Empties events of what was said. Those that somebody is still to get keep it. */
function emptyEvents(tx: Tx, before: number, now: number): Promise<true | undefined> {
  return emptyInOrder(tx, 'retention:events', 0, now, async (at) => {
    const { rows, upTo, more } = await store.oldEvents(tx, at, before);
    for (const row of rows) {
      if (row.untaken) continue;
      const { seq, event, hasRaw } = row;
      const emptied = forgotten(event);
      if (!isDeepStrictEqual(emptied, event)) {
        await events.rewrite(tx, { seq, event: emptied });
        await deadEvents.forgetOf(tx, seq);
      }
      if (hasRaw) await events.forgetRaw(tx, seq);
    }
    return { upTo, more, passedOver: rows.some((row) => row.untaken) };
  });
}

/** Answers the event without what was said; who, when and what kind of thing stay. */
function forgotten(event: ParleyEvent): ParleyEvent {
  if (event.message) {
    const { context: _, ...rest } = event.message;
    return { ...event, message: { ...rest, content: FORGOTTEN } };
  }
  if (event.echo) {
    const { context: _, ...rest } = event.echo;
    return { ...event, echo: { ...rest, content: FORGOTTEN } };
  }
  if (event.status) {
    const { metadata: _, ...fate } = event.status;
    return { ...event, status: fate };
  }
  // Facts about an account are nobody's words.
  return event.conversationId === undefined ? event : ({ ...event, data: {} } as ParleyEvent);
}
