/** Goes on with jobs of which there is more to do, and ends those that several units promise at the same time. */
import { sql } from 'kysely';
import { leased, leaseOf, SERVER_NOW, type LeasedJob } from './job.store.ts';
import { changed, prepared, type Parameters } from './prepared.ts';
import type { Tx } from './unit-of-work.ts';

const setRestarted = prepared((db, its: Parameters<{ seq: number; lease: string; now: number }>) =>
  db
    .updateTable('jobs')
    .set({
      dueAt: its('now'),
      setAt: its('now'),
      createdAt: its('now'),
      attempts: 0,
      leaseOwner: null,
      leaseUntil: null,
    })
    .where('seq', '=', its('seq'))
    .where(leaseOf, '=', its('lease')),
);

/** Restarts a job of which there is more to do: as if it were finished and promised anew. */
export async function restart(tx: Tx, job: LeasedJob, now: number): Promise<void> {
  await setRestarted(tx.db, { ...leased(job), now });
}

const deleteUnlessLocked = prepared((db, its: Parameters<{ seq: number; lease: string }>) =>
  db.deleteFrom('jobs').where(({ eb, selectFrom }) => {
    const free = selectFrom('jobs')
      .select('seq')
      .where('seq', '=', its('seq'))
      .where(leaseOf, '=', its('lease'))
      .forUpdate()
      .skipLocked();
    return eb('seq', '=', sql<number>`any(array(${free}))`);
  }),
);

const setRestartedLater = prepared((db, its: Parameters<{ seq: number; lease: string; now: number; restMs: number }>) =>
  db
    .updateTable('jobs')
    .set({ dueAt: its('now'), setAt: its('now'), createdAt: its('now'), attempts: 0, leaseOwner: null })
    .set({ leaseUntil: sql`${SERVER_NOW} + ${its('restMs')}` })
    .where('seq', '=', its('seq'))
    .where(leaseOf, '=', its('lease')),
);

/**
 * Deletes a keyed job, where several units work at the same time. While one of them is just promising it anew it stays, and nobody
 * gets it for `restMs`: waiting for that unit here, where others may wait for this one, would end in a circle. Answers whether it is gone.
 */
export async function finishUnlessLocked(tx: Tx, job: LeasedJob, now: number, restMs: number): Promise<boolean> {
  if (changed(await deleteUnlessLocked(tx.db, leased(job)))) return true;
  await setRestartedLater(tx.db, { ...leased(job), now, restMs });
  return false;
}
