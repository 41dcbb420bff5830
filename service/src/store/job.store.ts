/** Stores outbox jobs: rows written in the caller's transaction. `job-leases.store.ts` finds and leases them. */
import { sql, type Kysely, type Selectable } from 'kysely';
import { readOrUndefined, textOf } from './json.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';
import { latestAt } from './job-clock.store.ts';
import { changed, first, prepared, type Parameters } from './prepared.ts';

/** Lists every priority, the first served first. A worker polls each by itself, so that what is not due yet costs nothing. */
export const PRIORITIES = [0, 10] as const;
/** Describes the priority of a job; lower runs first. */
export type Priority = (typeof PRIORITIES)[number];

/** Describes a job as a pipeline promises it. Instants are milliseconds since the epoch. */
export interface NewJob {
  kind: string;
  /** Says what the kind's handler reads, as JSON. */
  payload: object;
  key?: string | undefined;
  orderingKey?: string | undefined;
  /** Holds the group by which the scheduler shares a kind's workers out; default: one for all. */
  groupKey?: string | undefined;
  /** Orders jobs, the lower first; default 0. */
  priority?: Priority | undefined;
  /** Default: at once. */
  dueAt?: number | undefined;
  /** From then on nobody is to do the work: the kind's own handler sees to that. */
  expiresAt?: number | undefined;
}

/** Describes a job as its handler gets it, once its payload is read. */
export interface Job<Payload = unknown> {
  seq: number;
  kind: string;
  key: string | null;
  orderingKey: string | null;
  groupKey: string;
  attempts: number;
  dueAt: number;
  createdAt: number;
  expiresAt: number | null;
  payload: Payload;
  /** Names the lease by which it was claimed; null where one process has the ledger to itself. */
  lease: string | null;
}

/** Reads a job from its row. A payload that is no JSON is undefined: its handler's schema refuses it, and nothing else is held up. */
export function fromRow(row: Selectable<Schema['jobs']>): Job {
  const { seq, kind, key, orderingKey, groupKey, attempts, dueAt, createdAt, leaseOwner: lease } = row;
  return {
    seq,
    kind,
    key,
    orderingKey,
    groupKey,
    attempts,
    dueAt,
    createdAt,
    expiresAt: row.expiresAt,
    payload: readOrUndefined(row.payload),
    lease,
  };
}

type NewRow = Omit<Selectable<Schema['jobs']>, 'seq' | 'leaseOwner' | 'leaseUntil'>;

const insertRow = (db: Kysely<Schema>, its: Parameters<NewRow>) =>
  db.insertInto('jobs').values({
    kind: its('kind'),
    key: its('key'),
    orderingKey: its('orderingKey'),
    groupKey: its('groupKey'),
    state: its('state'),
    priority: its('priority'),
    dueAt: its('dueAt'),
    setAt: its('setAt'),
    attempts: its('attempts'),
    createdAt: its('createdAt'),
    expiresAt: its('expiresAt'),
    payload: its('payload'),
  });

/** Where several units promise the same at a time, the job that is there must not be locked: nobody could run it. */
const insertShared = prepared((db, its: Parameters<NewRow>) =>
  insertRow(db, its).onConflict((conflict) => conflict.column('key').doNothing()),
);
const insertAlone = prepared((db, its: Parameters<NewRow & { latest: number }>) =>
  insertRow(db, its as never).onConflict((conflict) =>
    conflict
      .column('key')
      .doUpdateSet({ dueAt: its('dueAt'), setAt: its('setAt') })
      .where('jobs.setAt', '>', its('latest')),
  ),
);
const mendKey = prepared((db, its: Parameters<{ key: string; dueAt: number; setAt: number; latest: number }>) =>
  db
    .updateTable('jobs')
    .set({ dueAt: its('dueAt'), setAt: its('setAt') })
    .where('key', '=', its('key'))
    .where('setAt', '>', its('latest')),
);

const selectKeyLocked = prepared((db, its: Parameters<{ key: string }>) =>
  db.selectFrom('jobs').select('setAt').where('key', '=', its('key')).forKeyShare(),
);

