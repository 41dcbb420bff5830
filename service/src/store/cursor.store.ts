/** Stores how far work has come that goes through a table in small steps. */
import type { Kysely } from 'kysely';
import { read, textOf } from './json.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';

/** Answers the place where the work stopped; undefined: it is at the beginning. */
export async function find<Position>(db: Kysely<Schema>, name: string): Promise<Position | undefined> {
  const row = await db.selectFrom('cursors').select('position').where('name', '=', name).executeTakeFirst();
  return row && read<Position>(row.position);
}

/** Stores the place where the work goes on. */
export async function put(tx: Tx, name: string, position: unknown): Promise<void> {
  const text = textOf(position);
  await tx.db
    .insertInto('cursors')
    .values({ name, position: text })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ position: text }))
    .execute();
}

/** Forgets the place: the work begins anew. */
export async function remove(tx: Tx, name: string): Promise<void> {
  await tx.db.deleteFrom('cursors').where('name', '=', name).execute();
}
