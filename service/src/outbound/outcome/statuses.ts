/**
 * Says what the provider's statuses tell: a step of a message, and at times that its session is over, or that the account does not work. Then it is as if
 * the answer to the send had said so.
 */
import type { MessageStatus } from '../../../../contract/message.ts';
import type { FoundMessage, ParsedStatus } from '../../channels/channel.ts';
import type { LiveAccount } from '../../connectors/live.ts';
import type { Clock } from '../../core/clock.ts';
import { SendError } from '../../core/errors.ts';
import { ended, freeUntil } from '../../core/session-window.ts';
import { climb, isAccepted } from '../../core/status-ladder.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import * as attempts from '../../store/attempt.store.ts';
import type { Attempt } from '../../store/attempt.store.ts';
import * as conversations from '../../store/conversation.store.ts';
import * as messages from '../../store/message.store.ts';
import type { Message } from '../../store/message.store.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import type { Circuit } from '../circuit.ts';
import { sendJob } from '../jobs.ts';
import { requestOf } from '../message-view.ts';
import { fallBack, sendAnew } from './fallback.ts';
import { eventError, isRefused, type Outcomes } from './outcomes.ts';
import { isItsOwn, isRenewable } from './refusals.ts';

export interface StatusesDeps {
  outcomes: Outcomes;
  circuit: Circuit;
  outbox: Outbox;
  clock: Clock;
}

type Reported = Pick<ParsedStatus, 'providerMessageId' | 'status' | 'error' | 'pricing' | 'freeUntil' | 'at'>;
/** Describes a message that the provider took and refused afterwards, with its calls. */
interface Refused {
  message: Message;
  calls: readonly Attempt[];
  refusedId: string;
  error: NonNullable<ParsedStatus['error']>;
}

/** Says what proves that the account works: the provider took the message, and went through with it. */
const ARRIVED: readonly MessageStatus[] = ['delivered', 'read', 'played'];

export class Statuses {
  readonly #deps: StatusesDeps;

  constructor(deps: StatusesDeps) {
    this.#deps = deps;
  }

  /** Applies the provider's status webhook. One that is not about a message of ours changes nothing. */
  async applyStatus(tx: Tx, account: LiveAccount, event: ParsedStatus, at: number): Promise<void> {
    const message = await this.#messageOf(tx, account, event);
    if (message) await this.#apply(tx, account, message, event, at);
  }

  /** The provider was asked about an uncertain message and has it. */
  async found(tx: Tx, account: LiveAccount, messageId: string, { receipt, ...reported }: FoundMessage): Promise<void> {
    await this.#deps.outcomes.accepted(tx, account, messageId, receipt);
    const message = await messages.lockForUpdate(tx, messageId);
    const { providerMessageId } = receipt;
    if (message) await this.#apply(tx, account, message, { providerMessageId, ...reported }, this.#deps.clock.now());
  }

  /** The contact wrote: what was held for that is queued, in the order in which it was asked. */
  release(tx: Tx, conversationId: string): Promise<void> {
    return this.#deps.outcomes.release(tx, conversationId);
  }

  /** The provider told, not about a message, that it refuses the account. */
  async refused(tx: Tx, account: LiveAccount, { message, providerCode }: { message: string; providerCode?: string }) {
    const error = new SendError('settings', message, providerCode === undefined ? {} : { providerCode });
    await this.#deps.circuit.open(tx, account, error, 'status');
  }

  async #apply(tx: Tx, account: LiveAccount, message: Message, reported: Reported, at: number): Promise<void> {
    const { status, error, pricing, providerMessageId } = reported;
    if (isRefused(message, providerMessageId)) return;
    if (error && (await this.#refusedLater(tx, account, message, { ...reported, error }, at))) return;
    const learned = {
      providerId: message.providerId ?? providerMessageId,
      // What tells of a send may be dated after it, and after what was read of it.
      ...(reported.status === 'sent' &&
        reported.at !== undefined && { sentAt: Math.min(reported.at, message.sentAt ?? reported.at) }),
      ...(pricing && { pricing }),
      ...(error && { error: eventError(error) }),
    };
    await this.#deps.outcomes.observed(tx, account, { ...message, status: standing(message) }, { status, at }, learned);
    if (account.pause && ARRIVED.includes(status)) {
      const calls = await attempts.ofMessage(tx.db, message.id);
      await this.#deps.circuit.proved(tx, account, sentAt(message, calls));
    }
    await this.#window(tx, account, message, reported, at);
  }

  async #window(tx: Tx, account: LiveAccount, message: Message, reported: Reported, at: number): Promise<void> {
    const conversation = await conversations.find(tx.db, message.conversationId);
    if (conversation === undefined) return;
    if (reported.freeUntil !== undefined) {
      await conversations.setWindow(tx, conversation.id, freeUntil(conversation.window, reported.freeUntil));
    } else if (isAccepted(reported.status)) {
      await this.#deps.outcomes.answered(tx, account, conversation, at);
    }
  }

