/** Finds the jobs that may run and leases them to a process. */
import { sql, type Kysely } from 'kysely';
import { fromRow, PRIORITIES, SERVER_NOW, type Job } from './job.store.ts';
import { first, prepared, type Parameters } from './prepared.ts';
import type { Schema } from './schema.ts';

type Db = Kysely<Schema>;

/** Says where a worker polls: a kind, a group of it, a priority. */
export interface JobScope {
  kind: string;
  groupKey: string;
  priority: number;
}
interface Poll extends JobScope {
  now: number;
}

/** Names the state literally, so that the database uses the index of ready jobs. */
const READY = sql.lit<'ready'>('ready');

const selectDue = prepared((db, its: Parameters<Poll & { limit: number }>) =>
  db
    .selectFrom('jobs')
    .select('seq')
    .where('state', '=', READY)
    .where('kind', '=', its('kind'))
    .where('groupKey', '=', its('groupKey'))
    .where('priority', '=', its('priority'))
    .where('dueAt', '<=', its('now'))
    .orderBy('dueAt')
    .orderBy('seq')
    .limit(its('limit')),
);
const selectOne = prepared((db, its: Parameters<{ seq: number }>) =>
  db.selectFrom('jobs').selectAll().where('seq', '=', its('seq')),
);

/** Finds jobs that may run now, but for those that are `running`, in the order in which they should. */
export async function due(
  db: Db,
  scope: JobScope,
  now: number,
  limit: number,
  running: ReadonlySet<number>,
): Promise<Job[]> {
  const { rows } = await selectDue(db, { ...scope, now, limit: limit + running.size });
  const free = rows.filter(({ seq }) => !running.has(seq)).slice(0, limit);
  const found: Job[] = [];
  for (const { seq } of free) {
    const row = first(await selectOne(db, { seq }));
    if (row) found.push(fromRow(row));
  }
  return found;
}

interface Acquire extends Poll {
  limit: number;
  lease: string;
  leaseMs: number;
  running: readonly number[];
}

const acquireDue = prepared((db, its: Parameters<Acquire>) =>
  db
    .updateTable('jobs')
    .set({ leaseOwner: its('lease'), leaseUntil: sql`${SERVER_NOW} + ${its('leaseMs')}` })
    .where(({ eb, selectFrom }) => {
      const free = selectFrom('jobs')
        .select('seq')
        .where('state', '=', READY)
        .where('kind', '=', its('kind'))
        .where('groupKey', '=', its('groupKey'))
        .where('priority', '=', its('priority'))
        .where('dueAt', '<=', its('now'))
        .where((is) =>
          is.or([
            is('leaseUntil', 'is', null),
            is('leaseUntil', '<=', SERVER_NOW),
            // No lease is so long: the clock has been put back, and who lives has renewed its leases since.
            is('leaseUntil', '>', sql<number>`${SERVER_NOW} + 2 * ${its('leaseMs')}::bigint`),
          ]),
        )
        .where(sql<boolean>`seq <> all(${its('running')}::bigint[])`)
        .orderBy('dueAt')
        .orderBy('seq')
        .limit(its('limit'))
        .forNoKeyUpdate()
        .skipLocked();
      return eb('seq', '=', sql<number>`any(array(${free}))`);
    })
    .returningAll(),
);

/**
 * Leases jobs that may run now, passing over those that another process is just leasing. `forNoKeyUpdate`: a unit of work that promises a keyed job
 * anew locks its row, and must not keep it from running. It leaves out `running`: jobs that the caller is at, although they may be nobody's already.
 */
export async function acquire(
  db: Db,
  scope: JobScope,
  now: number,
  limit: number,
  lease: string,
  leaseMs: number,
  running: readonly number[] = [],
): Promise<Job[]> {
  const { rows } = await acquireDue(db, { ...scope, now, limit, lease, leaseMs, running });
  return rows.sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq).map(fromRow);
}

/** Renews leases: the process that holds them is alive. */
export async function renew(db: Db, jobs: readonly Pick<Job, 'seq' | 'lease'>[], leaseMs: number): Promise<void> {
  const owners = [...new Set(jobs.flatMap(({ lease }) => lease ?? []))];
  if (owners.length === 0) return;
  await db
    .updateTable('jobs')
    .set({ leaseUntil: sql`${SERVER_NOW} + ${leaseMs}` })
    .where(
      'seq',
      'in',
      jobs.map(({ seq }) => seq),
    )
    .where('leaseOwner', 'in', owners)
    .execute();
}

const selectNextDueAt = prepared((db, its: Parameters<Poll>) =>
  db
    .selectFrom('jobs')
    .select('dueAt')
    .where('state', '=', READY)
    .where('kind', '=', its('kind'))
    .where('groupKey', '=', its('groupKey'))
    .where('priority', '=', its('priority'))
    .where('dueAt', '>', its('now'))
    .orderBy('dueAt')
    .limit(1),
);

/** Answers when the next job of a group becomes due that is not yet. */
export async function nextDueAt(db: Db, kind: string, groupKey: string, now: number): Promise<number | undefined> {
  const times: number[] = [];
  for (const priority of PRIORITIES) {
    const next = first(await selectNextDueAt(db, { kind, groupKey, priority, now }));
    if (next) times.push(next.dueAt);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

interface Groups {
  kind: string;
  after: string;
  limit: number;
}

/** Hops from group to group in the index of ready jobs: what it costs depends on how many groups there are, not on how many jobs. */
const selectGroups = prepared((db, its: Parameters<Groups>) => {
  const next = (after: unknown) =>
    sql`select min(group_key) from jobs where state = ${READY} and kind = ${its('kind')} and group_key > ${after}`;
  const all = sql<{ name: string }>`with recursive found (name) as (${next(its('after'))}
    union all select (${next(sql.ref('found.name'))}) from found where found.name is not null)
    select name from found where name is not null limit ${its('limit')}`;
  return { compile: () => all.compile(db) };
});

/** Finds groups of a kind that have jobs, due or not, in their order, beginning after `after`. */
export async function groups(db: Db, kind: string, after: string, limit: number): Promise<string[]> {
  const { rows } = await selectGroups(db, { kind, after, limit });
  return rows.map(({ name }) => name);
}
