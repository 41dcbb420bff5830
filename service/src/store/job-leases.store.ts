/** How a process finds the jobs that may run and takes them for itself. */
import { sql, type Kysely } from 'kysely';
import { fromRow, PRIORITIES, SERVER_NOW, type Job } from './job.store.ts';
import { first, prepared, type Parameters } from './prepared.ts';
import type { Schema } from './schema.ts';

type Db = Kysely<Schema>;

/** Where to look: a kind, a lot of it, a priority. */
export interface Place {
  kind: string;
  lot: string;
  priority: number;
}
interface Look extends Place {
  now: number;
}

/** Literal, so that the index of ready jobs is used. */
const READY = sql.lit<'ready'>('ready');

const selectDue = prepared((db, its: Parameters<Look & { limit: number }>) =>
  db
    .selectFrom('jobs')
    .select('seq')
    .where('state', '=', READY)
    .where('kind', '=', its('kind'))
    .where('lot', '=', its('lot'))
    .where('priority', '=', its('priority'))
    .where('dueAt', '<=', its('now'))
    .orderBy('dueAt')
    .orderBy('seq')
    .limit(its('limit')),
);
const selectOne = prepared((db, its: Parameters<{ seq: number }>) =>
  db.selectFrom('jobs').selectAll().where('seq', '=', its('seq')),
);

/** Jobs that may run now, but for those that are `taken`, in the order in which they should. */
export async function due(
  db: Db,
  place: Place,
  now: number,
  limit: number,
  taken: ReadonlySet<number>,
): Promise<Job[]> {
  const { rows } = await selectDue(db, { ...place, now, limit: limit + taken.size });
  const free = rows.filter(({ seq }) => !taken.has(seq)).slice(0, limit);
  const found: Job[] = [];
  for (const { seq } of free) {
    const row = first(await selectOne(db, { seq }));
    if (row) found.push(fromRow(row));
  }
  return found;
}

interface Claim extends Look {
  limit: number;
  lease: string;
  leaseMs: number;
  running: readonly number[];
}

const claimDue = prepared((db, its: Parameters<Claim>) =>
  db
    .updateTable('jobs')
    .set({ leaseOwner: its('lease'), leaseUntil: sql`${SERVER_NOW} + ${its('leaseMs')}` })
    .where(({ eb, selectFrom }) => {
      const free = selectFrom('jobs')
        .select('seq')
        .where('state', '=', READY)
        .where('kind', '=', its('kind'))
        .where('lot', '=', its('lot'))
        .where('priority', '=', its('priority'))
        .where('dueAt', '<=', its('now'))
        .where((is) => is.or([is('leaseUntil', 'is', null), is('leaseUntil', '<=', SERVER_NOW)]))
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
 * Leases jobs that may run now, passing over those that another process is just taking. `forNoKeyUpdate`: a unit of work that
 * promises a keyed job anew holds its row, and must not keep it from being run. `running` are left out: jobs that the caller is at,
 * although they may be nobody's already.
 */
export async function claim(
  db: Db,
  place: Place,
  now: number,
  limit: number,
  lease: string,
  leaseMs: number,
  running: readonly number[] = [],
): Promise<Job[]> {
  const { rows } = await claimDue(db, { ...place, now, limit, lease, leaseMs, running });
  return rows.sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq).map(fromRow);
}

/** Says that the process that holds these leases is alive. */
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

const selectNextDueAt = prepared((db, its: Parameters<Look>) =>
  db
    .selectFrom('jobs')
    .select('dueAt')
    .where('state', '=', READY)
    .where('kind', '=', its('kind'))
    .where('lot', '=', its('lot'))
    .where('priority', '=', its('priority'))
    .where('dueAt', '>', its('now'))
    .orderBy('dueAt')
    .limit(1),
);

/** When the next job of a lot that is not due yet will be. */
export async function nextDueAt(db: Db, kind: string, lot: string, now: number): Promise<number | undefined> {
  const times: number[] = [];
  for (const priority of PRIORITIES) {
    const next = first(await selectNextDueAt(db, { kind, lot, priority, now }));
    if (next) times.push(next.dueAt);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

interface Lots {
  kind: string;
  after: string;
  limit: number;
}

/** Hops from lot to lot in the index of ready jobs: what it costs depends on how many lots there are, not on how many jobs. */
const selectLots = prepared((db, its: Parameters<Lots>) => {
  const next = (after: unknown) =>
    sql`select min(lot) from jobs where state = ${READY} and kind = ${its('kind')} and lot > ${after}`;
  const all = sql<{ lot: string }>`with recursive lots (lot) as (${next(its('after'))}
    union all select (${next(sql.ref('lots.lot'))}) from lots where lots.lot is not null)
    select lot from lots where lot is not null limit ${its('limit')}`;
  return { compile: () => all.compile(db) };
});

/** Lots of a kind that have jobs, due or not, in their order, beginning after `after`. */
export async function lots(db: Db, kind: string, after: string, limit: number): Promise<string[]> {
  const { rows } = await selectLots(db, { kind, after, limit });
  return rows.map(({ lot }) => lot);
}
