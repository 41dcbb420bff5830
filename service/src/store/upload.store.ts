/** Stores files that were uploaded to be sent, by their hash and by the ids that the provider gave them. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import { LIMIT, more, type Next } from './stretch.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** Describes a file that was uploaded to a provider to be sent. */
export type Upload = Schema['uploads'];

/** Says which bytes they are, of which account. */
export type SameBytes = Pick<Upload, 'accountId' | 'sha256' | 'mimeType'>;

/**
 * Finds an upload of the same bytes that the provider still has at `now`: the instant, in milliseconds since the epoch, at which it is to be used.
 */
export async function findUpload(db: Kysely<Schema>, bytes: SameBytes, now: number): Promise<Upload | undefined> {
  return ofBytes(db, bytes)
    .where((is) => is.or([is('expiresAt', 'is', null), is('expiresAt', '>', now)]))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('lostUploads')
            .select('lostAt')
            .whereRef('lostUploads.accountId', '=', 'uploads.accountId')
            .whereRef('lostUploads.providerId', '=', 'uploads.providerId'),
        ),
      ),
    )
    .executeTakeFirst();
}

/** Finds an upload of these bytes, whether the provider still has it or not. */
export async function findAny(db: Kysely<Schema>, bytes: SameBytes): Promise<Upload | undefined> {
  return ofBytes(db, bytes).executeTakeFirst();
}

function ofBytes(db: Kysely<Schema>, { accountId, sha256, mimeType }: SameBytes) {
  return db
    .selectFrom('uploads')
    .selectAll('uploads')
    .where('accountId', '=', accountId)
    .where('sha256', '=', sha256)
    .where('mimeType', '=', mimeType);
}

/** Stores an upload, in the place of an earlier one of the same bytes. */
export async function putUpload(tx: Tx, upload: Upload): Promise<void> {
  const { accountId, sha256, mimeType, ...values } = upload;
  await tx.db
    .insertInto('uploads')
    .values(upload)
    .onConflict((conflict) => conflict.columns(['accountId', 'sha256', 'mimeType']).doUpdateSet(values))
    .execute();
}

/** Says what of an upload is kept here. */
export type KeptBytes = Pick<Upload, 'fileId' | 'filename' | 'keptAt'>;
/** Says that nothing is. */
export const NOT_KEPT: KeptBytes = { fileId: null, filename: null, keptAt: null };

/** Says what of an upload is kept here. */
export async function setKept(tx: Tx, { accountId, sha256, mimeType }: SameBytes, kept: KeptBytes): Promise<void> {
  const of = tx.db.updateTable('uploads').set(kept).where('accountId', '=', accountId);
  await of.where('sha256', '=', sha256).where('mimeType', '=', mimeType).execute();
}

/** Lists the ids by which a message's content may name uploads: its members whose names end so. */
export function namesIn(content: unknown): string[] {
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).flatMap(([name, value]) => {
    if (typeof value === 'string') return isId(name) ? [value] : [];
    return namesIn(value);
  });
}

/** Answers a content that names uploads by other ids. */
export function renamed<T>(content: T, anew: ReadonlyMap<string, string>): T {
  const other = (name: string, value: unknown) =>
    typeof value === 'string' && isId(name) ? (anew.get(value) ?? value) : value;
  return JSON.parse(JSON.stringify(content, other)) as T;
}

const isId = (name: string) => /id$/i.test(name);

/** Finds the uploads that these ids name, or named before the provider lost them, each by the id that was asked for. */
export async function named(db: Db, accountId: string, ids: readonly string[]): Promise<Map<string, Upload>> {
  const found = new Map<string, Upload>();
  for (const id of new Set(ids)) {
    const upload = (await byId(db, accountId, id)) ?? (await byLostId(db, accountId, id));
    if (upload !== undefined) found.set(id, upload);
  }
  return found;
}

