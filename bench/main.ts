/**
 * `npm run bench [-- --quick | --full | --soak=minutes]`: what the service carries on this machine. Figures are shown, never asserted:
 * the exit code tells only whether measuring worked. BENCH_ONLY: some of the parts by their letters, see `parts`. BENCH_DIR: where the
 * data folders go (default: the system's temporary folder; a memory disk would make the figures worthless). BENCH_NODE_OPTIONS: for
 * the service, e.g. `--cpu-prof`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bench } from './bench.ts';
import { machine, syncTimes } from './measure.ts';
import { parts } from './parts.ts';
import { planOf } from './plan.ts';
import { table, type Row } from './report.ts';

const plan = planOf(process.argv.slice(2), process.env.BENCH_ONLY);
const root = await mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'parley-bench-'));
const bench = await Bench.open(root, plan, process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []);
const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  say(machine(syncTimes(root)));
  const rows: Row[] = [];
  for (const [letter, { what, run }] of Object.entries(parts)) {
    if (!plan.parts.includes(letter)) continue;
    say(`(${letter}) ${what} …`);
    const of = await run(bench);
    say(of.map(({ what: name, figure }) => `    ${name.trim()}: ${figure}`).join('\n'));
    rows.push(...of);
  }
  say(`\n${table(rows)}\n\n${machine(syncTimes(root))}`);
} finally {
  await bench.close();
  await rm(root, { recursive: true, force: true });
}
