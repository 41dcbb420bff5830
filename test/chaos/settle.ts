/** After the faults: waits until everything that was promised is done, or its time is over, and notes how it ended. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from './api.ts';
import { UNKNOWN_AFTER_S } from './engine.ts';
import type { Ended, Journal, PutAside } from './journal.ts';
import type { MachineClock } from './machine-clock.ts';
import type { People } from './people.ts';
import type { Provider } from './provider.ts';
import type { Unit } from './unit.ts';
import type { Workflow } from './workflow.ts';

const LOOK_MS = 200;
/** Calls to the API at the same time. */
const READERS = 8;
/**
 * Nothing moved for so long: what is left is stuck. Longer than a dead process keeps its jobs (30 s) and than the pause before a repeat
 * that Meta's own failures ask for (30 s), one after the other.
 */
const STANDSTILL_MS = 75_000;
/** However much moves: by then it has to be done. */
const MAX_MS = 10 * 60_000;
/** An uncertain message becomes unknown within `PARLEY_UNKNOWN_AFTER`, and some time for the looking. */
const UNKNOWN_WITHIN_MS = UNKNOWN_AFTER_S * 1_000 + 60_000;
/** Work that has to be done at the end. Jobs of other kinds wait for a time that is far off. */
const WORK = /^(normalize|deliver|send) /;

/** What a workflow refuses is put aside after ten tries, the last ones a minute apart: the clock goes on in such steps. */
const HURRY_MS = 60_000;
/** That a workflow took something is noted once a second. */
const TAKES_MS = 1_200;
/** By then it has to be put aside. */
const PUT_ASIDE_WITHIN_MS = 3 * 60_000;

interface Settling {
  api: Api;
  provider: Provider;
  journal: Journal;
  people: People;
  clock: MachineClock;
  workflows: readonly Workflow[];
  units: readonly Unit[];
}

/** Answers how long it took, milliseconds. What is not done by then is in the journal. */
export async function settle(all: Settling): Promise<number> {
  const { api, journal } = all;
  const startedAt = performance.now();
  await putAside(all);
  await startAnew(all);
  await quiet(all);
  const ends = await finalStates(all);
  // The last news of those that became unknown.
  await quiet(all);
  const took = performance.now() - startedAt;
  for (const left of await leftOver(api)) journal.note({ what: 'left', ...left });
  for (const one of [...ends, ...(await deadEvents(all))]) journal.note(one);
  return took;
}

/** Resolves when what workflows refuse is put aside: they go on taking something else, and time goes on in large steps. */
async function putAside(all: Settling): Promise<void> {
  const { journal, people, clock } = all;
  const poison = journal.entries().filter((entry) => entry.what === 'wrote' && entry.poisonFor !== undefined);
  const until = performance.now() + PUT_ASIDE_WITHIN_MS;
  while (performance.now() < until && (await deadEvents(all)).length < poison.length) {
    await people.writesLate();
    await pause(TAKES_MS);
    clock.jump(HURRY_MS);
  }
}

/** A process that saw its clock jump forth may take its time before it ends anything by it; one that starts believes it. */
async function startAnew({ units }: Settling): Promise<void> {
  for (const unit of units) {
    await unit.end('SIGTERM');
    await unit.start().ready;
  }
}

async function deadEvents({ api, workflows }: Settling): Promise<PutAside[]> {
  const names = new Map(workflows.map(({ url, name }) => [url, name]));
  const dead = await api.deadEvents();
  return dead.map(({ code, id, url }) => ({ what: 'put aside', workflow: names.get(url) ?? url, event: id, code }));
}

/** Resolves when all work is done, or when none is done any more. */
async function quiet({ api, provider, journal }: Settling): Promise<void> {
  const startedAt = performance.now();
  let moved = { at: startedAt, count: -1 };
  for (;;) {
    const now = performance.now();
    const count = journal.size + provider.sandbox.requests().length + provider.sandbox.webhooks.deliveries.length;
    if (count !== moved.count) moved = { at: now, count };
    if (provider.isQuiet() && (await leftOver(api)).length === 0) return;
    if (now - moved.at > STANDSTILL_MS || now - startedAt > MAX_MS) return;
    await pause(LOOK_MS);
  }
}

/** How each message ended; those that are uncertain are waited for as long as they may be. */
async function finalStates({ api, journal }: Settling): Promise<Ended[]> {
  const until = performance.now() + UNKNOWN_WITHIN_MS;
  const ids = new Set(journal.entries().flatMap((entry) => (entry.what === 'answered' && entry.id ? [entry.id] : [])));
  const waiting = [...ids];
  const ends: Ended[] = [];
  const reader = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const end = await finalState(api, id, until);
      // A message that cannot be read has no end, which the checker finds.
      if (end) ends.push(end);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return ends;
}

async function finalState(api: Api, id: string, until: number): Promise<Ended | undefined> {
  for (;;) {
    const end = await stateOf(api, id);
    if (end?.status !== 'uncertain' || performance.now() > until) return end;
    await pause(LOOK_MS);
  }
}

async function stateOf(api: Api, id: string): Promise<Ended | undefined> {
  const { status, body } = await api.call({ method: 'GET', path: `/v1/messages/${id}` });
  if (status !== 200) return undefined;
  const view = body as { status: string; attempts?: { outcome?: string }[] };
  const uncertain = view.attempts?.some(({ outcome }) => outcome === 'uncertain') ?? false;
  return { what: 'ended', id, status: view.status, uncertain };
}

/** Work that is still there; an outbox that cannot be read counts as work. */
async function leftOver(api: Api): Promise<{ jobs: string; count: number }[]> {
  try {
    return (await api.jobs()).filter(({ jobs, count }) => WORK.test(jobs) && count > 0);
  } catch (error) {
    return [{ jobs: `unknown (${String(error)})`, count: 1 }];
  }
}
