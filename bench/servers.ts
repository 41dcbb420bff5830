/** PostgreSQL and Redis of the bench's own, durable as a ledger has to be. */
import { randomBytes } from 'node:crypto';
import { startPostgres } from '../test/support/postgres.ts';
import { startRedis } from '../test/support/redis.ts';

export interface Servers {
  /** What the service's processes are told. */
  env: Record<string, string>;
  close(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const [postgres, redis] = await Promise.all([startPostgres({ durable: true }), startRedis()]);
  const env = {
    PARLEY_DATABASE_URL: await postgres.fresh(),
    PARLEY_REDIS_URL: redis.url,
    PARLEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  return { env, close: async () => void (await Promise.all([postgres.close(), redis.close()])) };
}
