/**
 * Retention: a sweep goes through the tables one after the other and drops or empties what is older than its age. One step looks at a
 * hundred rows; where it came to is kept in the ledger, so that a sweep goes on after a restart and in another process.
 */
import type { ParleyEvent } from '../../../contract/event.ts';
import type { InboundContent } from '../../../contract/message.ts';
import { firstIdAt } from '../core/ids.ts';
import type { OutboxJob } from '../outbox/outbox.ts';
import { forgetChoices } from '../store/conversation.store.ts';
import * as cursors from '../store/cursor.store.ts';
import * as events from '../store/event.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as store from '../store/retention.store.ts';
import { maintenanceJob, type MaintenanceTask, type Progress } from './maintenance.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Who ended a subscription may still ask for it. */
const KEEP_ENDED_MS = DAY_MS;
/** Of a file, only what names it at the provider is kept; a workflow that was down for a week still finds it. */
const KEEP_MEDIA_MS = 8 * DAY_MS;
/** What was passed over, as it was not over yet, is looked at again this often. */
const LOOK_BACK_MS = DAY_MS;
const SWEEP_MS = HOUR_MS;
const FIRST_MS = 60_000;

/** Ages in milliseconds; `Infinity`: for ever. */
export interface Ages {
  bodies: number;
  receipts: number;
  events: number;
}

/** What is shown in place of what was said. */
const FORGOTTEN: InboundContent = { type: 'unsupported', reason: 'no longer kept' };
const FORGOTTEN_JSON = JSON.stringify(FORGOTTEN);

const CURSOR = 'retention';

/** How far a sweep is. */
interface Sweep {
  part: number;
  /** Where its part goes on; null: at its beginning. */
  from: unknown;
}

/** One part of a sweep. Answers where it goes on, undefined when it is done. */
type Part = (tx: Tx, from: unknown, now: number) => Promise<unknown>;

export class Retention implements MaintenanceTask {
  readonly name = 'retention';
  readonly #parts: readonly Part[];

  constructor(ages: Ages) {
    this.#parts = parts(ages);
  }

  /** The first sweep waits a moment: a process that starts has more urgent things to do. */
  job(now: number): OutboxJob {
    return { ...maintenanceJob(this.name), dueAt: now + FIRST_MS };
  }

  async step(tx: Tx, _: unknown, now: number): Promise<Progress> {
    const sweep = await this.#sweep(tx);
    const part = this.#parts[sweep.part];
    const from = await part?.(tx, sweep.from, now);
    const next = from === undefined ? { part: sweep.part + 1, from: null } : { ...sweep, from };
    if (next.part < this.#parts.length) {
      await cursors.put(tx, CURSOR, JSON.stringify(next));
      return 'more';
    }
    await cursors.remove(tx, CURSOR);
    return { againAt: now + SWEEP_MS };
  }

  async #sweep(tx: Tx): Promise<Sweep> {
    const position = await cursors.find(tx.db, CURSOR);
    return position === undefined ? { part: 0, from: null } : (JSON.parse(position) as Sweep);
  }
}

function parts({ bodies, receipts, events: keepEvents }: Ages): Part[] {
  const all: [boolean, Part][] = [
    [receipts < Infinity, (tx, from, now) => store.dropReceipts(tx, (from as number | null) ?? 0, now - receipts)],
    [receipts < Infinity, (tx, _, now) => store.dropIdempotencyKeys(tx, firstIdAt('msg', now - receipts))],
    [receipts < Infinity, (tx, from, now) => dropAttempts(tx, (from as string | null) ?? '', now - receipts)],
    [keepEvents < Infinity, (tx, from, now) => store.dropEvents(tx, (from as number | null) ?? 0, now - keepEvents)],
    // What was dropped need not be emptied.
    [bodies < Infinity, (tx, _, now) => emptyMessages(tx, now - bodies, now)],
    [bodies < Infinity, (tx, _, now) => emptyEvents(tx, now - bodies, now)],
    [bodies < Infinity, (tx, _, now) => store.dropMedia(tx, firstIdAt('mdi', now - Math.max(bodies, KEEP_MEDIA_MS)))],
    [true, (tx, from, now) => store.dropSubscriptions(tx, (from as string | null) ?? '', now - KEEP_ENDED_MS)],
    [true, (tx, from) => store.dropDeliveries(tx, (from as string | null) ?? '')],
    [
      true,
      (tx, from, now) => store.dropUploads(tx, (from as typeof store.FIRST_UPLOAD | null) ?? store.FIRST_UPLOAD, now),
    ],
    [true, (tx, from, now) => store.dropRates(tx, (from as string | null) ?? '', now)],
  ];
  return all.filter(([wanted]) => wanted).map(([, part]) => part);
}