  /** Handles a message that was taken first and refused later. Answers whether the message goes out anew, or waits for that: it has not failed. */
  async #refusedLater(
    tx: Tx,
    account: LiveAccount,
    message: Message,
    { status, error, providerMessageId: refusedId }: Reported & { error: NonNullable<Reported['error']> },
    at: number,
  ): Promise<boolean> {
    if (status !== 'failed') return false;
    const calls = await attempts.ofMessage(tx.db, message.id);
    const refused = { message, calls, refusedId, error };
    const isNews = climb(standing(message), status) === 'failed' && message.status !== 'failed';
    if (error.kind === 'session_closed') {
      await endSession(tx, message.conversationId, Math.min(at, sentAt(message, calls)));
      return isNews && (await this.#fellBack(tx, refused));
    }
    if (error.lostFile && isNews && isRenewable(calls)) return this.#sendAnew(tx, refused, this.#deps.clock.now());
    const isOfAccount = error.kind === 'settings' && (error.scope ?? 'account') === 'account';
    return isOfAccount && this.#accountRefused(tx, account, refused, isNews);
  }

  /** Does what the caller asked for in that case. False: nothing. */
  async #fellBack(tx: Tx, { message, refusedId }: Refused): Promise<boolean> {
    const { outbox, clock } = this.#deps;
    const now = clock.now();
    const became = await fallBack(tx, outbox, message, now, refusedId);
    if (became === 'queued') await outbox.enqueue(tx, sendJob(message, requestOf(message), now));
    return became !== undefined;
  }

  /** The account is paused, unless it was mended since the message was sent, and the message waits with all others. */
  async #accountRefused(tx: Tx, account: LiveAccount, refused: Refused, isNews: boolean): Promise<boolean> {
    const { outcomes, circuit, clock } = this.#deps;
    const { message, calls, error } = refused;
    const { providerCode } = error;
    const refusal = new SendError('settings', error.message, providerCode === undefined ? {} : { providerCode });
    const last = calls.at(-1);
    if (isItsOwn(account, calls)) {
      if (isNews && last) await outcomes.alert(tx, account, last.id, refusal);
      return false;
    }
    const now = clock.now();
    const isMended = account.updatedAt > sentAt(message, calls) && account.updatedAt <= now;
    if (!isMended) await circuit.open(tx, account, refusal, 'status');
    return isNews && (await this.#sendAnew(tx, refused, now));
  }

  async #sendAnew(tx: Tx, { message, calls, refusedId, error }: Refused, now: number): Promise<boolean> {
    if (!(await sendAnew(tx, message, now, refusedId))) return false;
    const last = calls.at(-1);
    if (last) await attempts.close(tx, last.id, last.closedAt ?? now, error.kind, eventError(error));
    // It may not be sent for longer than if the answer had told.
    await this.#deps.outbox.enqueue(tx, sendJob(message, requestOf(message), calls[0]?.openedAt ?? now));
    return true;
  }

  async #messageOf(tx: Tx, account: LiveAccount, event: ParsedStatus): Promise<Message | undefined> {
    const known = await messages.named(tx.db, account.id, event.providerMessageId);
    if (known !== undefined) return known.direction === 'outbound' ? messages.lockForUpdate(tx, known.id) : undefined;
    const correlated = event.correlationId && (await messages.lockForUpdate(tx, event.correlationId));
    return correlated && correlated.accountId === account.id && correlated.direction === 'outbound'
      ? correlated
      : undefined;
  }
}

/** Ends the session, which the provider says was over by then. */
export async function endSession(tx: Tx, conversationId: string, at: number): Promise<void> {
  const conversation = await conversations.find(tx.db, conversationId);
  const window = conversation && ended(conversation.window, at);
  if (window && window !== conversation.window) await conversations.setWindow(tx, conversation.id, window);
}

const sentAt = (message: Message, calls: readonly Attempt[]): number => calls.at(-1)?.openedAt ?? message.createdAt;

/**
 * Says how far it certainly came, by what the provider told: our own verdict (before it named the message by an id) counts less than its word that it
 * has it.
 */
function standing({ status, providerId }: Message): MessageStatus {
  return status === 'failed' && providerId === null ? 'unknown' : (status as MessageStatus);
}
