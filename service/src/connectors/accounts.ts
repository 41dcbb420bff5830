/** Accounts with their settings in the clear, kept in memory: the webhook path reads nothing from disk to know its account. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AccountRef } from '../../../contract/channel.ts';
import { settingsDigest } from '../../../contract/signature.ts';
import type { PutAccount } from '../../../contract/api.ts';
import type { Channel } from '../channels/channel.ts';
import { findChannel } from '../channels/registry.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Sealer } from '../core/sealer.ts';
import { fieldErrors } from '../core/validation.ts';
import * as store from '../store/account.store.ts';
import type { AccountRow, NewAccount } from '../store/account.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';

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
  /** Sends per second that the provider told for it; null: it did not. */
  perSecond: number | null;
  /** Its sends wait: the provider refuses the account. Null: it works. */
  pause: Pause | null;
}

export interface Pause {
  since: number;
  /** What the provider said. */
  reason: string;
  /** When one send may try whether the account works again. */
  probeAt: number;
}

/** Sends per second that the provider allows the account, as far as anybody knows. */
export function perSecondOf(account: LiveAccount): number | undefined {
  return account.perSecond ?? capabilitiesOf(account).throughput?.perSecond;
}

export interface AccountsDeps {
  ledger: Ledger;
  sealer: Sealer;
  clock: Clock;
  ids: Ids;
  /** A paused account was changed by a person and works again, in the unit of work that stores the change. */
  resuming?(tx: Tx, account: LiveAccount, since: number): Promise<void>;
  /** The sends of an account wait no more, whichever process said so. */
  resumed?(): void;
}

/** A question about an account that is not known here looks at the database, but not more often than this. */
const MIN_REFRESH_MS = 250;
/** So long after a change every process knows it, without being asked. */
const WATCH_MS = 1_000;

export class Accounts {
  readonly #deps: AccountsDeps;
  readonly #byId = new Map<string, LiveAccount>();
  readonly #byEndpoint = new Map<string, LiveAccount>();
  readonly #byRef = new Map<string, LiveAccount>();
  /** What was read of each account last, by id. */
  readonly #seen = new Map<string, string>();
  #refreshing: Promise<void> | undefined;
  #refreshedAt = -Infinity;

  private constructor(deps: AccountsDeps) {
    this.#deps = deps;
  }

  /** Reads all accounts. Throws when their settings cannot be decrypted: the encryption key is not the one they were stored with. */
  static async load(deps: AccountsDeps): Promise<Accounts> {
    const accounts = new Accounts(deps);
    await accounts.#refresh();
    return accounts;
  }

  /** Follows what other processes change. Answers how to stop. */
  watch(failed: (error: unknown) => void): () => void {
    if (!this.#deps.ledger.dialect.shared) return () => undefined;
    const timer = setInterval(() => void this.refreshed().catch(failed), WATCH_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Itself, as other processes left the accounts a moment ago. */
  async refreshed(): Promise<this> {
    if (!this.#deps.ledger.dialect.shared) return this;
    this.#refreshing ??= this.#refreshSoon().finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
    return this;
  }

  list(): LiveAccount[] {
    return [...this.#byId.values()];
  }

  find(id: string): LiveAccount | undefined {
    return this.#byId.get(id);
  }

  /** Also when another process made it just now. */
  async known(id: string): Promise<LiveAccount | undefined> {
    return this.find(id) ?? (await this.refreshed()).find(id);
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
  async required(ref: AccountRef): Promise<LiveAccount> {
    try {
      return this.#required(ref);
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== 'account_required') throw error;
      await this.refreshed();
      return this.#required(ref);
    }
  }

  #required(ref: AccountRef): LiveAccount {
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
    const named = await Promise.all(ids.map((id) => this.known(id)));
    return named.filter((account) => account !== undefined);
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
    const { account, created } = await this.#deps.ledger.write(async (tx) => {
      await tx.lock(`account ${channel.id} ${externalId}`);
      const known = await store.find(tx.db, channel.id, externalId);
      const stored = this.#row(channel, externalId, given, settings, known);
      await store.put(tx, stored, channel.addresses(settings));
      const live = this.#live({ ...stored, ...RUNNING, perSecond: known?.perSecond ?? null }, settings);
      if (known && known.pausedAt !== null && known.deletedAt === null)
        await this.#deps.resuming?.(tx, live, known.pausedAt);
      return { account: live, created: known === undefined || known.deletedAt !== null };
    });
    this.#keep(account);
    return { account, created };
  }

  /** What this process has just stored of the account. */
  noted(id: string, change: Partial<Pick<LiveAccount, 'perSecond' | 'pause'>>): void {
    const account = this.find(id);
    if (account) this.#keep({ ...account, ...change });
  }

  /** The provider told how many sends per second it takes. */
  async setPerSecond(id: string, perSecond: number): Promise<void> {
    await this.#deps.ledger.write((tx) => store.setPerSecond(tx, id, perSecond));
    this.noted(id, { perSecond });
  }

  /** Forgets the settings; webhooks to its URL are unknown from now on. Answers false when there is no such account. */
  async remove(id: string): Promise<boolean> {
    const account = this.find(id) ?? (await this.known(id));
    if (account === undefined) return false;
    await this.#deps.ledger.write((tx) => store.remove(tx, id, this.#deps.clock.now()));
    this.#drop(account);
    return true;
  }

  async #refreshSoon(): Promise<void> {
    const restMs = this.#refreshedAt + MIN_REFRESH_MS - performance.now();
    if (restMs > 0) await delay(restMs);
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    const { reader } = this.#deps.ledger;
    for (const facts of await store.facts(reader)) {
      const seen = JSON.stringify(facts);
      if (this.#seen.get(facts.id) === seen) continue;
      const row = await store.findById(reader, facts.id);
      const known = this.#byId.get(facts.id);
      if (row && row.deletedAt === null) this.#keep(this.#live(row));
      else if (known) this.#drop(known);
      this.#seen.set(facts.id, seen);
    }
    this.#refreshedAt = performance.now();
  }

  #drop(account: LiveAccount): void {
    this.#byId.delete(account.id);
    this.#byEndpoint.delete(account.endpoint);
    this.#byRef.delete(refKey(account.channel.id, account.externalId));
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
      externalId,
      name: given.name ?? known?.name ?? null,
      endpoint: known?.endpoint ?? randomBytes(18).toString('base64url'),
      settings: sealer.encrypt(settings, id),
      settingsDigest: settingsDigest(given.settings),
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      deletedAt: null,
    };
  }

  #keep(account: LiveAccount): void {
    const wasPaused = (this.find(account.id)?.pause ?? null) !== null;
    this.#byId.set(account.id, account);
    this.#byEndpoint.set(account.endpoint, account);
    this.#byRef.set(refKey(account.channel.id, account.externalId), account);
    if (wasPaused && account.pause === null) this.#deps.resumed?.();
  }

  #live(row: AccountRow, settings?: unknown): LiveAccount {
    const { pausedAt: since, pausedReason: reason, probeAt } = row;
    return {
      id: row.id,
      channel: findChannel(row.channel),
      externalId: row.externalId,
      name: row.name,
      endpoint: row.endpoint,
      settings: settings ?? this.#deps.sealer.decrypt(row.settings, row.id),
      digest: row.settingsDigest,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      perSecond: row.perSecond,
      pause: since === null ? null : { since, reason: reason ?? '', probeAt: probeAt ?? since },
    };
  }
}

/** As an account is that a person has just stored: whatever stopped it may be mended. */
const RUNNING = { pausedAt: null, pausedReason: null, probeAt: null };

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
