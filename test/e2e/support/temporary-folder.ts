import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  path: string;
  /** Safe to call twice. */
  remove(): Promise<void>;
}

/**
 * A new empty folder that is removed with everything in it, at the latest when this process exits. Whatever writes into it
 * must be ended before: let its own exit listener come first (`prependOnceListener`).
 */
export async function temporaryFolder(prefix: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const options = { recursive: true, force: true, maxRetries: 3 };
  const removeOnExit = (): void => rmSync(path, options);
  process.once('exit', removeOnExit);
  return {
    path,
    remove: async () => {
      await rm(path, options);
      process.removeListener('exit', removeOnExit);
    },
  };
}
