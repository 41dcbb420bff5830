/** Finds sealed secrets wherever they lie: accounts' settings, what connections learned, what files are read with, facts of which the rest is fetched, the secrets of subscriptions that still listen, and the key's proof. */
import { sql, type SqlBool } from 'kysely';
import { first, prepared, type Parameters } from './prepared.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** Describes a sealed secret with what it is bound to. */
export interface SealedSecret {
  /** Holds the id of the row that the secret is bound to. */
  id: string;
  box: string;
}

/** Describes a table in which secrets lie. */
export interface SecretPlace {
  /** Lists, in the order of ids after `after`, sealed secrets that begin with none of `prefixes`. */
  others(db: Db, prefixes: readonly string[], after: string, limit: number): Promise<SealedSecret[]>;
  count(db: Db, prefixes: readonly string[]): Promise<number>;
  /** Puts `anew` in the place of a sealed secret; changes nothing when there is another by now. */
  replace(tx: Tx, secret: SealedSecret, anew: string): Promise<void>;
}

/** Compares beginnings without `like`: a key's id may hold its wildcards. */
function beginsWithNone(column: 'settings' | 'learned' | 'secret' | 'position' | 'fact', prefixes: readonly string[]) {
  const begins = prefixes.map((one) => sql`substr(${sql.ref(column)}, 1, ${one.length}) <> ${one}`);
  return sql<SqlBool>`${sql.join([sql`1 = 1`, ...begins], sql` and `)}`;
}

const accounts: SecretPlace = {
  others: (db, prefixes, after, limit) =>
    db
      .selectFrom('accounts')
      .select(['id', 'settings as box'])
      .where('deletedAt', 'is', null)
      .where('id', '>', after)
      .where(beginsWithNone('settings', prefixes))
      .orderBy('id')
      .limit(limit)
      .execute(),
  count: async (db, prefixes) => {
    const found = db.selectFrom('accounts').where('deletedAt', 'is', null).where(beginsWithNone('settings', prefixes));
    return Number((await found.select((one) => one.fn.countAll().as('count')).executeTakeFirstOrThrow()).count);
  },
  replace: async ({ db }, { id, box }, anew) => {
    await db.updateTable('accounts').set({ settings: anew }).where('id', '=', id).where('settings', '=', box).execute();
  },
};

/** Lists what connections learned; one that learned nothing has no secret here. */
const connections: SecretPlace = {
  others: async (db, prefixes, after, limit) => {
    const found = await db
      .selectFrom('connections')
      .select(['id', 'learned'])
      .where('learned', 'is not', null)
      .where('id', '>', after)
      .where(beginsWithNone('learned', prefixes))
      .orderBy('id')
      .limit(limit)
      .execute();
    return found.map(({ id, learned }) => ({ id, box: learned ?? '' }));
  },
  count: async (db, prefixes) => {
    const found = db
      .selectFrom('connections')
      .where('learned', 'is not', null)
      .where(beginsWithNone('learned', prefixes));
    return Number((await found.select((one) => one.fn.countAll().as('count')).executeTakeFirstOrThrow()).count);
  },
  replace: async ({ db }, { id, box }, anew) => {
    await db
      .updateTable('connections')
      .set({ learned: anew })
      .where('id', '=', id)
      .where('learned', '=', box)
      .execute();
  },
};

/** Most files have none. */
const media: SecretPlace = {
  others: async (db, prefixes, after, limit) => {
    const found = await db
      .selectFrom('media')
      .select(['id', 'secret'])
      .where('secret', 'is not', null)
      .where('id', '>', after)
      .where(beginsWithNone('secret', prefixes))
      .orderBy('id')
      .limit(limit)
      .execute();
    return found.map(({ id, secret }) => ({ id, box: secret ?? '' }));
  },
  count: async (db, prefixes) => {
    const found = db.selectFrom('media').where('secret', 'is not', null).where(beginsWithNone('secret', prefixes));
    return Number((await found.select((one) => one.fn.countAll().as('count')).executeTakeFirstOrThrow()).count);
  },
  replace: async ({ db }, { id, box }, anew) => {
    await db.updateTable('media').set({ secret: anew }).where('id', '=', id).where('secret', '=', box).execute();
  },
};

