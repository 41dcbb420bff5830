/** The distributed engine: three processes in different roles over one PostgreSQL and one Redis, which fail as well. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { query, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { serviceEnv, type Server, type StartEngine } from './engine.ts';
import type { Random } from './random.ts';
import { Unit } from './unit.ts';

/** Two that answer requests, two that work. */
const ROLES = ['all', 'web', 'worker'] as const;

export const startDistributed: StartEngine = async (place) => {
  const { folder } = place;
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const databaseUrl = await postgres.fresh();
  const apiKey = randomBytes(24).toString('base64url');
  const shared = {
    PARLEY_DATABASE_URL: databaseUrl,
    PARLEY_REDIS_URL: redis.url,
    PARLEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  const units = ROLES.map((role) => {
    const env = { ...serviceEnv(place, join(folder, role), apiKey), ...shared, PARLEY_ROLE: role };
    return new Unit(role, env, join(folder, `${role}.log`), role !== 'worker');
  });
  const close = async () => {
    for (const unit of units) await unit.close();
    await postgres.close();
    await redis.close();
  };
  try {
    // At once: they all want to bring the empty database to the present schema.
    await Promise.all(units.map((unit) => unit.begin()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name: 'postgres+redis',
    units,
    servers: [postgresServer(postgres, databaseUrl), redisServer(redis)],
    apiKey,
    close,
  };
};

const KILLED = 'killed';

function postgresServer(server: PostgresServer, url: string): Server {
  return {
    name: 'PostgreSQL',
    kills: [KILLED],
    faults: {
      [KILLED]: async (random) => {
        await server.end('SIGKILL');
        await pause(random.whole(0, 2_000));
        await server.start();
      },
      restarted: async () => {
        await server.end('SIGINT');
        await server.start();
      },
      'stopped for a while': (random) => standStill(server, random),
      'its connections are cut': async () => {
        await query(
          url,
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
      },
    },
  };
}

function redisServer(server: RedisServer): Server {
  return {
    name: 'Redis',
    kills: [KILLED],
    faults: {
      [KILLED]: async (random) => {
        await server.end('SIGKILL');
        await pause(random.whole(0, 2_000));
        await server.start();
      },
      restarted: async () => {
        await server.end('SIGTERM');
        await server.start();
      },
      'stopped for a while': (random) => standStill(server, random),
      emptied: async () => void (await server.command('FLUSHALL')),
      'its connections are cut': async () => void (await server.command('CLIENT', 'KILL', 'TYPE', 'normal')),
    },
  };
}

async function standStill(server: Pick<PostgresServer, 'signal'>, random: Random): Promise<void> {
  server.signal('SIGSTOP');
  await pause(random.whole(200, 3_500));
  server.signal('SIGCONT');
}
