/** Figures from samples, and the machine they were taken on. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';

/** The smallest sample that at least the share `q` of all samples do not exceed. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** The median with the smallest and the largest round beside it: `5,120 (4,900–5,300)`. */
export function spread(samples: readonly number[], digits = 0): string {
  return `${number(median(samples), digits)} (${number(Math.min(...samples), digits)}–${number(Math.max(...samples), digits)})`;
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** What the disk gives: milliseconds to make 4 KiB durable. It bounds how often the service can commit. */
export function syncTimes(folder: string, rounds = 100): number[] {
  const file = openSync(join(folder, 'sync-probe'), 'w');
  const page = Buffer.alloc(4096);
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    writeSync(file, page);
    const startedAt = performance.now();
    fdatasyncSync(file);
    times.push(performance.now() - startedAt);
  }
  closeSync(file);
  return times;
}

/** One line on the machine. */
export function machine(syncs: readonly number[]): string {
  const load = loadavg().map((value) => value.toFixed(2));
  const sync = `${number(median(syncs), 1)} ms, p95 ${number(quantile(syncs, 0.95), 1)} ms`;
  return `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, load ${load.join(' ')}, fdatasync ${sync}`;
}

/** Resolves when `holds` answers true; fails after `timeoutMs`, saying what was waited for. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for: ${what}`);
    await new Promise((next) => setTimeout(next, 5));
  }
}
