/** Jobs by the lot they are in, and by when they are too late: what the pace of sends does to them from outside. */
import { sql, type Kysely } from 'kysely';
import { fromRow, type Job, type Mine } from './job.store.ts';
import type { Tx } from './unit-of-work.ts';
import { prepared, type Parameters } from './prepared.ts';
import type { Schema } from './schema.ts';

const selectOverdue = prepared((db, its: Parameters<{ now: number; limit: number }>) =>
  db.selectFrom('jobs').selectAll().where('expiresAt', '<=', its('now')).orderBy('expiresAt').limit(its('limit')),
);

/** Jobs whose work is not to be done any more, whatever holds them back. */
export async function overdue(db: Kysely<Schema>, now: number, limit: number): Promise<Job[]> {
  return (await selectOverdue(db, { now, limit })).rows.map(fromRow);
}

/** Puts a job that the caller has claimed into another lot, where it waits for its turn. */
export async function moveToLot(tx: Tx, { seq, lease }: Mine, lot: string): Promise<void> {
  await tx.db
    .updateTable('jobs')
    .set({ lot, leaseOwner: null, leaseUntil: null })
    .where('seq', '=', seq)
    .where(sql`coalesce(lease_owner, '')`, '=', lease ?? '')
    .execute();
}
