/**
 * Keeps connections, the providers' applications that call us, in memory, so that the webhook path reads nothing from disk. A connection owns the
 * webhook URL and the secrets that prove a webhook; accounts hang below it.
 */
import { findChannel } from '../channels/registry.ts';
import { VerificationError } from '../core/errors.ts';
import type { ConnectionRow, EndpointRow } from '../store/connection.store.ts';
import type { Learned, RawRequest, RawResponse } from './connector.ts';
import type { LiveAccount, LiveConnection } from './live.ts';

/** Lists failures after which another application's secret may fit: the webhook came to a URL that was told to that one before. */
const MAY_BE_ANOTHERS = ['mismatch', 'not_configured'];

/** What other processes changed is known everywhere after so long, and the clocks of several machines differ. */
const LATE_MS = 60_000;

/** Finds connections and verifies webhooks for them. */
export class Connections {
  readonly #byId = new Map<string, LiveConnection>();
  readonly #byEndpoint = new Map<string, string>();
  /** Names of connections that others took in, and of those. */
  readonly #merged = new Map<string, string>();
  /** Accounts that hung below another connection before, by their id. */
  readonly #moved = new Map<string, LiveAccount>();

  /** Finds a connection by its id, or by that of one that it took in. */
  find(id: string): LiveConnection | undefined {
    return this.#byId.get(this.#merged.get(id) ?? id);
  }

  /** Finds a connection as it was when a webhook for it was accepted: with accounts that moved to another one since. */
  findAt(id: string, receivedAt: number): LiveConnection | undefined {
    const connection = this.find(id);
    if (connection === undefined || this.#moved.size === 0) return connection;
    const isGone = ({ former, connectionId }: LiveAccount) =>
      former !== null && connectionId !== connection.id && former.until + LATE_MS >= receivedAt;
    const gone = [...this.#moved.values()].filter(
      (account) => isGone(account) && this.find(account.former?.connectionId ?? '') === connection,
    );
    return gone.length === 0 ? connection : withAccounts(connection, [...connection.accounts, ...gone]);
  }

  /** Tells whether an account with this address hangs below another connection with the same key: then it is nobody else's. */
  hasElsewhere(connection: LiveConnection, address: string): boolean {
    // The look-up comes before the keys: it is asked for every message where an account hears any address.
    return this.#siblings(connection, ({ named }) => named.has(address)).length > 0;
  }

  /** Finds a connection by the random part of a webhook URL; undefined also when no account hangs below it. */
  byEndpoint(channel: string, endpoint: string): LiveConnection | undefined {
    const connection = this.#byId.get(this.#byEndpoint.get(endpoint) ?? '');
    return connection?.channel.id === channel && connection.accounts.length > 0 ? connection : undefined;
  }

  /** The random parts of all webhook URLs that lead to a connection, the one that providers are told first. */
  endpointsOf({ id, endpoint }: LiveConnection): string[] {
    const all = [...this.#byEndpoint].filter(([, of]) => of === id).map(([known]) => known);
    return [endpoint, ...all.filter((known) => known !== endpoint)];
  }

  /**
   * Answers whose webhook it is: that of the connection called, or, after a change of secrets, of another with the same key. `at`:
   * milliseconds since the epoch. Throws `VerificationError`, which says what speaks against the connection called.
   */
  verify(called: LiveConnection, request: RawRequest, at: number): LiveConnection {
    const failure = refusal(called, (settings) => called.channel.verify(request, at, settings));
    if (failure === undefined) return called;
    if (!MAY_BE_ANOTHERS.includes(failure.failure)) throw failure;
    for (const other of this.#siblings(called)) {
      if (refusal(other, (settings) => other.channel.verify(request, at, settings)) === undefined) return other;
    }
    throw failure;
  }

  /** Answers a GET that proves the webhook URL, by whichever account's settings fit it. Throws `VerificationError`. */
  handshake(called: LiveConnection, answer: (settings: unknown) => RawResponse): RawResponse {
    let failure: unknown;
    for (const { settings } of called.accounts) {
      try {
        return answer(settings);
      } catch (error) {
        if (!(error instanceof VerificationError)) throw error;
        failure ??= error;
      }
    }
    throw failure;
  }

  /** Takes what is stored of connections; `learned` opens what providers made for them. */
  store(
    rows: readonly ConnectionRow[],
    endpoints: readonly EndpointRow[],
    learned: (row: ConnectionRow) => Learned,
  ): void {
    this.#merged.clear();
    for (const { id, mergedInto } of rows) if (mergedInto !== null) this.#merged.set(id, mergedInto);
    for (const row of rows.filter(({ mergedInto }) => mergedInto === null)) {
      const { accounts = [], proofs = [], named = new Map() } = this.#byId.get(row.id) ?? {};
      const channel = findChannel(row.connector);
      const below = { accounts, proofs, named };
      this.#byId.set(row.id, { id: row.id, channel, endpoint: row.endpoint, learned: learned(row), ...below });
    }
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#byId.keys()) if (!ids.has(id) || this.#merged.has(id)) this.#byId.delete(id);
    this.#byEndpoint.clear();
    for (const { endpoint, connectionId } of endpoints) this.#byEndpoint.set(endpoint, connectionId);
  }

  /** Hangs an account below its connection from now on; `before`: as it was known until now. */
  attach(account: LiveAccount, before?: LiveAccount): void {
    if (before) this.detach(before);
    if (account.former !== null) this.#moved.set(account.id, account);
    const connection = this.#byId.get(account.connectionId);
    if (connection) this.#set(connection, [...connection.accounts, account]);
  }

  detach({ id, connectionId }: LiveAccount): void {
    this.#moved.delete(id);
    const connection = this.#byId.get(connectionId);
    if (connection)
      this.#set(
        connection,
        connection.accounts.filter((one) => one.id !== id),
      );
  }

  #set(connection: LiveConnection, accounts: readonly LiveAccount[]): void {
    this.#byId.set(connection.id, withAccounts(connection, accounts));
  }

  #siblings(
    { id, channel, accounts }: LiveConnection,
    isWanted = (one: LiveConnection) => one.accounts.length > 0,
  ): LiveConnection[] {
    const others = [...this.#byId.values()].filter((one) => one.id !== id && one.channel === channel && isWanted(one));
    const keyOf = (of: readonly LiveAccount[]) => of[0] && channel.connection(of[0].settings).key;
    if (others.length === 0) return others;
    const key = keyOf(accounts);
    return others.filter((one) => keyOf(one.accounts) === key);
  }
}

function withAccounts(connection: LiveConnection, given: readonly LiveAccount[]): LiveConnection {
  const accounts = [...given].sort((a, b) => (a.id < b.id ? -1 : 1));
  const proofs = new Map<string, unknown>();
  const named = new Map<string, LiveAccount[]>();
  for (const account of accounts) {
    const { channel, settings } = account;
    proofs.set(JSON.stringify(channel.connection(settings).secrets), settings);
    for (const address of channel.addresses(settings)) named.set(address, [...(named.get(address) ?? []), account]);
  }
  return { ...connection, accounts, proofs: [...proofs.values()], named };
}

/** Tells what speaks against a webhook by every proof there is; undefined: one fits. What one proves authentic and malformed is that. */
function refusal({ proofs }: LiveConnection, verify: (settings: unknown) => void): VerificationError | undefined {
  let failure: VerificationError | undefined;
  for (const settings of proofs) {
    try {
      verify(settings);
      return undefined;
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      if (error.failure === 'malformed') return error;
      failure ??= error;
    }
  }
  return failure ?? new VerificationError('not_configured', 'No account hangs below this connection any more.');
}
