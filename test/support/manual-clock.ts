import type { Clock } from '../../service/src/core/clock.ts';

/** A clock that stands until it is told. */
export class ManualClock implements Clock {
  #now: number;

  constructor(now = 1_750_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Backwards, too. */
  advance(ms: number): number {
    this.#now += ms;
    return this.#now;
  }
}