function byId(db: Db, accountId: string, providerId: string): Promise<Upload | undefined> {
  const of = db.selectFrom('uploads').selectAll().where('accountId', '=', accountId);
  return of.where('providerId', '=', providerId).executeTakeFirst();
}

function byLostId(db: Db, accountId: string, providerId: string): Promise<Upload | undefined> {
  return db
    .selectFrom('lostUploads')
    .innerJoin('uploads', (join) =>
      join
        .onRef('uploads.accountId', '=', 'lostUploads.accountId')
        .onRef('uploads.sha256', '=', 'lostUploads.sha256')
        .onRef('uploads.mimeType', '=', 'lostUploads.mimeType'),
    )
    .selectAll('uploads')
    .where('lostUploads.accountId', '=', accountId)
    .where('lostUploads.providerId', '=', providerId)
    .executeTakeFirst();
}

/** Says that the provider does not have an upload by this id any more: it is not used again. */
export async function markLost(tx: Tx, { accountId, providerId, sha256, mimeType }: Upload, lostAt: number) {
  const lost = { accountId, providerId, sha256, mimeType, lostAt };
  await tx.db
    .insertInto('lostUploads')
    .values(lost)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Forgets uploads by the provider's ids, those that took their place included. */
export async function forget(tx: Tx, accountId: string, ids: readonly string[]): Promise<void> {
  for (const upload of (await named(tx.db, accountId, ids)).values()) await drop(tx, upload);
}

/** Finds which of the files are bytes of uploads. */
export async function knownFiles(db: Kysely<Schema>, ids: readonly string[]): Promise<Set<string>> {
  const known = await db.selectFrom('uploads').select('fileId').where('fileId', 'in', ids).execute();
  return new Set(known.map(({ fileId }) => fileId ?? ''));
}

/** Identifies an upload. */
type UploadKey = [account: string, sha256: string, mimeType: string];
export const FIRST_UPLOAD: UploadKey = ['', '', ''];

/** Deletes uploads that the provider has dropped, and lets go of bytes that were last brought before `before`. */
export async function dropUploads(tx: Tx, from: UploadKey, now: number, before: number): Promise<Next<UploadKey>> {
  const rows = await tx.db
    .selectFrom('uploads')
    .select(['accountId', 'sha256', 'mimeType', 'expiresAt', 'keptAt'])
    .where((is) => is(is.refTuple('accountId', 'sha256', 'mimeType'), '>', is.tuple(...from)))
    .orderBy('accountId')
    .orderBy('sha256')
    .orderBy('mimeType')
    .limit(LIMIT)
    .execute();
  for (const { expiresAt, keptAt, ...bytes } of rows) {
    if (expiresAt !== null && expiresAt <= now) await drop(tx, bytes);
    else if (keptAt !== null && keptAt < before) await setKept(tx, bytes, NOT_KEPT);
  }
  const last = rows.length === LIMIT ? rows.at(-1) : undefined;
  return last && [last.accountId, last.sha256, last.mimeType];
}

async function drop(tx: Tx, { accountId, sha256, mimeType }: SameBytes): Promise<void> {
  const of = tx.db.deleteFrom('uploads').where('accountId', '=', accountId).where('sha256', '=', sha256);
  await of.where('mimeType', '=', mimeType).execute();
}

/** Deletes ids that the provider lost before `before`: nothing waits any more that names an upload by them. */
export async function dropLost(tx: Tx, before: number): Promise<Next<true>> {
  const old = tx.db.selectFrom('lostUploads').select(['accountId', 'providerId']).where('lostAt', '<', before);
  const rows = await old.orderBy('lostAt').limit(LIMIT).execute();
  for (const { accountId, providerId } of rows) {
    const one = tx.db.deleteFrom('lostUploads').where('accountId', '=', accountId);
    await one.where('providerId', '=', providerId).execute();
  }
  return more({ numDeletedRows: BigInt(rows.length) });
}
