/** The driver for many processes: each runs what it has room for, and rings the bell for the others when it has none. */
import type { Clock } from '../core/clock.ts';
import type { Bell } from './notifier.ts';
import type { EmbeddedDriver } from './embedded.driver.ts';
import type { JobHandler, JobKind, OutboxDriver } from './outbox.ts';

/** What is due later than this is found by a sweep before a ring would come. */
const SOON_MS = 5_000;

export class BullDriver implements OutboxDriver {
  readonly #bell: Bell;
  readonly #clock: Clock;
  readonly #local: EmbeddedDriver;

  /** `local` runs the jobs of this process; one that is not started runs none and only rings. */
  constructor(bell: Bell, clock: Clock, local: EmbeddedDriver) {
    this.#bell = bell;
    this.#clock = clock;
    this.#local = local;
  }

  start(handlers: readonly JobHandler[]): void {
    this.#local.start(handlers);
    this.#bell.listen((kind) => {
      if (!this.#local.canRun(kind)) return false;
      this.#local.ring(kind, this.#clock.now());
      return true;
    });
  }

  ring(kind: JobKind, dueAt: number): void {
    this.#local.ring(kind, dueAt);
    const delayMs = dueAt - this.#clock.now();
    if (delayMs < SOON_MS && !this.#local.canRun(kind)) this.#bell.ring(kind, delayMs);
  }

  running(kind: JobKind): number {
    return this.#local.running(kind);
  }

  wake(): void {
    this.#local.wake();
  }

  stop(): Promise<void> {
    return this.#local.stop();
  }
}
