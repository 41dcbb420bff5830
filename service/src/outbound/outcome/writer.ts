/**
 * Writes down what became of a call to the provider, by the retry table. The outcome is known to nobody else: while the database cannot be
 * used it is kept in memory and written as soon as it can, so that a short outage makes no message uncertain.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LiveAccount } from '../../connectors/live.ts';
import type { SendReceipt } from '../../channels/channel.ts';
import { capabilitiesOf } from '../../core/capabilities.ts';
import type { Clock } from '../../core/clock.ts';
import { SendError } from '../../core/errors.ts';
import { decide, fullJitterMs, type RetryDecision } from '../../core/retry.ts';
import type { Job, Outbox } from '../../outbox/outbox.ts';
import * as attempts from '../../store/attempt.store.ts';
import type { Attempt } from '../../store/attempt.store.ts';
import type { Ledger } from '../../store/ledger.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import * as messages from '../../store/message.store.ts';
import type { Message } from '../../store/message.store.ts';
import { LedgerUnavailable } from '../../store/unavailable.ts';
import type { Circuit } from '../circuit.ts';
import { fallBack } from './fallback.ts';
import { eventError, type Outcomes } from './outcomes.ts';
import { isItsOwn, isRenewable } from './refusals.ts';
import { endSession } from './statuses.ts';
import type { Pacer } from '../pace.ts';

/** Describes one message under way. */
export interface Sending {
  job: Job;
  account: LiveAccount;
  message: Message;
  attempts: Attempt[];
}

/** An outcome is kept in memory for so long. */
const KEEP_MS = 2 * 60_000;
const RETRY_BASE_MS = 100;
const RETRY_CAP_MS = 5_000;

export interface OutcomeWriterDeps {
  ledger: Ledger;
  outbox: Outbox;
  outcomes: Outcomes;
  circuit: Circuit;
  pacer: Pacer;
  clock: Clock;
  random(): number;
  /** Aborts when the service is to end: no outcome is waited for any more. */
  stopping: AbortSignal;
}

type Final = Exclude<RetryDecision, { action: 'retry' }>;

export class OutcomeWriter {
  readonly #deps: OutcomeWriterDeps;

  constructor(deps: OutcomeWriterDeps) {
    this.#deps = deps;
  }

