/** `npm run backup -- <file>`: a copy of the SQLite ledger, also while the service runs. */
import { resolve } from 'node:path';
import { loadConfig } from './config/config.ts';
import { BackupError, copyLedger } from './store/backup.ts';
import { argumentsOf, runTool } from './tool.ts';

const USAGE = 'npm run backup -- <file>';

await runTool(async (say) => {
  const { files } = argumentsOf(USAGE, []);
  const [file] = files;
  if (file === undefined || files.length > 1) throw new BackupError(`Usage: ${USAGE}`);
  const { databasePath, databaseUrl } = loadConfig(process.env);
  if (databaseUrl !== undefined) {
    throw new BackupError('The ledger is in PostgreSQL: back it up with pg_dump, see docs/operations.md.');
  }
  const to = resolve(file);
  const { bytes } = await copyLedger(databasePath, to);
  say(`${databasePath} was copied to ${to} (${(bytes / 2 ** 20).toFixed(1)} MB) and the copy was checked.`);
  say('It does not hold the files api-key and encryption-key: keep the encryption key, in another place.');
});
