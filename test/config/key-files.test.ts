import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../service/src/config/config.ts';
import { loadKeys } from '../../service/src/config/key-files.ts';

let root: string;
let dataDir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-keys-'));
  dataDir = join(root, 'new', 'data');
});
afterEach(() => rm(root, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test('keys are made on the first start and kept', async () => {
  const first = await loadKeys({ dataDir });
  expect(first.api).toMatchObject({ path: join(dataDir, 'api-key'), created: true, exposed: false });
  expect(first.encryption).toMatchObject({ path: join(dataDir, 'encryption-key'), created: true, exposed: false });
  expect(first.api.keys).toEqual([expect.stringMatching(/^pk_[0-9a-f]{16}_\S{43}$/)]);

  const second = await loadKeys({ dataDir });
  expect(second.api).toEqual({ ...first.api, created: false });
  expect(second.encryption.created).toBe(false);
  expect(second.encryption.keys[0]?.key.equals(first.encryption.keys[0]?.key as never)).toBe(true);
});

test('only the owner can read them', async () => {
  await loadKeys({ dataDir });
  const modes = await Promise.all([dataDir, join(dataDir, 'api-key'), join(dataDir, 'encryption-key')].map(modeOf));
  expect(modes).toEqual([0o700, 0o600, 0o600]);
});

test('of many starts at once one makes the keys and nothing else stays in the folder', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => loadKeys({ dataDir })));
  expect(new Set(all.map((keys) => keys.api.keys[0])).size).toBe(1);
  expect(new Set(all.map((keys) => keys.encryption.keys[0]?.id)).size).toBe(1);
  expect(all.filter((keys) => keys.api.created)).toHaveLength(1);
  expect((await readdir(dataDir)).sort()).toEqual(['api-key', 'encryption-key']);
});

test('a file that others can read is told of', async () => {
  await loadKeys({ dataDir });
  await chmod(join(dataDir, 'api-key'), 0o644);
  expect(await loadKeys({ dataDir })).toMatchObject({ api: { exposed: true }, encryption: { exposed: false } });
});

test.each([
  ['api-key', 'topsecret'],
  ['api-key', ''],
  ['api-key', 'a-key-that-the-operator-chose\ntopsecret'],
  ['encryption-key', 'topsecret'],
  ['encryption-key', ''],
])('an unusable %s (%j) is named, kept, and not told', async (name, text) => {
  await loadKeys({ dataDir });
  const path = join(dataDir, name);
  await writeFile(path, text);
  const error = await loadKeys({ dataDir }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining(`${path} must hold`) });
  expect(String(error)).not.toContain('topsecret');
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('the file may hold several API keys, the newest first', async () => {
  const first = await loadKeys({ dataDir });
  const chosen = 'a-key-that-the-operator-chose';
  await writeFile(join(dataDir, 'api-key'), `${chosen}\r\n${first.api.keys[0]}\n`);
  expect((await loadKeys({ dataDir })).api.keys).toEqual([chosen, first.api.keys[0]]);
});

test('keys of the environment make no files', async () => {
  const config = loadConfig({
    PARLEY_DATA_DIR: dataDir,
    PARLEY_API_KEY: 'correct-horse-battery-staple',
    PARLEY_ENCRYPTION_KEY: `k1:${'ab'.repeat(32)}`,
  });
  const keys = await loadKeys(config);
  expect(keys.api).toEqual({ keys: ['correct-horse-battery-staple'], created: false, exposed: false });
  expect(keys.encryption).toMatchObject({ keys: [{ id: 'k1' }], created: false });
  await expect(stat(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
});
