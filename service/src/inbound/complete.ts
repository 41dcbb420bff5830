/**
 * Fetches the rest of what a webhook told a part of, outside of any unit of work, and tells it in its turn with all that waited behind it. When nobody gets the rest,
 * what the webhook told stands: no conversation waits for ever, and none waits for another.
 */
import { z } from 'zod';
import { has, type Completed } from '../channels/channel.ts';
import type { Accounts } from '../connectors/accounts.ts';
import type { ConnectorIo } from '../connectors/connector.ts';
import type { LiveAccount } from '../connectors/live.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import { ParleyError, SendError } from '../core/errors.ts';
import { fetchAgainMs } from '../core/retry.ts';
import type { GroupGate } from '../outbox/fair-scheduler.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import type { Ledger } from '../store/ledger.ts';
import * as store from '../store/pending-fact.store.ts';
import type { PendingFact } from '../store/pending-fact.store.ts';
import type { Applier } from './apply.ts';
import { COMPLETE, isPartial, type Fetched, type PendingFacts } from './pending.ts';
import { personIn } from './people.ts';

/** Bounds the calls at a time of all accounts together, which share them. */
const CONCURRENCY = 16;
/** Spaces the looks for an account that was deleted: its facts wait for it to be registered again. */
const LOOK_MS = 10 * 60_000;

/** Lets every account start as much as its share is. */
const NO_LIMIT: GroupGate = {
  acquireSlots: async (_account, wanted) => wanted,
  releaseSlots: () => undefined,
  opensInMs: () => undefined,
};

export interface CompleteDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Pick<Accounts, 'known'>;
  applier: Pick<Applier, 'advance'>;
  pending: Pick<PendingFacts, 'read'>;
  clock: WatchedClock;
  random(): number;
  io: ConnectorIo;
}

const PAYLOAD = z.object({ id: z.string() });

export class CompleteHandler implements JobHandler<z.infer<typeof PAYLOAD>> {
  readonly kind = COMPLETE;
  readonly payload = PAYLOAD;
  readonly concurrency = CONCURRENCY;
  readonly gate = NO_LIMIT;
  readonly #deps: CompleteDeps;

  constructor(deps: CompleteDeps) {
    this.#deps = deps;
  }

  async run(job: Job<z.infer<typeof PAYLOAD>>): Promise<void> {
    const { ledger, outbox, accounts, applier } = this.#deps;
    const { id } = job.payload;
    const waiting = await store.find(ledger.reader, id);
    // Told, or forgotten with the person.
    if (waiting === undefined) return ledger.write((tx) => outbox.finish(tx, job));
    const account = await accounts.known(waiting.accountId);
    if (account === undefined) return ledger.write((tx) => outbox.postponeBy(tx, job, LOOK_MS, false));
    const fetched = await this.#fetch(account, waiting, job.attempts + 1);
    await ledger.write(async (tx) => {
      if (typeof fetched === 'number') return outbox.postponeBy(tx, job, fetched, true);
      const person = await personIn(tx, account, waiting.conversationId);
      // Before anything is promised: the same fact may have to come to its turn once more.
      await outbox.finish(tx, job);
      if (person) await applier.advance(tx, account, person.conversation.id, fetched);
    });
  }

  /** Fetches the rest, or answers after how many milliseconds to try again. */
  async #fetch(account: LiveAccount, waiting: PendingFact, attempt: number): Promise<Fetched | number> {
    const { id } = waiting;
    try {
      return { id, completed: await this.#complete(account, waiting) };
    } catch (cause) {
      const { clock, random, io } = this.#deps;
      const error = this.#sendError(waiting, cause);
      const againMs = fetchAgainMs(error, attempt, clock.reached() - waiting.createdAt, random());
      if (againMs !== undefined) return againMs;
      const facts = { fact: id, account: account.id, kind: error.kind, reason: error.message, attempt };
      io.log.warn(facts, 'The rest of a message could not be fetched: it is told as its webhook told it');
      return { id, completed: undefined };
    }
  }

  async #complete({ channel, settings }: LiveAccount, waiting: PendingFact): Promise<Completed | undefined> {
    const event = waiting.partial ? this.#deps.pending.read(waiting) : undefined;
    if (event === undefined || !isPartial(event) || !has(channel, 'completion')) return undefined;
    return channel.completion.complete(event, settings, this.#deps.io);
  }

  /** Says how certain a failure is: what is gone, or may not be called, is not asked for again; another version of the program may mend a defect. */
  #sendError({ id }: PendingFact, cause: unknown): SendError {
    if (cause instanceof SendError) return cause;
    if (cause instanceof ParleyError) return new SendError('invalid', cause.message, { providerCode: cause.code });
    this.#deps.io.log.warn({ fact: id, err: cause }, 'A channel threw something unforeseen');
    return new SendError('uncertain', 'The channel failed while the rest of a message was being fetched');
  }
}
