/** Puts the pipelines together: plain objects, no framework, so that tests and benches build the same service. */
import { Accounts, type AccountSends } from './connectors/accounts.ts';
import { Limits } from './connectors/limits.ts';
import { Provisioning } from './connectors/provisioning.ts';
import { MaintenanceHandler } from './maintenance/maintenance.ts';
import { Eraser } from './maintenance/erase.ts';
import { Retention } from './maintenance/retention.ts';
import type { Ages } from './maintenance/retention-part.ts';
import { allErasers, allRetentionParts } from './keeping.ts';
import type { ConnectorIo } from './connectors/connector.ts';
import type { Failures } from './core/failures.ts';
import type { ProviderHttp, UrlRules } from './core/http.ts';
import type { Load } from './core/load.ts';
import type { WatchedClock } from './core/watched-clock.ts';
import type { Ids } from './core/ids.ts';
import { DeliverHandler } from './events/deliver.ts';
import { Publisher } from './events/publish.ts';
import { Subscriptions } from './events/subscriptions.ts';
import { Acceptor } from './connectors/receive/accept.ts';
import { Applier } from './inbound/apply.ts';
import { CompleteHandler } from './inbound/complete.ts';
import { LeftOutHeeders } from './inbound/left-out.ts';
import { NormalizeHandler } from './inbound/normalize.ts';
import { PendingFacts } from './inbound/pending.ts';
import { RereadHandler } from './inbound/reread.ts';
import type { Feature, FileKeeping, Kernel, MakeFeature } from './features/feature.ts';
import { Admission } from './outbound/admit.ts';
import { buildOutbound, type Outbound } from './outbound/build.ts';
import { followGauges, observerOf } from './gauges.ts';
import { Circuit } from './outbound/circuit.ts';
import { SEND } from './outbound/jobs.ts';
import { Messages } from './outbound/messages.ts';
import { Outcomes } from './outbound/outcome/outcomes.ts';
import { Statuses } from './outbound/outcome/statuses.ts';
import { findEchoedMessage } from './outbound/echo-matcher.ts';
import { rateKeyOf, type Pacer } from './outbound/pace.ts';
import { Permissions } from './outbound/permission.ts';
import { ratesOf } from './outbound/rates.ts';
import { Renewals } from './outbound/renewals.ts';
import { Watermarks } from './outbound/watermarks.ts';
import type { Role } from './config/servers.ts';
import type { Notifier } from './outbox/notifier.ts';
import { BullDriver } from './outbox/bull.driver.ts';
import { EmbeddedDriver } from './outbox/embedded.driver.ts';
import { Outbox, type JobHandler } from './outbox/outbox.ts';
import { BrokenPayload } from './outbox/payload.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Outage } from './platform/outage.ts';
import type { SecretBox } from './platform/secret-box.ts';
import type { Ledger } from './store/ledger.ts';

/** What the world gives: everything that tests replace. */
export interface World {
  ledger: Ledger;
  outage: Outage;
  clock: WatchedClock;
  ids: Ids;
  secretBox: SecretBox;
  metrics: Metrics;
  logger: Logger;
  /** To providers. */
  providerHttp: ProviderHttp;
  /** To subscribers, and the check of their URLs. */
  subscriberHttp: ProviderHttp & UrlRules;
  random(): number;
  publicUrl: string | undefined;
  localUrl(): string;
  spoolDir: string;
  maxMediaBytes: number;
  files: FileKeeping;
  keep: Ages;
  /** How long a send stays uncertain; absent: as long as its channel says. */
  unknownAfterMs?: number | undefined;
  role: Role;
  /** Between processes; absent: there is only this one. */
  notifier: Notifier | undefined;
}

/** Holds the whole service behind its API. */
export interface Pipelines {
  accounts: Accounts;
  provisioning: Provisioning;
  limits: Limits;
  pacer: Pacer;
  subscriptions: Subscriptions;
  acceptor: Acceptor;
  admission: Admission;
  messages: Messages;
  features: readonly Feature[];
  driver: EmbeddedDriver | BullDriver;
  /** Starts the work that waits, where that is this process's part. */
  start(): void;
  /** Takes no more work and resolves when what is under way is done. */
  stop(): Promise<void>;
}

/** Lists what every pipeline works with, and what they have in common. */
type Basis = Awaited<ReturnType<typeof makeBasis>>;

async function makeBasis(world: World) {
  const { ledger, clock, ids, metrics, secretBox: sealer, subscriberHttp: urls } = world;
  const driver = makeDriver(world);
  const outbox = new Outbox(clock, driver);
  const observer = observerOf(metrics);
  const publisher = new Publisher({ outbox, ids, clock, observer });
  const outcomes = new Outcomes({ publisher, outbox, clock, unknownAfterMs: world.unknownAfterMs });
  const rates = ratesOf(ledger, clock);
  const sending: AccountSends = {
    resumed: (tx, account, pausedAt) => outcomes.resumed(tx, account, pausedAt),
    freed: async (tx, account) => {
      await rates.open(tx, rateKeyOf(account));
      await outbox.hasten(tx, SEND, account.id);
    },
    wake: () => driver.notify(SEND, clock.now()),
  };
  const accounts = await Accounts.load({ ledger, sealer, clock, ids, outbox, sending });
  const io: ConnectorIo = { http: world.providerHttp, clock, log: world.logger };
  const shared = { ledger, outbox, accounts, clock, ids, observer };
  const circuit = new Circuit({ ...shared, outcomes });
  const statuses = new Statuses({ ...shared, outcomes, circuit });
  const watermarks = new Watermarks({ ...shared, outcomes });
  const subscriptions = new Subscriptions({ ...shared, sealer, urls, log: world.logger });
  const permissions = new Permissions(clock);
  const renewals = new Renewals();
  const leftOut = new LeftOutHeeders();
  const admission = new Admission({ ...shared, publisher, subscriptions, permissions, urls });
  const limits = new Limits({ accounts, io });
  const { publicUrl, localUrl } = world;
  const provisioning = new Provisioning({ accounts, io, publicUrl, localUrl: () => localUrl() });
  return {
    ...{ shared, io, driver, accounts, publisher, outcomes, circuit, statuses, rates, watermarks },
    ...{ subscriptions, permissions, renewals, leftOut, admission, limits, provisioning },
  };
}

