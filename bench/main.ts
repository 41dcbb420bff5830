/**
 * `npm run bench [-- --quick]`: what the service carries on this machine. Figures are shown, never asserted: the exit code tells only
 * whether measuring worked. BENCH_DIR: where the data folders go (default: the system's temporary folder; a memory disk would
 * make the figures worthless). BENCH_ONLY: some of a,b,c,d. BENCH_NODE_OPTIONS: for the service, e.g. `--cpu-prof`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAccept, type AcceptPlan } from './accept.ts';
import { Child } from './child.ts';
import type { CounterAnswer, CounterAsk } from './counter.ts';
import { measureLatency } from './latency.ts';
import { machine, syncTimes } from './measure.ts';
import { acceptRows, latencyRows, memoryRows, sendRows, startRows, table, type Row } from './report.ts';
import { measureSends } from './sends.ts';
import { Subject } from './subject.ts';

const quick = process.argv.includes('--quick');
const only = process.env.BENCH_ONLY ?? 'abcd';
const nodeOptions = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
const ACCEPT: AcceptPlan = quick
  ? { rounds: 3, durationMs: 1_500, connections: 100, pool: 30_000 }
  : { rounds: 5, durationMs: 4_000, connections: 100, pool: 80_000 };
const SENDS = quick ? { rounds: 3, count: 1_000, connections: 50 } : { rounds: 5, count: 3_000, connections: 50 };
const LATENCIES = quick ? 50 : 300;
const STARTS = quick ? 2 : 5;

const root = await mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'parley-bench-'));
const counters: Child<CounterAsk, CounterAnswer>[] = [];
let folders = 0;

const freshFolder = () => join(root, `data-${folders++}`);
const say = (line: string) => process.stdout.write(`${line}\n`);

async function counter(): Promise<{ child: Child<CounterAsk, CounterAnswer>; port: number }> {
  const child = new Child<CounterAsk, CounterAnswer>('./counter.ts');
  counters.push(child);
  return { child, port: (await child.ask({ do: 'listen' })).port };
}

async function withSubject<T>(use: (subject: Subject) => Promise<T>): Promise<T> {
  const subject = await Subject.start(freshFolder(), nodeOptions);
  try {
    return await use(subject);
  } finally {
    await subject.stop();
  }
}

async function starts(): Promise<Row[]> {
  say('Start-up …');
  const folder = freshFolder();
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const subject = await Subject.start(folder);
    times.push(subject.startedInMs);
    await subject.stop();
  }
  return startRows(times);
}

function latency(providerPort: number): Promise<Row[]> {
  say('Latency of one webhook at a time …');
  return withSubject(async (subject) => {
    const target = await subject.addAccount(providerPort);
    return latencyRows(await measureLatency(subject, target, LATENCIES));
  });
}

function accept(providerPort: number): Promise<Row[]> {
  say('Webhooks per second, floor and service in turn …');
  return withSubject(async (subject) => {
    const target = await subject.addAccount(providerPort);
    const workflow = await counter();
    await subject.subscribe(`http://127.0.0.1:${workflow.port}/webhook`, 100);
    const before = await subject.memoryMb();
    const rounds = await measureAccept(ACCEPT, subject, target, workflow.child);
    const after = await subject.memoryMb();
    return [...acceptRows(rounds), ...(only.includes('d') ? memoryRows(before, after) : [])];
  });
}

function sends(provider: { child: Child<CounterAsk, CounterAnswer>; port: number }): Promise<Row[]> {
  say('Sends per second …');
  return withSubject(async (subject) => {
    await subject.addAccount(provider.port);
    return sendRows(await measureSends(SENDS, subject, provider.child));
  });
}

try {
  const syncs = syncTimes(root);
  say(machine(syncs));
  const provider = await counter();
  const rows: Row[] = [];
  if (only.includes('d')) rows.push(...(await starts()));
  if (only.includes('b')) rows.push(...(await latency(provider.port)));
  if (only.includes('c')) rows.push(...(await sends(provider)));
  if (only.includes('a')) rows.push(...(await accept(provider.port)));
  say(`\n${table(rows)}\n\n${machine(syncTimes(root))}`);
} finally {
  await Promise.all(counters.map((child) => child.stop()));
  await rm(root, { recursive: true, force: true });
}
