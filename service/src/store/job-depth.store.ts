/** Counts the jobs that wait, for the metrics. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Counts the jobs of one kind in one state. `oldestDueAt` is in milliseconds since the epoch. */
export interface Depth {
  kind: string;
  state: string;
  count: number;
  oldestDueAt: number;
}

/** Counts the jobs that wait, for the metrics. */
export async function depth(db: Kysely<Schema>): Promise<Depth[]> {
  const rows = await db
    .selectFrom('jobs')
    .select([
      'kind',
      'state',
      (count) => count.fn.countAll<number>().as('count'),
      (min) => min.fn.min('dueAt').as('oldest'),
    ])
    .groupBy(['kind', 'state'])
    .execute();
  return rows.map((row) => ({
    kind: row.kind,
    state: row.state,
    count: Number(row.count),
    oldestDueAt: Number(row.oldest),
  }));
}
