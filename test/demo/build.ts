/** Builds the nodes and the service as a user would, unless what is built is newer than its sources. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { PACKAGE_DIR } from '../support/paths.ts';
import type { Cleanup } from './cleanup.ts';
import { seconds, step } from './terminal.ts';

interface Part {
  label: string;
  script: string;
  /** Files and folders it is made from. */
  sources: string[];
  /** Files that every build writes anew. */
  results: string[];
}

interface Manifest {
  n8n: { credentials: string[]; nodes: string[] };
}

function parts(): Part[] {
  const { n8n } = JSON.parse(readFileSync(join(PACKAGE_DIR, 'package.json'), 'utf8')) as Manifest;
  return [
    {
      label: 'Build the nodes',
      script: 'build',
      sources: ['contract', 'credentials', 'nodes', 'gulpfile.js', 'tsconfig.json', 'tsconfig.base.json'],
      results: [...n8n.nodes, ...n8n.credentials],
    },
    {
      label: 'Build the service',
      script: 'build:service',
      sources: ['contract', 'service/src', 'service/tsconfig.json', 'tsconfig.base.json'],
      results: ['service/dist/service/src/main.js'],
    },
  ];
}

/** Instant of the last change below a path; a folder itself changes when something in it is removed. */
function changedAt(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}

const isBuilt = ({ results }: Part): boolean => results.every((path) => existsSync(join(PACKAGE_DIR, path)));

function isFresh(part: Part): boolean {
  if (!isBuilt(part)) return false;
  const { sources, results } = part;
  const builtAt = Math.min(...results.map((path) => statSync(join(PACKAGE_DIR, path)).mtimeMs));
  return sources.every((path) => changedAt(join(PACKAGE_DIR, path)) <= builtAt);
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGTERM');
}

async function run(script: string, cleanup: Cleanup): Promise<void> {
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn('npm', ['run', '--silent', script], {
    cwd: PACKAGE_DIR,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    // A group of its own, to be ended as a whole: npm does not always take its compiler with it.
    detached: true,
    windowsHide: true,
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  await cleanup.add(() => endGroup(child));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new Error(`"npm run ${script}" failed:\n${Buffer.concat(output).toString('utf8').trim()}`);
}

async function build(part: Part, cleanup: Cleanup): Promise<string> {
  if (isFresh(part)) return 'up to date';
  const startedAt = performance.now();
  try {
    await run(part.script, cleanup);
  } catch (error) {
    // The compiler writes its output in spite of errors: without this, the next run would take it for fresh.
    for (const result of part.results) rmSync(join(PACKAGE_DIR, result), { force: true });
    throw error;
  }
  return seconds(performance.now() - startedAt);
}

/** Throws with the compiler's output when a build fails. */
export async function buildWhatIsStale(cleanup: Cleanup): Promise<void> {
  for (const part of parts()) {
    await step(
      part.label,
      async () => await build(part, cleanup),
      (result) => result,
    );
  }
}

/** Throws when something was never built. */
export function requireBuilt(): void {
  const missing = parts().find((part) => !isBuilt(part));
  if (missing) throw new Error(`"npm run ${missing.script}" was not run yet: leave out --no-build`);
}
