/** One run: everything is started, people talk, things break, all is mended, and the journals are handed over. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateSubscription } from '../../contract/api.ts';
import { startTcpGate, type TcpGate } from '../support/tcp-gate.ts';
import { Api } from './api.ts';
import type { Engine, Place, StartEngine } from './engine.ts';
import type { Listener } from './evidence.ts';
import { Journal, type Entry } from './journal.ts';
import { MachineClock } from './machine-clock.ts';
import { People } from './people.ts';
import { plan } from './plan.ts';
import { ACCOUNT, startProvider, type Provider } from './provider.ts';
import { Random } from './random.ts';
import { settle } from './settle.ts';
import { Trouble } from './trouble.ts';
import type { Unit } from './unit.ts';
import { Workflow } from './workflow.ts';

/** People who talk at the same time. */
const PEOPLE = 8;

const RESTART_MS = 500;

/** n8n listens twice: to everything in batches, and to messages one at a time. */
const SUBSCRIPTIONS: (Pick<CreateSubscription, 'events' | 'maxBatch'> & { name: string })[] = [
  { name: 'assistant', events: ['message.received', 'message.status'], maxBatch: 20 },
  { name: 'archive', events: ['message.received'], maxBatch: 1 },
];

export const LISTENERS: Listener[] = SUBSCRIPTIONS.map(({ name, events: types }) => ({ name, types }));

export interface RunOptions {
  seed: string;
  startEngine: StartEngine;
  /** At least so many kills. */
  kills: number;
  /** And at least so long, milliseconds. */
  forMs: number;
}

export interface Ran {
  entries: Entry[];
  kills: number;
  /** How often each kind of trouble was made. */
  troubles: Map<string, number>;
  settledMs: number;
  /** Logs of the processes. */
  folder: string;
}

type Closer = () => Promise<unknown>;

export async function run(options: RunOptions): Promise<Ran> {
  const closers: Closer[] = [];
  try {
    return await perform(options, closers);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function perform({ seed, startEngine, kills, forMs }: RunOptions, closers: Closer[]): Promise<Ran> {
  const random = new Random(seed);
  const journal = new Journal();
  const folder = await mkdtemp(join(tmpdir(), 'parley-chaos-'));
  const provider = await startProvider();
  closers.push(provider.close);
  const clock = new MachineClock(folder);
  const { engine, front } = await startService(startEngine, { folder, clock }, closers);
  const api = new Api(front.url, engine.apiKey);
  const workflows = await connect(api, provider, journal, closers);
  const poison: string[] = [];
  const people = new People({ api, journal, provider, random: random.fork('people'), poison });
  const saveAccount = () => api.saveAccount(ACCOUNT.externalId, provider.settings);
  const trouble = new Trouble({
    engine,
    provider,
    workflows,
    front,
    journal,
    clock,
    poison,
    saveAccount,
    random: random.fork('trouble'),
  });
  for (const unit of engine.units) supervise(unit, journal);
  people.start(PEOPLE);
  const startedAt = performance.now();
  for (const step of plan(random.fork('plan'), engine, workflows.length)) {
    await trouble.make(step);
    if (trouble.kills >= kills && performance.now() - startedAt >= forMs) break;
  }
  await trouble.end();
  await people.end();
  const settledMs = await settle({ api, provider, journal, people, clock, workflows, units: engine.units });
  provider.tell(journal);
  return { entries: journal.entries(), kills: trouble.kills, troubles: trouble.done, settledMs, folder };
}

/** The processes, and one address for all of them: each connection goes to the next that runs. */
async function startService(
  startEngine: StartEngine,
  place: Omit<Place, 'url'>,
  closers: Closer[],
): Promise<{ engine: Engine; front: TcpGate }> {
  const units: Unit[] = [];
  let turn = 0;
  const front = await startTcpGate(() => {
    const ports = units.flatMap(({ serves, port }) => (serves && port !== undefined ? [port] : []));
    return ports[turn++ % ports.length];
  });
  closers.push(front.goDown);
  const engine = await startEngine({ ...place, url: front.url });
  closers.push(engine.close);
  units.push(...engine.units);
  return { engine, front };
}

/** A process that dies is noted, and started again a moment later. */
function supervise(unit: Unit, journal: Journal): void {
  unit.died = (how) => {
    const died = (reason: string) => journal.note({ what: 'died', process: unit.name, how: reason });
    died(how);
    setTimeout(() => unit.start().ready.catch((error: unknown) => died(String(error))), RESTART_MS);
  };
}

/** Registers the account and lets the workflows listen. */
async function connect(api: Api, provider: Provider, journal: Journal, closers: Closer[]): Promise<Workflow[]> {
  const { webhookUrl } = await api.putAccount(ACCOUNT.externalId, provider.settings);
  provider.sandbox.subscribe(webhookUrl);
  const workflows: Workflow[] = [];
  for (const { name, ...wish } of SUBSCRIPTIONS) {
    const workflow = new Workflow(name, journal);
    await workflow.start();
    closers.push(() => workflow.close());
    workflows.push(workflow);
    const body = { url: workflow.url, account: ACCOUNT, ...wish };
    await api.get('/v1/subscriptions', { method: 'POST', body });
  }
  return workflows;
}
