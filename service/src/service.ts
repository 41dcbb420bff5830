/** The running service: opened ledger, listening server, working outbox; and its orderly end. */
import { mkdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getQueueToken } from '@nestjs/bull';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { PROBLEM_CODES } from '../../contract/api.ts';
import { delivery } from './api/delivery.description.ts';
import { WebhookListener, withWebhooks } from './api/webhooks.listener.ts';
import { registerWebhooks } from './api/webhooks.route.ts';
import { AppModule } from './app.module.ts';
import { checkKeys, Reseal } from './maintenance/reseal.ts';
import type { Config } from './config/config.ts';
import { loadKeys } from './config/key-files.ts';
import { systemClock, type Clock } from './core/clock.ts';
import { watchedClock } from './core/watched-clock.ts';
import { makeIds, type Ids } from './core/ids.ts';
import type { Feature, MakeFeature } from './features/feature.ts';
import { FEATURES } from './features/index.ts';
import { openLedger } from './open-ledger.ts';
import { buildPipelines, type Pipelines, type World } from './kernel.ts';
import { Notifier, NOTIFIER_QUEUE } from './outbox/notifier.ts';
import { cachedLookup, describeApiKey } from './platform/api-keys.ts';
import { answerClientError, answerFrameworkError } from './platform/client-errors.ts';
import { registerGate } from './platform/gate.ts';
import { GuardedHttp } from './platform/guarded-http.ts';
import { Drain, type ReadinessCheck } from './platform/health.ts';
import { NestLogger, type Logger } from './platform/logger.ts';
import { Metrics } from './platform/metrics.ts';
import { setUpDocs } from './platform/openapi.ts';
import { drainRefused, registerBodies } from './platform/raw-body.ts';
import { SecretBox } from './platform/secret-box.ts';
import * as apiKeyStore from './store/api-key.store.ts';
import type { Ledger } from './store/ledger.ts';
import { LedgerUnavailable } from './store/unavailable.ts';

export const VERSION = '0.1.0';
/** Requests and jobs under way get this long to end. */
export const DRAIN_MS = 30_000;
/** Before a start that the database broke off begins again. */
const AGAIN_MS = 1_000;
/** A request has to be there by then, else its connection is cut: Node's own limit, which Fastify takes away. */
const REQUEST_MS = 5 * 60_000;

/** Lists everything that a test may replace. */
export interface Injected {
  clock?: Clock;
  ids?: Ids;
  random?: () => number;
  features?: readonly MakeFeature[];
}

export interface RunningService {
  url: string;
  pipelines: Pipelines;
  ledger: Ledger;
  /** Takes nothing new, ends what is under way, closes. */
  stop(): Promise<void>;
}

/** What is to be closed again, the last opened first. */
type Closers = (() => Promise<void> | void)[];

/**
 * Starts the service. Throws a `ConfigError` or `SchemaError` that says what is wrong, with everything closed again. A database that goes
 * away meanwhile is waited for.
 */
export async function startService(config: Config, logger: Logger, injected: Injected = {}): Promise<RunningService> {
  for (;;) {
    const closers: Closers = [];
    try {
      return await open(config, logger, injected, closers);
    } catch (error) {
      await closeAll(closers);
      if (config.databaseUrl === undefined || !(error instanceof LedgerUnavailable)) throw error;
      logger.warn({ err: error.cause }, 'PostgreSQL went away during the start, which begins again');
      await delay(AGAIN_MS);
    }
  }
}

async function open(config: Config, logger: Logger, injected: Injected, closers: Closers): Promise<RunningService> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const keys = await loadKeys(config);
  const metrics = new Metrics({ processMetrics: true });
  const { ledger, outage, close } = await openLedger(config, logger, metrics);
  closers.push(close);
  let url = '';
  const secretBox = new SecretBox(keys.encryption.keys);
  await checkKeys(ledger, secretBox);
  const world = await makeWorld(config, { ledger, outage, metrics, logger, secretBox, injected, localUrl: () => url });
  closers.push(() => [world.providerHttp, world.subscriberHttp].forEach((http) => http.close()));
  const apiKeys = keys.api.keys.map(describeApiKey);
  await ledger.write((tx) => apiKeyStore.setAll(tx, apiKeys, world.clock.now()));
  tellKeys(logger, { 'API key': keys.api, 'encryption key': keys.encryption });
  closers.push(await startReseal(ledger, secretBox, logger, metrics));
  // The last that needs the database: from here on there is more to end than can be closed in the middle.
  const pipelines = await buildPipelines(world, injected.features ?? FEATURES);
  const drain = new Drain();
  const app = await makeApp(world, pipelines, drain, config);
  // At the same time: requests under way may wait for jobs, and jobs for nothing else.
  closers.push(async () => void (await Promise.all([app.close(), pipelines.stop()])));
  await app.listen(config.port, config.host);
  url = addressOf(app, config.host);
  pipelines.start();
  const stop = async () => {
    drain.start();
    await closeAll(closers);
  };
  return { url, pipelines, ledger, stop };
}

