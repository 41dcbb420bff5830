/** The Parley service as a process of its own, as users run it, and its API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { PACKAGE_DIR } from '../support/paths.ts';
import type { Cleanup } from './cleanup.ts';

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 15_000;

export interface ServiceProcess {
  url: string;
  apiKey: string;
  apiKeyFile: string;
  logFile: string;
  /** Calls the API with the key. Throws with the service's own words when it refuses. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** Settings of the user's own service must not leak into this one, nor the options of a test runner around the demo. */
function environment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_') && name !== 'NODE_OPTIONS');
  return { ...Object.fromEntries(own), ...settings };
}

/** Starts the built service with its data in `folder`; resolves when it is ready. */
export async function startServiceProcess(folder: string, cleanup: Cleanup): Promise<ServiceProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const logFile = join(folder, 'service.log');
  const apiKeyFile = join(folder, 'api-key');
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [join(PACKAGE_DIR, 'service/dist/service/src/main.js')], {
    cwd: folder,
    env: environment({
      PARLEY_DATA_DIR: folder,
      PARLEY_PORT: String(port),
      PARLEY_PUBLIC_URL: url,
      PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback',
    }),
    stdio: ['ignore', log, log],
    // A group of its own: Ctrl-C reaches the demo alone, which still needs the service to switch the workflow off.
    detached: true,
    windowsHide: true,
  });
  closeSync(log);
  process.once('exit', () => child.kill('SIGKILL'));
  await cleanup.add(async () => await stop(child));
  await ready(child, url);
  const apiKey = readFileSync(apiKeyFile, 'utf8').trim();
  return { url, apiKey, apiKeyFile, logFile, call: caller(url, apiKey) };
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error('The service ended while it was starting');
    }
    const isReady = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      // Refused: it does not listen yet.
      () => false,
    );
    if (isReady) return;
    await pause(50);
  }
  throw new Error(`The service was not ready within ${String(READY_WITHIN_MS / 1000)} s`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

/** What a log says of trouble, at its end; empty when there is none. */
export function troubleIn(file: string, count = 15): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines
    .filter((line) => !line.startsWith('{"level":"info"'))
    .slice(-count)
    .join('\n');
}

function caller(url: string, apiKey: string): ServiceProcess['call'] {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    }).catch((cause: unknown) => {
      throw new Error(`The service does not answer at ${url}`, { cause });
    });
    const answer = (await response.json()) as T & { detail?: string };
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${answer.detail ?? ''}`);
    return answer;
  };
}
