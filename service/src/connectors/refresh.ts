/** Reads what other processes change: one time after the other, and for those who ask not more often than is worth it. */
import { setTimeout as delay } from 'node:timers/promises';

/** Those who ask look at the database no more often than this. */
const MIN_REFRESH_MS = 250;

/** Runs a reading so that none puts what it read earlier over what another read later. */
export class Refresh {
  readonly #read: () => Promise<void>;
  #reading: Promise<void> = Promise.resolve();
  #asked: Promise<void> | undefined;
  #readAt = -Infinity;

  constructor(read: () => Promise<void>) {
    this.#read = read;
  }

  /** Reads anew. */
  now(): Promise<void> {
    this.#reading = this.#reading
      .catch(() => undefined)
      .then(async () => {
        await this.#read();
        this.#readAt = performance.now();
      });
    return this.#reading;
  }

  /** Reads anew in a moment, together for all who ask until then. */
  async soon(): Promise<void> {
    this.#asked ??= this.#rested().finally(() => (this.#asked = undefined));
    await this.#asked;
  }

  async #rested(): Promise<void> {
    const restMs = this.#readAt + MIN_REFRESH_MS - performance.now();
    if (restMs > 0) await delay(restMs);
    await this.now();
  }
}
