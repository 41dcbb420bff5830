/** Files: those that contacts sent, by Parley's id, and those that were uploaded to send, by their hash. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './ledger.ts';

export interface MediaRow {
  id: string;
  accountId: string;
  providerId: string;
  mimeType: string;
  filename: string | null;
}

export async function insert(tx: Tx, media: MediaRow, now: number): Promise<string> {
  await tx.db
    .insertInto('media')
    .values({
      id: media.id,
      account_id: media.accountId,
      provider_id: media.providerId,
      mime_type: media.mimeType,
      filename: media.filename,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'provider_id']).doNothing())
    .execute();
  const row = await tx.db
    .selectFrom('media')
    .select('id')
    .where('account_id', '=', media.accountId)
    .where('provider_id', '=', media.providerId)
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function find(db: Kysely<Schema>, id: string): Promise<MediaRow | undefined> {
  const row = await db.selectFrom('media').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const { account_id: accountId, provider_id: providerId, mime_type: mimeType, filename } = row;
  return { id, accountId, providerId, mimeType, filename };
}

/** Forgets the files that a message's content tells of. */
export async function forget(tx: Tx, content: unknown): Promise<void> {
  const { media, more = [] } = (content ?? {}) as { media?: { id?: string }; more?: { media?: { id?: string } }[] };
  for (const id of [media?.id, ...more.map((one) => one.media?.id)]) {
    if (id !== undefined) await tx.db.deleteFrom('media').where('id', '=', id).execute();
  }
}

export interface Upload {
  accountId: string;
  sha256: string;
  mimeType: string;
  providerId: string;
  bytes: number;
  expiresAt: number | null;
}

/** The same bytes, uploaded before and still good at `now`: give a time until which they have to be. */
export async function findUpload(
  db: Kysely<Schema>,
  accountId: string,
  sha256: string,
  mimeType: string,
  now: number,
): Promise<Upload | undefined> {
  const row = await db
    .selectFrom('uploads')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('sha256', '=', sha256)
    .where('mime_type', '=', mimeType)
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { accountId, sha256, mimeType, providerId: row.provider_id, bytes: row.bytes, expiresAt: row.expires_at };
}

export async function putUpload(tx: Tx, upload: Upload): Promise<void> {
  const values = { provider_id: upload.providerId, bytes: upload.bytes, expires_at: upload.expiresAt };
  await tx.db
    .insertInto('uploads')
    .values({ account_id: upload.accountId, sha256: upload.sha256, mime_type: upload.mimeType, ...values })
    .onConflict((conflict) => conflict.columns(['account_id', 'sha256', 'mime_type']).doUpdateSet(values))
    .execute();
}
