/**
 * Ends messages that are not to be sent any more. A job that waits (for its turn, its slot, its account) does not run, so what is too late is
 * looked for beside the jobs, every second. While a clock that jumped ahead is not believed, they are neither sent nor ended.
 */
import type { Accounts } from '../connectors/accounts.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import { ParleyError } from '../core/errors.ts';
import type { Failures } from '../core/failures.ts';
import type { Job, Outbox } from '../outbox/outbox.ts';
import * as attempts from '../store/attempt.store.ts';
import { overdue } from '../store/job-group.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as messages from '../store/message.store.ts';
import { SEND, TO_SEND } from './jobs.ts';
import type { Outcomes } from './outcome/outcomes.ts';

export const EXPIRED = { code: 'expired', message: 'The message could not be sent in time and was given up' };

const LOOK_MS = 1_000;
/** Bounds the messages that are ended in one look; more are left to the next. */
const LIMIT = 500;
/** Bounds how long a message may be sent. */
const LONGEST_MS = 30 * 24 * 3_600_000;

/** Reads the instant that a caller gave, in milliseconds since the epoch. Throws `invalid_request`. */
export function checkedExpiry(expiresAt: string, clock: Pick<WatchedClock, 'now' | 'reached'>): number {
  const at = Date.parse(expiresAt);
  const isAhead = at > clock.reached();
  if (isAhead && at <= clock.now() + LONGEST_MS) return at;
  const message = isAhead ? 'must be at most 30 days ahead' : 'must lie in the future';
  throw new ParleyError(400, 'invalid_request', `Not valid: expiresAt ${message}.`, {
    errors: [{ field: 'expiresAt', message }],
  });
}

export interface ExpiryDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  outcomes: Outcomes;
  clock: WatchedClock;
  failures: Failures;
}

export class Expiry {
  readonly #deps: ExpiryDeps;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(deps: ExpiryDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Resolves when what is too late by now is ended. */
  async look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) =>
        this.#deps.failures.report(error, 'What is too late to be sent could not be looked for'),
      )
      .finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { ledger, clock } = this.#deps;
    for (const job of await overdue(ledger.reader, SEND, clock.reached(), LIMIT)) {
      await ledger.write((tx) => this.#end(tx, job));
    }
  }

  /** One that is being sent is left alone: its answer decides, and the next look. */
  async #end(tx: Tx, job: Job): Promise<void> {
    const { accounts, outcomes, outbox } = this.#deps;
    const { data } = TO_SEND.safeParse(job.payload);
    // A payload that cannot be read: the worker buries the job when its turn comes.
    if (data === undefined) return;
    const { messageId } = data;
    const message = await messages.lockForUpdate(tx, messageId);
    if (message?.status === 'queued') {
      const calls = await attempts.ofMessage(tx.db, messageId);
      if (calls.some(({ closedAt }) => closedAt === null)) return;
      const account = accounts.find(message.accountId);
      // Its account was deleted, or is not known here yet: the job says so when it runs.
      if (account === undefined) return;
      await outcomes.failed(tx, account, messageId, EXPIRED);
    }
    // Only what nobody has claimed: a run that is under way finds the message ended, and ends.
    await outbox.finish(tx, { ...job, lease: null });
  }
}
