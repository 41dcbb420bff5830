/** Opens the ledger that the configuration names, and waits for its server when it cannot be reached yet. */
import { setTimeout as delay } from 'node:timers/promises';
import { dirname } from 'node:path';
import type { Config } from './config/config.ts';
import { makeFolder } from './config/folder.ts';
import { backoffMs } from './core/retry.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import { Outage } from './platform/outage.ts';
import { startStartupServer } from './platform/startup-server.ts';
import * as cursors from './store/cursor.store.ts';
import { lockDatabase } from './store/database-lock.ts';
import type { StoreDialect } from './store/dialect.ts';
import { Ledger } from './store/ledger.ts';
import type { CommitObserver, Tx } from './store/unit-of-work.ts';
import { postgres } from './store/postgres.ts';
import { sqlite } from './store/sqlite.ts';
import { LedgerUnavailable } from './store/unavailable.ts';

const RETRY_MS = 500;
const MAX_RETRY_MS = 5_000;
const DATABASE = { name: 'database' };

export interface OpenedLedger {
  ledger: Ledger;
  outage: Outage;
  close(): Promise<void>;
}

/** Answers the ledger, what is known of its outages, and how to close it. Throws `SchemaError` when it cannot be used by this program. */
export async function openLedger(config: Config, logger: Logger, metrics: Metrics): Promise<OpenedLedger> {
  const outage = new Outage({
    log: logger,
    attempt: () => ledger.write(touch),
    changed: (isOn) => metrics.dependencyUp.set(DATABASE, isOn ? 0 : 1),
  });
  const observe = (units: number, durationMs: number) => {
    metrics.commitSize.observe(units);
    metrics.commitSeconds.observe(durationMs / 1_000);
    outage.worked();
  };
  const { ledger, close } = await open(config, logger, observe);
  metrics.dependencyUp.set(DATABASE, 1);
  ledger.unavailable = (error) => void outage.took(error);
  return {
    ledger,
    outage,
    close: async () => {
      outage.stop();
      await close();
    },
  };
}

/** Writes what matters to nobody, to learn whether the database can be written. */
async function touch(tx: Tx): Promise<void> {
  await cursors.put(tx, 'touched', null);
}

async function open(
  config: Config,
  logger: Logger,
  observe: CommitObserver,
): Promise<{ ledger: Ledger; close(): Promise<void> }> {
  if (config.databaseUrl !== undefined) {
    const ledger = await whenReachable(postgres(config.databaseUrl), config, logger, observe);
    for (const warning of ledger.warnings) logger.warn(warning);
    return { ledger, close: () => ledger.close() };
  }
  await makeFolder(dirname(config.databasePath));
  const unlock = lockDatabase(config.databasePath);
  try {
    const ledger = await Ledger.open(sqlite(config.databasePath), observe);
    return { ledger, close: () => ledger.close().then(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function whenReachable(
  dialect: StoreDialect,
  { port, host }: Config,
  logger: Logger,
  observe: CommitObserver,
): Promise<Ledger> {
  let closeServer: () => Promise<void> = async () => undefined;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await Ledger.open(dialect, observe);
      } catch (error) {
        if (!(error instanceof LedgerUnavailable)) throw error;
        const waitMs = backoffMs(attempt, Math.random(), RETRY_MS, MAX_RETRY_MS);
        logger.warn({ err: error.cause, waitMs }, 'PostgreSQL cannot be used yet; trying again');
        if (attempt === 1) closeServer = await startStartupServer(port, host);
        await delay(waitMs);
      }
    }
  } finally {
    await closeServer();
  }
}
