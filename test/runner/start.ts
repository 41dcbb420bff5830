/**
 * Jest's `globalSetup`. All that tests write goes into memory where there is room: a flush to a disk is what they would wait for most. What
 * Node.js compiles, here and in the services that tests start, is kept for the next process.
 */
import { chmodSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const NEEDED_BYTES = 3 * 1024 ** 3;
/** How the folders of test runs begin. */
export const NAME = 'parley-tests-';

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > NEEDED_BYTES;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

export default function start(): void {
  const parent = hasRoom(MEMORY) ? MEMORY : tmpdir();
  for (const name of readdirSync(parent)) {
    // Left by a run that was killed.
    if (name.startsWith(NAME) && !isAlive(Number(name.slice(NAME.length))))
      rmSync(join(parent, name), { recursive: true });
  }
  const folder = join(parent, `${NAME}${process.pid}`);
  mkdirSync(folder);
  // PostgreSQL runs as another user.
  chmodSync(folder, 0o755);
  process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache');
  process.env['TMPDIR'] = folder;
}
