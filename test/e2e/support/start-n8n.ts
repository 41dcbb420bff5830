import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../support/free-port.ts';
import { lastLines } from './commands.ts';
import type { InstalledN8n } from './install-n8n.ts';
import { artifactsFolder } from './places.ts';
import { temporaryFolder } from './temporary-folder.ts';

const host = '127.0.0.1';
const startLimitMs = 120_000;
const stopLimitMs = 15_000;

export interface StartOptions {
  n8n: InstalledN8n;
  /**
   * n8n's `N8N_USER_FOLDER`: its database, encryption key and community packages lie in `.n8n` inside it. Given: kept,
   * so that a second start finds the same owner and workflows. Absent: a fresh temporary one, removed by `stop()`.
   */
  userFolder?: string;
  /** Called with the user folder before n8n starts: the place for `installCommunityPackage`. */
  prepare?: (userFolder: string) => Promise<unknown>;
  /** Absent: a free one. */
  port?: number;
  /** Added to (and winning over) the environment below. */
  environment?: Record<string, string>;
  /** Default: `artifacts/n8n.log`, overwritten by each start. */
  logFile?: string;
}

export interface RunningN8n {
  /** The editor's address and the base of every webhook URL; no slash at its end. */
  url: string;
  userFolder: string;
  logFile: string;
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<void>;
  /**
   * Ends n8n and everything it started: SIGTERM to the process group, SIGKILL after 15 s. n8n runs its active triggers'
   * clean-up only when a workflow is deactivated, not when it stops. Safe to call twice.
   */
  stop(): Promise<void>;
}

/**
 * Starts n8n and waits until its REST interface answers (about 10 s on two slow cores, less with a kept folder).
 *
 * It runs in a process group of its own, so a Ctrl-C in the terminal does not reach it: a program that uses this must
 * call `stop()` on SIGINT and SIGTERM. When the program ends in any other way than being killed, n8n is killed with it.
 *
 * Throws, with the end of the log, when n8n ends before it is ready or is not ready after two minutes.
 */
export async function startN8n(options: StartOptions): Promise<RunningN8n> {
  const temporary = options.userFolder === undefined ? await temporaryFolder('parley-n8n-') : undefined;
  const userFolder = options.userFolder ?? temporary?.path ?? '';
  const logFile = options.logFile ?? join(artifactsFolder, 'n8n.log');
  try {
    await mkdir(userFolder, { recursive: true });
    await options.prepare?.(userFolder);
    const port = options.port ?? (await freePort());
    const environment = { ...(await n8nEnvironment(userFolder, port)), ...options.environment };
    await mkdir(dirname(logFile), { recursive: true });
    const child = spawnLogged(options.n8n.script, environment, logFile);
    const group = new ProcessGroup(child);
    const url = `http://${host}:${port}`;
    await waitUntilReady(url, group, logFile);
    const stop = (): Promise<void> => group.stop().then(() => temporary?.remove());
    return { url, userFolder, logFile, ended: group.ended, stop };
  } catch (error) {
    await temporary?.remove();
    throw error;
  }
}

/**
 * The whole environment of n8n: nothing is inherited but what finds programs and folders, because Jest's NODE_ENV and
 * NODE_OPTIONS or a developer's own N8N_ settings would change what is tested.
 */
async function n8nEnvironment(userFolder: string, port: number): Promise<Record<string, string>> {
  const inherited = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'];
  const kept = inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    NODE_ENV: 'production',
    N8N_USER_FOLDER: userFolder,
    N8N_LISTEN_ADDRESS: host,
    N8N_PORT: String(port),
    N8N_EDITOR_BASE_URL: `http://${host}:${port}`,
    N8N_WEBHOOK_URL: `http://${host}:${port}`,
    // The task runner (Code nodes) talks to n8n on a port of its own, 5679 unless told: two n8n must not meet there.
    N8N_RUNNERS_BROKER_PORT: String(await freePort()),
    N8N_PYTHON_ENABLED: 'false',
    N8N_SECURE_COOKIE: 'false',
    // What would talk to n8n's own servers, or put a banner between the tests and the editor.
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
    N8N_DYNAMIC_BANNERS_ENABLED: 'false',
    N8N_HIRING_BANNER_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_VERIFIED_PACKAGES_ENABLED: 'false',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    N8N_DISABLED_MODULES: 'mcp-registry',
  };
}

function spawnLogged(script: string, environment: Record<string, string>, logFile: string): ChildProcess {
  const log = openSync(logFile, 'w');
  try {
    const stdio: ['ignore', number, number] = ['ignore', log, log];
    return spawn(process.execPath, [script, 'start'], { env: environment, detached: true, stdio });
  } finally {
    closeSync(log);
  }
}

/** A detached child and whatever it starts. */
class ProcessGroup {
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private readonly killOnExit = (): void => this.signal('SIGKILL');

  constructor(child: ChildProcess) {
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    process.prependOnceListener('exit', this.killOnExit);
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    const patience = new AbortController();
    await Promise.race([this.ended, delay(stopLimitMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
    // Also when it ended by itself: its task runner may still be there.
    this.signal('SIGKILL');
    await this.ended;
    process.removeListener('exit', this.killOnExit);
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** `/healthz/readiness` answers before the REST routes are there, so both are asked. */
async function waitUntilReady(url: string, group: ProcessGroup, logFile: string): Promise<void> {
  const deadline = Date.now() + startLimitMs;
  while (Date.now() < deadline && group.running) {
    if ((await answersOk(`${url}/healthz/readiness`)) && (await answersOk(`${url}/rest/settings`))) return;
    await delay(200);
  }
  const problem = group.running ? `is not ready after ${startLimitMs / 1000} s` : 'ended while starting';
  await group.stop();
  throw new Error(`n8n ${problem}. End of ${logFile}:\n${await lastLines(logFile, 30)}`);
}

async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true && response.redirected === false;
}