/**
 * Locks the job with the key, and answers when its time was set; undefined: there is none. It stays until this unit's commit: who wants to take it away
 * waits, and then finds what this unit has written for it to do.
 */
async function lockKey(tx: Tx, key: string): Promise<number | undefined> {
  return first(await selectKeyLocked(tx.db, { key }))?.setAt;
}

/**
 * Adds a job. A job whose key is in use changes nothing: the one that is there does the work, in the new one's time when it was put off by a clock that has
 * been put back since. A job whose ordering key is busy waits until it is free. Answers when it is due, or undefined when nobody need be notified.
 */
export async function enqueue(tx: Tx, job: NewJob, now: number): Promise<number | undefined> {
  const dueAt = job.dueAt ?? now;
  if (job.orderingKey !== undefined) await lockOrderingKey(tx, job.orderingKey);
  const busy = job.orderingKey === undefined ? undefined : await firstOfKey(tx.db, job.orderingKey);
  const row: NewRow = {
    kind: job.kind,
    key: job.key ?? null,
    orderingKey: job.orderingKey ?? null,
    groupKey: job.groupKey ?? '',
    state: busy === undefined ? 'ready' : 'blocked',
    priority: job.priority ?? 0,
    dueAt,
    setAt: now,
    attempts: 0,
    createdAt: now,
    expiresAt: job.expiresAt ?? null,
    payload: textOf(job.payload),
  };
  const latest = latestAt(tx, now);
  const due = busy === undefined ? dueAt : undefined;
  if (!tx.shared) return changed(await insertAlone(tx.db, { ...row, latest })) ? due : undefined;
  for (;;) {
    const setAt = job.key === undefined ? undefined : await lockKey(tx, job.key);
    if (setAt !== undefined && setAt <= latest) return undefined;
    if (setAt !== undefined)
      return changed(await mendKey(tx.db, { ...row, key: job.key ?? '', latest })) ? due : undefined;
    if (changed(await insertShared(tx.db, row))) return due;
    // Another unit added it and has committed by now: it is locked in the next round, unless it is done already.
  }
}

/** Identifies a job, and by its lease who claimed it. */
export type LeasedJob = Pick<Job, 'seq' | 'lease'>;

/** Finds the job only as long as the caller holds its lease: after a process stood still for long, its job may be somebody else's. */
export const leased = ({ seq, lease }: LeasedJob) => ({ seq, lease: lease ?? '' });
export const leaseOf = sql<string>`coalesce(lease_owner, '')`;

const deleteOne = prepared((db, its: Parameters<{ seq: number; lease: string }>) =>
  db.deleteFrom('jobs').where('seq', '=', its('seq')).where(leaseOf, '=', its('lease')).returning('orderingKey'),
);

const selectMine = prepared((db, its: Parameters<{ seq: number; lease: string }>) =>
  db.selectFrom('jobs').select('seq').where('seq', '=', its('seq')).where(leaseOf, '=', its('lease')).forNoKeyUpdate(),
);

/** Tells whether the job is still the caller's; nobody else gets it before the commit. */
export async function isMine(tx: Tx, job: LeasedJob): Promise<boolean> {
  return !tx.shared || first(await selectMine(tx.db, leased(job))) !== undefined;
}

const setReady = prepared((db, its: Parameters<{ seq: number }>) =>
  db.updateTable('jobs').set({ state: 'ready' }).where('seq', '=', its('seq')),
);

/** Describes the first job with an ordering key. */
type NextJob = Pick<Job, 'seq' | 'kind' | 'dueAt'>;

/** Deletes a finished job; the next with its ordering key becomes ready. Answers what that one is and when it is due. */
export async function finish(tx: Tx, job: LeasedJob & Pick<Job, 'orderingKey'>): Promise<NextJob | undefined> {
  if (job.orderingKey !== null) await lockOrderingKey(tx, job.orderingKey);
  // Its ordering key as it is now: it may have changed since the job was read.
  const orderingKey = first(await deleteOne(tx.db, leased(job)))?.orderingKey;
  return orderingKey ? releaseKey(tx, orderingKey) : undefined;
}

