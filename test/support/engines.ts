/**
 * The engines that a flow can run on: SQLite within the process, or PostgreSQL and Redis as for many processes. A test file that calls
 * `onServers()` before it imports flows runs these on the latter.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { dump, query } from './ledger-file.ts';
import { databases, type Databases } from './databases.ts';
import type { PostgresServer } from './postgres.ts';
import { sharedPostgres, sharedRedis } from './shared-servers.ts';

type Rows = Record<string, unknown>[];

/** The place of one service's ledger. */
export interface Engine {
  /** What the service is told of it. */
  env: Record<string, string>;
  rows(sql: string): Rows;
  /** As `rows`, but the process does not stand still meanwhile: for what is asked again and again. */
  read(sql: string): Promise<Rows>;
  /** Every row of every table, by the table's name. Equal dumps: nothing changed. */
  dump(): Record<string, Rows>;
  /** So much time passes for the database as well, where paces go by its own clock. */
  passes(byMs: number): void;
  /** Nobody looks any more. */
  close(): Promise<void>;
}

let servers: Databases | undefined;

/** From now on, and as long as the file's tests run, services are given PostgreSQL and Redis. */
export function onServers(): void {
  servers = databases();
}

/** A new ledger: in the service's data folder, or in a database of its own. */
export async function newEngine(dataDir: string): Promise<Engine> {
  if (servers === undefined) {
    const rows = (sql: string) => query(dataDir, sql);
    const read = async (sql: string) => rows(sql);
    return { env: {}, rows, read, dump: () => dump(dataDir), passes: () => undefined, close: async () => undefined };
  }
  const [url, postgres, redis] = [await servers.migrated(), await sharedPostgres(), await sharedRedis()];
  return { env: keysAnd(url, redis.url), ...viewOf(postgres, url) };
}

/** Of a service that runs as several processes, every setting that they share. */
export function keysAnd(databaseUrl: string, redisUrl: string): Record<string, string> {
  return {
    PARLEY_DATABASE_URL: databaseUrl,
    PARLEY_REDIS_URL: redisUrl,
    PARLEY_API_KEY: `parley_${randomBytes(4).toString('hex')}_${randomBytes(24).toString('hex')}`,
    PARLEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
}

/** Looks into a database from outside, in one go, as a look into a file is. */
function viewOf({ bin }: PostgresServer, url: string): Omit<Engine, 'env'> {
  const read = <T>(sql: string): T => {
    const text = execFileSync(join(bin, 'psql'), [
      '-X',
      '-q',
      '-A',
      '-t',
      '-v',
      'ON_ERROR_STOP=1',
      '-d',
      url,
      '-c',
      sql,
    ]);
    return JSON.parse(text.toString('utf8').trim() || 'null') as T;
  };
  const rows = (sql: string) => read<Rows | null>(`select json_agg(t) from (${sql}) t`) ?? [];
  const run = (sql: string) => execFileSync(join(bin, 'psql'), ['-X', '-q', '-d', url, '-c', sql]);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  let connected: Promise<unknown> | undefined;
  const tables = "select table_name as name from information_schema.tables where table_schema = 'public' order by 1";
  return {
    rows,
    read: async (sql) => {
      connected ??= client.connect();
      await connected;
      return (await client.query<Rows[number]>(sql)).rows;
    },
    passes: (byMs) => void run(`update rates set full_at = full_at - ${byMs}, set_at = set_at - ${byMs}`),
    dump: () =>
      Object.fromEntries(
        rows(tables).map(({ name }) => [name, rows(`select * from ${String(name)} t order by t::text`)]),
      ),
    close: () => client.end(),
  };
}
