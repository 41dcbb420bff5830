/** Stores what people want no more of, by hashes of their addresses: it stays when everything else of a person is forgotten. */
import type { Schema } from './schema.ts';
import { prepared, type Parameters } from './prepared.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** Describes the last word about a topic, as far as it reaches. */
export interface Wish {
  topic: string;
  /** Holds an account's id; empty: every account. */
  reach: string;
  stopped: boolean;
  /** Says when it was said, milliseconds since the epoch. */
  at: number;
}

const upsert = prepared((db, its: Parameters<Schema['suppressions']>) =>
  db
    .insertInto('suppressions')
    .values({
      hash: its('hash'),
      topic: its('topic'),
      reach: its('reach'),
      stopped: its('stopped'),
      at: its('at'),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['hash', 'topic', 'reach'])
        .doUpdateSet((is) => ({ stopped: is.ref('excluded.stopped'), at: is.ref('excluded.at') }))
        // Of two words of one instant, the one that came last counts.
        .where('excluded.at', '>=', (is) => is.ref('suppressions.at')),
    ),
);

/** Stores a wish, unless a newer word about it is known. */
export async function put(tx: Tx, hash: string, { topic, reach, stopped, at }: Wish): Promise<void> {
  await upsert(tx.db, { hash, topic, reach, stopped: stopped ? 1 : 0, at });
}

/** As many hashes as most people have: one statement for all of them. */
const SLOTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
type Slots = Record<(typeof SLOTS)[number], string>;

const selectFew = prepared((db, its: Parameters<Slots>) =>
  db
    .selectFrom('suppressions')
    .select(['topic', 'reach', 'stopped', 'at'])
    .where(
      'hash',
      'in',
      SLOTS.map((slot) => its(slot)),
    ),
);

/** Finds every wish under these hashes, one or more for each topic and reach. */
export async function find(db: Db, hashes: readonly string[]): Promise<Wish[]> {
  const [first] = hashes;
  if (first === undefined) return [];
  const rows =
    hashes.length > SLOTS.length
      ? await db
          .selectFrom('suppressions')
          .select(['topic', 'reach', 'stopped', 'at'])
          .where('hash', 'in', hashes)
          .execute()
      : (await selectFew(db, Object.fromEntries(SLOTS.map((slot, i) => [slot, hashes[i] ?? first])) as Slots)).rows;
  return rows.map(({ stopped, ...wish }) => ({ ...wish, stopped: stopped === 1 }));
}

/** Forgets every word under a hash. */
export async function drop(tx: Tx, hash: string): Promise<void> {
  await tx.db.deleteFrom('suppressions').where('hash', '=', hash).execute();
}

/** Forgets those of these hashes who want everything. */
export async function dropResumed(tx: Tx, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return;
  await tx.db.deleteFrom('suppressions').where('hash', 'in', hashes).where('stopped', '=', 0).execute();
}

/** Forgets up to `limit` words from before `before` that say yes: nothing older comes any more. Answers whether there may be more. */
export async function dropResumedBefore(tx: Tx, before: number, limit: number): Promise<boolean> {
  const old = tx.db
    .selectFrom('suppressions')
    .select(['hash', 'topic', 'reach'])
    .where('stopped', '=', 0)
    .where('at', '<', before)
    .orderBy('at')
    .limit(limit);
  const rows = await old.execute();
  for (const { hash, topic, reach } of rows) {
    const one = tx.db.deleteFrom('suppressions').where('hash', '=', hash).where('topic', '=', topic);
    await one.where('reach', '=', reach).where('stopped', '=', 0).where('at', '<', before).execute();
  }
  return rows.length === limit;
}
