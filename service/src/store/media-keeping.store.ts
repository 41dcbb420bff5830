/** Deletes what names files of contacts that are old, or of whom is forgotten. */
import { LIMIT, more, type Next } from './stretch.ts';
import type { Tx } from './unit-of-work.ts';

/** Deletes files that contacts sent, by Parley's id; `before` is the first that is young. */
export async function dropMedia(tx: Tx, before: string): Promise<Next<true>> {
  const old = tx.db.selectFrom('media').select('id').where('id', '<', before).orderBy('id').limit(LIMIT);
  return more(await tx.db.deleteFrom('media').where('id', 'in', old).executeTakeFirst());
}

/** Deletes files that came in a conversation. Answers whether there may be more. */
export async function dropMediaOf(tx: Tx, conversationId: string): Promise<boolean> {
  const own = tx.db.selectFrom('media').select('id').where('conversationId', '=', conversationId).limit(LIMIT);
  return more(await tx.db.deleteFrom('media').where('id', 'in', own).executeTakeFirst()) === true;
}
