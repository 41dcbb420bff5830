/** Stores files that contacts sent, by Parley's id. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';

/** Describes a file that a contact sent, and where its provider has it. */
export interface MediaRow {
  id: string;
  accountId: string;
  providerId: string;
  mimeType: string;
  filename: string | null;
}

/** Describes a file that comes, and with whom it is talked about. */
export interface NewMedia extends MediaRow {
  conversationId: string;
}

/** Describes a file as it is stored. */
export interface StoredMedia extends MediaRow {
  /** Holds it sealed, bound to `id`; null: the provider's id is enough. */
  secret: string | null;
}

/**
 * Stores where the provider has a contact's file. Each message has rows of its own, also where providers name one file for two: what becomes of the one
 * leaves the other alone.
 */
export async function insert(tx: Tx, media: NewMedia, now: number): Promise<void> {
  await tx.db
    .insertInto('media')
    .values({
      id: media.id,
      accountId: media.accountId,
      providerId: media.providerId,
      mimeType: media.mimeType,
      filename: media.filename,
      conversationId: media.conversationId,
      createdAt: now,
    })
    .execute();
}

/** Finds a contact's file by Parley's id. */
export async function find(db: Kysely<Schema>, id: string): Promise<StoredMedia | undefined> {
  const row = await db.selectFrom('media').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const { accountId, providerId, mimeType, filename, secret } = row;
  return { id, accountId, providerId, mimeType, filename, secret };
}

/** Keeps what it takes to read a file, sealed. */
export async function setSecret(tx: Tx, id: string, secret: string): Promise<void> {
  await tx.db.updateTable('media').set({ secret }).where('id', '=', id).execute();
}

/** Keeps what the provider says of a file's type. */
export async function setMimeType(tx: Tx, id: string, mimeType: string): Promise<void> {
  await tx.db.updateTable('media').set({ mimeType }).where('id', '=', id).execute();
}

/** Finds which of the files are known, and came at `since` or later. */
export async function knownSince(db: Kysely<Schema>, ids: readonly string[], since: number): Promise<Set<string>> {
  const known = db.selectFrom('media').select('id').where('id', 'in', ids).where('createdAt', '>=', since);
  return new Set((await known.execute()).map(({ id }) => id));
}

/** Lists the files that a message's content tells of. */
export function idsIn(content: unknown): string[] {
  const { media, more = [] } = (content ?? {}) as { media?: { id?: string }; more?: { media?: { id?: string } }[] };
  return [media?.id, ...more.map((one) => one.media?.id)].filter((id) => id !== undefined);
}

/** Forgets the files that a message's content tells of. */
export async function forget(tx: Tx, content: unknown): Promise<void> {
  for (const id of idsIn(content)) await tx.db.deleteFrom('media').where('id', '=', id).execute();
}
