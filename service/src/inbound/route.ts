/** Finds the accounts below a connection that a webhook tells of. Pure. */
import type { ChannelEvent } from '../channels/channel.ts';
import type { LiveAccount } from '../connectors/live.ts';
import type { LiveConnection } from '../connectors/live.ts';
import type { RawRequest } from '../connectors/connector.ts';

/** Joins a fact and the account that it is about. */
export interface Target {
  account: LiveAccount;
  event: ChannelEvent;
}

export interface Routed {
  targets: Target[];
  /** Lists the addresses that no account below the connection has, each once: what was told of them is for nobody here. */
  strays: string[];
}

/**
 * Reads a webhook, once, for all accounts that it tells of, what is for each with its own settings. The oldest account hears what names no account.
 * `isElsewhere`: whether an address is that of an account of another connection, which nobody here hears in its place.
 */
export function route(
  connection: LiveConnection,
  request: RawRequest,
  isElsewhere: (address: string) => boolean = () => false,
): Routed {
  const hearers = (addresses: readonly string[]) => accountsOf(connection, addresses, isElsewhere);
  const [oldest] = connection.accounts;
  if (oldest === undefined) return { targets: [], strays: [''] };
  const settingsOf = (addresses: readonly string[]) => hearers(addresses)[0]?.settings;
  const strays = new Set<string>();
  const targets: Target[] = [];
  for (const event of connection.channel.parse(request, oldest.settings, settingsOf)) {
    const addresses = addressesOf(event);
    const accounts = addresses.length === 0 ? [oldest] : hearers(addresses);
    if (accounts.length === 0) strays.add(addresses[0] ?? '');
    targets.push(...accounts.map((account) => ({ account, event })));
  }
  return { targets, strays: [...strays] };
}

function addressesOf({ address = [] }: ChannelEvent): readonly string[] {
  return typeof address === 'string' ? [address] : address;
}

/** Finds the accounts that have the first of the addresses that anybody has. */
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
