/** What a run showed, in a few lines; of what went wrong, everything. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { objectOf, parseJson } from '../sandbox/kit/json.ts';
import { PACKAGE_DIR } from '../support/paths.ts';
import { check, type Violation } from './checker.ts';
import { Evidence, isAcknowledged } from './evidence.ts';
import { history } from './history.ts';
import type { Entry } from './journal.ts';
import { LISTENERS, type Ran } from './run.ts';

/** So many violations are told with their history. */
const MAX_TOLD = 5;

export interface Reported {
  engine: string;
  seed: string;
  /** Flags, besides engine and seed, that make the same run again. */
  flags: string;
  ran: Ran;
  tookMs: number;
}

/** Prints the outcome; answers whether every promise was kept. On failure journals and logs are kept in artifacts/. */
export async function report(reported: Reported): Promise<boolean> {
  const { engine, ran, tookMs } = reported;
  const violations = check(ran.entries, LISTENERS);
  for (const line of [...summary(ran), ...(await errorsIn(ran.folder))]) console.log(`  ${line}`);
  if (violations.length > 0) await tellAll(violations, reported);
  await rm(ran.folder, { recursive: true, force: true });
  console.log(`${violations.length === 0 ? 'PASS' : 'FAIL'}: chaos on ${engine} in ${Math.round(tookMs / 1_000)} s`);
  return violations.length === 0;
}

function summary({ entries, kills, troubles, settledMs }: Ran): string[] {
  const run = new Evidence(entries, LISTENERS);
  const heard = run.posted.filter(isAcknowledged);
  const messages = new Set(heard.flatMap((one) => one.messages)).size;
  const statuses = new Set(heard.flatMap((one) => one.statuses.map(({ providerId, status }) => providerId + status)))
    .size;
  const ends = tally([...run.ended.values()].map(({ status }) => status));
  const calls = entries.filter((entry) => entry.what === 'called');
  const answers = calls.map(({ answer, isPage }) => `${answer ?? 'none'}${isPage ? ' with a page' : ''}`);
  const sends = `${run.admitted.size} sends admitted after ${run.asked.length} tries, ${run.accepted.length} taken by the provider`;
  const events = new Set(run.seen.map(({ event }) => event)).size;
  return [
    `trouble: ${kills} kills; ${tally([...troubles].flatMap(([name, times]) => Array<string>(times).fill(name)))}`,
    `in: ${messages} messages and ${statuses} statuses acknowledged, after ${run.posted.length} tries`,
    `to workflows: ${events} events (and ${run.seen.length - events} times again) in ${calls.length} calls; ${run.putAside.length} put aside`,
    `workflows answered: ${tally(answers)}`,
    `out: ${sends}, ${run.uncertain.size} once uncertain; ends: ${ends}`,
    `all done ${(settledMs / 1_000).toFixed(1)} s after the last fault`,
  ];
}

/** What the service complained about: no broken promise, but where to look first. */
async function errorsIn(folder: string): Promise<string[]> {
  const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'));
  const texts = await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')));
  const errors = texts.flatMap((text) => text.split('\n')).filter((line) => line.includes('"level":"error"'));
  const told = errors.map((line) => {
    const { msg, err } = objectOf(parseJson(line));
    return `${String(msg)} (${String(objectOf(err)['message'] ?? 'no reason given').slice(0, 120)})`;
  });
  return told.length === 0 ? [] : [`logged as errors: ${tally(told)}`];
}

function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ');
}

async function tellAll(violations: readonly Violation[], { engine, seed, flags, ran }: Reported): Promise<void> {
  const kept = join(PACKAGE_DIR, 'artifacts', `chaos-${engine}-${seed}`);
  await keep(kept, ran);
  console.log(`\n${violations.length} promises broken: ${tally(violations.map(({ rule }) => rule))}`);
  for (const { rule, detail, about } of violations.slice(0, MAX_TOLD)) {
    console.log(`\n--- ${rule}: ${detail}`);
    for (const line of history(ran.entries, about)) console.log(`    ${line}`);
  }
  console.log(`\nSeed ${seed}. Again: npm run test:chaos -- --engine '${engine}' --seed ${seed} ${flags}`);
  console.log(`Journal and logs: ${kept}`);
}

async function keep(folder: string, { entries, folder: from }: { entries: readonly Entry[]; folder: string }) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'journal.jsonl'), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  await cp(from, folder, { recursive: true, filter: (path) => !path.endsWith('key') });
}
