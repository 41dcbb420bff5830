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
import { place, type Placed, type Placing } from './place.ts';

/** What the writer works with. */
export interface AccountWriterDeps extends Pick<Placing, 'outbox'> {
  sealer: Sealer;
  clock: Clock;
  ids: Ids;
}

/** An account as a caller gives it. */
export interface GivenAccount {
  channel: Channel;
  externalId: string;
  /** The settings as the channel's schema read them. */
  settings: unknown;
  given: PutAccount;
}

/** Lets an account work that a person has just stored: whatever stopped it may be mended. */
const RUNNING = { pausedAt: null, pausedReason: null, probeAt: null };

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
    const stored = {
      id,
      channel: channel.id,
      externalId,
      name: given.name ?? known?.name ?? null,
      connectionId: await this.#place(tx, { id, channel, settings, connectionId: known?.connectionId }),
      settings: sealer.encrypt(settings, id),
      settingsDigest: settingsDigest(given.settings),
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      deletedAt: null,
    };
    await store.put(tx, stored);
    return { row: { ...stored, ...RUNNING, perSecond: known?.perSecond ?? null }, known };
  }

  /** Looks anew below which connection an account hangs. */
  async placeAgain(tx: Tx, channel: Channel, id: string): Promise<void> {
    await lockConnections(tx, channel);
    const row = await store.findById(tx.db, id);
    if (row === undefined || row.deletedAt !== null) return;
    const settings = this.#open(row);
    await store.move(tx, id, await this.#place(tx, { id, channel, settings, connectionId: row.connectionId }));
  }

  #place(tx: Tx, account: Placed): Promise<string> {
    const { ids, clock, outbox } = this.#deps;
    return place(tx, account, { ids, outbox, now: clock.now(), open: (row) => this.#open(row) });
  }

  #open({ id, settings }: AccountRow): unknown {
    return this.#deps.sealer.decrypt(settings, id);
  }
}

/** Locks the connections of a channel: nobody else places an account of it before the unit ends. */
function lockConnections(tx: Tx, { id }: Channel): Promise<void> {
  return tx.lock(`connections ${id}`);
}
