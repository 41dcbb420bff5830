/** Starts the service from its environment and stops it on SIGTERM or SIGINT. */
import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, loadConfig } from './config/config.ts';
import { makeLogger, type Logger } from './platform/logger.ts';
import { startFault } from './platform/start-fault.ts';
import { SecretBoxError } from './platform/secret-box.ts';
import { DRAIN_MS, startService, type RunningService } from './service.ts';
import { SchemaError } from './store/migrate.ts';

/** What the operator can mend: told in plain words on stderr, without a stack. */
function refuse(error: unknown): never {
  const isKnown = error instanceof ConfigError || error instanceof SchemaError || error instanceof SecretBoxError;
  const known = isKnown ? [error.message, ...reasons(error)].join(': ') : startFault(error);
  process.stderr.write(`${known ?? String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

/** What the database said. Its messages name no password. */
function reasons({ cause }: Error): string[] {
  return cause instanceof Error ? [cause.message] : [];
}

/**
 * What nobody caught ends the process, told through the log, which knows what must not be told. The client of Redis rejects promises
 * that its user never saw when it is not let in, with the password hung on them, or when its connection goes.
 */
function catchTheRest(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'Something unforeseen happened; the process ends');
    process.exit(1);
  });
  process.on('unhandledRejection', (reason) => {
    if (!isOfRedis(reason)) throw reason;
    logger.debug({ err: reason }, 'Redis did not take a command');
  });
}

/** Whether the server refused it, or the connection is gone: the notifier does without. */
function isOfRedis(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false;
  const isGone = reason.message === 'Connection is closed.';
  return isGone || reason.name === 'ReplyError' || /[\\/](ioredis|redis-errors)[\\/]/.test(reason.stack ?? '');
}

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = makeLogger({ level: config.logLevel });
  catchTheRest(logger);
  const running: { service?: RunningService } = {};
  let stopping = false;
  const end = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'Parley is stopping: what is under way is being ended');
    const late = delay(DRAIN_MS, 'late', { ref: false });
    // While it starts, nothing is under way that a kill could harm.
    const result = await Promise.race([running.service?.stop(), late]);
    if (result === 'late') logger.warn('Not everything ended in time; the ledger keeps what is left');
    process.exit(0);
  };
  // From now on: the first process of a container is not ended by a signal that it does not handle.
  process.on('SIGTERM', (signal) => void end(signal));
  process.on('SIGINT', (signal) => void end(signal));
  const service = await startService(config, logger);
  running.service = service;
  logger.info({ url: service.url, dataDir: config.dataDir }, 'Parley is ready');
}

main().catch(refuse);