function makeInbound({ logger: log, secretBox: sealer, random }: World, basis: Basis, load: Load) {
  const { shared, io, publisher, statuses: outbound, watermarks, limits, leftOut } = basis;
  const echoes = { find: findEchoedMessage };
  const pending = new PendingFacts({ ...shared, sealer });
  const applier = new Applier({ ...shared, sealer, pending, publisher, outbound, watermarks, echoes, limits });
  return {
    reader: new NormalizeHandler({ ...shared, applier, leftOut, load, log }),
    completer: new CompleteHandler({ ...shared, applier, pending, random, io }),
  };
}

function makeDelivery({ secretBox, subscriberHttp, random, logger: log }: World, { shared, publisher }: Basis) {
  return new DeliverHandler({ ...shared, publisher, http: subscriberHttp, random, sealer: secretBox, log });
}

function makeOutbound(world: World, basis: Basis): Outbound {
  const { random, outage, logger } = world;
  const failures: Failures = {
    report: (error, what) => {
      if (!outage.took(error)) logger.error({ err: error }, what);
    },
  };
  return buildOutbound({ ...basis, ...basis.shared, random, failures });
}

/** Puts the pipelines together and folds the features in. */
export async function buildPipelines(world: World, list: readonly MakeFeature[]): Promise<Pipelines> {
  const { ledger, clock } = world;
  const basis = await makeBasis(world);
  const { shared, io, driver, accounts, subscriptions, admission, limits, permissions, provisioning } = basis;
  const acceptor = new Acceptor(shared);
  const { reader, completer } = makeInbound(world, basis, acceptor);
  const outbound = makeOutbound(world, basis);
  const retention = new Retention();
  const eraser = new Eraser(shared);
  const features = makeFeatures(world, basis, { reader, eraser }, list);
  eraser.register(allErasers(ledger, features));
  retention.register(allRetentionParts(world.keep, features));
  const tasks = [retention, eraser, basis.watermarks, ...features.flatMap((feature) => feature.tasks ?? [])];
  const maintenance = new MaintenanceHandler({ ...shared, tasks, load: acceptor });
  const reread = new RereadHandler({ ...shared, reader });
  const own = [reader, reread, completer, makeDelivery(world, basis), ...outbound.handlers, maintenance];
  const handlers = [...own, ...features.flatMap(({ jobs }) => jobs ?? [])];
  shared.outbox.register(handlers);
  await ledger.write((tx) => shared.outbox.enqueue(tx, retention.job(clock.now())));
  const { metrics, logger } = world;
  await followGauges({ ...shared, metrics, logger });
  return {
    ...{ driver, accounts, subscriptions, acceptor, admission, limits, features },
    pacer: outbound.pacer,
    provisioning,
    messages: new Messages({ ...shared, io, permissions }),
    ...lifeOf(world, basis, outbound, handlers),
  };
}

/** Makes the features and registers what they do while things happen. */
function makeFeatures(
  { keep, spoolDir, maxMediaBytes: maxBytes, files, metrics, secretBox: sealer }: World,
  { shared, publisher, permissions, renewals, leftOut, admission, io }: Basis,
  given: Pick<Kernel, 'reader' | 'eraser'>,
  list: readonly MakeFeature[],
): Feature[] {
  const kernel: Kernel = { ...shared, ...given, publisher, admission, sealer, io, keep, spoolDir, maxBytes, files };
  const features = list.map((make) => make(kernel));
  for (const {
    reactions = [],
    permissionRules = [],
    files: own = [],
    leftOutHeeders = [],
    metrics: gauges = [],
  } of features) {
    publisher.register(reactions);
    permissions.register(permissionRules);
    renewals.register(own);
    leftOut.register(leftOutHeeders);
    for (const gauge of gauges) metrics.follow(gauge);
  }
  return features;
}

/** Says how the work begins and ends. */
function lifeOf(world: World, { driver, accounts, limits }: Basis, outbound: Outbound, handlers: JobHandler[]) {
  const { outage, logger, role } = world;
  const unwatch = accounts.watch((error) => {
    if (!outage.took(error)) logger.warn({ err: error }, 'Accounts could not be read anew');
  });
  return {
    start: () => {
      if (role === 'web') return;
      driver.start(handlers);
      outbound.start();
      limits.askUnknown();
    },
    stop: async () => {
      unwatch();
      await Promise.all([outbound.stop(), limits.stop(), driver.stop()]);
    },
  };
}

function makeDriver({ ledger, clock, logger, notifier, outage }: World): EmbeddedDriver | BullDriver {
  const local = new EmbeddedDriver(ledger, clock, (job, error) => {
    if (outage.took(error)) return;
    const what = error instanceof BrokenPayload ? 'A job is dead' : 'A job failed and will be tried again';
    logger.error({ err: error, kind: job?.kind, job: job?.seq }, what);
  });
  return notifier ? new BullDriver(notifier, clock, local) : local;
}
