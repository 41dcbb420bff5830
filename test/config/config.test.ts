import { resolve } from 'node:path';
import { CONFIG_KEYS, ConfigError, loadConfig } from '../../service/src/config/config.ts';

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
    apiKey: undefined,
    encryptionKeys: undefined,
    logLevel: 'info',
    allowPrivateNetworks: { loopback: true, private: true, cidrs: [] },
    allowPrivateProviders: { loopback: false, private: false, cidrs: [] },
    maxWebhookBytes: 4 * 1024 * 1024,
    maxMediaBytes: 100 * 1024 * 1024,
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
  ['PARLEY_API_KEY', 'correct-horse-battery-staple', { apiKey: 'correct-horse-battery-staple' }],
  ['PARLEY_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ['PARLEY_ALLOW_PRIVATE_NETWORKS', 'none', { allowPrivateNetworks: { loopback: false, private: false, cidrs: [] } }],
  [
    'PARLEY_ALLOW_PRIVATE_PROVIDERS',
    'loopback',
    { allowPrivateProviders: { loopback: true, private: false, cidrs: [] } },
  ],
  ['PARLEY_MAX_MEDIA_BYTES', '1048576', { maxMediaBytes: 1048576 }],
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
  ['PARLEY_DATABASE_URL', 'postgres://me:topsecret@db/parley', /PostgreSQL is not supported yet/],
  ['PARLEY_DATABASE_URL', 'sqlite:', /sqlite:<path>/],
  ['PARLEY_DATABASE_URL', 'sqlite::memory:', /sqlite:<path>/],
  ['PARLEY_API_KEY', 'topsecret', /at least 24 visible/],
  ['PARLEY_API_KEY', 'topsecret with some spaces in it', /at least 24 visible/],
  ['PARLEY_ENCRYPTION_KEY', 'topsecret', /32 bytes in base64 or hex/],
  ['PARLEY_ENCRYPTION_KEY', `a:${'ab'.repeat(32)},a:${'cd'.repeat(32)}`, /32 bytes/],
  ['PARLEY_ENCRYPTION_KEY', `a:${'ab'.repeat(31)}`, /32 bytes/],
  ['PARLEY_LOG_LEVEL', 'loud', /one of fatal, error/],
  ['PARLEY_ALLOW_PRIVATE_NETWORKS', 'everything', /comma list of loopback/],
  ['PARLEY_ALLOW_PRIVATE_PROVIDERS', '10.0.0.0/64', /comma list of loopback/],
  ['PARLEY_MAX_WEBHOOK_BYTES', '3MB', /bytes from 1024/],
  ['PARLEY_MAX_MEDIA_BYTES', '1', /bytes from 1024/],
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
