import { resolve } from 'node:path';
import { CONFIG_KEYS, ConfigError, loadConfig } from '../../service/src/config/config.ts';

const DAY = 24 * 3_600_000;

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  throw new Error('the configuration was accepted');
}

test('defaults', () => {
  expect(loadConfig({ PATH: '/bin' })).toEqual({
    port: 3000,
    host: '127.0.0.1',
    publicUrl: undefined,
    dataDir: resolve('data'),
    databasePath: resolve('data/parley.db'),
    databaseUrl: undefined,
    redisUrl: undefined,
    role: 'all',
    apiKeys: undefined,
    encryptionKeys: undefined,
    logLevel: 'info',
    allowPrivateNetworks: { loopback: true, private: true, cidrs: [] },
    allowPrivateProviders: { loopback: false, private: false, cidrs: [] },
    maxWebhookBytes: 4 * 1024 * 1024,
    maxMediaBytes: 100 * 1024 * 1024,
    keepBodiesMs: Infinity,
    keepReceiptsMs: 14 * DAY,
    keepEventsMs: 30 * DAY,
    keepFilesMs: 0,
    filesMaxBytes: 10 * 1024 ** 3,
    docs: true,
  });
});

test('an empty variable is an absent one', () => {
  const env = Object.fromEntries(CONFIG_KEYS.map((name) => [name, '']));
  expect(loadConfig(env)).toEqual(loadConfig({}));
});

test('the result is frozen', () => {
  expect(Object.isFrozen(loadConfig({}))).toBe(true);
});

