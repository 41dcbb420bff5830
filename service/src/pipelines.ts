/** Puts the pipelines together: plain objects, no framework, so that tests and benches build the same service. */
import { Accounts } from './accounts/accounts.ts';
import { Limits } from './accounts/limits.ts';
import { Provisioning } from './accounts/provisioning.ts';
import { CareHandler } from './care/care.ts';
import { Eraser } from './care/erase.ts';
import { EventReplay } from './care/replay-events.ts';
import { Retention, type Ages } from './care/retention.ts';
import type { ChannelIo, ProviderHttp } from './channels/channel.ts';
import { Directory } from './contacts/directory.ts';
import type { Clock } from './core/clock.ts';
import type { Ids } from './core/ids.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { DeliverHandler } from './events/deliver.ts';
import { Publisher } from './events/publish.ts';
import { Subscriptions } from './events/subscriptions.ts';
import { Acceptor } from './inbound/accept.ts';
import { Applier } from './inbound/apply.ts';
import { NormalizeHandler } from './inbound/normalize.ts';
import { Media } from './media/media.ts';
import { Admission } from './outbound/admit.ts';
import { buildOutbound } from './outbound/build.ts';
import { Messages } from './outbound/messages.ts';
import { Outcomes } from './outbound/outcomes.ts';
import type { Pacer } from './outbound/pace.ts';
import type { Role } from './config/servers.ts';
import type { Bell } from './outbox/bell.ts';
import { BullDriver } from './outbox/bull.driver.ts';
import { EmbeddedDriver } from './outbox/embedded.driver.ts';
import { Outbox, type JobHandler } from './outbox/outbox.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Outage } from './platform/outage.ts';
import type { SecretBox } from './platform/secret-box.ts';
import { depth } from './store/job.store.ts';
import type { Ledger } from './store/ledger.ts';

/** What the world gives: everything that tests replace. */
export interface World {
  ledger: Ledger;
  outage: Outage;
  clock: Clock;
  ids: Ids;
  secretBox: SecretBox;
  metrics: Metrics;
  logger: Logger;
  /** To providers. */
  providerHttp: ProviderHttp;
  /** To subscribers, and the check of their URLs. */
  subscriberHttp: ProviderHttp & { checkUrl(url: string): unknown };
  random(): number;
  publicUrl: string | undefined;
  localUrl(): string;
  spoolDir: string;
  maxMediaBytes: number;
  keep: Ages;
  /** How long a send stays uncertain; absent: as long as its channel says. */
  unknownAfterMs?: number | undefined;
  role: Role;
  /** Between processes; absent: there is only this one. */
  bell: Bell | undefined;
}

/** The whole service behind its API. */
export interface Pipelines {
  io: ChannelIo;
  accounts: Accounts;
  provisioning: Provisioning;
  limits: Limits;
  pacer: Pacer;
  subscriptions: Subscriptions;
  acceptor: Acceptor;
  admission: Admission;
  messages: Messages;
  media: Media;
  deadLetters: DeadLetters;
  eventReplay: EventReplay;
  eraser: Eraser;
  directory: Directory;
  driver: EmbeddedDriver | BullDriver;
  /** Starts the work that waits, where that is this process's part. */
  start(): void;
  /** Takes no more work and resolves when what is under way is done. */
  stop(): Promise<void>;
}