function dropAttempts(tx: Tx, from: string, before: number): Promise<string | undefined> {
  return store.dropAttempts(tx, from, firstIdAt('att', before), before);
}

/** Emptied rows stay, so emptying goes on where the sweep before ended; now and then it looks back at what it passed over. */
interface Emptied<P> {
  /** Looked at up to here. */
  at: P;
  /** After this there is something that was not over yet; null: there is nothing. */
  behind: P | null;
  lookBackAt: number;
}

/** Looks at one stretch after `at`: empties what is over, and says whether it passed something over. */
type Look<P> = (at: P) => Promise<{ upTo: P | undefined; more: boolean; passedOver: boolean }>;

/** Answers true while there is more to look at. */
async function empty<P>(tx: Tx, name: string, first: P, now: number, look: Look<P>): Promise<true | undefined> {
  const position = await cursors.find(tx.db, name);
  const known = position === undefined ? undefined : (JSON.parse(position) as Emptied<P>);
  const started = known ?? { at: first, behind: null, lookBackAt: now + LOOK_BACK_MS };
  const isBack = started.behind !== null && started.lookBackAt <= now;
  const { at, behind, lookBackAt } = isBack
    ? { at: started.behind ?? first, behind: null, lookBackAt: now + LOOK_BACK_MS }
    : started;
  const { upTo, more, passedOver } = await look(at);
  const next: Emptied<P> = { at: upTo ?? at, behind: behind ?? (passedOver ? at : null), lookBackAt };
  await cursors.put(tx, name, JSON.stringify(next));
  return more ? true : undefined;
}

/** What messages said. Those that may still be sent keep it. */
function emptyMessages(tx: Tx, before: number, now: number): Promise<true | undefined> {
  return empty(tx, 'retention:messages', '', now, async (at) => {
    const { rows, upTo, more } = await store.oldMessages(tx, at, firstIdAt('msg', before), FORGOTTEN_JSON);
    for (const row of rows) {
      if (row.underWay) continue;
      await store.forgetBody(tx, row.id, FORGOTTEN_JSON, remainder(row.request));
      // The titles of what it left to choose from are kept with the conversation.
      if (row.direction === 'outbound' && row.kind === 'text') await forgetChoices(tx, row.conversationId, row.id);
    }
    return { upTo, more, passedOver: rows.some((row) => row.underWay) };
  });
}

/** By these ids, late news of what the provider had refused is still known for what it is. */
function remainder(request: string | null): string | null {
  if (request === null) return null;
  const { purpose, refusedIds } = JSON.parse(request) as { purpose?: string; refusedIds?: string[] };
  return refusedIds === undefined ? null : JSON.stringify({ purpose, ifSessionClosed: 'fail', refusedIds });
}

/** What events tell of what was said. Those that somebody is still to get keep it. */
function emptyEvents(tx: Tx, before: number, now: number): Promise<true | undefined> {
  return empty(tx, 'retention:events', 0, now, async (at) => {
    const { rows, upTo, more } = await store.oldEvents(tx, at, before);
    for (const { seq, payload, raw, untaken } of rows) {
      if (untaken) continue;
      const emptied = forgotten(payload);
      if (emptied !== payload) await events.rewrite(tx, seq, emptied);
      if (raw !== null) await events.forgetRaw(tx, seq);
    }
    return { upTo, more, passedOver: rows.some((row) => row.untaken) };
  });
}

/** The event without what was said; who, when and what kind of thing stay. */
function forgotten(payload: string): string {
  const event = JSON.parse(payload) as ParleyEvent;
  if (event.message) {
    const { context: _, ...told } = event.message;
    return JSON.stringify({ ...event, message: { ...told, content: FORGOTTEN } });
  }
  if (event.echo) return JSON.stringify({ ...event, echo: { ...event.echo, content: FORGOTTEN } });
  if (event.status) {
    const { metadata: _, ...fate } = event.status;
    return JSON.stringify({ ...event, status: fate });
  }
  // Facts about an account are nobody's words.
  return event.conversationId === undefined ? payload : JSON.stringify({ ...event, data: {} });
}
