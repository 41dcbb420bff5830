/** `npm run test:chaos`: see CONTRIBUTING.md. Exit code 0: every promise was kept; 1: not; 2: the run itself could not be done. */
import { parseArgs } from 'node:util';
import { ENGINES, type EngineName, type StartEngine } from './engine.ts';
import { startDistributed } from './distributed.engine.ts';
import { startSqlite } from './sqlite.engine.ts';
import { report } from './report.ts';
import { run } from './run.ts';

const USAGE = `npm run test:chaos -- [--engine ${ENGINES.join('|')}] [--seed <text>] [--kills <n>] [--long] [--minutes <n>]

  --engine   Only this engine; default: each in turn
  --seed     Choices of traffic and faults; default: by the time
  --kills    At least so many kills; default 22
  --long     Go on for 20 minutes, or for --minutes`;

const START: Record<EngineName, StartEngine> = { sqlite: startSqlite, 'postgres+redis': startDistributed };

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '22' },
    long: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  const chosen = Object.entries(START).filter(([name]) => values.engine === undefined || values.engine === name);
  if (values.help || chosen.length === 0) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const { seed } = values;
  const forMs = values.long ? Number(values.minutes) * 60_000 : 0;
  const flags = values.long ? `--long --minutes ${values.minutes}` : `--kills ${values.kills}`;
  let failed = false;
  for (const [engine, startEngine] of chosen) {
    console.log(`=== chaos on ${engine}, seed ${seed}, ${flags}`);
    const startedAt = performance.now();
    const ran = await run({ seed, startEngine, kills: Number(values.kills), forMs });
    const isKept = await report({ engine, seed, flags, ran, tookMs: performance.now() - startedAt });
    failed ||= !isKept;
  }
  return failed ? 1 : 0;
}

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`The run could not be done (seed ${values.seed}):`, error);
    process.exit(2);
  },
);
