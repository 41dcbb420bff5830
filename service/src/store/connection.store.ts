/** Stores connections and the webhook URLs that lead to them. It keeps what a provider made for us as it comes: encrypted. */
import type { Selectable } from 'kysely';
import type { Db, Tx } from './unit-of-work.ts';
import type { ConnectionMovesTable, ConnectionsTable, EndpointsTable } from './schema.ts';

/** Describes a connection as it is stored. */
export type ConnectionRow = Selectable<ConnectionsTable>;
/** Describes a webhook URL and the connection that it leads to. */
export type EndpointRow = Selectable<EndpointsTable>;
/** Describes two connections, from one of which an account moved to the other. */
export type MoveRow = Selectable<ConnectionMovesTable>;

/** Describes a connection with its first webhook URL. */
export interface NewConnection {
  id: string;
  connector: string;
  endpoint: string;
  now: number;
}

/** Lists every connection there is, with those that others took in. */
export async function list(db: Db): Promise<ConnectionRow[]> {
  return db.selectFrom('connections').selectAll().orderBy('id').execute();
}

/** Lists every endpoint there is. */
export async function endpoints(db: Db): Promise<EndpointRow[]> {
  return db.selectFrom('endpoints').selectAll().execute();
}

/** Lists between which connections accounts moved. */
export async function moves(db: Db): Promise<MoveRow[]> {
  return db.selectFrom('connectionMoves').selectAll().execute();
}

/** Stores a connection with its webhook URL. */
export async function create(tx: Tx, { id, connector, endpoint, now }: NewConnection): Promise<void> {
  const row = { id, connector, endpoint, createdAt: now, updatedAt: now };
  await tx.db.insertInto('connections').values(row).execute();
  await tx.db.insertInto('endpoints').values({ endpoint, connectionId: id }).execute();
}

/** Reads one connection. */
export async function findById(db: Db, id: string): Promise<ConnectionRow | undefined> {
  return db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Forgets what the provider made for us, when no account is left below the connection. */
export async function forgetLearned({ db }: Tx, id: string): Promise<void> {
  const left = db.selectFrom('accounts').select('id').where('connectionId', '=', id).where('deletedAt', 'is', null);
  const change = db.updateTable('connections').set({ learned: null }).where('id', '=', id);
  await change.where(({ not, exists }) => not(exists(left))).execute();
}

/** Stores what the provider made for us. */
export async function setLearned(tx: Tx, id: string, learned: string, now: number): Promise<void> {
  await tx.db.updateTable('connections').set({ learned, updatedAt: now }).where('id', '=', id).execute();
}

/**
 * Merges a connection into another that turned out to be the same: its webhook URLs lead to that one from now on, and so do the webhooks that wait
 * to be read or for a person. It stays as a name of that one: what is accepted for it at this moment is read there. Answers whether there are any
 * that wait to be read.
 */
export async function mergeInto(tx: Tx, from: string, into: string): Promise<boolean> {
  const { db } = tx;
  const change = { connectionId: into };
  await db.updateTable('endpoints').set(change).where('connectionId', '=', from).execute();
  await db.updateTable('accounts').set(change).where('connectionId', '=', from).execute();
  await db.updateTable('accounts').set({ formerConnectionId: into }).where('formerConnectionId', '=', from).execute();
  const receipts = db.updateTable('receipts').set(change).where('connectionId', '=', from);
  const waiting = await receipts.where('processedAt', 'is', null).executeTakeFirst();
  await receipts.where('deadAt', 'is not', null).execute();
  await db.updateTable('connections').set({ mergedInto: into }).where('mergedInto', '=', from).execute();
  await db.updateTable('connections').set({ mergedInto: into, learned: null }).where('id', '=', from).execute();
  return waiting.numUpdatedRows > 0n;
}

/**
 * Lets a connection that `from` took in, the youngest, stand for itself again, with the URL that it was made with: accounts that leave one have
 * mostly come before. Answers its id; undefined: there is none.
 */
export async function revive({ db }: Tx, from: string): Promise<string | undefined> {
  const all = db.selectFrom('connections').select(['id', 'endpoint']).where('mergedInto', '=', from);
  const found = await all.orderBy('id', 'desc').limit(1).executeTakeFirst();
  if (found === undefined) return undefined;
  const { id, endpoint } = found;
  await db.updateTable('connections').set({ mergedInto: null }).where('id', '=', id).execute();
  await db.updateTable('endpoints').set({ connectionId: id }).where('endpoint', '=', endpoint).execute();
  return id;
}
