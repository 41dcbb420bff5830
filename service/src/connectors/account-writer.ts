/** Stores accounts, each below its connection, in the caller's unit of work. */
import type { PutAccount } from '../../../contract/api.ts';
import { settingsDigest } from '../../../contract/signature.ts';
import type { Channel } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { Sealer } from '../core/sealer.ts';
import * as store from '../store/account.store.ts';
import type { AccountRow } from '../store/account.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as connections from '../store/connection.store.ts';
import { place, separate, type Placed, type Placing } from './place.ts';

/** Lists what the writer works with. */
export interface AccountWriterDeps extends Pick<Placing, 'outbox'> {
  sealer: Sealer;
  clock: Clock;
  ids: Ids;
}

/** Describes an account as a caller gives it. */
export interface GivenAccount {
  channel: Channel;
  externalId: string;
  /** Holds the settings as the channel's schema read them. */
  settings: unknown;
  given: PutAccount;
}

/** Stores accounts and places them below their connections. */
export class AccountWriter {
  readonly #deps: AccountWriterDeps;

  constructor(deps: AccountWriterDeps) {
    this.#deps = deps;
  }

  /** Creates or replaces an account. Answers how it stands now and how it stood before; a deleted one comes back under its old id. */
  async put(tx: Tx, account: GivenAccount): Promise<{ row: AccountRow; known: AccountRow | undefined }> {
    const { sealer, ids, clock } = this.#deps;
    const { channel, externalId, settings, given } = account;
    await lockConnections(tx, channel);
    const known = await store.find(tx.db, channel.id, externalId);
    const id = known?.id ?? ids.next('acc');
    const now = clock.now();
    const former = known === undefined || known.deletedAt !== null ? undefined : this.#open(known);
    const connectionId = await this.#place(tx, { id, channel, settings, former, connectionId: known?.connectionId });
    await store.put(tx, {
      id,
      channel: channel.id,
      externalId,
      name: given.name ?? known?.name ?? null,
      connectionId,
      settings: sealer.encrypt(settings, id),
      settingsDigest: settingsDigest(given.settings),
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      deletedAt: null,
    });
    await this.#moved(tx, channel, { id, from: known?.connectionId, into: connectionId });
    const row = await store.findById(tx.db, id);
    if (row === undefined) throw new Error(`Account ${id} was stored and is not there`);
    return { row, known };
  }

  /** Forgets the settings, and what the provider made for a connection that has no account any more. Answers the connection below which it hung. */
  async remove(tx: Tx, channel: Channel, id: string): Promise<string | undefined> {
    await lockConnections(tx, channel);
    const row = await store.findById(tx.db, id);
    if (row === undefined || row.deletedAt !== null) return undefined;
    await store.remove(tx, id, this.#deps.clock.now());
    await separate(tx, channel, row.connectionId, this.#placing());
    await connections.forgetLearned(tx, row.connectionId);
    return row.connectionId;
  }

  /** Looks anew below which connection an account hangs. */
  async placeAgain(tx: Tx, channel: Channel, id: string): Promise<void> {
    await lockConnections(tx, channel);
    const row = await store.findById(tx.db, id);
    if (row === undefined || row.deletedAt !== null) return;
    const settings = this.#open(row);
    const from = row.connectionId;
    await this.#moved(tx, channel, {
      id,
      from,
      into: await this.#place(tx, { id, channel, settings, connectionId: from }),
    });
  }

  /** Remembers where an account hung, and parts those whom it held together. */
  async #moved(tx: Tx, channel: Channel, move: { id: string; from: string | undefined; into: string }): Promise<void> {
    const { id, from, into } = move;
    const placing = this.#placing();
    if (from !== undefined && from !== into) {
      await store.move(tx, id, { from, into, at: placing.now });
      await separate(tx, channel, from, placing);
    }
    await separate(tx, channel, into, placing);
  }

  #place(tx: Tx, account: Placed): Promise<string> {
    return place(tx, account, this.#placing());
  }

  #placing(): Placing {
    const { ids, clock, outbox } = this.#deps;
    return { ids, outbox, now: clock.now(), open: (row) => this.#open(row) };
  }

  #open({ id, settings }: AccountRow): unknown {
    return this.#deps.sealer.decrypt(settings, id);
  }
}

/** Locks the connections of a channel: nobody else places an account of it before the unit ends. */
function lockConnections(tx: Tx, { id }: Channel): Promise<void> {
  return tx.lock(`connections ${id}`);
}
