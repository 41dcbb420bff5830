/**
 * Keeps a database to one process: a second would take sends under way for those of a process that was killed. The lock is SQLite's own on a file of
 * its own, so the kernel lets go of it however the process ends.
 */
import { DatabaseSync } from 'node:sqlite';
import { SchemaError } from './migrate.ts';

/** The lock waits so long for a service that is being replaced. */
const PATIENCE_MS = 10_000;

/** Locks the database and answers how to unlock it. Throws `SchemaError` when another process holds it. */
export function lockDatabase(path: string): () => void {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: PATIENCE_MS });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch {
    // The cause says only that the file is locked.
    lock.close();
    throw new SchemaError(
      `Another Parley process works on the database ${path}. Stop it first; SQLite serves one process.`,
    );
  }
  return () => lock.close();
}
