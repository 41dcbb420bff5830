/** Keeps accounts in memory, with their settings in the clear: the webhook path reads nothing from disk to know its account. */
import { isDeepStrictEqual } from 'node:util';
import type { AccountRef } from '../../../contract/channel.ts';
import type { PutAccount } from '../../../contract/api.ts';
import { findChannel } from '../channels/registry.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError, VerificationError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Sealer } from '../core/sealer.ts';
import * as store from '../store/account.store.ts';
import type { AccountFacts, AccountRow } from '../store/account.store.ts';
import * as connectionStore from '../store/connection.store.ts';
import type { ConnectionRow } from '../store/connection.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { Learned } from './connector.ts';
import { AccountWriter } from './account-writer.ts';
import { Connections, MAY_BE_ANOTHERS } from './connections.ts';
import { formerOf, pauseOf, throttleAt, throttleOf } from './live.ts';
import type { LiveAccount, LiveConnection, Throttle } from './live.ts';
import { isPeer } from './place.ts';
import type { NormalizeQueue } from './normalize-job.ts';
import { Refresh } from './refresh.ts';
import { readSettings } from './settings.ts';

/** Hears when an account works again, for its sends. */
export interface AccountSends {
  /** A paused account was changed by a person: called in the unit of work that stores the change. */
  resumed(tx: Tx, account: LiveAccount, pausedAt: number): Promise<void>;
  /** A person stored the account, in this unit of work: nothing that was said to it before holds up its sends any more. */
  freed(tx: Tx, account: LiveAccount): Promise<void>;
  /** The sends of an account wait no more, whichever process said so. */
  wake(): void;
}

/** Lists what the accounts work with. */
export interface AccountsDeps {
  ledger: Ledger;
  sealer: Sealer;
  clock: Clock;
  ids: Ids;
  outbox: NormalizeQueue;
  /** Absent: nothing is sent here. */
  sending?: AccountSends;
}

/** Every process knows a change after so long, without being asked. */
const WATCH_MS = 1_000;

/** Finds and changes accounts. */
export class Accounts {
  readonly connections = new Connections();
  readonly #deps: AccountsDeps;
  readonly #writer: AccountWriter;
  readonly #byId = new Map<string, LiveAccount>();
  readonly #byRef = new Map<string, LiveAccount>();
  /** Holds what was read of each account last, by id. */
  readonly #seen = new Map<string, unknown>();
  readonly #refresh = new Refresh(() => this.#read());

  private constructor(deps: AccountsDeps) {
    this.#deps = deps;
    this.#writer = new AccountWriter(deps);
  }

  /** Reads all accounts. Throws when their settings cannot be decrypted: the encryption key is not the one they were stored with. */
  static async load(deps: AccountsDeps): Promise<Accounts> {
    const accounts = new Accounts(deps);
    await accounts.#refresh.now();
    await accounts.#join();
    return accounts;
  }

