/**
 * Holds every metric of the service, in one place. Labels take values of closed lists only (a channel's id, a code, a route's pattern), never an
 * address, an account or an id: each value is a time series for ever.
 */
import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Is the injection token of the `Metrics`. */
export const METRICS = Symbol('Metrics');

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** Counts and measures; one per application, with a registry of its own. It observes durations in seconds, as Prometheus wants them. */
export class Metrics {
  readonly registry = new Registry();
  /**
   * `outcome`: accepted, why the signature did not hold (mismatch, missing, malformed, not_configured), or the problem code.
   * `channel`: `unknown` for an address of no account.
   */
  readonly webhooks = this.#counter('webhooks_total', 'Webhooks received', ['channel', 'outcome']);
  readonly receipts = this.#counter('receipts_total', 'Webhooks read, each once however often it was posted', [
    'channel',
  ]);
  readonly events = this.#counter('events_published_total', 'Events published', ['type']);
  /** `outcome`: taken, refused, unreachable, or ended: given up with the subscription. */
  readonly deliveries = this.#counter('deliveries_total', 'Attempts to hand events to a subscription', ['outcome']);
  /** `outcome`: accepted, or the kind of the `SendError`. */
  readonly sends = this.#counter('sends_total', 'Attempts to send a message', ['channel', 'outcome']);
  readonly accountsPaused = this.#gauge(
    'accounts_paused',
    'Accounts whose sends wait because the provider refuses them',
    ['channel'],
  );
  readonly accountsThrottled = this.#gauge(
    'accounts_throttled',
    'Accounts whose sends wait because the provider asked for it',
    ['channel'],
  );
  readonly sendSeconds = this.#histogram('send_seconds', 'Time the provider took', SECONDS, ['channel']);
  /** `kind`: of a registered handler, or `unhandled`. */
  readonly outboxDepth = this.#gauge('outbox_jobs', 'Jobs in the outbox', ['kind', 'state']);
  readonly oldestDueSeconds = this.#gauge('outbox_oldest_due_seconds', 'Age of the oldest job that is due', ['kind']);
  readonly commitSize = this.#histogram('commit_batch_size', 'Writes made durable by one commit', SIZES, []);
  readonly commitSeconds = this.#histogram('commit_seconds', 'Time of one commit, sync included', SECONDS, []);
  readonly sealedByOldKeys = this.#gauge(
    'secrets_sealed_by_old_keys',
    'Secrets that are not sealed with the newest encryption key yet',
    [],
  );
  /** 1 or 0; `name`: redis, where it is configured. */
  readonly dependencyUp = this.#gauge('dependency_up', 'Whether a server that this process uses is reached', ['name']);
  readonly httpSeconds = this.#histogram('http_request_seconds', 'Time of requests to this service', SECONDS, [
    'method',
    'route',
    'status',
  ]);
  readonly #beforeScrape: (() => Promise<void> | void)[] = [];

  /** `processMetrics` (memory, event loop, garbage collection) is for the real service: it watches the process. */
  constructor(options: { processMetrics?: boolean } = {}) {
    if (options.processMetrics === true) collectDefaultMetrics({ register: this.registry, prefix: 'parley_' });
  }

  /** Runs `refresh` at each scrape, to set gauges of what is costly to follow all the time. */
  beforeScrape(refresh: () => Promise<void> | void): void {
    this.#beforeScrape.push(refresh);
  }

  /** Adds a gauge whose values, by label, are read at each scrape. */
  follow(gauge: { name: string; help: string; label: string; read(): Promise<Record<string, number>> }): void {
    const { name, help, label } = gauge;
    const series = this.#gauge(name, help, [label]);
    this.beforeScrape(async () => {
      for (const [value, count] of Object.entries(await gauge.read())) series.set({ [label]: value }, count);
    });
  }

  /** Writes the text that Prometheus reads; a gauge that cannot be refreshed keeps its last value. */
  async scrape(): Promise<string> {
    await Promise.allSettled(this.#beforeScrape.map(async (refresh) => refresh()));
    return this.registry.metrics();
  }

  /** Observes every request by its route's pattern. Call before the routes are registered. */
  observeHttp(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
      const status = `${Math.floor(reply.statusCode / 100)}xx`;
      this.httpSeconds.observe({ method: request.method, route, status }, reply.elapsedTime / 1_000);
      done();
    });
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name: `parley_${name}`, help, labelNames, registers: [this.registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> {
    return new Gauge({ name: `parley_${name}`, help, labelNames, registers: [this.registry] });
  }

  #histogram<L extends string>(name: string, help: string, buckets: number[], labelNames: L[]): Histogram<L> {
    return new Histogram({ name: `parley_${name}`, help, buckets, labelNames, registers: [this.registry] });
  }
}

/** Answers `/metrics` for Prometheus. */
@Controller()
export class MetricsController {
  readonly #metrics: Metrics;

  constructor(@Inject(METRICS) metrics: Metrics) {
    this.#metrics = metrics;
  }

  @Get('metrics')
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  metrics(): Promise<string> {
    return this.#metrics.scrape();
  }
}
