import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where progress goes: one call is one line, without its line break. */
export type Report = (line: string) => void;

/** Progress to standard error: it stays readable under Jest and leaves standard output to the program. */
export const reportToStderr: Report = (line) => {
  process.stderr.write(`${line}\n`);
};

export interface Command {
  program: string;
  args: string[];
  folder: string;
  environment?: NodeJS.ProcessEnv;
}

/**
 * The environment for an `npm` that this process starts: our own Node.js comes first on the path, because npm runs on
 * whichever `node` it finds there, and Jest's Node options do not leak into it.
 */
export function npmEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return { ...inherited, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`, ...more };
}

/**
 * Runs a command to its end, everything it prints going to `logFile` (appended).
 * Rejects with the command, its exit code and the end of the log when it fails.
 */
export async function runLogged(command: Command, logFile: string): Promise<void> {
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(command.program, command.args, {
    cwd: command.folder,
    env: command.environment ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => new Promise<void>((resolve) => log.end(resolve)));
  if (code !== 0) {
    const shown = [command.program, ...command.args].join(' ');
    throw new Error(`"${shown}" failed with exit code ${code}. End of ${logFile}:\n${await lastLines(logFile, 30)}`);
  }
}

/** Runs a command to its end and answers what it printed on standard output, trimmed. Rejects with its errors. */
export async function runForOutput(command: Command): Promise<string> {
  const child = spawn(command.program, command.args, {
    cwd: command.folder,
    env: command.environment ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    const shown = [command.program, ...command.args].join(' ');
    throw new Error(`"${shown}" failed with exit code ${code}: ${Buffer.concat(errors).toString('utf8').trim()}`);
  }
  return Buffer.concat(output).toString('utf8').trim();
}

/** The last lines of a text file, for an error message; empty when there is no such file. */
export async function lastLines(file: string, count: number): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * Waits for `work`, saying every few seconds how long it has taken and what `state()` answers, so that minutes of
 * work never look like a hang.
 */
export async function withProgress<T>(
  label: string,
  state: () => string,
  report: Report,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = Date.now();
  const elapsed = (): string => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  report(`${label}…`);
  const timer = setInterval(() => report(`${label}: ${state()}, ${elapsed()}`), 4000);
  try {
    const result = await work();
    report(`${label}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
