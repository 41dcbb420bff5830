/** Undoes what a clock did to jobs: one that was put back, or that showed a time without sense, must put nothing off. */
import type { Tx } from './unit-of-work.ts';

/** The clocks of machines that share a ledger may be this far apart; one that is put back by less holds up nothing for longer. */
const CLOCKS_APART_MS = 60_000;
/** No work is put off for longer: a message may be held for thirty days. */
const LONGEST_WAIT_MS = 31 * 24 * 3_600_000;

/** Answers the latest instant that any clock may have shown so far. What was set later was set by a clock that has been put back since. */
export function latestAt({ shared }: Pick<Tx, 'shared'>, now: number): number {
  return shared ? now + CLOCKS_APART_MS : now;
}

/** Makes due at once what was put off by a clock that has been put back, or without sense. Answers whether there was any. */
export async function mendDue(tx: Tx, now: number): Promise<boolean> {
  const mended = await tx.db
    .updateTable('jobs')
    .set({ dueAt: now, setAt: now })
    .where(({ or, eb }) => or([eb('setAt', '>', latestAt(tx, now)), eb('dueAt', '>', now + LONGEST_WAIT_MS)]))
    .executeTakeFirst();
  return mended.numUpdatedRows > 0n;
}
