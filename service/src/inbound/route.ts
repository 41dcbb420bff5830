/** Finds the accounts below a connection that a webhook tells of. Pure. */
import type { ChannelEvent } from '../channels/channel.ts';
import type { LiveAccount } from '../connectors/live.ts';
import type { LiveConnection } from '../connectors/live.ts';
import type { RawRequest } from '../connectors/connector.ts';

/** A fact, and the account that it is about. */
export interface Target {
  account: LiveAccount;
  event: ChannelEvent;
}

export interface Routed {
  targets: Target[];
  /** Addresses that no account below the connection has, each once: what was told of them is for nobody here. */
  strays: string[];
}

/**
 * Reads a webhook for each account that it tells of, with that account's own settings. The oldest account reads it first and hears what names
 * no account. `isElsewhere`: whether an address is that of an account of another connection, which nobody here hears in its place.
 */
export function route(
  connection: LiveConnection,
  request: RawRequest,
  isElsewhere: (address: string) => boolean = () => false,
): Routed {
  const hearers = (addresses: readonly string[]) => accountsOf(connection, addresses, isElsewhere);
  const [oldest] = connection.accounts;
  if (oldest === undefined) return { targets: [], strays: [''] };
  const strays = new Set<string>();
  const read = connection.channel.parse(request, oldest.settings);
  const targets: Target[] = [];
  const others = new Set<LiveAccount>();
  for (const event of read) {
    const [first, ...rest] = addressesOf(event);
    const accounts: readonly LiveAccount[] = first === undefined ? [oldest] : hearers([first, ...rest]);
    if (accounts.length === 0) strays.add(first ?? '');
    for (const account of accounts) {
      if (account === oldest) targets.push({ account, event });
      else others.add(account);
    }
  }
  for (const account of others) {
    const own = connection.channel.parse(request, account.settings);
    const isFor = (event: ChannelEvent) => hearers(addressesOf(event)).includes(account);
    targets.push(...own.filter(isFor).map((event) => ({ account, event })));
  }
  return { targets, strays: [...strays] };
}

function addressesOf({ address = [] }: ChannelEvent): readonly string[] {
  return typeof address === 'string' ? [address] : address;
}

/** Those that have the first of the addresses that anybody has. */
function accountsOf(
  { named }: LiveConnection,
  addresses: readonly string[],
  isElsewhere: (address: string) => boolean,
): readonly LiveAccount[] {
  for (const address of addresses) {
    const found = named.get(address);
    if (found !== undefined) return found;
    if (isElsewhere(address)) return [];
  }
  return [];
}
