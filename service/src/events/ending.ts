/** Ends subscriptions. What was promised is not lost with them: replies go to the triggers, what a trigger was promised becomes dead letters. */
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Job, Outbox } from '../outbox/outbox.ts';
import * as deadEvents from '../store/dead-event.store.ts';
import type { Ledger } from '../store/ledger.ts';
import * as subscriptions from '../store/subscription.store.ts';
import type { StoredSubscription } from '../store/subscription.store.ts';
import { HAND_OVER_MS } from './patience.ts';
import type { Publisher } from './publish.ts';

/** Lists what it takes to end one. */
export interface EndingDeps {
  ledger: Ledger;
  outbox: Outbox;
  publisher: Pick<Publisher, 'returnToTriggers'>;
  clock: Clock;
  log: Pick<Log, 'info' | 'warn'>;
}

/** Ends a subscription, and the job that found that it is over. */
export function endSubscription(
  deps: EndingDeps,
  job: Job,
  subscription: StoredSubscription,
  reason: string,
): Promise<void> {
  return subscription.once ? endWait(deps, job, subscription, reason) : endTrigger(deps, job, subscription, reason);
}

async function endWait(deps: EndingDeps, job: Job, wait: StoredSubscription, reason: string): Promise<void> {
  const { ledger, outbox, clock, publisher, log } = deps;
  await ledger.write(async (tx) => {
    await publisher.returnToTriggers(tx, wait);
    await subscriptions.end(tx, wait.id, reason, clock.now());
    await outbox.finish(tx, job);
  });
  if (reason === 'expired') return;
  log.info(
    { subscription: wait.id, reason },
    'The wait for a reply ended; a reply that it did not take goes to triggers',
  );
}

async function endTrigger(deps: EndingDeps, job: Job, trigger: StoredSubscription, reason: string): Promise<void> {
  const { ledger, outbox, clock, log } = deps;
  const now = clock.now();
  // A workflow that was switched off wanted nothing of what came after that.
  const before = reason === 'expired' ? (trigger.expiresAt ?? now) - HAND_OVER_MS : Infinity;
  const counts = await ledger.write(async (tx) => {
    // Nobody promises it anything more.
    await subscriptions.lockAll(tx, 'alone');
    const death = { code: 'subscription_ended', reason: REASONS[reason] ?? reason, at: now } as const;
    const kept = await deadEvents.keepUndelivered(tx, trigger, death, Math.min(before, Number.MAX_SAFE_INTEGER));
    await subscriptions.end(tx, trigger.id, reason, now);
    await outbox.finish(tx, job);
    return kept;
  });
  const facts = { subscription: trigger.id, reason, ...counts };
  if (reason !== 'expired') log.warn(facts, 'A subscription ended; what it had not taken is kept as dead letters');
  else if (counts.kept + counts.dropped > 0) log.info(facts, 'A workflow was switched off before it took everything');
}

const REASONS: Readonly<Record<string, string>> = {
  gone: 'The workflow is gone: it answered 410',
  unreachable: 'Nobody was at the address of the workflow for a week of trying',
  expired: 'The workflow was switched off',
};
