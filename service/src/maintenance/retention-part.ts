/** A retention part says how one owner of records drops or empties what is old. */
import type { InboundContent } from '../../../contract/message.ts';
import * as cursors from '../store/cursor.store.ts';
import type { Tx } from '../store/unit-of-work.ts';

/** Ages in milliseconds; `Infinity`: for ever. */
export interface Ages {
  bodies: number;
  receipts: number;
  events: number;
}

/** Sweeps one stretch of a table after the other. */
export interface RetentionPart<At = unknown> {
  /** No other part has it; stored with the place that the sweep has come to. */
  readonly name: string;
  /**
   * Looks at one stretch, a hundred rows or so, `from` where the one before ended (null: at the beginning), in a transaction of its own.
   * Answers where to go on, undefined: everything that is old enough was looked at. It may be run again after a crash.
   */
  sweep(tx: Tx, from: At | null, now: number): Promise<At | undefined>;
}

/** Says what is shown in place of what was said. */
export const FORGOTTEN: InboundContent = { type: 'unsupported', reason: 'no longer kept' };

/** Sweeps look again this often at what was passed over, as it was not over yet. */
const LOOK_BACK_MS = 24 * 3_600_000;

/** Emptied rows stay, so emptying goes on where the sweep before ended; now and then it looks back at what it passed over. */
interface Emptied<P> {
  /** Says up to where it was looked at. */
  at: P;
  /** Says after what there is something that was not over yet; null: there is nothing. */
  behind: P | null;
  lookBackAt: number;
}

/** Looks at one stretch after `at`: empties what is over, and says whether it passed something over. */
type Look<P> = (at: P) => Promise<{ upTo: P | undefined; more: boolean; passedOver: boolean }>;

/** Empties rows of a table in their order, of which some have to wait. Answers true while there is more to look at. */
export async function emptyInOrder<P>(
  tx: Tx,
  name: string,
  first: P,
  now: number,
  look: Look<P>,
): Promise<true | undefined> {
  const known = await cursors.find<Emptied<P>>(tx.db, name);
  const started = known ?? { at: first, behind: null, lookBackAt: now + LOOK_BACK_MS };
  const isBack = started.behind !== null && started.lookBackAt <= now;
  const { at, behind, lookBackAt } = isBack
    ? { at: started.behind ?? first, behind: null, lookBackAt: now + LOOK_BACK_MS }
    : started;
  const { upTo, more, passedOver } = await look(at);
  const next: Emptied<P> = { at: upTo ?? at, behind: behind ?? (passedOver ? at : null), lookBackAt };
  await cursors.put(tx, name, next);
  return more ? true : undefined;
}
