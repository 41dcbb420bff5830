/** One process has one data folder for itself, and leaves it usable however it ends. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../service/src/config/config.ts';
import { makeLogger } from '../../../service/src/platform/logger.ts';
import { startService } from '../../../service/src/service.ts';
import { closeApps, startApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { closeProcesses, makeServiceProcess } from '../../support/service-process.ts';

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
