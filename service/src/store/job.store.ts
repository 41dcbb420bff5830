/** Outbox jobs: rows written in the caller's transaction. */
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './ledger.ts';
import { changed, first, prepared, type Parameters } from './prepared.ts';

export interface NewJob {
  kind: string;
  payload: Record<string, unknown>;
  key?: string | undefined;
  lane?: string | undefined;
  /** Lower runs first; default 0. */
  priority?: Priority | undefined;
  /** Default: at once. */
  dueAt?: number | undefined;
}

export interface Job {
  seq: number;
  kind: string;
  key: string | null;
  lane: string | null;
  attempts: number;
  dueAt: number;
  createdAt: number;
  payload: Record<string, unknown>;
}

const insertOne = prepared((db, its: Parameters<Omit<Schema['jobs'], 'seq' | 'lot' | 'lease_owner' | 'lease_until'>>) =>
  db
    .insertInto('jobs')
    .values({
      kind: its('kind'),
      key: its('key'),
      lane: its('lane'),
      state: its('state'),
      priority: its('priority'),
      due_at: its('due_at'),
      attempts: its('attempts'),
      created_at: its('created_at'),
      payload: its('payload'),
    })
    .onConflict((conflict) => conflict.column('key').doNothing()),
);

/**
 * Adds a job. A job whose key is taken changes nothing: the one that is there does the work. A job whose lane is busy waits
 * until the lane is free. Answers when it is due, or undefined when it need not be rung.
 */
export async function enqueue(tx: Tx, job: NewJob, now: number): Promise<number | undefined> {
  const dueAt = job.dueAt ?? now;
  const busy = job.lane === undefined ? undefined : await laneHead(tx.db, job.lane);
  const result = await insertOne(tx.db, {
    kind: job.kind,
    key: job.key ?? null,
    lane: job.lane ?? null,
    state: busy === undefined ? 'ready' : 'blocked',
    priority: job.priority ?? 0,
    due_at: dueAt,
    attempts: 0,
    created_at: now,
    payload: JSON.stringify(job.payload),
  });
  return busy === undefined && changed(result) ? dueAt : undefined;
}

const deleteOne = prepared((db, its: Parameters<{ seq: number }>) =>
  db.deleteFrom('jobs').where('seq', '=', its('seq')).returning('lane'),
);
const setReady = prepared((db, its: Parameters<{ seq: number }>) =>
  db.updateTable('jobs').set({ state: 'ready' }).where('seq', '=', its('seq')),
);

/** Takes a finished job away; the next of its lane becomes ready. Answers that one's due time. */
export async function finish(tx: Tx, job: Pick<Job, 'seq'>): Promise<number | undefined> {
  // Its lane as it is now: it may have moved since the job was read.
  const lane = first(await deleteOne(tx.db, { seq: job.seq }))?.lane;
  const next = lane ? await laneHead(tx.db, lane) : undefined;
  if (next === undefined) return undefined;
  await setReady(tx.db, { seq: next.seq });
  return next.due_at;
}

/** The lane of everything that is said in a conversation. */
export function conversationLane(conversationId: string): string {
  return `conversation:${conversationId}`;
}

/** Puts the jobs of one lane into another, in the order in which they were promised. */
export async function moveLane(tx: Tx, from: string, into: string): Promise<void> {
  const moved = await tx.db.updateTable('jobs').set({ lane: into }).where('lane', '=', from).executeTakeFirst();
  const head = moved.numUpdatedRows > 0n ? await laneHead(tx.db, into) : undefined;
  if (head === undefined) return;
  await tx.db.updateTable('jobs').set({ state: 'blocked' }).where('lane', '=', into).execute();
  await setReady(tx.db, { seq: head.seq });
}

/** Puts a job off. `costsAttempt` false: the wait was not its fault. */
export async function postpone(tx: Tx, seq: number, dueAt: number, costsAttempt: boolean): Promise<void> {
  const attempts = sql<number>`attempts + ${costsAttempt ? 1 : 0}`;
  await tx.db.updateTable('jobs').set({ due_at: dueAt, attempts }).where('seq', '=', seq).execute();
}

/** Every priority there is, the first served first: each is looked up by itself, so that what is not due yet costs nothing. */
export const PRIORITIES = [0, 10] as const;
export type Priority = (typeof PRIORITIES)[number];

interface Look {
  kind: string;
  priority: number;
  now: number;
}

const selectDue = prepared((db, its: Parameters<Look & { limit: number }>) =>
  db
    .selectFrom('jobs')
    .selectAll()
    .where('kind', '=', its('kind'))
    .where('state', '=', 'ready')
    .where('priority', '=', its('priority'))
    .where('due_at', '<=', its('now'))
    .orderBy('due_at')
    .orderBy('seq')
    .limit(its('limit')),
);

/** Jobs of a kind that may run now, in the order in which they should. */
export async function due(db: Kysely<Schema>, kind: string, now: number, limit: number): Promise<Job[]> {
  const found: Job[] = [];
  for (const priority of PRIORITIES) {
    if (found.length >= limit) break;
    const { rows } = await selectDue(db, { kind, priority, now, limit: limit - found.length });
    found.push(...rows.map(fromRow));
  }
  return found;
}

function fromRow(row: Selectable<Schema['jobs']>): Job {
  const { seq, kind, key, lane, attempts, due_at: dueAt, created_at: createdAt } = row;
  return { seq, kind, key, lane, attempts, dueAt, createdAt, payload: JSON.parse(row.payload) as Job['payload'] };
}

const selectNextDueAt = prepared((db, its: Parameters<Look>) =>
  db
    .selectFrom('jobs')
    .select('due_at')
    .where('kind', '=', its('kind'))
    .where('state', '=', 'ready')
    .where('priority', '=', its('priority'))
    .where('due_at', '>', its('now'))
    .orderBy('due_at')
    .limit(1),
);

/** When the next job of a kind that is not due yet will be. */
export async function nextDueAt(db: Kysely<Schema>, kind: string, now: number): Promise<number | undefined> {
  const times: number[] = [];
  for (const priority of PRIORITIES) {
    const next = first(await selectNextDueAt(db, { kind, priority, now }));
    if (next) times.push(next.due_at);
  }
  return times.length === 0 ? undefined : Math.min(...times);
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
      (min) => min.fn.min('due_at').as('oldest'),
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

const selectLaneHead = prepared((db, its: Parameters<{ lane: string }>) =>
  db.selectFrom('jobs').select(['seq', 'due_at']).where('lane', '=', its('lane')).orderBy('seq').limit(1),
);

async function laneHead(db: Kysely<Schema>, lane: string): Promise<{ seq: number; due_at: number } | undefined> {
  return first(await selectLaneHead(db, { lane }));
}
