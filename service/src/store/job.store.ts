/** Outbox jobs: rows written in the caller's transaction. How they are found and taken is in `job-claims.store.ts`. */
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';
import { changed, first, prepared, type Parameters } from './prepared.ts';

/** Every priority there is, the first served first: each is looked up by itself, so that what is not due yet costs nothing. */
export const PRIORITIES = [0, 10] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface NewJob {
  kind: string;
  payload: Record<string, unknown>;
  key?: string | undefined;
  lane?: string | undefined;
  /** Jobs of a kind are shared out between its lots; default: all in one. */
  lot?: string | undefined;
  /** Lower runs first; default 0. */
  priority?: Priority | undefined;
  /** Default: at once. */
  dueAt?: number | undefined;
  /** From then on the work is not to be done any more. */
  expiresAt?: number | undefined;
}

export interface Job {
  seq: number;
  kind: string;
  key: string | null;
  lane: string | null;
  lot: string;
  attempts: number;
  dueAt: number;
  createdAt: number;
  expiresAt: number | null;
  payload: Record<string, unknown>;
  /** By which it was claimed; null where one process has the ledger to itself. */
  lease: string | null;
}

export function fromRow(row: Selectable<Schema['jobs']>): Job {
  const { seq, kind, key, lane, lot, attempts, dueAt, createdAt, leaseOwner: lease } = row;
  return {
    seq,
    kind,
    key,
    lane,
    lot,
    attempts,
    dueAt,
    createdAt,
    expiresAt: row.expiresAt,
    payload: JSON.parse(row.payload) as Job['payload'],
    lease,
  };
}

type NewRow = Omit<Selectable<Schema['jobs']>, 'seq' | 'leaseOwner' | 'leaseUntil'>;

const insertOne = prepared((db, its: Parameters<NewRow>) =>
  db
    .insertInto('jobs')
    .values({
      kind: its('kind'),
      key: its('key'),
      lane: its('lane'),
      lot: its('lot'),
      state: its('state'),
      priority: its('priority'),
      dueAt: its('dueAt'),
      attempts: its('attempts'),
      createdAt: its('createdAt'),
      expiresAt: its('expiresAt'),
      payload: its('payload'),
    })
    .onConflict((conflict) => conflict.column('key').doNothing()),
);

const selectKeyHeld = prepared((db, its: Parameters<{ key: string }>) =>
  db.selectFrom('jobs').select('seq').where('key', '=', its('key')).forKeyShare(),
);

/**
 * Whether a job with the key is there and stays until this unit's commit: who wants to take it away waits, and then finds what this
 * unit has written for it to do.
 */
async function isHeld(tx: Tx, key: string): Promise<boolean> {
  return tx.shared && first(await selectKeyHeld(tx.db, { key })) !== undefined;
}

/**
 * Adds a job. A job whose key is taken changes nothing: the one that is there does the work. A job whose lane is busy waits
 * until the lane is free. Answers when it is due, or undefined when it need not be rung.
 */
export async function enqueue(tx: Tx, job: NewJob, now: number): Promise<number | undefined> {
  const dueAt = job.dueAt ?? now;
  if (job.lane !== undefined) await lockLane(tx, job.lane);
  const busy = job.lane === undefined ? undefined : await laneHead(tx.db, job.lane);
  const row: NewRow = {
    kind: job.kind,
    key: job.key ?? null,
    lane: job.lane ?? null,
    lot: job.lot ?? '',
    state: busy === undefined ? 'ready' : 'blocked',
    priority: job.priority ?? 0,
    dueAt,
    attempts: 0,
    createdAt: now,
    expiresAt: job.expiresAt ?? null,
    payload: JSON.stringify(job.payload),
  };
  for (;;) {
    if (job.key !== undefined && (await isHeld(tx, job.key))) return undefined;
    const added = changed(await insertOne(tx.db, row));
    if (added) return busy === undefined ? dueAt : undefined;
    // Another unit added it and has committed by now: it is held in the next round, unless it is done already.
    if (!tx.shared) return undefined;
  }
}

/** A job as the one who claimed it knows it. */
export type Mine = Pick<Job, 'seq' | 'lease'>;

/** Only by the one who claimed it: after a process stood still for long, its job may be somebody else's. */
const claim = ({ seq, lease }: Mine) => ({ seq, lease: lease ?? '' });
const leaseOf = sql<string>`coalesce(lease_owner, '')`;

const deleteOne = prepared((db, its: Parameters<{ seq: number; lease: string }>) =>
  db.deleteFrom('jobs').where('seq', '=', its('seq')).where(leaseOf, '=', its('lease')).returning('lane'),
);

const selectMine = prepared((db, its: Parameters<{ seq: number; lease: string }>) =>
  db.selectFrom('jobs').select('seq').where('seq', '=', its('seq')).where(leaseOf, '=', its('lease')).forNoKeyUpdate(),
);

