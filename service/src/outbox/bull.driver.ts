/** The driver for many processes runs jobs here as long as there is room, and notifies the others when there is none. */
import type { Clock } from '../core/clock.ts';
import type { Notifier } from './notifier.ts';
import type { EmbeddedDriver } from './embedded.driver.ts';
import type { JobHandler, OutboxDriver } from './outbox.ts';

/** What is due later than this is found by a sweep before a notification would come. */
const SOON_MS = 5_000;

/** Runs jobs in this process and notifies the others by Redis. */
export class BullDriver implements OutboxDriver {
  readonly #notifier: Notifier;
  readonly #clock: Clock;
  readonly #local: EmbeddedDriver;

  /** `local` runs the jobs of this process; one that is not started runs none and only notifies. */
  constructor(notifier: Notifier, clock: Clock, local: EmbeddedDriver) {
    this.#notifier = notifier;
    this.#clock = clock;
    this.#local = local;
  }

  start(handlers: readonly JobHandler[]): void {
    this.#local.start(handlers);
    this.#notifier.listen((kind) => {
      if (!this.#local.canRun(kind)) return false;
      this.#local.notify(kind, this.#clock.now());
      return true;
    });
  }

  notify(kind: string, dueAt: number): void {
    this.#local.notify(kind, dueAt);
    const delayMs = dueAt - this.#clock.now();
    if (delayMs < SOON_MS && !this.#local.canRun(kind)) this.#notifier.notify(kind, delayMs);
  }

  running(kind: string): number {
    return this.#local.running(kind);
  }

  wake(): void {
    this.#local.wake();
  }

  stop(): Promise<void> {
    return this.#local.stop();
  }
}
