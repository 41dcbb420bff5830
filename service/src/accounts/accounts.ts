/** Accounts with their settings in the clear, kept in memory: the webhook path reads nothing from disk to know its account. */
import { randomBytes } from 'node:crypto';
import type { AccountRef } from '../../../contract/channel.ts';
import { settingsDigest } from '../../../contract/signature.ts';
import type { PutAccount } from '../../../contract/api.ts';
import type { Channel } from '../channels/channel.ts';
import { findChannel } from '../channels/registry.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { fieldErrors } from '../platform/zod.pipe.ts';
import * as store from '../store/account.store.ts';
import type { AccountRow, NewAccount } from '../store/account.store.ts';
import type { Ledger } from '../store/ledger.ts';

/** An account ready for use. `settings` holds secrets: it goes to its channel and nowhere else. */
export interface LiveAccount {
  id: string;
  channel: Channel;
  externalId: string;
  name: string | null;
  endpoint: string;
  settings: unknown;
  digest: string;
  createdAt: number;
  updatedAt: number;
}

/** Encrypts and decrypts; `context` binds the result to its owner. */
export interface Sealer {
  encrypt(value: unknown, context: string): string;
  decrypt(sealed: string, context: string): unknown;
}

export interface AccountsDeps {
  ledger: Ledger;
  sealer: Sealer;
  clock: Clock;
  ids: Ids;
}

export class Accounts {
  readonly #deps: AccountsDeps;
  readonly #byId = new Map<string, LiveAccount>();
  readonly #byEndpoint = new Map<string, LiveAccount>();
  readonly #byRef = new Map<string, LiveAccount>();

  private constructor(deps: AccountsDeps) {
    this.#deps = deps;
  }

  /** Reads all accounts. Throws when their settings cannot be decrypted: the encryption key is not the one they were stored with. */
  static async load(deps: AccountsDeps): Promise<Accounts> {
    const accounts = new Accounts(deps);
    for (const row of await store.list(deps.ledger.reader)) accounts.#keep(accounts.#live(row));
    return accounts;
  }

  list(): LiveAccount[] {
    return [...this.#byId.values()];
  }

  find(id: string): LiveAccount | undefined {
    return this.#byId.get(id);
  }

  /** By the random part of the webhook URL. */
  byEndpoint(channel: string, endpoint: string): LiveAccount | undefined {
    const account = this.#byEndpoint.get(endpoint);
    return account?.channel.id === channel ? account : undefined;
  }

  /**
   * The account that a caller names. Throws `account_required` (409) when there is none, or when the caller's settings are not the
   * ones stored here: the caller registers the account and asks again.
   */
  required(ref: AccountRef): LiveAccount {
    const channel = findChannel(ref.channel);
    const account = this.#byRef.get(refKey(channel.id, ref.externalId));
    if (account === undefined) {
      throw new ParleyError(409, 'account_required', `No account '${ref.externalId}' is registered on ${channel.name}`);
    }
    if (ref.settingsDigest !== undefined && ref.settingsDigest !== account.digest) {
      throw new ParleyError(409, 'account_required', `The settings of account '${ref.externalId}' changed`);
    }
    return account;
  }

  /** Accounts that webhooks name by this address. */
  async byAddress(channel: string, address: string): Promise<LiveAccount[]> {
    const ids = await store.idsByAddress(this.#deps.ledger.reader, channel, address);
    return ids.map((id) => this.#byId.get(id)).filter((account) => account !== undefined);
  }

  /** Creates or changes an account. Throws `invalid_settings` (400) that names each bad member. */
  async put(
    channelId: string,
    externalId: string,
    given: PutAccount,
  ): Promise<{ account: LiveAccount; created: boolean }> {
    const channel = findChannel(channelId);
    const settings = readSettings(channel, externalId, given.settings);
    // Found and stored in one unit of work: two workflows that register the same account at the same time make one.
    const { row, created } = await this.#deps.ledger.write(async (tx) => {
      await tx.lock(`account ${channel.id} ${externalId}`);
      const known = await store.find(tx.db, channel.id, externalId);
      const stored = this.#row(channel, externalId, given, settings, known);
      await store.put(tx, stored, channel.addresses(settings));
      return { row: stored, created: known === undefined || known.deleted_at !== null };
    });
    const account = this.#live(row, settings);
    this.#keep(account);
    return { account, created };
  }

  /** Forgets the settings; webhooks to its URL are unknown from now on. Answers false when there is no such account. */
  async remove(id: string): Promise<boolean> {
    const account = this.#byId.get(id);
    if (account === undefined) return false;
    await this.#deps.ledger.write((tx) => store.remove(tx, id, this.#deps.clock.now()));
    this.#byId.delete(id);
    this.#byEndpoint.delete(account.endpoint);
    this.#byRef.delete(refKey(account.channel.id, account.externalId));
    return true;
  }

  #row(
    channel: Channel,
    externalId: string,
    given: PutAccount,
    settings: unknown,
    known: AccountRow | undefined,
  ): NewAccount {
    const { sealer, ids, clock } = this.#deps;
    const id = known?.id ?? ids.next('acc');
    const now = clock.now();
    return {
      id,
      channel: channel.id,
      external_id: externalId,
      name: given.name ?? known?.name ?? null,
      endpoint: known?.endpoint ?? randomBytes(18).toString('base64url'),
      settings: sealer.encrypt(settings, id),
      settings_digest: settingsDigest(given.settings),
      created_at: known?.created_at ?? now,
      updated_at: now,
      deleted_at: null,
    };
  }

  #keep(account: LiveAccount): void {
    this.#byId.set(account.id, account);
    this.#byEndpoint.set(account.endpoint, account);
    this.#byRef.set(refKey(account.channel.id, account.externalId), account);
  }

  #live(row: NewAccount, settings?: unknown): LiveAccount {
    return {
      id: row.id,
      channel: findChannel(row.channel),
      externalId: row.external_id,
      name: row.name,
      endpoint: row.endpoint,
      settings: settings ?? this.#deps.sealer.decrypt(row.settings, row.id),
      digest: row.settings_digest,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }
}

function refKey(channel: string, externalId: string): string {
  return `${channel} ${externalId}`;
}

function readSettings(channel: Channel, externalId: string, given: Record<string, unknown>): unknown {
  const parsed = channel.settings.safeParse(given);
  if (!parsed.success) {
    const errors = fieldErrors(parsed.error);
    const fields = errors.map((error) => error.field).join(', ');
    throw new ParleyError(400, 'invalid_settings', `These settings of ${channel.name} are not right: ${fields}`, {
      errors,
    });
  }
  if (channel.externalId(parsed.data) !== externalId) {
    const detail = `The address names account '${externalId}', the settings another one`;
    throw new ParleyError(400, 'invalid_settings', detail);
  }
  return parsed.data;
}
