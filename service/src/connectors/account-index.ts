/** Finds accounts and connections by what the webhook path asks for, so that no answer costs more the more of them there are. */
import type { MoveRow } from '../store/connection.store.ts';
import type { LiveAccount } from './live.ts';

/** Bounds how many connections are looked at around one that accounts went to and fro. */
const MAX_AROUND = 64;

/** Indexes accounts by their addresses, by where they hung before, and connections by when their accounts changed and by moves between them. */
export class AccountIndex {
  /** Holds accounts by application and address, then by their id. */
  readonly #named = new Map<string, Map<string, LiveAccount>>();
  /** Holds accounts by the connection below which they hung before; who moved last is last. */
  readonly #gone = new Map<string, LiveAccount[]>();
  /** Connections by application; whose account changed last is last. */
  readonly #changed = new Map<string, string[]>();
  /** Connections between which accounts moved, each by the other. */
  readonly #links = new Map<string, Set<string>>();

  /** `before`: as it was known until now, and is no longer. */
  add(account: LiveAccount, before?: LiveAccount): void {
    const { id, channel, settings, former, connectionId } = account;
    const application = applicationOf(account);
    for (const address of channel.addresses(settings)) {
      const name = `${application} ${address}`;
      this.#named.set(name, (this.#named.get(name) ?? new Map<string, LiveAccount>()).set(id, account));
    }
    if (former !== null && former.connectionId !== connectionId) {
      const gone = [...(this.#gone.get(former.connectionId) ?? []), account];
      this.#gone.set(
        former.connectionId,
        gone.sort((a, b) => movedAt(a) - movedAt(b)),
      );
    }
    const isChanged = before?.updatedAt !== account.updatedAt || before?.connectionId !== connectionId;
    if (before === undefined || isChanged) {
      this.#changed.set(application, [...without(this.#changed.get(application), connectionId), connectionId]);
    }
  }

  /** `isLast`: no other account hangs below its connection. */
  delete(account: LiveAccount, isLast: boolean): void {
    const { id, channel, settings, former, connectionId } = account;
    const application = applicationOf(account);
    for (const address of channel.addresses(settings)) this.#named.get(`${application} ${address}`)?.delete(id);
    const left = (this.#gone.get(former?.connectionId ?? '') ?? []).filter((one) => one.id !== id);
    if (former !== null) this.#gone.set(former.connectionId, left);
    if (isLast) this.#changed.set(application, without(this.#changed.get(application), connectionId));
  }

  /** Takes the moves that there were, those of accounts that were deleted since too. */
  link(moves: readonly MoveRow[]): void {
    this.#links.clear();
    for (const { fromId, intoId } of moves) {
      this.#links.set(fromId, (this.#links.get(fromId) ?? new Set()).add(intoId));
      this.#links.set(intoId, (this.#links.get(intoId) ?? new Set()).add(fromId));
    }
  }

  /** Tells whether an account of the same application as this one has the address below another connection than `connectionId`. */
  isElsewhere(account: LiveAccount, connectionId: string, address: string): boolean {
    const named = this.#named.get(`${applicationOf(account)} ${address}`);
    for (const other of named?.values() ?? []) if (other.connectionId !== connectionId) return true;
    return false;
  }

  /** Lists accounts that hung below a connection until `at` or later, milliseconds since the epoch. */
  goneSince(connectionId: string, at: number): LiveAccount[] {
    const gone = this.#gone.get(connectionId) ?? [];
    let first = gone.length;
    while (first > 0 && movedAt(gone[first - 1] as LiveAccount) >= at) first -= 1;
    return gone.slice(first);
  }

  /** Lists the connections of an account's application whose accounts changed last. */
  changedLast(account: LiveAccount, count: number): string[] {
    return (this.#changed.get(applicationOf(account)) ?? []).slice(-count).reverse();
  }

  /** Lists connections to and from which accounts moved from and to this one, be it by way of others, the nearest first. */
  around(connectionId: string): string[] {
    const seen = new Set([connectionId]);
    for (const near of seen) {
      for (const next of this.#links.get(near) ?? []) if (seen.size < MAX_AROUND) seen.add(next);
    }
    return [...seen].slice(1);
  }
}

/** Names the applications that one secret can prove: those of a channel with the same key. */
function applicationOf({ channel, settings }: LiveAccount): string {
  return `${channel.id} ${channel.connection(settings).key}`;
}

const movedAt = ({ former }: LiveAccount): number => former?.until ?? 0;

function without(list: readonly string[] = [], one: string): string[] {
  return list.filter((other) => other !== one);
}
