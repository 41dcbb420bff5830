/** Starts the service from its environment and stops it on SIGTERM or SIGINT. */
import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, loadConfig } from './config/config.ts';
import { makeLogger } from './platform/logger.ts';
import { SecretBoxError } from './platform/secret-box.ts';
import { DRAIN_MS, startService, type RunningService } from './service.ts';
import { SchemaError } from './store/migrate.ts';

/** What the operator can mend: told in plain words on stderr, without a stack. */
function refuse(error: unknown): never {
  const known = error instanceof ConfigError || error instanceof SchemaError || error instanceof SecretBoxError;
  process.stderr.write(`${known ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = makeLogger({ level: config.logLevel });
  let service: RunningService | undefined;
  let stopping = false;
  const end = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'Parley is stopping: what is under way is being ended');
    const late = delay(DRAIN_MS, 'late', { ref: false });
    // While it starts, nothing is under way that a kill could harm.
    const result = await Promise.race([service?.stop(), late]);
    if (result === 'late') logger.warn('Not everything ended in time; the ledger keeps what is left');
    process.exit(0);
  };
  // From now on: the first process of a container is not ended by a signal that it does not handle.
  process.on('SIGTERM', (signal) => void end(signal));
  process.on('SIGINT', (signal) => void end(signal));
  service = await startService(config, logger);
  logger.info({ url: service.url, dataDir: config.dataDir }, 'Parley is ready');
}

main().catch(refuse);
