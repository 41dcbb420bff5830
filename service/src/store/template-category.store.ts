/** Stores which category the provider gave a template, as it told when it was asked. */
import type { Db, Tx } from './unit-of-work.ts';

/** Describes a template as a send names it. */
export interface TemplateName {
  name: string;
  language: string;
}

/** Reads the category, if it was told at `since` (milliseconds since the epoch) or later. */
export async function find(
  db: Db,
  accountId: string,
  { name, language }: TemplateName,
  since: number,
): Promise<string | undefined> {
  const known = db.selectFrom('templateCategories').select('category').where('accountId', '=', accountId);
  const one = known.where('name', '=', name).where('language', '=', language).where('seenAt', '>=', since);
  return (await one.executeTakeFirst())?.category;
}

/** Stores the category that the provider told. */
export async function put(
  tx: Tx,
  accountId: string,
  { name, language }: TemplateName,
  category: string,
  seenAt: number,
): Promise<void> {
  await tx.db
    .insertInto('templateCategories')
    .values({ accountId, name, language, category, seenAt })
    .onConflict((conflict) => conflict.columns(['name', 'accountId', 'language']).doUpdateSet({ category, seenAt }))
    .execute();
}

/** Forgets what was told of the template, for whichever account: the provider changed it. */
export async function forget(tx: Tx, name: string): Promise<void> {
  await tx.db.deleteFrom('templateCategories').where('name', '=', name).execute();
}

/** Forgets `limit` categories at most that were told before `before`. Answers whether there may be more. */
export async function dropBefore(tx: Tx, before: number, limit: number): Promise<boolean> {
  const old = tx.db.selectFrom('templateCategories').select(['name', 'accountId', 'language']);
  const rows = await old.where('seenAt', '<', before).limit(limit).execute();
  for (const { name, accountId, language } of rows) {
    const one = tx.db.deleteFrom('templateCategories').where('name', '=', name).where('accountId', '=', accountId);
    await one.where('language', '=', language).execute();
  }
  return rows.length === limit;
}
