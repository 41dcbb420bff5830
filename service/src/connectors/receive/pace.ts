/**
 * Lets reading give way to acceptance: providers wait for their answer and stop calling when it is late, workflows can wait a moment. While webhooks
 * keep the process busy, reading takes a tenth of the time; whatever acceptance leaves unused, reading uses.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** Reading rests so long for each millisecond of reading, while the process is busy accepting. */
const REST_SHARE = 9;
/** Reading never waits longer, however long a turn took. */
const MAX_REST_MS = 250;
const STEP_MS = 20;
/** A process that is busy less than this has time for both. */
const BUSY = 0.75;

export class Pace {
  readonly #accepted: () => number;

  /** `accepted`: how many webhooks were accepted so far. */
  constructor(accepted: () => number) {
    this.#accepted = accepted;
  }

  /** Runs one turn of reading; resolves when the next may begin. At once, when nothing arrived meanwhile. */
  async turn(read: () => Promise<void>): Promise<void> {
    const before = this.#accepted();
    const startedAt = performance.now();
    await read();
    if (this.#accepted() > before) await this.#rest(performance.now() - startedAt);
  }

  async #rest(turnMs: number): Promise<void> {
    const until = performance.now() + Math.min(MAX_REST_MS, REST_SHARE * turnMs);
    while (performance.now() < until) {
      const [accepted, used] = [this.#accepted(), performance.eventLoopUtilization()];
      await delay(STEP_MS);
      if (this.#accepted() === accepted || performance.eventLoopUtilization(used).utilization < BUSY) return;
    }
  }
}
