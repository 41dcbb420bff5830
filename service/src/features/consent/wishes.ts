/**
 * Keeps what people want no more of. A wish is known by hashes of the addresses it was said from, so that it outlives the contact, and of two words
 * about the same the newer one counts, by the provider's time and whichever came first.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { addressSpellings, type Identity } from '../../core/identity.ts';
import type { Sealer } from '../../core/sealer.ts';
import { HASH_KEY, keep, kept } from '../../store/secret.store.ts';
import * as store from '../../store/suppression.store.ts';
import type { Wish } from '../../store/suppression.store.ts';
import type { Db, Tx } from '../../store/unit-of-work.ts';

/** Reaches every account. */
export const EVERYWHERE = '';

/** Covers all that the business says of itself; what people ask for is still answered. */
export const ALL = 'all';
export const MARKETING = 'marketing';
/** Covers every message: the provider sends nothing more. */
export const EVERY_MESSAGE = 'every message';

const KEY_BYTES = 32;

/** Says whose wish it is. */
export interface Person {
  /** Names the contact; absent: nobody knows them yet, or any more. */
  id?: string | undefined;
  identities: readonly Identity[];
}

/** Reads and stores wishes. */
export class Wishes {
  readonly #sealer: Sealer;
  #key: Buffer | undefined;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  /** Stores a wish of a person, of whoever has their identities, and of the contact, who may lose these to others. */
  async store(tx: Tx, { id, identities }: Person, wish: Wish): Promise<void> {
    const key = await this.#made(tx);
    for (const identity of identities) await store.put(tx, hashOf(key, identity), wish);
    if (id !== undefined) await store.put(tx, hashOfContact(key, id), wish);
  }

  /** Answers the last word about each topic and reach, of the contact or of whoever has one of these identities. */
  async find(db: Db, { id, identities }: Person): Promise<Wish[]> {
    const key = await this.#known(db);
    if (key === undefined) return [];
    const last = new Map<string, Wish>();
    const own = id === undefined ? [] : [hashOfContact(key, id)];
    for (const wish of await store.find(db, [...hashesOf(key, identities), ...own])) {
      const about = `${wish.reach} ${wish.topic}`;
      const before = last.get(about);
      const isNewer = before === undefined || wish.at > before.at || (wish.at === before.at && wish.stopped);
      if (isNewer) last.set(about, wish);
    }
    return [...last.values()];
  }

  /** Answers the stops that stand for sends of the account. */
  async standing(db: Db, person: Person, accountId: string): Promise<Wish[]> {
    const wishes = await this.find(db, person);
    return wishes.filter(({ stopped, reach }) => stopped && (reach === EVERYWHERE || reach === accountId));
  }

  /** Keeps the stops of somebody who is forgotten under every identity they have, and forgets whoever else they said yes to. */
  async outlive(tx: Tx, { id, identities }: Person): Promise<void> {
    const wishes = await this.find(tx.db, { id, identities });
    if (wishes.length === 0) return;
    const key = await this.#made(tx);
    for (const wish of wishes.filter(({ stopped }) => stopped)) await this.store(tx, { identities }, wish);
    await store.dropResumed(tx, hashesOf(key, identities));
    if (id !== undefined) await store.drop(tx, hashOfContact(key, id));
  }

  async #known(db: Db): Promise<Buffer | undefined> {
    if (this.#key !== undefined) return this.#key;
    const box = await kept(db, HASH_KEY);
    return box === undefined ? undefined : this.#open(box);
  }

  async #made(tx: Tx): Promise<Buffer> {
    const known = await this.#known(tx.db);
    if (known !== undefined) return known;
    const box = this.#sealer.encrypt(randomBytes(KEY_BYTES).toString('base64'), HASH_KEY);
    const key = this.#open(await keep(tx, HASH_KEY, box));
    // A unit of work that is undone made none.
    tx.afterCommit(() => (this.#key = key));
    return key;
  }

  #open(box: string): Buffer {
    return Buffer.from(String(this.#sealer.decrypt(box, HASH_KEY)), 'base64');
  }
}

/** Numbers mean the same on every channel, other addresses in their realm only. */
function hashOf(key: Buffer, { channel, realm, kind, address }: Identity): string {
  const place = kind === 'phone' ? `phone ${address.replace(/^\+/, '')}` : `${channel} ${realm} ${kind} ${address}`;
  return createHmac('sha256', key).update(place).digest('base64url');
}

function hashOfContact(key: Buffer, id: string): string {
  return createHmac('sha256', key).update(`contact ${id}`).digest('base64url');
}

function hashesOf(key: Buffer, identities: readonly Identity[]): string[] {
  const spelled = identities.flatMap((one) => addressSpellings(one).map((address) => ({ ...one, address })));
  return [...new Set(spelled.map((one) => hashOf(key, one)))];
}
