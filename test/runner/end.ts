/** Jest's `globalTeardown`: the folder that `start.ts` made is gone after the run. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';

export default function end(): void {
  rmSync(tmpdir(), { recursive: true, force: true, maxRetries: 3 });
}