const pendingFacts: SecretPlace = {
  others: (db, prefixes, after, limit) =>
    db
      .selectFrom('pendingFacts')
      .select(['id', 'fact as box'])
      .where('id', '>', after)
      .where(beginsWithNone('fact', prefixes))
      .orderBy('id')
      .limit(limit)
      .execute(),
  count: async (db, prefixes) => {
    const found = db.selectFrom('pendingFacts').where(beginsWithNone('fact', prefixes));
    return Number((await found.select((one) => one.fn.countAll().as('count')).executeTakeFirstOrThrow()).count);
  },
  replace: async ({ db }, { id, box }, anew) => {
    await db.updateTable('pendingFacts').set({ fact: anew }).where('id', '=', id).where('fact', '=', box).execute();
  },
};

const subscriptions: SecretPlace = {
  others: (db, prefixes, after, limit) =>
    db
      .selectFrom('subscriptions')
      .select(['id', 'secret as box'])
      .where('endedAt', 'is', null)
      .where('id', '>', after)
      .where(beginsWithNone('secret', prefixes))
      .orderBy('id')
      .limit(limit)
      .execute(),
  count: async (db, prefixes) => {
    const found = db.selectFrom('subscriptions').where('endedAt', 'is', null).where(beginsWithNone('secret', prefixes));
    return Number((await found.select((one) => one.fn.countAll().as('count')).executeTakeFirstOrThrow()).count);
  },
  replace: async ({ db }, { id, box }, anew) => {
    await db
      .updateTable('subscriptions')
      .set({ secret: anew })
      .where('id', '=', id)
      .where('secret', '=', box)
      .execute();
  },
};

/** Names what the proof is bound to, and where it lies. */
export const PROOF = 'encryption-key';

/** Names what the key of the hashes of addresses is bound to, and where it lies. */
export const HASH_KEY = 'address-hashes';

/** Stores the proof, a sealed value of no worth: whoever opens it has the key with which this database is used. Beside it lies the key of hashes. */
const own: SecretPlace = {
  others: (db, prefixes, after) =>
    db
      .selectFrom('cursors')
      .select(['name as id', 'position as box'])
      .where('name', 'in', [PROOF, HASH_KEY])
      .where('name', '>', after)
      .where(beginsWithNone('position', prefixes))
      .orderBy('name')
      .execute(),
  count: async (db, prefixes) => (await own.others(db, prefixes, '', 2)).length,
  replace: async ({ db }, { id, box }, anew) => {
    await db
      .updateTable('cursors')
      .set({ position: anew })
      .where('name', '=', id)
      .where('position', '=', box)
      .execute();
  },
};

/** Lists every table in which secrets lie. */
export const SECRET_PLACES: readonly SecretPlace[] = [accounts, connections, media, pendingFacts, subscriptions, own];

const selectPosition = prepared((db, its: Parameters<{ name: string }>) =>
  db.selectFrom('cursors').select('position').where('name', '=', its('name')),
);

/** Answers the sealed value that is there under this name; undefined: there is none yet. */
export async function kept(db: Db, name: typeof PROOF | typeof HASH_KEY): Promise<string | undefined> {
  return first(await selectPosition(db, { name }))?.position;
}

/**
 * Answers the sealed value that is there under this name, else stores `box` from now on. Of several processes that do so at once on a new database,
 * one makes it.
 */
export async function keep(tx: Tx, name: typeof PROOF | typeof HASH_KEY, box: string): Promise<string> {
  const row = { name, position: box };
  await tx.db
    .insertInto('cursors')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await kept(tx.db, name)) ?? box;
}
