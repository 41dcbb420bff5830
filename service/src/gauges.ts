/** Gauges that are read when they are asked for: what waits, what is paused, what was given up. */
import type { Accounts } from './connectors/accounts.ts';
import type { DeadLetters } from './dead-letters/dead-letters.ts';
import type { Clock } from './core/clock.ts';
import type { Metrics } from './platform/metrics.ts';
import { depth } from './store/job.store.ts';
import type { Ledger } from './store/ledger.ts';

export interface GaugeDeps {
  metrics: Metrics;
  ledger: Ledger;
  clock: Clock;
  accounts: Accounts;
  deadLetters: DeadLetters;
}

/** Sets the gauges before each scrape of the metrics. */
export function followGauges(deps: GaugeDeps): void {
  const { metrics, accounts, deadLetters } = deps;
  metrics.beforeScrape(() => readDepth(deps));
  metrics.beforeScrape(() => countPaused(metrics, accounts));
  metrics.beforeScrape(async () => {
    for (const [type, count] of Object.entries(await deadLetters.count())) metrics.deadLetters.set({ type }, count);
  });
}

async function countPaused(metrics: Metrics, accounts: Accounts): Promise<void> {
  const all = (await accounts.refreshed()).list();
  for (const id of new Set(all.map(({ channel }) => channel.id))) metrics.accountsPaused.set({ channel: id }, 0);
  for (const { channel, pause } of all) if (pause !== null) metrics.accountsPaused.inc({ channel: channel.id });
}

async function readDepth({ ledger, metrics, clock }: GaugeDeps): Promise<void> {
  metrics.outboxDepth.reset();
  metrics.oldestDueSeconds.reset();
  for (const { kind, state, count, oldestDueAt } of await depth(ledger.reader)) {
    metrics.outboxDepth.set({ kind, state }, count);
    if (state === 'ready') metrics.oldestDueSeconds.set({ kind }, Math.max(0, (clock.now() - oldestDueAt) / 1_000));
  }
}
