/** Stores accounts. It keeps settings as they come: encrypted. */
import type { Kysely, Selectable } from 'kysely';
import type { AccountsTable, Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';

/** Describes an account as it is stored. */
export type AccountRow = Selectable<AccountsTable>;
/** Says what a registration tells of an account. */
export type NewAccount = Omit<
  AccountRow,
  | 'pausedAt'
  | 'pausedReason'
  | 'pausedBy'
  | 'probeAt'
  | 'throttledAt'
  | 'throttledUntil'
  | 'throttledReason'
  | 'perSecond'
  | 'formerConnectionId'
  | 'movedAt'
>;

/** Describes everything of an account but its settings, which are long. */
export type AccountFacts = Omit<AccountRow, 'settings'>;

/**
 * Reads every account there is, the deleted ones too, without its settings, the one that was changed last at the end: by it a process sees what
 * another one changed.
 */
export async function facts(db: Kysely<Schema>): Promise<AccountFacts[]> {
  return db
    .selectFrom('accounts')
    .select(['id', 'channel', 'externalId', 'name', 'connectionId', 'formerConnectionId', 'movedAt'])
    .select([
      'settingsDigest',
      'createdAt',
      'updatedAt',
      'deletedAt',
      'pausedAt',
      'pausedReason',
      'pausedBy',
      'probeAt',
      'throttledAt',
      'throttledUntil',
      'throttledReason',
      'perSecond',
    ])
    .orderBy('updatedAt')
    .execute();
}

/** Finds an account by its id, deleted or not. */
export async function findById(db: Kysely<Schema>, id: string): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
}

const WORKING = { pausedAt: null, pausedReason: null, pausedBy: null, probeAt: null } as const;
const UNTHROTTLED = { throttledAt: null, throttledUntil: null, throttledReason: null } as const;

/** Creates the account or replaces what is known of it; a deleted one comes back under its old id. */
export async function put(tx: Tx, account: NewAccount): Promise<void> {
  await tx.db
    .insertInto('accounts')
    .values(account)
    .onConflict((conflict) =>
      conflict.columns(['channel', 'externalId']).doUpdateSet({
        name: account.name,
        connectionId: account.connectionId,
        settings: account.settings,
        settingsDigest: account.settingsDigest,
        updatedAt: account.updatedAt,
        deletedAt: null,
        ...WORKING,
        ...UNTHROTTLED,
      }),
    )
    .execute();
}

/** Finds the account with this external id, deleted or not: its id is for ever. */
export async function find(db: Kysely<Schema>, channel: string, externalId: string): Promise<AccountRow | undefined> {
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('channel', '=', channel)
    .where('externalId', '=', externalId)
    .executeTakeFirst();
}

/** Forgets the settings; what was said through the account stays. */
export async function remove(tx: Tx, id: string, now: number): Promise<void> {
  await tx.db
    .updateTable('accounts')
    .set({ deletedAt: now, updatedAt: now, settings: '', settingsDigest: '' })
    .where('id', '=', id)
    .execute();
}

/** Stores how many sends per second the provider allows the account; null: it does not tell. */
export async function setPerSecond(tx: Tx, id: string, perSecond: number): Promise<void> {
  await tx.db.updateTable('accounts').set({ perSecond }).where('id', '=', id).execute();
}

/** Pauses a working account, unless it was changed since `updatedAt`: then what was found out may be over. Answers whether it did. */
export async function pause(
  tx: Tx,
  { id, updatedAt }: { id: string; updatedAt: number },
  { since, reason, probeAt, by }: { since: number; reason: string; probeAt: number; by: 'answer' | 'status' },
): Promise<boolean> {
  const paused = await tx.db
    .updateTable('accounts')
    .set({ pausedAt: since, pausedReason: reason, pausedBy: by, probeAt })
    .where('id', '=', id)
    .where('updatedAt', '=', updatedAt)
    .where('deletedAt', 'is', null)
    .where('pausedAt', 'is', null)
    .executeTakeFirst();
  return paused.numUpdatedRows > 0n;
}

/** Acquires the probe that is due at `probeAt`, and sets the next. Answers false when another process has it. */
export async function acquireProbe(tx: Tx, id: string, probeAt: number, next: number): Promise<boolean> {
  const acquired = await tx.db
    .updateTable('accounts')
    .set({ probeAt: next })
    .where('id', '=', id)
    .where('probeAt', '=', probeAt)
    .executeTakeFirst();
  return acquired.numUpdatedRows > 0n;
}

/** Ends the pause that began at `since`. Answers false when it is over already. */
export async function resume(tx: Tx, id: string, since: number): Promise<boolean> {
  const resumed = await tx.db
    .updateTable('accounts')
    .set(WORKING)
    .where('id', '=', id)
    .where('pausedAt', '=', since)
    .executeTakeFirst();
  return resumed.numUpdatedRows > 0n;
}

/** Stores how long the provider asked an account to wait, unless it was changed since `updatedAt`. Answers whether it did. */
export async function throttle(
  tx: Tx,
  { id, updatedAt }: { id: string; updatedAt: number },
  { since, until, reason }: { since: number; until: number; reason: string },
): Promise<boolean> {
  const throttled = await tx.db
    .updateTable('accounts')
    .set({ throttledAt: since, throttledUntil: until, throttledReason: reason })
    .where('id', '=', id)
    .where('updatedAt', '=', updatedAt)
    .where('deletedAt', 'is', null)
    .executeTakeFirst();
  return throttled.numUpdatedRows > 0n;
}

/** Lists the accounts of a channel that were not deleted, the oldest first. */
export async function ofChannel(db: Kysely<Schema>, channel: string): Promise<AccountRow[]> {
  const all = db.selectFrom('accounts').selectAll().where('channel', '=', channel).where('deletedAt', 'is', null);
  return all.orderBy('id').execute();
}

/** Lists the accounts below a connection that were not deleted, the oldest first. */
export async function below(db: Kysely<Schema>, connectionId: string): Promise<AccountRow[]> {
  const all = db.selectFrom('accounts').selectAll().where('connectionId', '=', connectionId);
  return all.where('deletedAt', 'is', null).orderBy('id').execute();
}

/** Says below which connection an account hung, and until when. */
export interface Move {
  from: string;
  into: string;
  at: number;
}

/** Hangs an account below another connection, and remembers the way for ever. */
export async function move(tx: Tx, id: string, { from, into, at }: Move): Promise<void> {
  const change = { connectionId: into, formerConnectionId: from, movedAt: at };
  await tx.db.updateTable('accounts').set(change).where('id', '=', id).execute();
  const way = tx.db.insertInto('connectionMoves').values({ fromId: from, intoId: into });
  await way.onConflict((conflict) => conflict.columns(['fromId', 'intoId']).doNothing()).execute();
}
