import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLines } from './commands.ts';
import { artifactsFolder, repositoryFolder } from './places.ts';
import { freePort } from '../../support/free-port.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const host = '127.0.0.1';
const startLimitMs = 30_000;
const stopLimitMs = 15_000;

export interface ServiceOptions {
  /** Absent: a free one. */
  port?: number;
  /** Default: `artifacts/service.log`, overwritten when the service is made, appended to when it starts again. */
  logFile?: string;
}

/** The built service as a process of its own, as `npm start` runs it. */
export class RunningService {
  /** No slash at its end. */
  readonly url: string;
  readonly logFile: string;
  private readonly data: TemporaryFolder;
  private readonly port: number;
  private process: ChildProcess | undefined;

  constructor(port: number, data: TemporaryFolder, logFile: string) {
    this.url = `http://${host}:${port}`;
    this.port = port;
    this.data = data;
    this.logFile = logFile;
  }

  /** The key that the service made when it first started. */
  async apiKey(): Promise<string> {
    return (await readFile(join(this.data.path, 'api-key'), 'utf8')).trim();
  }

  /** Starts it on its port and data folder, again after `halt()`. Throws with the end of the log when it does not get ready. */
  async start(): Promise<void> {
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [join(repositoryFolder, 'service/dist/service/src/main.js')], {
      env: this.environment(),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.process = child;
    process.prependOnceListener('exit', this.killOnExit);
    const deadline = Date.now() + startLimitMs;
    while (Date.now() < deadline && isRunning(child)) {
      if (await this.isReady()) return;
      await delay(50);
    }
    await this.halt();
    throw new Error(`The service did not get ready. End of ${this.logFile}:\n${await lastLines(this.logFile, 20)}`);
  }

  /** Ends it as an operator does (SIGTERM, SIGKILL after 15 s) and keeps what it stored. Safe to call twice. */
  async halt(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    process.removeListener('exit', this.killOnExit);
    if (child === undefined || !isRunning(child)) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const patience = new AbortController();
    await Promise.race([ended, delay(stopLimitMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
    child.kill('SIGKILL');
    await ended;
  }

  /** Ends it and removes what it stored. Safe to call twice. */
  async stop(): Promise<void> {
    await this.halt();
    await this.data.remove();
  }

  /** Calls the service's API with its key and answers the body. Throws on anything but success. */
  async call<T>(method: string, path: string): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.apiKey()}` },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The service answered ${response.status} to ${method} ${path}: ${text}`);
    return JSON.parse(text) as T;
  }

  private readonly killOnExit = (): void => {
    this.process?.kill('SIGKILL');
  };

  /** Nothing is inherited but the path: a developer's own PARLEY_ settings would change what is tested. */
  private environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      PARLEY_PORT: String(this.port),
      PARLEY_DATA_DIR: this.data.path,
      PARLEY_PUBLIC_URL: this.url,
      // The sandbox stands in for the provider and is on this machine.
      PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback',
    };
  }

  private async isReady(): Promise<boolean> {
    const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok === true;
  }
}

/** Starts the built service (`npm run build:service`) with an empty data folder and waits until it is ready. */
export async function startService(options: ServiceOptions = {}): Promise<RunningService> {
  const logFile = options.logFile ?? join(artifactsFolder, 'service.log');
  await mkdir(dirname(logFile), { recursive: true });
  await rm(logFile, { force: true });
  const data = await temporaryFolder('parley-service-');
  const service = new RunningService(options.port ?? (await freePort()), data, logFile);
  try {
    await service.start();
    return service;
  } catch (error) {
    await service.stop();
    throw error;
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
