/** Copies an SQLite ledger, and readies a copy to be worked on again. */
import { link, mkdir, open, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import type { Ids } from '../core/ids.ts';
import type { Ledger } from './ledger.ts';

/** A command throws it when there is no copy, or when the copy must not be used. The message says why, in plain words. */
export class BackupError extends Error {}

/** The copy moves so many pages before others get the disk: 4 MB. */
const PAGES = 1_000;

/** Says what a finished copy holds. */
export interface Copied {
  bytes: number;
}

/** Throws `BackupError` when there is something at the path. */
export async function checkFree(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined)
    throw new BackupError(`${path} exists. Nothing is overwritten: name a file that does not exist.`);
}

/**
 * Writes a consistent, checked copy of a ledger to a new file, also while a service works on it. `finish` works on the copy before it
 * gets its name: the file is whole from the moment it is there. Throws `BackupError`.
 */
export async function copyLedger(
  from: string,
  to: string,
  finish: (draft: string) => Promise<void> = async () => undefined,
): Promise<Copied> {
  await checkFree(to);
  if ((await stat(from).catch(() => undefined)) === undefined)
    throw new BackupError(`There is no database at ${from}.`);
  const draft = `${to}.${process.pid}.part`;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await (await open(draft, 'wx', 0o600)).close();
    await copy(from, draft);
    check(draft, from);
    await finish(draft);
    const bytes = await keep(draft, to);
    return { bytes };
  } finally {
    for (const end of ['', '-wal', '-shm', '-journal']) await rm(draft + end, { force: true });
  }
}

async function copy(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 30_000 });
  try {
    // One look at the whole: without it, each write of the service would begin the copy anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_master').get();
    await backup(source, to, { rate: PAGES });
  } catch (error) {
    throw new BackupError(`${from} could not be copied: ${(error as Error).message}`);
  } finally {
    source.close();
  }
}

/** Reads the copy from end to end. */
function check(path: string, from: string): void {
  const db = new DatabaseSync(path);
  try {
    // One file, without a write-ahead log beside it.
    db.exec('PRAGMA journal_mode = DELETE');
    const [result] = db.prepare('PRAGMA integrity_check(1)').all();
    if (result?.['integrity_check'] !== 'ok')
      throw new BackupError(`${from} is damaged: ${String(result?.['integrity_check'])}`);
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE name IN ('kysely_migration', 'receipts')").all();
    if (tables.length < 2) throw new BackupError(`${from} is not a database of Parley.`);
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`${from} is damaged or is no database: ${(error as Error).message}`);
  } finally {
    db.close();
  }
}

/** Syncs the file, then names it. A link fails where a rename would replace. */
async function keep(draft: string, to: string): Promise<number> {
  const file = await open(draft, 'r+');
  await file.sync();
  const { size } = await file.stat();
  await file.close();
  await link(draft, to).catch(async (error: unknown) => {
    await checkFree(to);
    throw error;
  });
  await unlink(draft);
  const folder = await open(dirname(to), 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
  return size;
}

/**
 * Opens an attempt of unknown outcome for each send that waited when the copy was made, as it may have been made since. It is as if the service had
 * been killed in the middle of it: the send is not repeated, but settled by the provider's status or reported as unknown. Answers how many there
 * are.
 */
export async function interruptSends(ledger: Ledger, ids: Ids, now: number): Promise<number> {
  const waiting = await ledger.reader
    .selectFrom('messages')
    .select('id')
    .where('direction', '=', 'outbound')
    .where('status', 'in', ['queued', 'held'])
    .execute();
  for (const { id } of waiting) {
    await ledger.write(async ({ db }) => {
      const attempts = await db
        .selectFrom('attempts')
        .select(['number', 'closedAt'])
        .where('messageId', '=', id)
        .execute();
      if (attempts.some((one) => one.closedAt === null)) return;
      const number = Math.max(0, ...attempts.map((one) => one.number)) + 1;
      const row = { id: ids.next('att'), messageId: id, number, openedAt: now };
      await db
        .insertInto('attempts')
        .values({ ...row, closedAt: null, outcome: null, error: null })
        .execute();
    });
  }
  return waiting.length;
}
