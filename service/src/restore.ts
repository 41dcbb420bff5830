/**
 * `npm run restore -- <file>`: makes a copy of the SQLite ledger the database of this configuration. On PostgreSQL, where its own tools
 * restore, `npm run restore` does only the last part: what may have been sent since is not sent again.
 */
import { dirname, resolve } from 'node:path';
import { loadConfig, type Config } from './config/config.ts';
import { makeFolder } from './config/folder.ts';
import { systemClock } from './core/clock.ts';
import { makeIds } from './core/ids.ts';
import { BackupError, checkFree, copyLedger, interruptSends } from './store/backup.ts';
import { lockDatabase } from './store/database-lock.ts';
import type { StoreDialect } from './store/dialect.ts';
import { Ledger } from './store/ledger.ts';
import { postgres } from './store/postgres.ts';
import { sqlite } from './store/sqlite.ts';
import { argumentsOf, runTool, type Say } from './tool.ts';

const RESEND = '--resend';
const USAGE = `npm run restore -- <file> [${RESEND}]`;

/** Brings the ledger to the present schema and marks what may have been sent. */
async function interrupt(dialect: StoreDialect, say: Say): Promise<void> {
  const ledger = await Ledger.open(dialect);
  try {
    const sends = await interruptSends(ledger, makeIds(systemClock), systemClock.now());
    say(`${sends} sends waited when the copy was made; as they may have been made since, they will not be made again.`);
  } finally {
    await ledger.close();
  }
}

async function restoreFile(file: string, { databasePath }: Config, resend: boolean, say: Say): Promise<void> {
  // What is left of another database's log would be taken for this one's.
  for (const end of ['', '-wal', '-shm']) await checkFree(databasePath + end);
  const from = resolve(file);
  await makeFolder(dirname(databasePath));
  const unlock = lockDatabase(databasePath);
  try {
    await copyLedger(from, databasePath, async (draft) => {
      if (!resend) await interrupt(sqlite(draft), say);
    });
  } finally {
    unlock();
  }
  say(
    `${from} was restored to ${databasePath}. Put the encryption key that belongs to it in place, then start the service.`,
  );
}

await runTool(async (say) => {
  const { files, options } = argumentsOf(USAGE, [RESEND]);
  const [file] = files;
  const config = loadConfig(process.env);
  if (config.databaseUrl !== undefined && file === undefined) return interrupt(postgres(config.databaseUrl), say);
  if (config.databaseUrl !== undefined) {
    throw new BackupError('The ledger is in PostgreSQL: restore it with its own tools, then run this without a file.');
  }
  if (file === undefined || files.length > 1) throw new BackupError(`Usage: ${USAGE}`);
  await restoreFile(file, config, options.has(RESEND), say);
});
