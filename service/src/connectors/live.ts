/** Describes accounts and connections as processes hold them in memory. */
import { canonicalJson } from '../../../contract/signature.ts';
import type { Channel } from '../channels/channel.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import type { AccountRow } from '../store/account.store.ts';
import type { Learned } from './connector.ts';

/** Describes an account ready for use. `settings` holds secrets: it goes to its channel and nowhere else. */
export interface LiveAccount {
  id: string;
  channel: Channel;
  externalId: string;
  name: string | null;
  /** Holds the provider's application that calls about it. */
  connectionId: string;
  /** Says below which connection it hung until then, milliseconds since the epoch; null: it never moved. */
  former: { connectionId: string; until: number } | null;
  settings: unknown;
  digest: string;
  createdAt: number;
  updatedAt: number;
  /** Sends per second that the provider told for it; null: it did not. */
  perSecond: number | null;
  /** Its sends wait: the provider refuses the account. Null: it works. */
  pause: Pause | null;
  /** Its sends wait because the provider asked for it, for so long that somebody may wonder. Null: they do not. */
  throttle: Throttle | null;
}

/** Says since when and why the sends of an account wait. Instants are milliseconds since the epoch. */
export interface Pause {
  since: number;
  /** Says what the provider said. */
  reason: string;
  /** Says when one send may try whether the account works again. */
  probeAt: number;
  /** Says what told it, an answer to a send or a status long after it: then an answer does not prove that the account works again. */
  by: 'answer' | 'status';
}

/** Says until when the sends of an account wait as the provider asked. Instants are milliseconds since the epoch. */
export interface Throttle {
  since: number;
  until: number;
  /** Says what the provider said. */
  reason: string;
}

/** Answers the wait that is not over at `now`; one that began later than that was noted by a clock that has been put back. */
export function throttleAt({ throttle }: Pick<LiveAccount, 'throttle'>, now: number): Throttle | undefined {
  return throttle !== null && throttle.since <= now && now < throttle.until ? throttle : undefined;
}

/** Answers since when and why the sends of a stored account wait. */
export function pauseOf({ pausedAt: since, pausedReason, pausedBy, probeAt }: AccountRow): Pause | null {
  if (since === null) return null;
  return { since, reason: pausedReason ?? '', probeAt: probeAt ?? since, by: pausedBy ?? 'answer' };
}

/** Answers how long the sends of a stored account wait as the provider asked. */
export function throttleOf({ throttledAt, throttledUntil, throttledReason }: AccountRow): Throttle | null {
  if (throttledAt === null || throttledUntil === null) return null;
  return { since: throttledAt, until: throttledUntil, reason: throttledReason ?? '' };
}

/** Answers below which connection a stored account hung before. */
export function formerOf({ formerConnectionId, movedAt }: AccountRow): LiveAccount['former'] {
  return formerConnectionId === null || movedAt === null ? null : { connectionId: formerConnectionId, until: movedAt };
}

/** Answers how many sends per second the provider allows the account, as far as anybody knows. */
export function perSecondOf(account: LiveAccount): number | undefined {
  return account.perSecond ?? capabilitiesOf(account).throughput?.perSecond;
}

/** Describes a connection ready for use. */
export interface LiveConnection {
  id: string;
  channel: Channel;
  /** Holds the random part of the webhook URL that providers are told. */
  endpoint: string;
  learned: Learned;
  /** Holds the accounts below it, the oldest first. */
  accounts: readonly LiveAccount[];
  /** Lists settings with different proofs, one for each that accounts below it have. */
  proofs: readonly unknown[];
  /** Holds the accounts by the addresses that webhooks name them by. */
  named: ReadonlyMap<string, readonly LiveAccount[]>;
}

/** Makes a connection with these accounts below it; what follows from them is worked out when it is asked for. */
export function connectionWith(
  { id, channel, endpoint, learned }: Omit<LiveConnection, 'accounts' | 'proofs' | 'named'>,
  given: readonly LiveAccount[],
): LiveConnection {
  let known: ReturnType<typeof lineUp> | undefined;
  const below = () => (known ??= lineUp(given));
  return {
    ...{ id, channel, endpoint, learned },
    get accounts() {
      return below().accounts;
    },
    get proofs() {
      return below().proofs;
    },
    get named() {
      return below().named;
    },
  };
}

function lineUp(given: readonly LiveAccount[]): Pick<LiveConnection, 'accounts' | 'proofs' | 'named'> {
  const accounts = [...given].sort((a, b) => (a.id < b.id ? -1 : 1));
  const proofs = new Map<string, unknown>();
  const named = new Map<string, LiveAccount[]>();
  for (const account of accounts) {
    const { channel, settings } = account;
    proofs.set(canonicalJson(channel.connection(settings).secrets), settings);
    for (const address of channel.addresses(settings)) {
      const those = named.get(address);
      if (those === undefined) named.set(address, [account]);
      else those.push(account);
    }
  }
  return { accounts, proofs: [...proofs.values()], named };
}
