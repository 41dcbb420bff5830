/** Finds the connection below which an account hangs, in the unit of work that stores the account. */
import { randomBytes } from 'node:crypto';
import type { Channel } from '../channels/channel.ts';
import type { Ids } from '../core/ids.ts';
import * as accounts from '../store/account.store.ts';
import type { AccountRow } from '../store/account.store.ts';
import * as connections from '../store/connection.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import { normalizeJob, type NormalizeQueue } from './normalize-job.ts';

/** Lists what it takes to place an account. */
export interface Placing {
  ids: Ids;
  now: number;
  /** Opens the settings of another account of the channel. */
  open(row: AccountRow): unknown;
  /** Promises that webhooks that moved to another connection are read there. */
  outbox: NormalizeQueue;
}

/** Describes an account that is about to be stored. */
export interface Placed {
  id: string;
  channel: Channel;
  settings: unknown;
  /** Its settings until now; absent: nobody knows them any more. */
  former?: unknown;
  /** Holds the connection below which it hung until now; absent: it is new. */
  connectionId: string | undefined;
}

/**
 * Answers the connection of the account: of its own, where nothing else hangs below it, and those of accounts with the same key and a secret in
 * common, the oldest; else a new one. The others go on in that one, with their webhook URLs and what waits to be read. The caller holds the
 * connections of the channel.
 *
 * Its own counts though the secret is another now: during a rotation, what the old secret proved was proved by the same application, and is for
 * whichever of its accounts it names. An account that moved to another application leaves its connection: who knows the secret of the former one must
 * not reach the accounts of the new one by what waits there. Where an account names no application, its move cannot be told from a rotation; a secret
 * that no account has any more then proves nothing new, and only what it had proved before is read there.
 */
export async function place(tx: Tx, account: Placed, placing: Placing): Promise<string> {
  const { channel, connectionId: current } = account;
  const others = (await accounts.ofChannel(tx.db, channel.id)).filter(({ id }) => id !== account.id);
  const peers = others.filter((row) => isPeer(account, { channel, settings: placing.open(row) }));
  const isAlone = !others.some(({ connectionId }) => connectionId === current);
  const own = current !== undefined && isAlone && !movedAway(account) ? [current] : [];
  const [oldest, ...newer] = [...new Set([...own, ...peers.map(({ connectionId }) => connectionId)])].sort();
  if (oldest === undefined) return leave(tx, channel, current, placing);
  for (const from of newer) {
    const waits = await connections.mergeInto(tx, from, oldest);
    if (waits) await placing.outbox.enqueue(tx, normalizeJob(oldest));
  }
  return oldest;
}

/** Tells whether the account is of another application than before, as far as its settings name one. */
function movedAway({ channel, settings, former }: Placed): boolean {
  if (former === undefined) return false;
  const [before, now] = [channel.connection(former), channel.connection(settings)];
  const isKnown = before.application !== undefined && now.application !== undefined;
  return before.key !== now.key || (isKnown && before.application !== now.application);
}

/** Tells whether two accounts are of one connection: of the same application, by a secret or a credential that both have. */
export function isPeer(
  one: Pick<Placed, 'channel' | 'settings'>,
  other: Pick<Placed, 'channel' | 'settings'>,
): boolean {
  const [mine, theirs] = [one.channel.connection(one.settings), other.channel.connection(other.settings)];
  const share = (own: readonly string[] = [], others: readonly string[] = []) =>
    own.some((one) => others.includes(one));
  const isShared = share(mine.secrets, theirs.secrets) || share(mine.credentials, theirs.credentials);
  return mine.key === theirs.key && isShared;
}

/**
 * Gives accounts below a connection that have no secret in common any more, not even through others, connections of their own. The oldest account
 * keeps its own, and those that stand with it. The caller holds the connections of the channel.
 */
export async function separate(tx: Tx, channel: Channel, connectionId: string, placing: Placing): Promise<void> {
  const below = await accounts.below(tx.db, connectionId);
  const [, ...apart] = groupsOf(below.map((row) => ({ id: row.id, channel, settings: placing.open(row) })));
  for (const group of apart) {
    const into = await leave(tx, channel, connectionId, placing);
    for (const { id } of group) await accounts.move(tx, id, { from: connectionId, into, at: placing.now });
  }
}

type Member = Pick<Placed, 'id' | 'channel' | 'settings'>;

/** Groups accounts, given from the oldest on, by the secrets that they share; the group of the oldest is first. */
function groupsOf(members: readonly Member[]): Member[][] {
  let groups: Member[][] = [];
  for (const member of members) {
    const near = groups.filter((group) => group.some((other) => isPeer(member, other)));
    const [nearest = []] = near;
    const joined = [...near.flat(), member];
    const kept = groups.filter((group) => group === nearest || !near.includes(group));
    groups = near.length === 0 ? [...groups, joined] : kept.map((group) => (group === nearest ? joined : group));
  }
  return groups;
}

/** Makes a connection for accounts that leave one, or for a new account; who goes to and fro makes no more of them each time. */
async function leave(tx: Tx, channel: Channel, from: string | undefined, { ids, now }: Placing): Promise<string> {
  const known = from && (await connections.revive(tx, from));
  if (known) return known;
  const id = ids.next('cnn');
  const endpoint = randomBytes(18).toString('base64url');
  await connections.create(tx, { id, connector: channel.id, endpoint, now });
  return id;
}
