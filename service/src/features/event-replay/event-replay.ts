/**
 * Replays events to a trigger whose workflow was down, or had to be mended: those of a time that it wants are promised to it once more, with
 * the ids they always had. A long time is worked off in small steps, in the background, by whichever process cares for the ledger.
 */
import { z } from 'zod';
import type { ReplayedEvents, ReplayEvents } from '../../../../contract/dead-letter.ts';
import { ParleyError } from '../../core/errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { Publisher } from '../../events/publish.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import * as cursors from '../../store/cursor.store.ts';
import * as events from '../../store/event.store.ts';
import type { EventPlace } from '../../store/event.store.ts';
import type { Ledger } from '../../store/ledger.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import * as subscriptions from '../../store/subscription.store.ts';
import type { StoredSubscription } from '../../store/subscription.store.ts';
import type { MaintenanceTask, Progress } from '../../maintenance/maintenance.ts';
import { maintenanceJob } from '../../maintenance/maintenance-job.ts';

/** Bounds the events that one step looks at. */
const STEP = 250;
/** Bounds the steps that a call makes itself, before it leaves the rest to the background. */
const AT_ONCE = 4;

/** Lists what the replay works with. */
export interface EventReplayDeps {
  ledger: Ledger;
  outbox: Outbox;
  publisher: Pick<Publisher, 'replay'>;
  clock: Clock;
}

/** Says what was asked for. */
const WISH = z.object({
  subscriptionId: z.string(),
  from: z.number(),
  to: z.number(),
  types: z.array(z.string()).exactOptional(),
});
type Wish = z.infer<typeof WISH>;

interface Stretch {
  promised: number;
  /** Says where to go on; undefined: nothing is left. */
  place: EventPlace | undefined;
}

/** Replays events, at once or in the background. */
export class EventReplay implements MaintenanceTask<Wish> {
  readonly name = 'replay-events';
  readonly payload = WISH;
  readonly #deps: EventReplayDeps;

  constructor(deps: EventReplayDeps) {
    this.#deps = deps;
  }

  /**
   * Starts a replay; resolves when all events, or the first of many, are promised. Throws `not_found` for a subscription that ended or waits for one
   * reply.
   */
  async start(subscriptionId: string, asked: ReplayEvents): Promise<ReplayedEvents> {
    const { ledger, clock } = this.#deps;
    const wish: Wish = {
      subscriptionId,
      from: Date.parse(asked.from),
      to: asked.to === undefined ? clock.now() + 1 : Date.parse(asked.to),
      ...(asked.types && { types: [...asked.types].sort() }),
    };
    let promised = 0;
    let place: EventPlace | undefined = beginning(wish);
    for (let step = 1; place !== undefined; step++) {
      const at: EventPlace = place;
      const stretch = await ledger.write(async (tx) => {
        const trigger = await listening(tx, subscriptionId);
        if (trigger?.id !== subscriptionId) throw unknown(subscriptionId);
        const looked = await this.#stretch(tx, trigger, wish, at);
        if (looked.place && step === AT_ONCE) await this.#leave(tx, wish, looked.place);
        return looked;
      });
      promised += stretch.promised;
      if (step === AT_ONCE) return { events: promised, pending: stretch.place !== undefined };
      place = stretch.place;
    }
    return { events: promised, pending: false };
  }

  async step(tx: Tx, wish: Wish): Promise<Progress> {
    const cursor = cursorOf(wish);
    const at = await cursors.find<EventPlace>(tx.db, cursor);
    const trigger = await listening(tx, wish.subscriptionId);
    const place = at ?? beginning(wish);
    const { place: next } = trigger ? await this.#stretch(tx, trigger, wish, place) : { place: undefined };
    if (next) await cursors.put(tx, cursor, next);
    else await cursors.remove(tx, cursor);
    return next ? 'more' : 'done';
  }

  async #stretch(tx: Tx, trigger: StoredSubscription, { to, types }: Wish, place: EventPlace): Promise<Stretch> {
    const { accountId } = trigger;
    const { events: wanted, next } = await events.published(tx.db, place, { to, accountId, types }, STEP);
    return { promised: await this.#deps.publisher.replay(tx, trigger, wanted), place: next };
  }

  async #leave(tx: Tx, wish: Wish, place: EventPlace): Promise<void> {
    await cursors.put(tx, cursorOf(wish), place);
    await this.#deps.outbox.enqueue(tx, maintenanceJob(this.name, aboutOf(wish), wish));
  }
}

/**
 * Finds the trigger's subscription, or the one that took its place: n8n makes it anew at each save. Nobody exchanges it before the unit ends.
 */
async function listening(tx: Tx, id: string): Promise<StoredSubscription | undefined> {
  await subscriptions.lockAll(tx, 'shared');
  const row = await subscriptions.find(tx.db, id);
  if (row === undefined || row.conversationId !== null) return undefined;
  return row.endedAt === null ? row : subscriptions.successor(tx.db, row);
}

function beginning({ from }: Wish): EventPlace {
  return { createdAt: from, seq: -1 };
}

function aboutOf({ subscriptionId, from, to, types = [] }: Wish): string {
  return [subscriptionId, from, to, ...types].join(':');
}

function cursorOf(wish: Wish): string {
  return `replay-events:${aboutOf(wish)}`;
}

function unknown(id: string): ParleyError {
  return new ParleyError(404, 'not_found', `There is no subscription '${id}': it was never made, or it ended`);
}