  accepted({ job, account, message }: Sending, attemptId: string, receipt: SendReceipt): Promise<void> {
    const { ledger, outbox, outcomes, circuit, clock } = this.#deps;
    return this.#keep(() =>
      ledger.write(async (tx) => {
        await attempts.close(tx, attemptId, clock.now(), 'accepted', null);
        await outcomes.accepted(tx, account, message.id, receipt);
        await circuit.answered(tx, account, 'accepted');
        await outbox.finish(tx, job);
      }),
    );
  }

  /** Writes a refusal. `attemptId` absent: it was not even tried. */
  async refused(sending: Sending, attemptId: string | undefined, error: SendError): Promise<void> {
    const decision = this.#decide(sending, error);
    await this.#keep(async () => {
      if (decision.gateMs > 0) await this.#deps.pacer.backOff(sending.account, decision.gateMs, error.message);
      const isBroken = decision.action === 'pause' && (await this.#deps.circuit.isUnchanged(sending.account));
      await this.#deps.ledger.write((tx) => this.#write(tx, sending, { attemptId, error, decision, isBroken }));
    });
  }

  #decide(sending: Sending, error: SendError): RetryDecision {
    const { account, attempts } = sending;
    const tries = (...outcomes: string[]) => attempts.filter(({ outcome }) => outcomes.includes(outcome ?? '')).length;
    const throttled = tries('throttled');
    // Waiting for the account costs no try either.
    const counted = attempts.length - throttled - tries('settings') + 1;
    const idempotent = capabilitiesOf(account).idempotentSends;
    const meant = error.kind === 'settings' && isItsOwn(account, sending.attempts) ? ofMessage(error) : error;
    const unavailable = tries('unavailable') + 1;
    return decide(meant, { counted, throttled: throttled + 1, unavailable, idempotent }, this.#deps.random());
  }

  async #write(
    tx: Tx,
    sending: Sending,
    refusal: { attemptId: string | undefined; error: SendError; decision: RetryDecision; isBroken: boolean },
  ): Promise<void> {
    const { clock, outbox, circuit } = this.#deps;
    const { job, account } = sending;
    const { attemptId, error, decision, isBroken } = refusal;
    const now = clock.now();
    if (attemptId) await attempts.close(tx, attemptId, now, error.kind, shown(error));
    if (attemptId) await circuit.answered(tx, account, error.kind);
    if (isBroken) await circuit.open(tx, account, error, 'answer');
    // A status that was faster than the answer says more than it.
    const isSettled = (await messages.lockForUpdate(tx, sending.message.id))?.status !== 'queued';
    if (isSettled) return outbox.finish(tx, job);
    if (decision.action === 'retry') return outbox.postponeBy(tx, job, decision.afterMs, decision.costsAttempt);
    // Held back with all others of its account until that works; at once when it was mended meanwhile.
    if (decision.action === 'pause') return outbox.postponeBy(tx, job, 0, false);
    await this.#end(tx, sending, attemptId, error, decision);
  }

  async #end(tx: Tx, sending: Sending, attemptId: string | undefined, error: SendError, decision: Final) {
    const { outbox, outcomes } = this.#deps;
    const { job, account, message } = sending;
    if (decision.action === 'settle') {
      await outcomes.uncertain(tx, account, message.id, shown(error));
    } else if (decision.action === 'fail') {
      // Its next try gives the provider the file anew, and then asks once more.
      if (error.details.lostFile && isRenewable(sending.attempts)) return outbox.postponeBy(tx, job, 0, false);
      if (error.kind === 'session_closed') {
        if (attemptId) await this.#endSession(tx, message);
        if (await this.#fallBack(tx, sending)) return;
      }
      if (decision.alert && attemptId) await outcomes.alert(tx, account, attemptId, error);
      await outcomes.failed(tx, account, message.id, shown(error));
    }
    await outbox.finish(tx, job);
  }

  /** Ends the session, unless the contact did something since the provider was called: that counts more than its answer. */
  async #endSession(tx: Tx, { id, conversationId }: Message): Promise<void> {
    const call = (await attempts.ofMessage(tx.db, id)).at(-1);
    await endSession(tx, conversationId, call?.openedAt ?? this.#deps.clock.now());
  }

  /** The session closed while the message waited. False: the caller asked for nothing else. */
  async #fallBack(tx: Tx, { job, message }: Sending): Promise<boolean> {
    const { outbox, clock } = this.#deps;
    const became = await fallBack(tx, outbox, message, clock.now());
    if (became === 'held') await outbox.finish(tx, job);
    if (became === 'queued') await outbox.postponeBy(tx, job, 0, false);
    return became !== undefined;
  }

  async #keep(write: () => Promise<void>): Promise<void> {
    const { random, stopping } = this.#deps;
    const endsAt = performance.now() + KEEP_MS;
    for (let run = 1; ; run++) {
      try {
        return await write();
      } catch (error) {
        const isOver = stopping.aborted || performance.now() >= endsAt;
        if (isOver || !(error instanceof LedgerUnavailable)) throw error;
      }
      const restMs = fullJitterMs(run, random(), RETRY_BASE_MS, RETRY_CAP_MS);
      // One that is cut short by the end of the service is followed by a last try.
      await delay(restMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

function shown({ kind, message, details }: SendError) {
  return eventError({ kind, message, providerCode: details.providerCode });
}

function ofMessage({ kind, message, details }: SendError): SendError {
  return new SendError(kind, message, { ...details, scope: 'message' });
}