export async function buildPipelines(world: World): Promise<Pipelines> {
  const { ledger, clock, ids, metrics, logger, secretBox } = world;
  const io: ChannelIo = { http: world.providerHttp, clock, log: logger };
  const driver = makeDriver(world);
  const outbox = new Outbox(clock, driver);
  const accounts = await Accounts.load({
    ...{ ledger, sealer: secretBox, clock, ids },
    resuming: (tx, account, since) => outcomes.resumed(tx, account, since),
    resumed: () => driver.ring('send', clock.now()),
  });
  const limits = new Limits({ accounts, io });
  const publisher = new Publisher({ outbox, ids, clock, published: (type) => metrics.events.inc({ type }) });
  const checkUrl = (url: string) => void world.subscriberHttp.checkUrl(url);
  const subscriptions = new Subscriptions({ ledger, outbox, accounts, sealer: secretBox, clock, ids, checkUrl });
  const outcomes = new Outcomes({ publisher, outbox, clock, unknownAfterMs: world.unknownAfterMs });
  const acceptor = new Acceptor({ ledger, outbox, clock });
  const retention = new Retention(world.keep);
  const eraser = new Eraser({ ledger, outbox, clock });
  const shared = { ledger, outbox, accounts, clock, ids };
  const eventReplay = new EventReplay({ ...shared, publisher });
  const admission = new Admission({ ...shared, subscriptions, checkUrl });
  const reader = new NormalizeHandler({
    ...shared,
    applier: new Applier({
      ...{ publisher, ids, clock, outbound: outcomes },
      limitsChanged: (account) => limits.ask(account),
    }),
    accepted: () => acceptor.accepted,
    read: (channel) => metrics.receipts.inc({ channel }),
    log: logger,
  });
  const deadLetters = new DeadLetters({ ...shared, admission, reader });
  const outbound = buildOutbound({
    ...{ ...shared, outcomes, io, random: world.random, called: countSends(metrics) },
    failed: (error) => {
      if (!world.outage.took(error))
        logger.error({ err: error }, 'What is too late to be sent could not be looked for');
    },
  });
  const handlers: JobHandler[] = [
    reader,
    new DeliverHandler({
      ...shared,
      publisher,
      http: world.subscriberHttp,
      random: world.random,
      openSecret: (sealed, id) => secretBox.decrypt(sealed, id) as string,
      delivered: (outcome) => metrics.deliveries.inc({ outcome }),
    }),
    ...outbound.handlers,
    new CareHandler({ ...shared, tasks: [retention, eraser, eventReplay], accepted: () => acceptor.accepted }),
  ];
  await ledger.write((tx) => outbox.enqueue(tx, retention.job(clock.now())));
  const unwatch = accounts.watch((error) => {
    if (!world.outage.took(error)) logger.warn({ err: error }, 'Accounts could not be read anew');
  });
  metrics.beforeScrape(() => readDepth(world));
  metrics.beforeScrape(() => countPaused(metrics, accounts));
  metrics.beforeScrape(async () => {
    for (const [type, count] of Object.entries(await deadLetters.count())) metrics.deadLetters.set({ type }, count);
  });
  return {
    io,
    accounts,
    provisioning: new Provisioning(io, world.publicUrl, world.localUrl),
    limits,
    pacer: outbound.pacer,
    subscriptions,
    acceptor,
    admission,
    messages: new Messages({ ledger, accounts, io, clock }),
    media: new Media({ ...shared, io, spoolDir: world.spoolDir, maxBytes: world.maxMediaBytes }),
    deadLetters,
    eventReplay,
    eraser,
    directory: new Directory({ ledger, accounts }),
    driver,
    start: () => {
      if (world.role === 'web') return;
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

function makeDriver({ ledger, clock, logger, bell, outage }: World): EmbeddedDriver | BullDriver {
  const local = new EmbeddedDriver(ledger, clock, (job, error) => {
    if (outage.took(error)) return;
    logger.error({ err: error, kind: job?.kind, job: job?.seq }, 'A job failed and will be tried again');
  });
  return bell ? new BullDriver(bell, clock, local) : local;
}

function countSends(metrics: Metrics) {
  return (channel: string, outcome: string, durationMs: number) => {
    metrics.sends.inc({ channel, outcome });
    metrics.sendSeconds.observe({ channel }, durationMs / 1_000);
  };
}

async function countPaused(metrics: Metrics, accounts: Accounts): Promise<void> {
  const all = (await accounts.refreshed()).list();
  for (const id of new Set(all.map(({ channel }) => channel.id))) metrics.accountsPaused.set({ channel: id }, 0);
  for (const { channel, pause } of all) if (pause !== null) metrics.accountsPaused.inc({ channel: channel.id });
}

async function readDepth({ ledger, metrics, clock }: World): Promise<void> {
  metrics.outboxDepth.reset();
  metrics.oldestDueSeconds.reset();
  for (const { kind, state, count, oldestDueAt } of await depth(ledger.reader)) {
    metrics.outboxDepth.set({ kind, state }, count);
    if (state === 'ready') metrics.oldestDueSeconds.set({ kind }, Math.max(0, (clock.now() - oldestDueAt) / 1_000));
  }
}
