/**
 * Keeps a database to one process: a second would take sends under way for those of a process that was killed. The lock is SQLite's own on a file of
 * its own, so the kernel lets go of it however the process ends.
 */
import { chmodSync, closeSync, lstatSync, openSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SchemaError } from './migrate.ts';

/** The lock waits so long for a service that is being replaced. */
const PATIENCE_MS = 10_000;
/** The owner alone reads and writes. */
const PRIVATE = 0o600;

/**
 * Locks the database, whatever name it is called by, and answers how to unlock it. Throws `SchemaError` when another process holds it, and for
 * a file with several names, as each would have a lock of its own.
 */
export function lockDatabase(path: string): () => void {
  const file = realPath(path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() && found.nlink > 1) {
    throw new SchemaError(
      `The database ${path} has a second name (a hard link). Remove the other name; SQLite serves one process.`,
    );
  }
  makePrivate(`${file}.lock`);
  const lock = new DatabaseSync(`${file}.lock`, { timeout: PATIENCE_MS });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!isHeld(error)) throw error;
    // The cause says only that the file is locked.
    throw new SchemaError(
      `Another Parley process works on the database ${path}. Stop it first; SQLite serves one process.`,
    );
  }
  return () => lock.close();
}

/** Leaves the files of a database to their owner, and makes the first of them: SQLite gives the others its mode. */
export function makeDatabasePrivate(path: string): void {
  makePrivate(path);
  for (const end of ['-wal', '-shm'])
    if (statSync(path + end, { throwIfNoEntry: false })) chmodSync(path + end, PRIVATE);
}

function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', PRIVATE));
  // It may be of a version that left this to the folder.
  chmodSync(file, PRIVATE);
}

/** Follows symbolic links, also to a file that does not exist yet. Throws the system's error for links that lead in a circle. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return join(realpathSync(dirname(path)), basename(path));
  return realPath(resolve(dirname(path), readlinkSync(path)));
}

/** Recognises SQLITE_BUSY. */
function isHeld(error: unknown): boolean {
  return ((error as { errcode?: number } | null)?.errcode ?? 0) % 256 === 5;
}
