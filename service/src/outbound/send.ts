/**
 * Sends one message: checked again, an attempt opened on disk, the provider called once outside any unit of work, the attempt closed.
 * An attempt that is found open means that the process ended during the call: the outcome is unknown, and nothing is repeated.
 */
import type { IdentityRef } from '../../../contract/event.ts';
import type { Accounts, LiveAccount } from '../accounts/accounts.ts';
import type { ChannelIo, SendReceipt } from '../channels/channel.ts';
import { bestIdentity } from '../contacts/resolve.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError, SendError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { decide, MAX_AGE_MS } from '../core/retry.ts';
import { refusals } from '../core/send-permission.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import * as contacts from '../store/contact.store.ts';
import type { Contact } from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import type { Ledger, Tx } from '../store/ledger.ts';
import * as messages from '../store/message.store.ts';
import type { AttemptRow, MessageRow } from '../store/message.store.ts';
import { fallBack } from './fall-back.ts';
import { contentOf, requestOf } from './message-view.ts';
import { eventError, type Outcomes } from './outcomes.ts';

export interface SendDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  outcomes: Outcomes;
  io: ChannelIo;
  clock: Clock;
  ids: Ids;
  random(): number;
  /** Told of each call to a provider. */
  called(channel: string, outcome: 'accepted' | SendError['kind'], durationMs: number): void;
}

/** One message under way. */
interface Sending {
  job: Job;
  account: LiveAccount;
  message: MessageRow;
  attempts: AttemptRow[];
}

const THROTTLED = 'throttled';

/** This process stood still for so long that another one sends the message by now. */
class LeaseLost extends Error {}

/** An attempt on disk: from now on the provider may have the message. */
interface Opened {
  attemptId: string;
  to: IdentityRef;
}

export class SendHandler implements JobHandler {
  readonly kind = 'send';
  readonly concurrency = 64;
  readonly #deps: SendDeps;

  constructor(deps: SendDeps) {
    this.#deps = deps;
  }

  async run(job: Job): Promise<void> {
    const { ledger, accounts, outcomes, clock } = this.#deps;
    const { messageId } = job.payload as { messageId: string };
    const message = await messages.find(ledger.reader, messageId);
    if (message === undefined) return this.#done(job);
    if (message.status !== 'queued') {
      // A status webhook settled it; after a crash the attempt that it was about is still open.
      return this.#done(job, (tx) => messages.closeOpenAttempts(tx, messageId, clock.now(), message.status));
    }
    const account = await accounts.known(message.account_id);
    if (account === undefined) return this.#orphaned(job, message);
    const sending: Sending = { job, account, message, attempts: await messages.attempts(ledger.reader, messageId) };
    const open = sending.attempts.find((attempt) => attempt.closed_at === null);
    if (open) return this.#interrupted(sending, open);
    // From when it could first be sent: a message may be held for days before.
    if (clock.now() - job.createdAt > MAX_AGE_MS) {
      const error = { code: 'expired', message: 'The message could not be sent in time and was given up' };
      return this.#done(job, (tx) => outcomes.failed(tx, account, message.id, error));
    }
    await this.#attempt(sending);
  }

