/** The service as a process whose database or Redis is not there, not right, or not let in: what it says and when it ends. */
import { jest } from '@jest/globals';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEAF, startDeafServer } from '../../support/deaf-server.ts';
import { freePort } from '../../support/free-port.ts';
import { eventually } from '../../support/eventually.ts';
import { query, startPostgres, type PostgresServer } from '../../support/postgres.ts';
import { startRedis, type RedisServer } from '../../support/redis.ts';
import { startTcpGate } from '../../support/tcp-gate.ts';
import { closeProcesses, makeServiceProcess, type ServiceProcess } from '../../support/service-process.ts';

jest.setTimeout(60_000);

const PASSWORD = 'topsecret-password';

let folder: string;
let server: PostgresServer;
let redis: RedisServer;
/** Of the server's own database. */
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-hba-'));
  await chmod(folder, 0o755);
  const hba = join(folder, 'pg_hba.conf');
  await writeFile(hba, 'host all alice 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n');
  [server, redis] = await Promise.all([startPostgres({ settings: { hba_file: hba } }), startRedis()]);
  url = `postgres://parley@127.0.0.1:${server.port}/postgres`;
  await query(url, "create role alice login password 'right'");
}, 60_000);
afterEach(closeProcesses);
afterAll(async () => {
  await Promise.all([server.close(), redis.close()]);
  await rm(folder, { recursive: true, force: true });
});

const KEYS = { PARLEY_API_KEY: 'an-api-key-of-the-operator', PARLEY_ENCRYPTION_KEY: 'ab'.repeat(32) };

/** Its port is known before it answers. */
async function processAt(env: Record<string, string>): Promise<ServiceProcess> {
  return makeServiceProcess({ ...KEYS, PARLEY_PORT: String(await freePort()), ...env });
}

async function statusOf(service: ServiceProcess, path: string): Promise<number | undefined> {
  return fetch(service.url + path).then(
    async (answer) => (await answer.arrayBuffer(), answer.status),
    () => undefined,
  );
}

const answers = (service: ServiceProcess, path: string, status: number) =>
  eventually(async () => (await statusOf(service, path)) === status, `${path} to answer ${status}`);

