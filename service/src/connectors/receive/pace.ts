/**
 * Lets reading give way to acceptance: providers wait for their answer and stop calling when it is late, workflows can wait a moment. While webhooks
 * keep the process busy, reading takes a tenth of the time; whatever acceptance leaves unused, reading uses.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from '../../core/load.ts';

/** Reading rests so long for each millisecond of reading, while the process is busy accepting. */
const REST_SHARE = 9;
/** Reading never waits longer, however long a batch took. */
const MAX_REST_MS = 250;
const STEP_MS = 20;
/** A process that is busy less than this has time for both. */
const BUSY = 0.75;

export class Pace {
  readonly #load: Load;

  constructor(load: Load) {
    this.#load = load;
  }

  /** Runs one batch of reading; resolves when the next may begin. At once, when nothing arrived meanwhile. */
  async run(read: () => Promise<void>): Promise<void> {
    const before = this.#load.accepted;
    const startedAt = performance.now();
    await read();
    if (this.#load.accepted > before) await this.#rest(performance.now() - startedAt);
  }

  async #rest(readMs: number): Promise<void> {
    const until = performance.now() + Math.min(MAX_REST_MS, REST_SHARE * readMs);
    while (performance.now() < until) {
      const [accepted, used] = [this.#load.accepted, performance.eventLoopUtilization()];
      await delay(STEP_MS);
      if (this.#load.accepted === accepted || performance.eventLoopUtilization(used).utilization < BUSY) return;
    }
  }
}
