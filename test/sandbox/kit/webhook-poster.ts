import { setTimeout as pause } from 'node:timers/promises';
import type { ChangeSignal } from './change-signal.ts';
import type { SandboxClock } from './clock.ts';
import { deferred } from './deferred.ts';
import { call } from './http-client.ts';

/** One try to deliver a webhook: an HTTP status, or the error that came instead. */
export interface WebhookAttempt {
  at: number;
  status?: number;
  error?: string;
}

/** A webhook on its way: exactly these bytes, tried until a 2xx answer or until the tries are used up. */
export interface WebhookDelivery {
  url: string;
  body: Buffer;
  headers: Record<string, string>;
  /** Those of the headers that tell of this webhook only. */
  own: Record<string, string>;
  attempts: WebhookAttempt[];
  outcome: 'pending' | 'delivered' | 'given_up';
  /** Settles with the first try, whatever its result. */
  first: Promise<WebhookAttempt>;
  /** Settles when the outcome is known. */
  done: Promise<WebhookDelivery>;
}

export interface WebhookPosterOptions {
  /** Headers that prove where the bytes come from. */
  sign(body: Buffer, url: string): Record<string, string>;
  /** Pauses before the second, third, … try. */
  retryDelaysMs: readonly number[];
  timeoutMs: number;
  /** Statuses that acknowledge a webhook; default: 2xx. */
  isTaken?(status: number): boolean;
  /** Statuses after which it is not tried again. */
  isFinal?(status: number, url: string): boolean;
  clock: SandboxClock;
  changes: ChangeSignal;
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Posts webhooks as providers do: signed, at least once, retried with growing pauses. */
export class WebhookPoster {
  readonly #options: WebhookPosterOptions;
  readonly #abort = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  /** Everything posted so far, oldest first. */
  readonly deliveries: WebhookDelivery[] = [];

  constructor(options: WebhookPosterOptions) {
    this.#options = options;
  }

  /** Starts delivering `body` to `url`; `own`: headers that tell of it, besides those of every webhook. */
  post(url: string, body: Buffer, own: Record<string, string> = {}): WebhookDelivery {
    const first = deferred<WebhookAttempt>();
    const done = deferred<WebhookDelivery>();
    const delivery: WebhookDelivery = {
      url,
      body,
      headers: { 'content-type': 'application/json', ...this.#options.sign(body, url), ...own },
      own,
      attempts: [],
      outcome: 'pending',
      first: first.promise,
      done: done.promise,
    };
    this.deliveries.push(delivery);
    const run = this.#deliver(delivery, first.resolve).then(() => done.resolve(delivery));
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
    return delivery;
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Gives up everything that is on its way. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.settled();
  }

  async #deliver(delivery: WebhookDelivery, firstSettled: (attempt: WebhookAttempt) => void): Promise<void> {
    for (const delayMs of [0, ...this.#options.retryDelaysMs]) {
      if (delayMs > 0) await this.#pause(delayMs);
      const attempt = await this.#attempt(delivery);
      delivery.attempts.push(attempt);
      firstSettled(attempt);
      const { isTaken = isSuccess, isFinal } = this.#options;
      const { status } = attempt;
      if (status !== undefined && isTaken(status)) delivery.outcome = 'delivered';
      else if (status !== undefined && isFinal?.(status, delivery.url)) delivery.outcome = 'given_up';
      this.#options.changes.notify();
      if (delivery.outcome !== 'pending' || this.#abort.signal.aborted) break;
    }
    if (delivery.outcome === 'pending') delivery.outcome = 'given_up';
    this.#options.changes.notify();
  }

  async #attempt(delivery: WebhookDelivery): Promise<WebhookAttempt> {
    const at = this.#options.clock.now();
    try {
      const { status } = await call(delivery.url, {
        method: 'POST',
        headers: { ...delivery.headers, 'content-length': String(delivery.body.length) },
        body: delivery.body,
        timeoutMs: this.#options.timeoutMs,
        signal: this.#abort.signal,
      });
      return { at, status };
    } catch (error) {
      return { at, error: error instanceof Error ? error.message : String(error) };
    }
  }

  async #pause(delayMs: number): Promise<void> {
    // An aborted pause just ends early: the loop then sees the abort.
    await pause(delayMs, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }
}