  async #attempt(sending: Sending): Promise<void> {
    const { clock, ledger } = this.#deps;
    const opened = await ledger.write((tx) => this.#open(tx, sending));
    if (opened === undefined) return this.#done(sending.job);
    if (opened instanceof SendError) return this.#settle(sending, undefined, opened);
    const outcome = await this.#call(sending, opened.to);
    if (outcome instanceof SendError) return this.#settle(sending, opened.attemptId, outcome);
    await this.#done(sending.job, async (tx) => {
      await messages.closeAttempt(tx, opened.attemptId, clock.now(), 'accepted', null);
      await this.#deps.outcomes.accepted(tx, sending.account, sending.message.id, outcome);
    });
  }

  /**
   * Opens an attempt, unless something speaks against the send now: then the reason. Undefined: it is settled already, a status
   * webhook was faster than the repeat. All is read in the unit of work that opens it, so that nothing changes in between.
   */
  async #open(tx: Tx, { job, account, message, attempts }: Sending): Promise<Opened | SendError | undefined> {
    const { ids, clock, outbox } = this.#deps;
    // Before anything else: whoever lost the job may not open an attempt.
    if (!(await outbox.isMine(tx, job))) throw new LeaseLost();
    const current = await messages.hold(tx, message.id);
    if (current?.status !== 'queued') return undefined;
    const conversation = await conversations.find(tx.db, current.conversation_id);
    const contact = conversation && (await contacts.find(tx.db, conversation.contactId, account.channel.id));
    if (conversation === undefined || contact === undefined) return new SendError('invalid', 'The contact was erased');
    const refusal = this.#refusal(account, current, conversation, contact);
    if (refusal) return refusal;
    const to = requestOf(current).to ?? bestIdentity(account.channel.sendTo, contact);
    if (to === undefined) return new SendError('invalid', 'The contact has no address any more that can be sent to');
    const attemptId = ids.next('att');
    const number = attempts.length + 1;
    await messages.openAttempt(tx, { id: attemptId, message_id: message.id, number, opened_at: clock.now() });
    return { attemptId, to };
  }

  /** Calls the provider, once. What is no `SendError` is a defect after an unknown part of the work: uncertain. */
  async #call({ account, message }: Sending, to: IdentityRef): Promise<SendReceipt | SendError> {
    const { replyToProviderId } = requestOf(message);
    const outgoing = {
      id: message.id,
      to,
      content: contentOf(message),
      ...(replyToProviderId !== undefined && { replyToProviderId }),
    };
    const startedAt = performance.now();
    const told = (outcome: 'accepted' | SendError['kind']) =>
      this.#deps.called(account.channel.id, outcome, performance.now() - startedAt);
    try {
      const receipt = await account.channel.send(outgoing, account.settings, this.#deps.io);
      told('accepted');
      return receipt;
    } catch (cause) {
      const error = this.#sendError(message, cause);
      told(error.kind);
      return error;
    }
  }

  /** A refusal of our own (an address that may not be called) is for the account's owner; anything else unforeseen may have been sent. */
  #sendError(message: MessageRow, cause: unknown): SendError {
    if (cause instanceof SendError) return cause;
    if (cause instanceof ParleyError) return new SendError('settings', cause.message, { providerCode: cause.code });
    this.#deps.io.log.warn({ message: message.id, err: cause }, 'A channel threw something unforeseen');
    return new SendError('uncertain', 'The channel failed while the message was being sent');
  }

  /** What an error means, by the retry table. */
  async #settle(sending: Sending, attemptId: string | undefined, error: SendError): Promise<void> {
    const { clock, outbox, outcomes, random, ledger } = this.#deps;
    const { job, account, message, attempts } = sending;
    const throttled = attempts.filter((attempt) => attempt.outcome === THROTTLED).length;
    const decision = decide(error, attempts.length - throttled + 1, random(), throttled + 1);
    const shown = eventError({ kind: error.kind, message: error.message, providerCode: error.details.providerCode });
    await ledger.write(async (tx) => {
      if (attemptId) await messages.closeAttempt(tx, attemptId, clock.now(), error.kind, JSON.stringify(shown));
      if (decision.action === 'retry') {
        return outbox.postpone(tx, job, clock.now() + decision.afterMs, decision.costsAttempt);
      }
      if (decision.action === 'settle') {
        await outcomes.uncertain(tx, account, message.id, shown);
      } else {
        if (error.kind === 'session_closed' && (await this.#fallBack(tx, sending))) return;
        if (decision.optOut) await outcomes.optedOut(tx, message.conversation_id);
        if (decision.alert && attemptId) await outcomes.alert(tx, account, attemptId, error);
        await outcomes.failed(tx, account, message.id, shown);
      }
      await outbox.finish(tx, job);
    });
  }

  /** The session closed while the message waited. False: the caller asked for nothing else. */
  async #fallBack(tx: Tx, { job, message }: Sending): Promise<boolean> {
    const { outbox, clock } = this.#deps;
    const now = clock.now();
    const became = await fallBack(tx, outbox, message, now);
    if (became === 'held') await outbox.finish(tx, job);
    if (became === 'queued') await outbox.postpone(tx, job, now, false);
    return became !== undefined;
  }

  #refusal(
    account: LiveAccount,
    message: MessageRow,
    conversation: Conversation,
    contact: Contact,
  ): SendError | undefined {
    const [first] = refusals({
      capabilities: account.channel.capabilities,
      kind: contentOf(message).type,
      purpose: requestOf(message).purpose,
      window: conversation.window,
      marketingStopped: contact.marketingStoppedAt !== null,
      owner: conversation.owner,
      now: this.#deps.clock.now(),
    });
    if (first === undefined) return undefined;
    const kind = first.code === 'session_closed' || first.code === 'opted_out' ? first.code : 'rejected';
    return new SendError(kind, first.detail);
  }

  async #interrupted({ job, account, message }: Sending, open: AttemptRow): Promise<void> {
    const { clock, outcomes } = this.#deps;
    const error = { code: 'uncertain', message: 'The service ended while the message was being sent' };
    await this.#done(job, async (tx) => {
      await messages.closeAttempt(tx, open.id, clock.now(), 'uncertain', JSON.stringify(error));
      await outcomes.uncertain(tx, account, message.id, error);
    });
  }

  /** The account was deleted: there is nobody to tell by an event, the message itself says why. */
  async #orphaned(job: Job, message: MessageRow): Promise<void> {
    const error = JSON.stringify({ code: 'settings', message: 'The account was deleted before the message was sent' });
    const now = this.#deps.clock.now();
    const change = { status: 'failed', status_at: now, dead_at: now, error };
    const attempts = await messages.attempts(this.#deps.ledger.reader, message.id);
    if (attempts.some((attempt) => attempt.closed_at === null)) change.status = 'unknown';
    await this.#done(job, async (tx) => {
      await messages.closeOpenAttempts(tx, message.id, now, 'uncertain');
      await messages.update(tx, message.id, change);
    });
  }

  async #done(job: Job, also: (tx: Tx) => Promise<void> = async () => undefined): Promise<void> {
    await this.#deps.ledger.write(async (tx) => {
      await also(tx);
      await this.#deps.outbox.finish(tx, job);
    });
  }
}