/** Whether the job is still the caller's; nobody else gets it before the commit. */
export async function isMine(tx: Tx, job: Mine): Promise<boolean> {
  return !tx.shared || first(await selectMine(tx.db, claim(job))) !== undefined;
}

const setReady = prepared((db, its: Parameters<{ seq: number }>) =>
  db.updateTable('jobs').set({ state: 'ready' }).where('seq', '=', its('seq')),
);

/** Takes a finished job away; the next of its lane becomes ready. Answers that one's due time. */
export async function finish(tx: Tx, job: Mine & Pick<Job, 'lane'>): Promise<number | undefined> {
  if (job.lane !== null) await lockLane(tx, job.lane);
  // Its lane as it is now: it may have moved since the job was read.
  const lane = first(await deleteOne(tx.db, claim(job)))?.lane;
  if (!lane) return undefined;
  await lockLane(tx, lane);
  const next = await laneHead(tx.db, lane);
  if (next === undefined) return undefined;
  await setReady(tx.db, { seq: next.seq });
  return next.dueAt;
}

/** The lane of everything that is said in a conversation. */
export function conversationLane(conversationId: string): string {
  return `conversation:${conversationId}`;
}

/** Puts the jobs of one lane into another, in the order in which they were promised. */
export async function moveLane(tx: Tx, from: string, into: string): Promise<void> {
  for (const lane of [from, into].sort()) await lockLane(tx, lane);
  const moved = await tx.db.updateTable('jobs').set({ lane: into }).where('lane', '=', from).executeTakeFirst();
  const head = moved.numUpdatedRows > 0n ? await laneHead(tx.db, into) : undefined;
  if (head === undefined) return;
  await tx.db.updateTable('jobs').set({ state: 'blocked' }).where('lane', '=', into).execute();
  await setReady(tx.db, { seq: head.seq });
}

const putOff = prepared((db, its: Parameters<{ seq: number; lease: string; dueAt: number; more: number }>) =>
  db
    .updateTable('jobs')
    .set({
      dueAt: its('dueAt'),
      attempts: sql<number>`attempts + ${its('more')}`,
      leaseOwner: null,
      leaseUntil: null,
    })
    .where('seq', '=', its('seq'))
    .where(leaseOf, '=', its('lease')),
);

/** Puts a job off. `costsAttempt` false: the wait was not its fault. */
export async function postpone(tx: Tx, job: Mine, dueAt: number, costsAttempt: boolean): Promise<void> {
  await putOff(tx.db, { ...claim(job), dueAt, more: costsAttempt ? 1 : 0 });
}

/** The database's own clock: those of several machines differ. Milliseconds since the epoch. */
export const SERVER_NOW = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

const restart = prepared((db, its: Parameters<{ seq: number; lease: string; now: number }>) =>
  db
    .updateTable('jobs')
    .set({ dueAt: its('now'), createdAt: its('now'), attempts: 0, leaseOwner: null, leaseUntil: null })
    .where('seq', '=', its('seq'))
    .where(leaseOf, '=', its('lease')),
);

/** What the job was for is done, and there is more: as if it were finished and promised anew. */
export async function goOn(tx: Tx, job: Mine, now: number): Promise<void> {
  await restart(tx.db, { ...claim(job), now });
}

const deleteUnlessHeld = prepared((db, its: Parameters<{ seq: number; lease: string }>) =>
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

const restartLater = prepared((db, its: Parameters<{ seq: number; lease: string; now: number; restMs: number }>) =>
  db
    .updateTable('jobs')
    .set({ dueAt: its('now'), createdAt: its('now'), attempts: 0, leaseOwner: null })
    .set({ leaseUntil: sql`${SERVER_NOW} + ${its('restMs')}` })
    .where('seq', '=', its('seq'))
    .where(leaseOf, '=', its('lease')),
);

/**
 * Takes a keyed job away, where several units work at the same time. While one of them is just promising it anew it stays, and nobody
 * gets it for `restMs`: waiting for that unit here, where others may wait for this one, would end in a circle. Answers whether it is gone.
 */
export async function finishUnlessHeld(tx: Tx, job: Mine, now: number, restMs: number): Promise<boolean> {
  if (changed(await deleteUnlessHeld(tx.db, claim(job)))) return true;
  await restartLater(tx.db, { ...claim(job), now, restMs });
  return false;
}

export interface Depth {
  kind: string;
  state: string;
  count: number;
  oldestDueAt: number;
}

/** How much waits, for the metrics. */
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

/** Who looks whether a lane is busy must be right until the commit. */
function lockLane(tx: Tx, lane: string): Promise<void> {
  return tx.lock(`lane ${lane}`);
}

const selectLaneHead = prepared((db, its: Parameters<{ lane: string }>) =>
  db.selectFrom('jobs').select(['seq', 'dueAt']).where('lane', '=', its('lane')).orderBy('seq').limit(1),
);

async function laneHead(db: Kysely<Schema>, lane: string): Promise<{ seq: number; dueAt: number } | undefined> {
  return first(await selectLaneHead(db, { lane }));
}
