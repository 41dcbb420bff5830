/** Stores how far work has come that goes through a table in small steps. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';

/** Answers the place where the work stopped; undefined: it is at the beginning. */
export async function find(db: Kysely<Schema>, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('cursors').select('position').where('name', '=', name).executeTakeFirst();
  return row?.position;
}

/** Stores the place where the work goes on. */
export async function put(tx: Tx, name: string, position: string): Promise<void> {
  await tx.db
    .insertInto('cursors')
    .values({ name, position })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ position }))
    .execute();
}

/** Forgets the place: the work begins anew. */
export async function remove(tx: Tx, name: string): Promise<void> {
  await tx.db.deleteFrom('cursors').where('name', '=', name).execute();
}
