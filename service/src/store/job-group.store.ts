/** Finds and moves jobs by their group, and finds those that are too late: what the pace of sends does to them from outside. */
import { sql, type Kysely } from 'kysely';
import { fromRow, type Job, type LeasedJob } from './job.store.ts';
import type { Tx } from './unit-of-work.ts';
import { prepared, type Parameters } from './prepared.ts';
import type { Schema } from './schema.ts';

const selectOverdue = prepared((db, its: Parameters<{ kind: string; now: number; limit: number }>) =>
  db
    .selectFrom('jobs')
    .selectAll()
    .where('kind', '=', its('kind'))
    .where('expiresAt', '<=', its('now'))
    .orderBy('expiresAt')
    .limit(its('limit')),
);

/** Finds jobs of a kind whose work is not to be done any more, whatever holds them back. */
export async function overdue(db: Kysely<Schema>, kind: string, now: number, limit: number): Promise<Job[]> {
  return (await selectOverdue(db, { kind, now, limit })).rows.map(fromRow);
}

/** Puts a job that the caller has claimed into another group, where it waits for its turn. */
export async function moveToGroup(tx: Tx, { seq, lease }: LeasedJob, groupKey: string): Promise<void> {
  await tx.db
    .updateTable('jobs')
    .set({ groupKey, leaseOwner: null, leaseUntil: null })
    .where('seq', '=', seq)
    .where(sql`coalesce(lease_owner, '')`, '=', lease ?? '')
    .execute();
}

/** Makes what waits of a group due at `now`. */
export async function hasten(
  tx: Tx,
  { kind, group, now }: { kind: string; group: string; now: number },
): Promise<void> {
  await tx.db
    .updateTable('jobs')
    .set({ dueAt: now, setAt: now })
    .where('kind', '=', kind)
    .where('groupKey', '=', group)
    .where('dueAt', '>', now)
    .execute();
}
