/** Counts what the pipelines did, and reads gauges when they are asked for: what waits, and what is paused. */
import type { Accounts } from './connectors/accounts.ts';
import type { Clock } from './core/clock.ts';
import type { Observer } from './core/observer.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import { depth, type Depth } from './store/job-depth.store.ts';
import type { Ledger } from './store/ledger.ts';

/** Counts the jobs that no handler of this program is registered for. */
const UNHANDLED = 'unhandled';

export interface GaugeDeps {
  metrics: Metrics;
  ledger: Ledger;
  clock: Clock;
  logger: Logger;
  outbox: Outbox;
  accounts: Accounts;
}

/** Counts what the pipelines do. */
export function observerOf(metrics: Metrics): Observer {
  return {
    published: (type) => metrics.events.inc({ type }),
    read: (channel) => metrics.receipts.inc({ channel }),
    delivered: (outcome) => metrics.deliveries.inc({ outcome }),
    called: (channel, outcome, durationMs) => {
      metrics.sends.inc({ channel, outcome });
      metrics.sendSeconds.observe({ channel }, durationMs / 1_000);
    },
  };
}

/** Refreshes the gauges at each scrape. Resolves when the jobs were counted once, so that a start tells of those that nobody does. */
export async function followGauges(deps: GaugeDeps): Promise<void> {
  const { metrics } = deps;
  const jobs = new JobGauges(deps);
  metrics.beforeScrape(() => jobs.read());
  metrics.beforeScrape(() => countWaiting(deps));
  await jobs.read();
}

async function countWaiting({ metrics, accounts }: GaugeDeps): Promise<void> {
  const all = (await accounts.refreshed()).list();
  for (const { channel } of all) {
    metrics.accountsPaused.set({ channel: channel.id }, 0);
    metrics.accountsThrottled.set({ channel: channel.id }, 0);
  }
  for (const account of all) {
    const channel = account.channel.id;
    if (account.pause !== null) metrics.accountsPaused.inc({ channel });
    if (accounts.throttleOf(account)) metrics.accountsThrottled.inc({ channel });
  }
}

/** Shows what the outbox holds, by kind and state. */
class JobGauges {
  readonly #deps: GaugeDeps;
  readonly #warnedOf = new Set<string>();

  constructor(deps: GaugeDeps) {
    this.#deps = deps;
  }

  async read(): Promise<void> {
    const { ledger, metrics, clock } = this.#deps;
    const found = await depth(ledger.reader);
    metrics.outboxDepth.reset();
    metrics.oldestDueSeconds.reset();
    for (const one of found) {
      const { state, count, oldestDueAt } = one;
      const kind = this.#kindOf(one);
      metrics.outboxDepth.inc({ kind, state }, count);
      if (state === 'ready') metrics.oldestDueSeconds.set({ kind }, Math.max(0, (clock.now() - oldestDueAt) / 1_000));
    }
  }

  /** Warns once of each kind that has no handler: its jobs are of another version of the program, and stay for that. */
  #kindOf({ kind, count }: Depth): string {
    if (this.#deps.outbox.handles(kind)) return kind;
    if (!this.#warnedOf.has(kind)) {
      this.#warnedOf.add(kind);
      const message = 'Jobs of a kind that this version does not know stay undone, and so does what waits behind them';
      this.#deps.logger.warn({ kind, jobs: count }, message);
    }
    return UNHANDLED;
  }
}