describe('PostgreSQL that is not there at the start', () => {
  test('is waited for: the process lives, is not ready, refuses webhooks, says why, and comes up by itself', async () => {
    const gate = await startTcpGate(server.port);
    await gate.goDown();
    const { port } = new URL(gate.url);
    const name = new URL(await server.fresh()).pathname;
    const service = await processAt({ PARLEY_DATABASE_URL: `postgres://parley:${PASSWORD}@127.0.0.1:${port}${name}` });
    service.launch();
    await answers(service, '/healthz', 200);
    const ready = await fetch(`${service.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ failing: ['store'] })]);
    const webhook = await fetch(`${service.url}/webhooks/whatsapp/some-endpoint`, { method: 'POST', body: '{}' });
    expect(webhook.status).toBe(503);
    expect(Number(webhook.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await webhook.json()).toMatchObject({ code: 'storage_unavailable' });
    expect(service.output).toMatch(/ECONNREFUSED.*PostgreSQL cannot be used yet/);
    await gate.comeUp();
    await answers(service, '/readyz', 200);
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output).not.toContain(PASSWORD);
    await gate.goDown();
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('does not keep the process from ending at once on %s', async (signal) => {
    const port = await freePort();
    const service = await processAt({ PARLEY_DATABASE_URL: `postgres://parley@127.0.0.1:${port}/postgres` });
    service.launch();
    await answers(service, '/healthz', 200);
    const from = performance.now();
    process.kill(service.pid, signal);
    expect(await service.exited()).toBe(0);
    expect(performance.now() - from).toBeLessThan(3_000);
  });
});

describe('PostgreSQL that does not let the service work is refused in plain words, without the password', () => {
  const at = (user: string, database: string) => `postgres://${user}@127.0.0.1:${server.port}/${database}`;

  test.each<[string, () => Promise<string> | string, RegExp]>([
    ['a wrong password', () => at(`alice:${PASSWORD}`, 'postgres'), /refuses the user or the password/],
    ['an unknown user', () => at(`nobody-here:${PASSWORD}`, 'postgres'), /refuses the user/],
    ['an unknown database', () => at(`parley:${PASSWORD}`, 'nowhere'), /no database of the name/],
    ["somebody else's database", () => at('alice:right', 'postgres'), /permission denied|owner/],
    ['a newer schema', newerSchema, /newer version of Parley/],
  ])('%s', async (_name, database, told) => {
    const service = await processAt({ PARLEY_DATABASE_URL: await database() });
    await expect(service.start()).rejects.toThrow(/^exit 1/);
    expect(service.output).toMatch(told);
    expect(service.output).not.toContain(PASSWORD);
    expect(service.output).not.toMatch(/\n\s+at /);
  });

  async function newerSchema(): Promise<string> {
    const fresh = await server.fresh();
    const older = await processAt({ PARLEY_DATABASE_URL: fresh });
    await older.start();
    await older.end('SIGTERM');
    await query(fresh, "insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2099')");
    return fresh;
  }
});

test('two processes that migrate a new database at the same time both come up, each migration ran once', async () => {
  const database = await server.fresh();
  const both = await Promise.all([1, 2].map(() => processAt({ PARLEY_DATABASE_URL: database })));
  await Promise.all(both.map((service) => service.start()));
  for (const service of both) await answers(service, '/readyz', 200);
  const names = (await query(database, 'select name from kysely_migration order by name')).map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(names.length).toBeGreaterThan(1);
});

describe('Redis', () => {
  const withRedis = async (env: Record<string, string> = {}) =>
    processAt({ PARLEY_DATABASE_URL: await server.fresh(), PARLEY_REDIS_URL: redis.url, ...env });

  test('that is not there at the start: not ready, then ready when it is', async () => {
    await redis.end('SIGTERM');
    const service = await withRedis();
    try {
      service.launch();
      await answers(service, '/healthz', 200);
      const ready = await fetch(`${service.url}/readyz`);
      expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ failing: ['queue'] })]);
      expect(service.output.match(/Redis cannot be reached/g)).toHaveLength(1);
    } finally {
      await redis.start();
    }
    await answers(service, '/readyz', 200);
  });

  test('that is away when the service is stopped does not hold it up', async () => {
    const service = await withRedis();
    await service.start();
    await answers(service, '/readyz', 200);
    await redis.end('SIGKILL');
    try {
      const from = performance.now();
      expect(await service.end('SIGTERM')).toBe(0);
      expect(performance.now() - from).toBeLessThan(5_000);
    } finally {
      await redis.start();
    }
  });

  test.each(DEAF)('that %s does not keep the service from working, nor from ending in order', async (how) => {
    const deaf = await startDeafServer(how);
    const service = await withRedis({ PARLEY_REDIS_URL: deaf.url });
    await service.start();
    await deaf.wasCalled();
    const from = performance.now();
    expect(await service.end('SIGTERM')).toBe(0);
    expect(performance.now() - from).toBeLessThan(5_000);
    expect(service.output).not.toMatch(/"level":"fatal"/);
    await deaf.close();
  });

  test('that may throw keys away is warned of', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      const service = await withRedis();
      await service.start();
      await eventually(() => /"policy":"allkeys-lru".*maxmemory-policy/.test(service.output), 'the warning');
      await answers(service, '/readyz', 200);
    } finally {
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    }
  });

  test('with another password: not ready, says so, and the password is nowhere in the log', async () => {
    const { port } = new URL(redis.url);
    await redis.command('CONFIG', 'SET', 'requirepass', 'right-password');
    try {
      const service = await withRedis({
        PARLEY_REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${port}`,
        PARLEY_LOG_LEVEL: 'trace',
      });
      service.launch();
      await answers(service, '/healthz', 200);
      await eventually(() => /WRONGPASS.*Redis cannot be reached/.test(service.output), 'the refusal to be told');
      await answers(service, '/readyz', 503);
      await answers(service, '/healthz', 200);
      expect(await service.end('SIGTERM')).toBe(0);
      expect(service.output).not.toContain(PASSWORD);
    } finally {
      await redis.end('SIGKILL');
      await redis.start();
    }
  });
});
