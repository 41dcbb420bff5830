/** What the operator's commands share: arguments, plain words, an exit code. */
import { ConfigError } from './config/config.ts';
import { BackupError } from './store/backup.ts';
import { SchemaError } from './store/migrate.ts';

export type Say = (line: string) => void;

/** Throws `BackupError` with the usage when an option is not known. */
export function argumentsOf(usage: string, known: readonly string[]): { files: string[]; options: Set<string> } {
  const given = process.argv.slice(2);
  const options = given.filter((one) => one.startsWith('-'));
  if (options.some((one) => !known.includes(one))) throw new BackupError(`Usage: ${usage}`);
  return { files: given.filter((one) => !one.startsWith('-')), options: new Set(options) };
}

/** Runs a command; what the operator can mend is told without a stack, with exit code 1. */
export async function runTool(run: (say: Say) => Promise<void>): Promise<void> {
  try {
    await run((line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    const known = error instanceof BackupError || error instanceof ConfigError || error instanceof SchemaError;
    process.stderr.write(`${known ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
