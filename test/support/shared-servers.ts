/**
 * Servers that the test files of a worker share, so that they start once: this module is not new for each file. A file that stops, kills or
 * fills a server starts one of its own. Use `databases()` for the tests' databases.
 */
import { Ledger } from '../../service/src/store/ledger.ts';
import { postgres } from '../../service/src/store/postgres.ts';
import { startPostgres, type PostgresServer } from './postgres.ts';
import { startRedis, type RedisServer } from './redis.ts';

// Jest ends its workers so: the servers end with them.
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit());

let postgresServer: Promise<PostgresServer> | undefined;
let redisServer: Promise<RedisServer> | undefined;
let template: Promise<string> | undefined;

export function sharedPostgres(): Promise<PostgresServer> {
  // Parallel processes have pools of their own.
  postgresServer ??= startPostgres({ settings: { max_connections: '600' } }).then(outlived);
  return postgresServer;
}

/** Without what earlier tests left in it. */
export async function sharedRedis(): Promise<RedisServer> {
  redisServer ??= startRedis().then(outlived);
  const server = await redisServer;
  await server.command('FLUSHALL');
  return server;
}

/** A database with the present schema, of which copies are made: all migrations for each test would take longer than most tests. */
export function migratedTemplate(): Promise<string> {
  template ??= sharedPostgres().then(async (server) => {
    const url = await server.fresh();
    const ledger = await Ledger.open(postgres(url));
    await ledger.close();
    return url;
  });
  return template;
}

/** The process may end while the server runs. */
function outlived<T extends { unref(): void }>(server: T): T {
  server.unref();
  return server;
}