async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

interface Given extends Pick<World, 'ledger' | 'outage' | 'metrics' | 'logger' | 'secretBox' | 'localUrl'> {
  injected: Injected;
}

async function makeWorld(config: Config, { injected, ...given }: Given) {
  const clock = watchedClock(injected.clock ?? systemClock, (byMs) =>
    given.logger.warn({ byMs }, 'The clock jumped: what ends by time waits until it stands by its new time'),
  );
  // Processes that share a database may share a folder as well.
  const spoolDir = join(config.dataDir, config.databaseUrl === undefined ? 'spool' : `spool-${process.pid}`);
  // What a process that was killed left behind.
  await rm(spoolDir, { recursive: true, force: true });
  return {
    ...given,
    clock,
    ids: injected.ids ?? makeIds(clock),
    providerHttp: new GuardedHttp({ allow: config.allowPrivateProviders, maxStreamBytes: config.maxMediaBytes }),
    subscriberHttp: new GuardedHttp({ allow: config.allowPrivateNetworks }),
    random: injected.random ?? Math.random,
    publicUrl: config.publicUrl,
    spoolDir,
    maxMediaBytes: config.maxMediaBytes,
    files: { ms: config.keepFilesMs, maxTotalBytes: config.filesMaxBytes, folder: join(config.dataDir, 'files') },
    role: config.role,
    notifier: config.redisUrl === undefined ? undefined : new Notifier(given.logger),
    unknownAfterMs: config.unknownAfterMs,
    keep: { bodies: config.keepBodiesMs, receipts: config.keepReceiptsMs, events: config.keepEventsMs },
  };
}

async function makeApp(
  world: World,
  pipelines: Pipelines,
  drain: Drain,
  config: Config,
): Promise<NestFastifyApplication> {
  const { ledger, logger, metrics } = world;
  const module = AppModule.with({
    world,
    pipelines,
    drain,
    checks: readinessChecks(world),
    redisUrl: config.redisUrl,
  });
  const { maxWebhookBytes } = config;
  const webhooks = new WebhookListener({ ...pipelines, metrics, logger, maxWebhookBytes });
  const adapter = new FastifyAdapter({
    ...(config.role !== 'worker' && { serverFactory: withWebhooks(webhooks) }),
    forceCloseConnections: 'idle',
    requestTimeout: REQUEST_MS,
    clientErrorHandler: answerClientError,
    frameworkErrors: answerFrameworkError,
    routerOptions: { maxParamLength: 600 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  registerBodies(fastify as never, config);
  drainRefused(fastify as never);
  const apiKeys = cachedLookup({ find: (id) => apiKeyStore.find(ledger.reader, id) }, world.clock);
  registerGate(fastify as never, apiKeys);
  metrics.observeHttp(fastify as never);
  if (config.role !== 'worker') {
    registerWebhooks(fastify as never, pipelines);
    if (config.docs) setUpDocs(app, VERSION, { ...describedBy(pipelines.features), webhooks: { delivery } });
  }
  if (world.notifier) followNotifier(world.notifier, app, metrics);
  return app;
}

/** What the description of the API says of features besides their operations. */
function describedBy(features: readonly Feature[]) {
  const deprecated = features.flatMap((feature) => feature.deprecated ?? []);
  return { deprecated, codes: [...PROBLEM_CODES, ...features.flatMap(({ codes = [] }) => codes)] };
}

function followNotifier(notifier: Notifier, app: NestFastifyApplication, metrics: Metrics): void {
  notifier.attach(app.get(getQueueToken(NOTIFIER_QUEUE)));
  metrics.beforeScrape(() => metrics.dependencyUp.set({ name: 'redis' }, notifier.isUp ? 1 : 0));
}

/** Without Redis all work is found a little later: only one that was never reached since the start speaks against this process. */
function readinessChecks({ outage, notifier }: World): ReadinessCheck[] {
  const store = { name: 'store', check: () => outage.check() };
  if (notifier === undefined) return [store];
  const queue = async () => {
    if (!notifier.wasUp) throw new Error('Redis has not been reached yet');
  };
  return [store, { name: 'queue', check: queue }];
}

function addressOf(app: NestFastifyApplication, host: string): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

async function startReseal(ledger: Ledger, secretBox: SecretBox, log: Logger, metrics: Metrics) {
  const counted = (count: number) => metrics.sealedByOldKeys.set(count);
  const reseal = new Reseal({ ledger, secretBox, log, counted });
  await reseal.start();
  return () => reseal.stop();
}

function tellKeys(
  logger: Logger,
  sources: Record<string, { path?: string; created: boolean; exposed: boolean }>,
): void {
  for (const [what, { path, created, exposed }] of Object.entries(sources)) {
    if (created) logger.info({ file: path }, `The ${what} was made; it is in this file`);
    if (exposed) logger.warn({ file: path }, `Others than the owner can read the ${what}: set the file's mode to 0600`);
  }
}