test.each<[string, string, object]>([
  ['PARLEY_PORT', '0', { port: 0 }],
  ['PARLEY_PORT', '65535', { port: 65535 }],
  ['PARLEY_HOST', '::', { host: '::' }],
  ['PARLEY_PUBLIC_URL', 'https://hooks.example.com/parley/', { publicUrl: 'https://hooks.example.com/parley' }],
  ['PARLEY_DATA_DIR', '/var/lib/parley', { dataDir: '/var/lib/parley', databasePath: '/var/lib/parley/parley.db' }],
  ['PARLEY_DATABASE_URL', 'sqlite:/srv/p.db', { databasePath: '/srv/p.db' }],
  ['PARLEY_DATABASE_URL', 'sqlite:///srv/p.db', { databasePath: '/srv/p.db' }],
  ['PARLEY_DATABASE_URL', 'sqlite:./p.db', { databasePath: resolve('p.db') }],
  ['PARLEY_DATABASE_URL', 'postgres://me:pw@db/parley', { databaseUrl: 'postgres://me:pw@db/parley' }],
  [
    'PARLEY_DATABASE_URL',
    'postgresql://me:p%2Fw@[::1]:5433/parley?sslmode=require',
    { databaseUrl: 'postgresql://me:p%2Fw@[::1]:5433/parley?sslmode=require' },
  ],
  [
    'PARLEY_DATABASE_URL',
    'postgres:///parley?host=/run/postgresql',
    { databaseUrl: 'postgres:///parley?host=/run/postgresql' },
  ],
  ['PARLEY_ROLE', 'all', { role: 'all' }],
  ['PARLEY_API_KEY', 'correct-horse-battery-staple', { apiKeys: ['correct-horse-battery-staple'] }],
  [
    'PARLEY_API_KEY',
    'a-new-horse-battery-staple, correct-horse-battery-staple',
    { apiKeys: ['a-new-horse-battery-staple', 'correct-horse-battery-staple'] },
  ],
  ['PARLEY_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ['PARLEY_ALLOW_PRIVATE_NETWORKS', 'none', { allowPrivateNetworks: { loopback: false, private: false, cidrs: [] } }],
  [
    'PARLEY_ALLOW_PRIVATE_PROVIDERS',
    'loopback',
    { allowPrivateProviders: { loopback: true, private: false, cidrs: [] } },
  ],
  ['PARLEY_MAX_MEDIA_BYTES', '1048576', { maxMediaBytes: 1048576 }],
  ['PARLEY_DOCS', 'off', { docs: false }],
  ['PARLEY_UNKNOWN_AFTER', '10m', { unknownAfterMs: 600_000 }],
  ['PARLEY_UNKNOWN_AFTER', '7d', { unknownAfterMs: 7 * DAY }],
  ['PARLEY_KEEP_BODIES', '12h', { keepBodiesMs: DAY / 2 }],
  ['PARLEY_KEEP_BODIES', '30d', { keepBodiesMs: 30 * DAY }],
  ['PARLEY_KEEP_RECEIPTS', '8d', { keepReceiptsMs: 8 * DAY }],
  ['PARLEY_KEEP_RECEIPTS', '192h', { keepReceiptsMs: 8 * DAY }],
  ['PARLEY_KEEP_EVENTS', 'forever', { keepEventsMs: Infinity }],
  ['PARLEY_KEEP_FILES', '7d', { keepFilesMs: 7 * DAY }],
  ['PARLEY_KEEP_FILES', 'forever', { keepFilesMs: Infinity }],
  ['PARLEY_FILES_MAX_BYTES', '1048576', { filesMaxBytes: 1048576 }],
])('%s=%s', (name, value, expected) => {
  expect(loadConfig({ [name]: value })).toMatchObject(expected);
});

test('encryption keys keep their order', () => {
  const [hex, base64] = ['ab'.repeat(32), Buffer.alloc(32, 1).toString('base64')];
  const { encryptionKeys } = loadConfig({ PARLEY_ENCRYPTION_KEY: `new:${hex},old:${base64}` });
  expect(encryptionKeys?.map(({ id, key }) => [id, key.export().toString('hex')])).toEqual([
    ['new', hex],
    ['old', '01'.repeat(32)],
  ]);
});

test.each([
  ['PARLEY_PORT', '65536', /port from 0/],
  ['PARLEY_PORT', 'http', /port from 0/],
  ['PARLEY_PORT', '-1', /port from 0/],
  ['PARLEY_PORT', '3000.5', /port from 0/],
  ['PARLEY_HOST', 'two words', /host name or IP/],
  ['PARLEY_PUBLIC_URL', 'hooks.example.com', /http\(s\) URL/],
  ['PARLEY_PUBLIC_URL', 'ftp://hooks.example.com', /http\(s\) URL/],
  ['PARLEY_PUBLIC_URL', 'https://me:topsecret@hooks.example.com', /http\(s\) URL/],
  ['PARLEY_PUBLIC_URL', 'https://hooks.example.com/?topsecret', /http\(s\) URL/],
  ['PARLEY_DATABASE_URL', 'mysql://me:topsecret@db/parley', /sqlite:<path>, or postgres:/],
  ['PARLEY_DATABASE_URL', 'postgres://me:topsecret@db', /host:port.database/],
  ['PARLEY_DATABASE_URL', 'postgres://me:topsecret@db/', /host:port.database/],
  ['PARLEY_DATABASE_URL', 'postgres://me:topsecret@db/a/b', /host:port.database/],
  ['PARLEY_DATABASE_URL', 'postgres://me:topsecret@db:port/parley', /host:port.database/],
  ['PARLEY_DATABASE_URL', 'postgres://me:topsecret@db:99999/parley', /host:port.database/],
  ['PARLEY_DATABASE_URL', 'postgres:///parley', /host:port.database/],
  ['PARLEY_DATABASE_URL', 'postgres://me:top#secret@db/parley', /percent-encoded/],
  ['PARLEY_DATABASE_URL', 'postgres://me:topsecret%@db/parley', /percent-encoded/],
  ['PARLEY_DATABASE_URL', 'postgres://me:topsecret@db/parley?sslmode=on', /sslmode=disable/],
  ['PARLEY_DATABASE_URL', 'postgres://me:topsecret@db/parley#x', /percent-encoded/],
  ['PARLEY_DATABASE_URL', 'db:5432/topsecret', /sqlite:<path>, or postgres:/],
  ['PARLEY_REDIS_URL', 'http://:topsecret@redis', /redis:.*rediss:/],
  ['PARLEY_REDIS_URL', 'redis:topsecret', /redis:.*rediss:/],
  ['PARLEY_REDIS_URL', 'redis://:topsecret@redis:port', /redis:.*rediss:/],
  ['PARLEY_REDIS_URL', 'redis://:topsecret@redis/first', /redis:.*rediss:/],
  ['PARLEY_REDIS_URL', 'redis://:topsecret%@redis', /percent-encoded/],
  ['PARLEY_REDIS_URL', 'redis://:topsecret@redis?db=1', /redis:.*rediss:/],
  ['PARLEY_REDIS_URL', 'redis-1.example.com:6379', /redis:.*rediss:/],
  ['PARLEY_ROLE', 'webworker', /one of all, web, worker/],
  ['PARLEY_DATABASE_URL', 'sqlite:', /sqlite:<path>/],
  ['PARLEY_DATABASE_URL', 'sqlite::memory:', /sqlite:<path>/],
  ['PARLEY_API_KEY', 'topsecret', /at least 24 visible/],
  ['PARLEY_API_KEY', 'topsecret with some spaces in it', /at least 24 visible/],
  ['PARLEY_API_KEY', 'correct-horse-battery-staple,topsecret', /a list new,old/],
  ['PARLEY_API_KEY', 'correct-horse-battery-staple,', /a list new,old/],
  ['PARLEY_API_KEY', 'correct-horse-battery-staple,correct-horse-battery-staple', /different ones/],
  ['PARLEY_ENCRYPTION_KEY', 'topsecret', /32 bytes in base64 or hex/],
  ['PARLEY_ENCRYPTION_KEY', `a:${'ab'.repeat(32)},a:${'cd'.repeat(32)}`, /32 bytes/],
  ['PARLEY_ENCRYPTION_KEY', `a:${'ab'.repeat(31)}`, /32 bytes/],
  ['PARLEY_LOG_LEVEL', 'loud', /one of fatal, error/],
  ['PARLEY_ALLOW_PRIVATE_NETWORKS', 'everything', /comma list of loopback/],
  ['PARLEY_ALLOW_PRIVATE_PROVIDERS', '10.0.0.0/64', /comma list of loopback/],
  ['PARLEY_MAX_WEBHOOK_BYTES', '3MB', /bytes from 1024/],
  ['PARLEY_MAX_MEDIA_BYTES', '1', /bytes from 1024/],
  ['PARLEY_DOCS', 'no', /on or off/],
  ['PARLEY_UNKNOWN_AFTER', '10', /time from 10s to 7d/],
  ['PARLEY_UNKNOWN_AFTER', '9s', /time from 10s to 7d/],
  ['PARLEY_UNKNOWN_AFTER', '8d', /time from 10s to 7d/],
  ['PARLEY_KEEP_BODIES', '30', /age like 30d or 12h/],
  ['PARLEY_KEEP_BODIES', '0h', /age like 30d or 12h/],
  ['PARLEY_KEEP_BODIES', '1.5d', /age like 30d or 12h/],
  ['PARLEY_KEEP_BODIES', '4 weeks', /age like 30d or 12h/],
  ['PARLEY_KEEP_RECEIPTS', '7d', /at least 8d/],
  ['PARLEY_KEEP_EVENTS', '191h', /at least 8d/],
])('%s=%s is refused, and the value is not told', (name, value, expected) => {
  const problems = problemsOf({ [name]: value });
  expect(problems).toEqual([expect.stringMatching(expected)]);
  expect(problems[0]).toMatch(new RegExp(`^${name} must be`));
  if (value.length > 8) expect(problems[0]).not.toContain(value);
  expect(problems[0]).not.toContain('topsecret');
});

test.each([
  ['PARLEY_PROT', 'PARLEY_PORT'],
  ['PARLEY_APIKEY', 'PARLEY_API_KEY'],
  ['PARLEY_LOGLEVEL', 'PARLEY_LOG_LEVEL'],
  ['PARLEY_ALLOW_PRIVATE_NETWORK', 'PARLEY_ALLOW_PRIVATE_NETWORKS'],
])('%s is a slip for %s', (name, meant) => {
  expect(problemsOf({ [name]: 'topsecret' })).toEqual([`${name} is not known; did you mean ${meant}?`]);
});

test('every bad key is named at once', () => {
  const env = { PARLEY_PORT: 'x', PARLEY_LOG_LEVEL: 'loud', PARLEY_HOTS: 'h', PARLEY_API_KEY: 'short' };
  const message = new ConfigError(problemsOf(env)).message;
  for (const name of Object.keys(env)) expect(message).toContain(`  ${name} `);
});

describe('several processes', () => {
  const POSTGRES = { PARLEY_DATABASE_URL: 'postgres://me:topsecret@db/parley' };
  const REDIS = { PARLEY_REDIS_URL: 'rediss://:topsecret@redis:6380/2' };
  const KEYS = { PARLEY_API_KEY: 'correct-horse-battery-staple', PARLEY_ENCRYPTION_KEY: `k:${'ab'.repeat(32)}` };

  test.each<[string, Record<string, string>]>([
    ['one process on PostgreSQL', POSTGRES],
    ['many that do everything', { ...POSTGRES, ...REDIS, ...KEYS }],
    ['a web process', { ...POSTGRES, ...REDIS, ...KEYS, PARLEY_ROLE: 'web' }],
    ['a worker', { ...POSTGRES, ...REDIS, ...KEYS, PARLEY_ROLE: 'worker' }],
  ])('%s', (_what, env) => {
    expect(loadConfig(env)).toMatchObject({
      databaseUrl: env['PARLEY_DATABASE_URL'],
      redisUrl: env['PARLEY_REDIS_URL'],
      role: env['PARLEY_ROLE'] ?? 'all',
    });
  });

  test.each<[string, Record<string, string>, RegExp[]]>([
    ['Redis over SQLite', REDIS, [/^PARLEY_REDIS_URL needs PARLEY_DATABASE_URL=postgres/]],
    [
      'Redis over a named SQLite file',
      { ...REDIS, PARLEY_DATABASE_URL: 'sqlite:./p.db' },
      [/^PARLEY_REDIS_URL needs PARLEY_DATABASE_URL=postgres.*SQLite serves one process/],
    ],
    ['a worker over SQLite', { PARLEY_ROLE: 'worker' }, [/^PARLEY_ROLE=worker needs PARLEY_DATABASE_URL=postgres/]],
    [
      'a web process that nobody hears',
      { ...POSTGRES, ...KEYS, PARLEY_ROLE: 'web' },
      [/^PARLEY_ROLE=web needs PARLEY_REDIS_URL=redis/],
    ],
    [
      'processes that would make keys of their own',
      { ...POSTGRES, ...REDIS },
      [/^PARLEY_API_KEY must be set/, /^PARLEY_ENCRYPTION_KEY must be set/],
    ],
    ['no encryption key', { ...POSTGRES, ...REDIS, ...KEYS, PARLEY_ENCRYPTION_KEY: '' }, [/^PARLEY_ENCRYPTION_KEY/]],
  ])('%s is refused with how to mend it, and no password is told', (_what, env, expected) => {
    const problems = problemsOf(env);
    expect(problems).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
    expect(problems.join()).not.toMatch(/topsecret|staple/);
  });
});