  /** Follows what other processes change. Answers how to stop. */
  watch(failed: (error: unknown) => void): () => void {
    if (!this.#deps.ledger.dialect.shared) return () => undefined;
    const timer = setInterval(() => void this.refreshed().catch(failed), WATCH_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Reads the accounts as other processes left them a moment ago, and answers itself. */
  async refreshed(): Promise<this> {
    if (this.#deps.ledger.dialect.shared) await this.#refresh.soon();
    return this;
  }

  /**
   * Makes a check of a secret once more that failed with `error`, when another process changed one a moment ago. Throws `error` when none did, or
   * when it says that no secret would help.
   */
  async recheck<T>(check: () => T, error: unknown): Promise<T> {
    if (!(error instanceof VerificationError) || !MAY_BE_ANOTHERS.includes(error.failure)) throw error;
    const { changes } = this.connections;
    if ((await this.refreshed()).connections.changes === changes) throw error;
    return check();
  }

  list(): LiveAccount[] {
    return [...this.#byId.values()];
  }

  find(id: string): LiveAccount | undefined {
    return this.#byId.get(id);
  }

  /** Finds an account by its id, also when another process made it just now. */
  async known(id: string): Promise<LiveAccount | undefined> {
    return this.find(id) ?? (await this.refreshed()).find(id);
  }

  /** Answers how long the sends of an account still wait because the provider asked for it; undefined: they do not. */
  throttleOf(account: LiveAccount): Throttle | undefined {
    return throttleAt(account, this.#deps.clock.now());
  }

  /** Finds a connection by the random part of a webhook URL, also when another process made it just now. */
  async connection(channel: string, endpoint: string): Promise<LiveConnection | undefined> {
    return (
      this.connections.byEndpoint(channel, endpoint) ??
      (await this.refreshed()).connections.byEndpoint(channel, endpoint)
    );
  }

  /** Answers the connection below which the account hangs, or hung until it was deleted. */
  connectionOf({ id, connectionId }: LiveAccount): LiveConnection {
    const connection = this.connections.find(connectionId);
    if (connection === undefined) throw new Error(`Account ${id} hangs below no connection`);
    return connection;
  }

  /**
   * Finds the account that a caller names. Throws `account_required` (409) when there is none, or when the caller's settings are not the ones stored
   * here: the caller registers the account and asks again.
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
    if (account !== undefined && (ref.settingsDigest ?? account.digest) === account.digest) return account;
    const isKnown = account !== undefined;
    const what = isKnown
      ? `The settings of account '${ref.externalId}' changed`
      : `No account '${ref.externalId}' is registered on ${channel.name}`;
    const put = `PUT /v1/accounts/${channel.id}/${encodeURIComponent(ref.externalId)}`;
    throw new ParleyError(409, 'account_required', `${what}. Give its settings by ${put}, then repeat the call.`);
  }

  /** Creates or changes an account. Throws `invalid_settings` (400) that names each bad member. */
  async put(
    channelId: string,
    externalId: string,
    given: PutAccount,
  ): Promise<{ account: LiveAccount; created: boolean }> {
    const channel = findChannel(channelId);
    const settings = readSettings(channel, externalId, given.settings);
    // Found, placed and stored in one unit of work: two workflows that register the same account at the same time make one.
    const stored = await this.#deps.ledger.write(async (tx) => {
      const { row, known } = await this.#writer.put(tx, { channel, externalId, settings, given });
      const account = this.#live(row, settings);
      if (known && known.pausedAt !== null && known.deletedAt === null)
        await this.#deps.sending?.resumed(tx, account, known.pausedAt);
      if (known) await this.#deps.sending?.freed(tx, account);
      return { account, created: known === undefined || known.deletedAt !== null };
    });
    await this.#refresh.now();
    // Deleted already: this is how it was stored.
    return { ...stored, account: this.find(stored.account.id) ?? stored.account };
  }

  /**
   * Keeps what the provider made for the account's connection: everything is verified with it from now on. `known`: what was kept when that
   * began; when something else is by now, that stays. Answers what is kept.
   */
  async learn({ connectionId }: LiveAccount, learned: Learned, known: Learned): Promise<Learned> {
    const { ledger, sealer, clock } = this.#deps;
    const kept = await ledger.write(async (tx) => {
      await tx.lock(`learned ${connectionId}`);
      const row = await connectionStore.findById(tx.db, connectionId);
      const current = row === undefined ? {} : this.#learned(row);
      if (!isDeepStrictEqual(current, known)) return current;
      const all = { ...known, ...learned };
      await connectionStore.setLearned(tx, connectionId, sealer.encrypt(all, connectionId), clock.now());
      return all;
    });
    await this.#refresh.now();
    return kept;
  }

  /** Notes what this process has just stored of the account. */
  noted(id: string, change: Partial<Pick<LiveAccount, 'perSecond' | 'pause' | 'throttle'>>): void {
    const account = this.find(id);
    if (account) this.#keep({ ...account, ...change });
  }

  /** Stores how many sends per second the provider says that it takes. */
  async setPerSecond(id: string, perSecond: number): Promise<void> {
    await this.#deps.ledger.write((tx) => store.setPerSecond(tx, id, perSecond));
    this.noted(id, { perSecond });
  }

  /**
   * Forgets the settings, and what the provider made for a connection without accounts. Answers the account as it was; when it was the last below its connection, webhooks to its URL are unknown from now
   * on. Undefined: there is no such account.
   */
  async remove(id: string): Promise<LiveAccount | undefined> {
    const account = this.find(id) ?? (await this.known(id));
    if (account === undefined) return undefined;
    const connectionId = await this.#deps.ledger.write((tx) => this.#writer.remove(tx, account.channel, id));
    await this.#refresh.now();
    // Another process may have moved it since it was read here, or deleted it.
    return connectionId === undefined ? undefined : { ...account, connectionId };
  }

  async #read(): Promise<void> {
    const { reader } = this.#deps.ledger;
    const rows = await connectionStore.list(reader);
    this.connections.store(rows, await connectionStore.endpoints(reader), (row) => this.#learned(row));
    const learned = new Map(rows.map((row) => [row.id, row.learned]));
    this.connections.link(await connectionStore.moves(reader));
    for (const facts of await store.facts(reader)) await this.#see(facts, learned.get(facts.connectionId));
  }

  async #see(facts: AccountFacts, learned: string | null | undefined): Promise<void> {
    const { id } = facts;
    const seen = { ...facts, learned };
    if (isDeepStrictEqual(this.#seen.get(id), seen)) return;
    const row = await store.findById(this.#deps.ledger.reader, id);
    const known = this.#byId.get(id);
    if (row && row.deletedAt === null) this.#keep(this.#live(row));
    else if (known) this.#drop(known);
    this.#seen.set(id, seen);
  }

  /** Hangs accounts that turn out to be of one connection below one: those of releases in which each had its own. */
  async #join(): Promise<void> {
    for (const { id, channel } of this.list()) {
      const account = this.find(id);
      if (account === undefined) continue;
      const isApart = (other: LiveAccount) =>
        other.channel === channel && other.connectionId !== account.connectionId && isPeer(account, other);
      if (!this.list().some(isApart)) continue;
      await this.#deps.ledger.write((tx) => this.#writer.placeAgain(tx, channel, id));
      await this.#refresh.now();
    }
  }

  #drop(account: LiveAccount): void {
    this.#byId.delete(account.id);
    this.connections.detach(account);
    this.#byRef.delete(refKey(account.channel.id, account.externalId));
  }

  #keep(account: LiveAccount): void {
    const before = this.find(account.id);
    this.#byId.set(account.id, account);
    this.connections.attach(account, before);
    this.#byRef.set(refKey(account.channel.id, account.externalId), account);
    const wasPaused = (before?.pause ?? null) !== null;
    if (wasPaused && account.pause === null) this.#deps.sending?.wake();
  }

  #learned({ id, learned }: ConnectionRow): Learned {
    return learned === null ? {} : (this.#deps.sealer.decrypt(learned, id) as Learned);
  }

  #live(row: AccountRow, given: unknown = this.#deps.sealer.decrypt(row.settings, row.id)): LiveAccount {
    const channel = findChannel(row.channel);
    const learned = this.connections.find(row.connectionId)?.learned ?? {};
    return {
      id: row.id,
      channel,
      externalId: row.externalId,
      name: row.name,
      connectionId: row.connectionId,
      former: formerOf(row),
      settings: channel.learn?.(given, learned) ?? given,
      digest: row.settingsDigest,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      perSecond: row.perSecond,
      pause: pauseOf(row),
      throttle: throttleOf(row),
    };
  }
}

function refKey(channel: string, externalId: string): string {
  return `${channel} ${externalId}`;
}
