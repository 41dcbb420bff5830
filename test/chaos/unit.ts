/** One process of the service, to be killed, stopped, resumed, ended and started again. `npm run build:service` first. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { eventually } from '../support/eventually.ts';
import { PACKAGE_DIR } from '../support/paths.ts';

const MAIN = `${PACKAGE_DIR}/service/dist/service/src/main.js`;
/** Also with a database that comes back late. */
const START_MS = 90_000;

const running = new Set<ChildProcess>();
// A run that is broken off leaves no process behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Unit {
  readonly name: string;
  /** Whether it answers requests of others. */
  readonly serves: boolean;
  /** Where it listens; undefined while it does not run. Always the same, once known. */
  port: number | undefined;
  /** Told when it ends although nobody ended it. */
  died: (how: string) => void = () => undefined;
  #isMeantToEnd = false;
  readonly #env: Record<string, string>;
  readonly #log: WriteStream;
  #ownPort = '0';
  #child: ChildProcess | undefined;
  #tail = '';

  constructor(name: string, env: Record<string, string>, logPath: string, serves = true) {
    this.name = name;
    this.serves = serves;
    this.#env = env;
    this.#log = createWriteStream(logPath, { flags: 'a' });
  }

  /** Starts it unless it runs; `ready` resolves when it answers, or when it has ended before. */
  start(): { ready: Promise<void> } {
    if (this.#child !== undefined && isRunning(this.#child)) return { ready: this.#ready(this.#child) };
    const env = { PATH: process.env['PATH'], ...this.#env, PARLEY_PORT: this.#ownPort };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    running.add(child);
    this.#isMeantToEnd = false;
    this.#tail = '';
    child.once('exit', () => this.#ended(child));
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => this.#said(text));
    return { ready: this.#ready(child) };
  }

  /** Starts it for the first time. Rejects with its output when it ends instead. */
  async begin(): Promise<void> {
    await this.start().ready;
    if (this.port === undefined) throw new Error(`${this.name} does not start: ${this.#tail}`);
  }

  /** Ends it and resolves when it is gone: at once (SIGKILL) or in order (SIGTERM). */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || !isRunning(child)) return;
    this.#isMeantToEnd = true;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (signal === 'SIGKILL') this.port = undefined;
    child.kill(signal);
    await gone;
    this.port = undefined;
  }

  /** Still there, and does nothing: SIGSTOP. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    this.resume();
    await this.end('SIGKILL');
    await new Promise((resolve) => this.#log.end(resolve));
  }

  async #ready(child: ChildProcess): Promise<void> {
    const probe = () => !isRunning(child) || /"url":"http:\/\/[^"]+?:(\d+)".*Parley is ready/.exec(this.#tail)?.[1];
    const port = await eventually(probe, `${this.name} to start`, START_MS);
    // Ended before it was ready.
    if (port === true) return;
    this.#ownPort = port;
    this.port = Number(port);
  }

  #ended(child: ChildProcess): void {
    const { exitCode, signalCode } = child;
    this.port = undefined;
    running.delete(child);
    if (!this.#isMeantToEnd) this.died(`${signalCode ?? exitCode}: ${this.#tail.slice(-1_500)}`);
  }

  #said(text: Buffer): void {
    this.#log.write(text);
    this.#tail = (this.#tail + text.toString('utf8')).slice(-20_000);
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
