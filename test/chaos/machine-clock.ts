/** The clock that the service's processes see: the machine's, until it is set forth or back. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MODULE = new URL('./shifted-clock.mjs', import.meta.url).href;

export class MachineClock {
  /** Lets a process see it. */
  readonly env: Record<string, string>;
  readonly #path: string;
  #offsetMs = 0;

  /** `folder`: for the file that tells the processes. */
  constructor(folder: string) {
    this.#path = join(folder, 'clock');
    this.env = { CHAOS_CLOCK: this.#path, NODE_OPTIONS: `--import=${MODULE}` };
    this.jump(0);
  }

  /** Sets it forth, or back by a negative time. Every process sees it a moment later, one that starts at once. */
  jump(byMs: number): void {
    this.#offsetMs += byMs;
    // At once: nobody reads half of it.
    writeFileSync(`${this.#path}.new`, String(this.#offsetMs));
    renameSync(`${this.#path}.new`, this.#path);
  }
}
