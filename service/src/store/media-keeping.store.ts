/** Deletes what names files that are old, and uploads that the provider has dropped. */
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

/** Identifies an upload. */
type UploadKey = [account: string, sha256: string, mimeType: string];
export const FIRST_UPLOAD: UploadKey = ['', '', ''];

/** Deletes uploads that the provider has dropped. */
export async function dropUploads(tx: Tx, from: UploadKey, now: number): Promise<Next<UploadKey>> {
  const rows = await tx.db
    .selectFrom('uploads')
    .select(['accountId', 'sha256', 'mimeType', 'expiresAt'])
    .where((is) => is(is.refTuple('accountId', 'sha256', 'mimeType'), '>', is.tuple(...from)))
    .orderBy('accountId')
    .orderBy('sha256')
    .orderBy('mimeType')
    .limit(LIMIT)
    .execute();
  for (const { accountId, sha256, mimeType, expiresAt } of rows) {
    if (expiresAt === null || expiresAt > now) continue;
    const one = tx.db.deleteFrom('uploads').where('accountId', '=', accountId).where('sha256', '=', sha256);
    await one.where('mimeType', '=', mimeType).execute();
  }
  const last = rows.length === LIMIT ? rows.at(-1) : undefined;
  return last && [last.accountId, last.sha256, last.mimeType];
}
