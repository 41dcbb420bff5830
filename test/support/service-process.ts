/** The built service as a process of its own, to be killed. Run `npm run build:service` first, as `npm test` does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiClient, type ApiClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import { PACKAGE_DIR } from './paths.ts';

/** The built program. */
export const SERVICE_MAIN = join(PACKAGE_DIR, 'service/dist/service/src/main.js');

export interface ServiceProcess {
  dataDir: string;
  /** Set when it is ready; the same after a restart. */
  url: string;
  output: string;
  call: ApiClient;
  readonly pid: number;
  /** Starts it and waits for nothing; its port must be given. */
  launch(): void;
  /** Resolves when it answers. Rejects with its output when it ends before. */
  start(): Promise<void>;
  /** Resolves with the exit code when it ends by itself. */
  exited(): Promise<number | null>;
  /** Whether it was killed since it was started last. */
  readonly wasKilled: boolean;
  /** Sends the signal and resolves with the exit code (null: killed by the signal). */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

const closers: (() => Promise<unknown>)[] = [];

/** Kills what was started; for `afterEach`. */
export async function closeProcesses(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** A data folder and how to run the service on it; not started yet. */
export async function makeServiceProcess(env: Record<string, string> = {}): Promise<ServiceProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-process-'));
  let child: ChildProcess | undefined;
  let port = '0';
  let key = '';
  const launch = () => {
    const own = { PARLEY_DATA_DIR: dataDir, PARLEY_PORT: port, PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback' };
    const { PATH, NODE_COMPILE_CACHE = '' } = process.env;
    const starting = spawn(process.execPath, [SERVICE_MAIN], { env: { PATH, NODE_COMPILE_CACHE, ...own, ...env } });
    for (const stream of [starting.stdout, starting.stderr])
      stream.on('data', (text: Buffer) => (service.output += text.toString('utf8')));
    child = starting;
    return starting;
  };
  const service: ServiceProcess = {
    dataDir,
    url: env['PARLEY_PORT'] === undefined ? '' : `http://127.0.0.1:${env['PARLEY_PORT']}`,
    output: '',
    get pid() {
      return child?.pid ?? 0;
    },
    get wasKilled() {
      return child?.signalCode === 'SIGKILL';
    },
    call: (...request) => apiClient(() => service.url, key)(...request),
    launch: () => void launch(),
    start: async () => {
      const from = service.output.length;
      const starting = launch();
      service.url = await eventually(() => {
        const { exitCode } = starting;
        const ready = /"url":"(http[^"]+)".*Parley is ready/.exec(service.output.slice(from))?.[1];
        return ready ?? (exitCode === null ? undefined : `exit ${exitCode}`);
      }, 'the service to start');
      if (service.url.startsWith('exit')) throw new Error(`${service.url}: ${service.output.slice(from)}`);
      port = new URL(service.url).port;
      key = env['PARLEY_API_KEY'] ?? (await readFile(join(dataDir, 'api-key'), 'utf8')).trim();
    },
    exited: () =>
      eventually(
        () => child !== undefined && child.exitCode !== null && { code: child.exitCode },
        'the service to end',
      ).then(({ code }) => code),
    end: async (signal) => {
      const ending = child;
      if (ending === undefined) return null;
      const exited = new Promise<number | null>((resolve) => ending.once('exit', resolve));
      if (ending.exitCode !== null || ending.signalCode !== null) return ending.exitCode;
      ending.kill(signal);
      return exited;
    },
  };
  closers.push(async () => {
    await service.end('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });
  return service;
}
