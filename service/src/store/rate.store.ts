/**
 * Stores how much of a limit is used, as one instant for each key: until `full_at` what was used is not made good again (the "generic cell rate
 * algorithm"). A key that is not there, or whose instant is over, is unused.
 */
import { sql, type Expression } from 'kysely';
import { SERVER_NOW } from './job.store.ts';
import type { Db } from './unit-of-work.ts';
import { first, prepared, type Parameters } from './prepared.ts';
import { LIMIT, type Next } from './stretch.ts';
import type { Tx } from './unit-of-work.ts';

interface Use {
  key: string;
  /** Milliseconds since the epoch; where the database has a clock of its own, that one counts. */
  now: number;
  /** Says how long it takes to make good what is used now. */
  costMs: number;
}
interface Ask extends Use {
  /** Says how much may be used at once, as the time that it takes to make it good. */
  capacityMs: number;
}

type Now = (its: Parameters<Use>) => Expression<number>;

/** What was set later than now was set by a clock that has been put back: it holds up nothing. */
const isUsed = (now: Expression<number>) => sql<boolean>`(rates.full_at > ${now} and rates.set_at <= ${now})`;

/** Decides and notes in one statement, so that no two processes use the same. */
function statements(nowOf: Now) {
  const acquire = prepared((db, its: Parameters<Ask>) => {
    const now = nowOf(its as never);
    const cost = sql<number>`cast(${its('costMs')} as bigint)`;
    return db
      .insertInto('rates')
      .values({ key: its('key'), fullAt: sql<number>`${now} + ${cost}`, setAt: now })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet({
            fullAt: sql<number>`case when ${isUsed(now)} then rates.full_at else ${now} end + ${cost}`,
            setAt: now,
          })
          .where(
            sql<boolean>`(not ${isUsed(now)} or rates.full_at <= ${now} + cast(${its('capacityMs')} as bigint) - ${cost})`,
          ),
      )
      .returning('fullAt');
  });
  const waitMs = prepared((db, its: Parameters<Ask>) => {
    const now = nowOf(its as never);
    const room = sql<number>`cast(${its('costMs')} as bigint) - cast(${its('capacityMs')} as bigint)`;
    return db
      .selectFrom('rates')
      .select(sql<number>`full_at - ${now} + ${room}`.as('ms'))
      .where('key', '=', its('key'));
  });
  const fill = prepared((db, its: Parameters<Use>) => {
    const until = sql<number>`${nowOf(its)} + cast(${its('costMs')} as bigint)`;
    return db
      .insertInto('rates')
      .values({ key: its('key'), fullAt: until, setAt: nowOf(its) })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet({ fullAt: until, setAt: nowOf(its) })
          .where(sql<boolean>`(not ${isUsed(nowOf(its))} or rates.full_at < ${until})`),
      );
  });
  return { acquire, waitMs, fill };
}

const OWN_CLOCK = statements((its) => sql<number>`cast(${its('now')} as bigint)`);
/** Uses the server's clock: those of several machines differ by more than the limits are fine. */
const SERVER_CLOCK = statements(() => SERVER_NOW);

/** Describes a database, and whose clock counts. */
export interface Clocked {
  db: Db;
  /** Tells whether several processes use the limits. */
  shared: boolean;
}

/** Uses a part of the limit. Answers 0, or how many milliseconds it takes until that much is free: then nothing was used. */
export async function acquire({ db, shared }: Clocked, ask: Ask): Promise<number> {
  const { acquire: use, waitMs } = shared ? SERVER_CLOCK : OWN_CLOCK;
  if (first(await use(db, ask)) !== undefined) return 0;
  return Math.max(1, Number(first(await waitMs(db, ask))?.ms ?? 1));
}

/** Uses all of the limit for so long. */
export async function fill({ db, shared }: Clocked, use: Use): Promise<void> {
  await (shared ? SERVER_CLOCK : OWN_CLOCK).fill(db, use);
}

/** Makes all of the limit free. */
export async function drop({ db }: Tx, key: string): Promise<void> {
  await db.deleteFrom('rates').where('key', '=', key).execute();
}

/** Deletes limits of which nothing is used any more. */
export async function dropRates(tx: Tx, from: string, now: number): Promise<Next<string>> {
  const keys = await tx.db
    .selectFrom('rates')
    .select('key')
    .where('key', '>', from)
    .orderBy('key')
    .limit(LIMIT)
    .execute();
  const upTo = keys.at(-1)?.key;
  if (upTo === undefined) return undefined;
  await tx.db.deleteFrom('rates').where('key', '>', from).where('key', '<=', upTo).where('fullAt', '<', now).execute();
  return keys.length === LIMIT ? upTo : undefined;
}
