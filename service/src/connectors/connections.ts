/**
 * Keeps connections, the providers' applications that call us, in memory, so that the webhook path reads nothing from disk. A connection owns the
 * webhook URL and the secrets that prove a webhook; accounts hang below it.
 */
import { findChannel } from '../channels/registry.ts';
import { VerificationError } from '../core/errors.ts';
import type { ConnectionRow, EndpointRow, MoveRow } from '../store/connection.store.ts';
import { AccountIndex } from './account-index.ts';
import type { Learned, RawRequest, RawResponse } from './connector.ts';
import { connectionWith, type LiveAccount, type LiveConnection } from './live.ts';

/** Lists failures after which another application's secret may fit: the webhook came to a URL that was told to that one before. */
export const MAY_BE_ANOTHERS = ['mismatch', 'not_configured'];

/** Bounds the other connections that a webhook is tried with: whoever guesses makes us compute no more, however many there are. */
const MAX_OTHERS = 8;

/** What other processes changed is known everywhere after so long, and the clocks of several machines differ. */
const LATE_MS = 60_000;

/** Finds connections and verifies webhooks for them. */
export class Connections {
  readonly #byId = new Map<string, LiveConnection>();
  /** Holds the accounts below each connection, in no order. */
  readonly #members = new Map<string, readonly LiveAccount[]>();
  readonly #index = new AccountIndex();
  readonly #byEndpoint = new Map<string, string>();
  /** Names of connections that others took in, and of those. */
  readonly #merged = new Map<string, string>();
  /** Says what is stored that a provider made for each, as it is sealed. */
  readonly #sealed = new Map<string, string | null>();
  #changes = 0;

  /** Counts the changes to what webhooks are verified with. */
  get changes(): number {
    return this.#changes;
  }

  /** Finds a connection by its id, or by that of one that it took in. */
  find(id: string): LiveConnection | undefined {
    return this.#byId.get(this.#merged.get(id) ?? id);
  }

  /** Finds a connection as it was when a webhook for it was accepted: with accounts that moved to another one since. */
  findAt(id: string, receivedAt: number): LiveConnection | undefined {
    const connection = this.find(id);
    const gone = connection === undefined ? [] : this.#index.goneSince(connection.id, receivedAt - LATE_MS);
    if (connection === undefined || gone.length === 0) return connection;
    return connectionWith(connection, [...connection.accounts, ...gone]);
  }

  /** Tells whether an account with this address hangs below another connection with the same key: then it is nobody else's. */
  hasElsewhere({ id, accounts }: LiveConnection, address: string): boolean {
    // Those that went since may be of another application.
    const account = accounts.find(({ connectionId }) => connectionId === id) ?? accounts[0];
    return account !== undefined && this.#index.isElsewhere(account, id, address);
  }

  /**
   * Finds a connection by the random part of a webhook URL. That of a connection that all accounts have left leads to one that they went to or came
   * from; undefined: there is none, or no account below any.
   */
  byEndpoint(channel: string, endpoint: string): LiveConnection | undefined {
    const connection = this.#byId.get(this.#byEndpoint.get(endpoint) ?? '');
    if (connection?.channel.id !== channel) return undefined;
    return this.#has(connection.id) ? connection : this.around(connection)[0];
  }

  /** Lists the random parts of all webhook URLs that lead to a connection, the one that providers are told first. */
  endpointsOf({ id, endpoint }: LiveConnection): string[] {
    const all = [...this.#byEndpoint].filter(([, of]) => of === id).map(([known]) => known);
    return [endpoint, ...all.filter((known) => known !== endpoint)];
  }

  /** Lists connections with accounts to or from which others moved from or to this one, the nearest first: they may be of the same application. */
  around({ id }: Pick<LiveConnection, 'id'>): LiveConnection[] {
    return this.#index.around(id).flatMap((near) => (this.#has(near) ? (this.#byId.get(near) ?? []) : []));
  }

  /**
   * Answers whose webhook it is: that of the connection called, or of another: where accounts moved to and from it, or one that changed lately.
   * `at`: milliseconds since the epoch. Throws `VerificationError`, which says what speaks against the connection called.
   */
  verify(called: LiveConnection, request: RawRequest, at: number): LiveConnection {
    const failure = refusal(called, (settings) => called.channel.verify(request, at, settings));
    if (failure === undefined) return called;
    if (!MAY_BE_ANOTHERS.includes(failure.failure)) throw failure;
    for (const other of this.#others(called)) {
      if (refusal(other, (settings) => other.channel.verify(request, at, settings)) === undefined) return other;
    }
    throw failure;
  }

  /** Answers a GET that proves the webhook URL, by whichever account's settings fit it. Throws `VerificationError`. */
  handshake(called: LiveConnection, answer: (settings: unknown) => RawResponse): RawResponse {
    let failure: unknown;
    for (const { settings } of [called, ...this.#others(called)].flatMap(({ accounts }) => accounts)) {
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
      if (this.#byId.has(row.id) && this.#sealed.get(row.id) === row.learned) continue;
      const channel = findChannel(row.connector);
      this.#sealed.set(row.id, row.learned);
      this.#set({ id: row.id, channel, endpoint: row.endpoint, learned: learned(row) });
    }
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#byId.keys()) if (!ids.has(id) || this.#merged.has(id)) this.#byId.delete(id);
    this.#byEndpoint.clear();
    for (const { endpoint, connectionId } of endpoints) this.#byEndpoint.set(endpoint, connectionId);
  }

  /** Takes between which connections accounts moved, those too that were deleted since. */
  link(moves: readonly MoveRow[]): void {
    const stands = (id: string) => this.#merged.get(id) ?? id;
    this.#index.link(moves.map(({ fromId, intoId }) => ({ fromId: stands(fromId), intoId: stands(intoId) })));
  }

  /** Hangs an account below its connection from now on; `before`: as it was known until now. */
  attach(account: LiveAccount, before?: LiveAccount): void {
    if (before) this.detach(before);
    this.#index.add(account, before);
    this.#below(account, [...(this.#members.get(account.connectionId) ?? []), account]);
  }

  detach(account: LiveAccount): void {
    const left = (this.#members.get(account.connectionId) ?? []).filter(({ id }) => id !== account.id);
    this.#index.delete(account, left.length === 0);
    this.#below(account, left);
  }

  #below({ connectionId }: LiveAccount, members: readonly LiveAccount[]): void {
    this.#members.set(connectionId, members);
    const connection = this.#byId.get(connectionId);
    if (connection) this.#set(connection);
  }

  #set(connection: Omit<LiveConnection, 'accounts' | 'proofs' | 'named'>): void {
    this.#changes += 1;
    this.#byId.set(connection.id, connectionWith(connection, this.#members.get(connection.id) ?? []));
  }

  #has(id: string): boolean {
    return (this.#members.get(id)?.length ?? 0) > 0;
  }

  /** Lists those whose secrets may prove a webhook that came to another one's URL, the likeliest first. */
  #others(called: LiveConnection): LiveConnection[] {
    const [account] = called.accounts;
    const late = account === undefined ? [] : this.#index.changedLast(account, MAX_OTHERS + 1);
    const all = new Set([...this.around(called), ...late.flatMap((id) => this.#byId.get(id) ?? [])]);
    return [...all].filter(({ id }) => id !== called.id).slice(0, MAX_OTHERS);
  }
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