/** Makes the first job with the key ready, and answers it. */
async function releaseKey(tx: Tx, orderingKey: string): Promise<NextJob | undefined> {
  await lockOrderingKey(tx, orderingKey);
  const next = await firstOfKey(tx.db, orderingKey);
  if (next === undefined) return undefined;
  await setReady(tx.db, { seq: next.seq });
  return next;
}

/**
 * Buries a job that nobody can do: it stays in the table as it was promised, and is never run. Its keys are free, so that it keeps neither others nor its
 * own work from being promised anew.
 */
export async function bury(tx: Tx, { seq, lease, orderingKey }: LeasedJob & Pick<Job, 'orderingKey'>): Promise<void> {
  if (orderingKey !== null) await lockOrderingKey(tx, orderingKey);
  const buried = await tx.db
    .updateTable('jobs')
    .set({ state: 'dead', key: null, expiresAt: null, leaseOwner: null, leaseUntil: null })
    .where('seq', '=', seq)
    .where(leaseOf, '=', lease ?? '')
    .returning('orderingKey')
    .executeTakeFirst();
  if (!buried?.orderingKey) return;
  await tx.db.updateTable('jobs').set({ orderingKey: null }).where('seq', '=', seq).execute();
  await releaseKey(tx, buried.orderingKey);
}

/** Makes the ordering key of everything that is said in a conversation. */
export function conversationKey(conversationId: string): string {
  return `conversation:${conversationId}`;
}

/** Gives the jobs of one ordering key another, in the order in which they were promised. */
export async function moveOrderingKey(tx: Tx, from: string, into: string): Promise<void> {
  for (const one of [from, into].sort()) await lockOrderingKey(tx, one);
  const moved = await tx.db
    .updateTable('jobs')
    .set({ orderingKey: into })
    .where('orderingKey', '=', from)
    .executeTakeFirst();
  const head = moved.numUpdatedRows > 0n ? await firstOfKey(tx.db, into) : undefined;
  if (head === undefined) return;
  await tx.db.updateTable('jobs').set({ state: 'blocked' }).where('orderingKey', '=', into).execute();
  await setReady(tx.db, { seq: head.seq });
}

type PutOff = { seq: number; lease: string; dueAt: number; now: number; more: number };
const putOff = prepared((db, its: Parameters<PutOff>) =>
  db
    .updateTable('jobs')
    .set({
      dueAt: its('dueAt'),
      setAt: its('now'),
      attempts: sql<number>`attempts + ${its('more')}`,
      leaseOwner: null,
      leaseUntil: null,
    })
    .where('seq', '=', its('seq'))
    .where(leaseOf, '=', its('lease')),
);

/** Says when a job is to run again, by the clock that shows `now`. `costsAttempt` false: the job did not cause the wait. */
export interface Postponing {
  dueAt: number;
  now: number;
  costsAttempt: boolean;
}

/** Postpones a job. */
export async function postpone(tx: Tx, job: LeasedJob, { dueAt, now, costsAttempt }: Postponing): Promise<void> {
  await putOff(tx.db, { ...leased(job), dueAt, now, more: costsAttempt ? 1 : 0 });
}

/** Reads the database's own clock, in milliseconds since the epoch: those of several machines differ. */
export const SERVER_NOW = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** Locks an ordering key, so that whether it is busy stays true until the commit. */
function lockOrderingKey(tx: Tx, orderingKey: string): Promise<void> {
  return tx.lock(`ordering key ${orderingKey}`);
}

const selectFirstOfKey = prepared((db, its: Parameters<{ orderingKey: string }>) =>
  db
    .selectFrom('jobs')
    .select(['seq', 'kind', 'dueAt'])
    .where('orderingKey', '=', its('orderingKey'))
    .orderBy('seq')
    .limit(1),
);

async function firstOfKey(db: Kysely<Schema>, orderingKey: string): Promise<NextJob | undefined> {
  return first(await selectFirstOfKey(db, { orderingKey }));
}
