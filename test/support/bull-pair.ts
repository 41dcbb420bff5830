/** Two processes as one driver: one that only promises and notifies ("web") and one that only works ("worker"), over a real Redis. */
import Bull from 'bull';
import type { Clock } from '../../service/src/core/clock.ts';
import { Notifier, NOTIFIER_QUEUE } from '../../service/src/outbox/notifier.ts';
import { BullDriver } from '../../service/src/outbox/bull.driver.ts';
import { EmbeddedDriver, type DriverTimes } from '../../service/src/outbox/embedded.driver.ts';
import type { JobHandler } from '../../service/src/outbox/outbox.ts';
import type { JobFailure } from '../../service/src/outbox/worker.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import type { TestedDriver } from '../conformance/outbox-bench.ts';
import { eventually } from './eventually.ts';

/** With its connections, of which the types do not tell. */
type Queue = Bull.Queue & { clients: { disconnect(): void }[] };

/** Queues of processes, closed after each test. */
export class Notifiers {
  readonly #queues: Queue[] = [];
  readonly log: string[] = [];

  /** A notifier on a connection of its own; `prefix` keeps the tests apart. */
  make(url: string, prefix: string): { notifier: Notifier; close(): Promise<void> } {
    // The client sets a timer for the end of a connection, also of one that is gone: by its default it would keep the process for two seconds.
    const queue = new Bull(NOTIFIER_QUEUE, url, { prefix, redis: { disconnectTimeout: 100 } }) as Queue;
    this.#queues.push(queue);
    const note = (fields: Record<string, unknown>, message: string) =>
      void this.log.push(`${message} ${JSON.stringify(fields)}`);
    const notifier = new Notifier({ info: note, warn: note });
    notifier.attach(queue);
    return { notifier, close: () => queue.close(true) };
  }

  async ready(url: string, prefix: string): Promise<Notifier> {
    const { notifier } = this.make(url, prefix);
    await eventually(() => notifier.isUp, 'Redis to be reached');
    return notifier;
  }

  async close(): Promise<void> {
    for (const queue of this.#queues) await queue.close(true);
  }

  /** Ends the connections that were made while their queue was being closed: they would try for ever. */
  end(): void {
    for (const { clients } of this.#queues) for (const client of clients) client.disconnect();
  }
}

/** What happens to it is told by the ledger alone: nothing passes between the two but notifications. */
export class WebAndWorker implements TestedDriver {
  readonly #web: { driver: BullDriver; close(): Promise<void> };
  readonly #worker: { driver: BullDriver; close(): Promise<void> };

  constructor(
    notifiers: Notifiers,
    redis: { url: string; prefix: string },
    ledger: Ledger,
    clock: Clock,
    failed: JobFailure,
    times: DriverTimes = {},
  ) {
    const make = () => {
      const { notifier, close } = notifiers.make(redis.url, redis.prefix);
      return { driver: new BullDriver(notifier, clock, new EmbeddedDriver(ledger, clock, failed, times)), close };
    };
    this.#web = make();
    this.#worker = make();
  }

  start(handlers: readonly JobHandler[]): void {
    this.#worker.driver.start(handlers);
  }

  notify(kind: string, dueAt: number): void {
    this.#web.driver.notify(kind, dueAt);
  }

  wake(): void {
    this.#worker.driver.wake();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#worker.driver.stop(), this.#worker.close(), this.#web.close()]);
  }
}
