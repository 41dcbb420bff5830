/** Jest's `globalTeardown`: the folder that `start.ts` made is gone after the run, and no other. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { NAME } from './start.ts';

export default function end(): void {
  const folder = tmpdir();
  if (basename(folder).startsWith(NAME)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
