/** Accounts and the addresses by which webhooks name them. Settings are kept as they come: encrypted. */
import type { Kysely, Selectable } from 'kysely';
import type { AccountsTable, Schema } from './schema.ts';
import type { Tx } from './ledger.ts';

export type AccountRow = Selectable<AccountsTable>;
export type NewAccount = Omit<AccountRow, 'paused_at' | 'paused_reason' | 'probe_at' | 'per_second'>;

/** Everything of an account but its settings, which are long. */
export type AccountFacts = Omit<AccountRow, 'settings'>;

/** Of every account there is, the deleted ones too: by it a process sees what another one changed. */
export async function facts(db: Kysely<Schema>): Promise<AccountFacts[]> {
  return db
    .selectFrom('accounts')
    .select(['id', 'channel', 'external_id', 'name', 'endpoint', 'settings_digest', 'created_at', 'updated_at'])
    .select(['deleted_at', 'paused_at', 'paused_reason', 'probe_at', 'per_second'])
    .execute();
}

export async function findById(db: Kysely<Schema>, id: string): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Creates the account or replaces what is known of it; a deleted one comes back under its old id. */
export async function put(tx: Tx, account: NewAccount, addresses: string[]): Promise<void> {
  await tx.db
    .insertInto('accounts')
    .values(account)
    .onConflict((conflict) =>
      conflict.columns(['channel', 'external_id']).doUpdateSet({
        name: account.name,
        settings: account.settings,
        settings_digest: account.settings_digest,
        updated_at: account.updated_at,
        deleted_at: null,
        paused_at: null,
        paused_reason: null,
        probe_at: null,
      }),
    )
    .execute();
  await tx.db.deleteFrom('account_addresses').where('account_id', '=', account.id).execute();
  const rows = addresses.map((address) => ({ channel: account.channel, address, account_id: account.id }));
  if (rows.length > 0) await tx.db.insertInto('account_addresses').values(rows).execute();
}

/** The account with this external id, deleted ones too: its id is for ever. */
export async function find(db: Kysely<Schema>, channel: string, externalId: string): Promise<AccountRow | undefined> {
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('channel', '=', channel)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
}

/** Forgets the settings and the addresses; what was said through the account stays. */
export async function remove(tx: Tx, id: string, now: number): Promise<void> {
  await tx.db
    .updateTable('accounts')
    .set({ deleted_at: now, updated_at: now, settings: '', settings_digest: '' })
    .where('id', '=', id)
    .execute();
  await tx.db.deleteFrom('account_addresses').where('account_id', '=', id).execute();
}

export async function setPerSecond(tx: Tx, id: string, perSecond: number): Promise<void> {
  await tx.db.updateTable('accounts').set({ per_second: perSecond }).where('id', '=', id).execute();
}

/** Pauses a working account, unless it was changed since `updatedAt`: then what was found out may be over. Answers whether it did. */
export async function pause(
  tx: Tx,
  { id, updatedAt }: { id: string; updatedAt: number },
  { since, reason, probeAt }: { since: number; reason: string; probeAt: number },
): Promise<boolean> {
  const paused = await tx.db
    .updateTable('accounts')
    .set({ paused_at: since, paused_reason: reason, probe_at: probeAt })
    .where('id', '=', id)
    .where('updated_at', '=', updatedAt)
    .where('deleted_at', 'is', null)
    .where('paused_at', 'is', null)
    .executeTakeFirst();
  return paused.numUpdatedRows > 0n;
}

/** Takes the trial that is due at `probeAt`, and sets the next. False: another process has it. */
export async function takeProbe(tx: Tx, id: string, probeAt: number, next: number): Promise<boolean> {
  const taken = await tx.db
    .updateTable('accounts')
    .set({ probe_at: next })
    .where('id', '=', id)
    .where('probe_at', '=', probeAt)
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

/** Ends the pause that began then. False: it is over already. */
export async function resume(tx: Tx, id: string, since: number): Promise<boolean> {
  const resumed = await tx.db
    .updateTable('accounts')
    .set({ paused_at: null, paused_reason: null, probe_at: null })
    .where('id', '=', id)
    .where('paused_at', '=', since)
    .executeTakeFirst();
  return resumed.numUpdatedRows > 0n;
}

export async function idsByAddress(db: Kysely<Schema>, channel: string, address: string): Promise<string[]> {
  const rows = await db
    .selectFrom('account_addresses')
    .select('account_id')
    .where('channel', '=', channel)
    .where('address', '=', address)
    .orderBy('account_id')
    .execute();
  return rows.map((row) => row.account_id);
}
