/** One process has one data folder for itself, and leaves it usable however it ends. */
import { chmod, link, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../service/src/config/config.ts';
import { makeLogger } from '../../../service/src/platform/logger.ts';
import { startService } from '../../../service/src/service.ts';
import { closeApps, startApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { closeProcesses, makeServiceProcess, SERVICE_MAIN } from '../../support/service-process.ts';

afterEach(async () => {
  await closeProcesses();
  await closeApps();
});

test('a second process on a data folder refuses to start, says why, and harms nobody', async () => {
  const first = await makeServiceProcess();
  await first.start();
  const second = await makeServiceProcess({ PARLEY_DATA_DIR: first.dataDir });
  await expect(second.start()).rejects.toThrow(/^exit 1/);
  expect(second.output).toContain(first.dataDir);
  expect(second.output).not.toMatch(/\n\s+at /);
  expect((await first.call('GET', '/readyz')).status).toBe(200);
  await first.end('SIGKILL');
  await first.start();
  expect((await first.call('GET', '/readyz')).status).toBe(200);
  // A process that is being replaced gets ten seconds to end before the next one gives up.
}, 40_000);

test.each<[string, (from: string, to: string) => Promise<void>, string]>([
  ['symbolic', symlink, 'works on the database'],
  ['hard', link, 'a second name'],
])(
  'a second process that reaches the database by a %s link refuses to start',
  async (_kind, make, reason) => {
    const first = await makeServiceProcess();
    await first.start();
    const second = await makeServiceProcess();
    await make(join(first.dataDir, 'parley.db'), join(second.dataDir, 'parley.db'));
    await expect(second.start()).rejects.toThrow(/^exit 1/);
    expect(second.output).toContain(reason);
    expect(second.output).not.toMatch(/\n\s+at /);
    expect((await first.call('GET', '/readyz')).status).toBe(200);
  },
  40_000,
);

test('the files of the database are their owner’s alone, whatever the folder and a version before allowed', async () => {
  const service = await makeServiceProcess();
  const files = ['parley.db', 'parley.db-wal', 'parley.db-shm', 'parley.db.lock'];
  const modes = () =>
    Promise.all(files.map(async (file) => ((await stat(join(service.dataDir, file))).mode & 0o777).toString(8)));
  await chmod(service.dataDir, 0o755);
  await service.start();
  expect(await modes()).toEqual(files.map(() => '600'));
  await service.end('SIGKILL');
  for (const file of files) await chmod(join(service.dataDir, file), 0o644);
  await service.start();
  expect(await modes()).toEqual(files.map(() => '600'));
});

test.each<[string, (dataDir: string) => Promise<Record<string, string>>, RegExp]>([
  [
    'a file in the place of its folder',
    async (dataDir) => {
      await writeFile(join(dataDir, 'file'), '');
      return { PARLEY_DATA_DIR: join(dataDir, 'file', 'data') };
    },
    /ENOTDIR.*PARLEY_DATA_DIR/,
  ],
  [
    'links that lead in a circle',
    async (dataDir) => {
      await symlink(join(dataDir, 'parley.db'), join(dataDir, 'parley.db'));
      return {};
    },
    /ELOOP.*To mend it/,
  ],
  [
    'a link into a folder that is missing',
    async (dataDir) => {
      await symlink(join(dataDir, 'nowhere', 'parley.db'), join(dataDir, 'parley.db'));
      return {};
    },
    /ENOENT.*To mend it/,
  ],
  [
    'a folder in the place of its database',
    async (dataDir) => {
      await mkdir(join(dataDir, 'parley.db'));
      return {};
    },
    /EISDIR.*To mend it/,
  ],
])('a start that is stopped by %s says so in one line', async (_name, prepare, expected) => {
  const env: Record<string, string> = {};
  const service = await makeServiceProcess(env);
  Object.assign(env, await prepare(service.dataDir));
  await expect(service.start()).rejects.toThrow(/^exit 1/);
  expect(service.output).toMatch(expected);
  expect(service.output.trim().split('\n')).toHaveLength(1);
});

test('a start without room on the disk says so in one line', async () => {
  const service = await makeServiceProcess();
  const limited = promisify(execFile)('prlimit', ['--fsize=0', process.execPath, SERVICE_MAIN], {
    env: { PATH: process.env['PATH'], PARLEY_DATA_DIR: service.dataDir, PARLEY_PORT: '0' },
  });
  const { stderr } = await limited.catch((error: { stderr: string }) => error);
  expect(stderr).toMatch(/^Parley cannot start: .*To mend it: .*\n$/);
});

test('a process that waits for its database at the start ends at once when it is told to', async () => {
  const env = { PARLEY_DATABASE_URL: 'postgres://parley@127.0.0.1:1/parley' };
  const waiting = await makeServiceProcess(env);
  const start = waiting.start().catch((error: unknown) => error);
  await eventually(() => waiting.output.includes('PostgreSQL cannot be used yet'), 'the process to wait');
  expect(await waiting.end('SIGTERM')).toBe(0);
  expect(String(await start)).toContain('Parley is stopping');
});

test('a start that fails as its port is taken leaves the folder to the next at once', async () => {
  const app = await startApp({ registered: false });
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-flow-'));
  try {
    const env = { PARLEY_DATA_DIR: dataDir, PARLEY_LOG_LEVEL: 'silent' };
    const logger = makeLogger({ level: 'silent' });
    const taken = loadConfig({ ...env, PARLEY_PORT: new URL(app.url).port });
    await expect(startService(taken, logger)).rejects.toThrow(/EADDRINUSE/);
    const service = await startService(loadConfig({ ...env, PARLEY_PORT: '0' }), logger);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    await service.stop();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

test('what a killed process left of its uploads is gone after the next start', async () => {
  const app = await startApp({ registered: false });
  await app.stop();
  const spool = join(app.dataDir, 'spool');
  await mkdir(spool, { recursive: true });
  await writeFile(join(spool, 'half-an-upload'), 'x');
  await app.start();
  expect(await readdir(spool).catch(() => [])).toEqual([]);
});
