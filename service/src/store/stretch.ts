/**
 * Reads tables in stretches. Every call looks at `LIMIT` rows at the most, found by an index or the order of the table, and is told where the call
 * before came to: a long look would hold up the webhooks.
 */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** One call looks at so many rows. */
export const LIMIT = 100;

/** Says where to go on; undefined: everything that is old enough was looked at. */
export type Next<P> = P | undefined;

/** Reads rows of a table in the order in which they came, `upTo` the last that is older than `before`; undefined: there is none. */
export async function stretch(db: Kysely<Schema>, table: 'receipts' | 'events', from: number, before: number) {
  const at = table === 'receipts' ? 'receivedAt' : 'createdAt';
  const rows = await db
    .selectFrom(table)
    .select([
      'seq',
      (column) =>
        column
          .ref(at as never)
          .$castTo<number>()
          .as('at'),
    ])
    .where('seq', '>', from)
    .orderBy('seq')
    .limit(LIMIT)
    .execute();
  const younger = rows.findIndex((row) => row.at >= before);
  const old = younger === -1 ? rows : rows.slice(0, younger);
  const upTo = old.at(-1)?.seq;
  return { upTo, next: younger === -1 && rows.length === LIMIT ? upTo : undefined };
}

/** Describes the rows of one call, the last that it looked at (undefined: there was none), and whether there may be more. */
export interface Stretch<Row, Position> {
  rows: Row[];
  upTo: Position | undefined;
  more: boolean;
}

/** Tells whether the call deleted as much as one call may. */
export function more({ numDeletedRows }: { numDeletedRows: bigint }): Next<true> {
  return numDeletedRows >= BigInt(LIMIT) ? true : undefined;
}
