/**
 * Sends one message: checked again, an attempt opened on disk, the provider called once outside any unit of work, the attempt closed.
 * An attempt that is found open means that the process ended during the call: the outcome is unknown, and nothing is repeated.
 */
import type { OutboundContent } from '../../../contract/message.ts';
import type { Accounts } from '../connectors/accounts.ts';
import type { LiveAccount } from '../connectors/live.ts';
import type { Provisioning } from '../connectors/provisioning.ts';
import type { SendReceipt } from '../channels/channel.ts';
import type { ConnectorIo } from '../connectors/connector.ts';
import { bestIdentity, spelledFor, type Participant } from '../contacts/resolve.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import { sideOf } from '../core/author.ts';
import { ParleyError, SendError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Observer } from '../core/observer.ts';
import type { Reason } from '../core/send-permission.ts';
import { isOpen } from '../core/session-window.ts';
import { lookAgainAt, type WatchedClock } from '../core/watched-clock.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import * as attempts from '../store/attempt.store.ts';
import type { Attempt } from '../store/attempt.store.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as messages from '../store/message.store.ts';
import type { Message } from '../store/message.store.ts';
import type { Breaker } from './breaker.ts';
import { leaveChoices } from './choices.ts';
import { EXPIRED } from './expiry.ts';
import { lateAt, SEND, TO_SEND, type ToSend } from './jobs.ts';
import { contentOf, outgoingOf, requestOf, whereOf, writerOf, type Circumstances } from './message-view.ts';
import { fallBack } from './outcome/fallback.ts';
import { lostFile } from './outcome/refusals.ts';
import type { OutcomeWriter, Sending } from './outcome/writer.ts';
import type { Outcomes } from './outcome/outcomes.ts';
import type { Pacer } from './pace.ts';
import type { Learned, Permissions, SendQuestion } from './permission.ts';
import type { FileRenewal } from './renewals.ts';
import { templateIn } from './template-in.ts';

export interface SendDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  outcomes: Outcomes;
  pacer: Pacer;
  breaker: Breaker;
  permissions: Permissions;
  renewals: FileRenewal;
  writer: OutcomeWriter;
  io: ConnectorIo;
  clock: WatchedClock;
  ids: Ids;
  provisioning: Pick<Provisioning, 'webhookUrl'>;
  observer: Pick<Observer, 'called'>;
}

/** This process stood still for so long that another one sends the message by now. */
class LeaseLost extends Error {}

/** Describes an attempt on disk: from now on the provider may have the message. */
interface Opened {
  attemptId: string;
  circumstances: Circumstances;
}

/** Suffices for 1,000 sends per second to a provider that takes a sixth of a second for each, of one account (which gets two thirds). */
const CONCURRENCY = 256;
const INTERRUPTED = { code: 'uncertain', message: 'The service ended while the message was being sent' };

export class SendHandler implements JobHandler<ToSend> {
  readonly kind = SEND;
  readonly payload = TO_SEND;
  readonly concurrency = CONCURRENCY;
  readonly gate: Pacer;
  readonly #deps: SendDeps;

  constructor(deps: SendDeps) {
    this.#deps = deps;
    this.gate = deps.pacer;
  }

  async run(job: Job<ToSend>): Promise<void> {
    const isCalled = await this.#run(job);
    // Its place in the account's pace is free for another.
    if (!isCalled) this.gate.releaseSlots(job.groupKey, 1);
  }

  /** Answers whether the provider was called. */
  async #run(job: Job<ToSend>): Promise<boolean> {
    const { ledger, accounts, outbox, clock } = this.#deps;
    const { messageId } = job.payload;
    const message = await messages.find(ledger.reader, messageId);
    if (message === undefined) return this.#done(job);
    if (message.status !== 'queued') {
      // A status webhook settled it; after a crash the attempt that it was about is still open.
      return this.#done(job, (tx) => attempts.closeOpen(tx, messageId, clock.now(), message.status));
    }
    const account = await accounts.known(message.accountId);
    if (account === undefined) return this.#orphaned(job, message);
    if (job.groupKey !== account.id) {
      await ledger.write((tx) => outbox.moveToGroup(tx, job, account.id));
      return false;
    }
    const sending: Sending = { job, account, message, attempts: await attempts.ofMessage(ledger.reader, messageId) };
    const open = sending.attempts.find((attempt) => attempt.closedAt === null);
    if (open) return this.#interrupted(sending, open);
    if (clock.reached() >= lateAt(job))
      return this.#done(job, (tx) => this.#deps.outcomes.failed(tx, account, messageId, EXPIRED));
    // The clock may be wrong: too late to be sent, and too early to be given up.
    if (clock.now() >= lateAt(job)) {
      await ledger.write((tx) => outbox.postpone(tx, job, lookAgainAt(clock, lateAt(job)), false));
      return false;
    }
    return this.#attempt(sending);
  }

  async #attempt(given: Sending): Promise<boolean> {
    const { ledger, writer, permissions, breaker } = this.#deps;
    const sending = await this.#renewed(given);
    if (sending instanceof SendError) {
      await writer.refused(given, undefined, sending);
      return false;
    }
    const opened = await permissions.learning((learned) => ledger.write((tx) => this.#open(tx, sending, learned)));
    if (opened === 'settled') return this.#done(sending.job);
    if (opened === 'put off') return false;
    if (opened instanceof SendError) {
      await writer.refused(sending, undefined, opened);
      return false;
    }
    const outcome = await this.#call(sending, opened.circumstances);
    breaker.answered(sending.account.id, outcome instanceof SendError ? outcome : 'accepted');
    if (outcome instanceof SendError) await writer.refused(sending, opened.attemptId, outcome);
    else await writer.accepted(sending, opened.attemptId, outcome);
    return true;
  }

  /** Gives the provider anew what it said that it lost of the message, which names it as the provider does from then on. */
  async #renewed(sending: Sending): Promise<Sending | SendError> {
    const { account, message, attempts: calls } = sending;
    const refused = lostFile(calls);
    if (refused === undefined) return sending;
    const content = await this.#renew(account, message);
    if (content instanceof SendError) return content;
    if (content === undefined) return asRefused(refused);
    await this.#deps.ledger.write(async (tx) => {
      const current = await messages.lockForUpdate(tx, message.id);
      if (current?.status === 'queued') await messages.update(tx, message.id, { content });
    });
    return { ...sending, message: { ...message, content } };
  }

  /** Nothing that goes wrong with a file says anything about the message: it was not sent, and may be. */
  async #renew(account: LiveAccount, message: Message): Promise<OutboundContent | SendError | undefined> {
    try {
      return await this.#deps.renewals.renew(account, contentOf(message));
    } catch (cause) {
      const error = this.#sendError(message, cause);
      return error.kind === 'uncertain' ? new SendError('unreachable', error.message, error.details) : error;
    }
  }

  /**
   * Opens an attempt, unless something speaks against the send now: then the reason. `settled`: a status webhook was faster than the
   * repeat, it expired, or may not be sent any more; `put off`: the recipient gets no more just now. All is read in the unit of work that opens it, so that
   * nothing changes in between.
   */
  async #open(
    tx: Tx,
    { job, account, message, attempts: before }: Sending,
    learned: Learned,
  ): Promise<Opened | SendError | 'settled' | 'put off'> {
    const { ids, clock, outbox, pacer, permissions } = this.#deps;
    // Before anything else: whoever lost the job may not open an attempt.
    if (!(await outbox.isMine(tx, job))) throw new LeaseLost();
    const current = await messages.lockForUpdate(tx, message.id);
    if (current?.status !== 'queued') return 'settled';
    const conversation = await conversations.find(tx.db, current.conversationId);
    const contact = conversation && (await contacts.find(tx.db, conversation.contactId, account.channel.id));
    if (conversation === undefined || contact === undefined) return new SendError('invalid', 'The contact was erased');
    const question = questionOf(account, current, { conversation, contact });
    const [refusal] = await permissions.refusals(tx.db, question, learned);
    if (refusal) return this.#refused(tx, account, current, refusal);
    const request = requestOf(current);
    const asked = request.to && spelledFor(account, contact, request.to);
    // They have moved since the address was written: it may be somebody else's by now.
    const to = asked ?? bestIdentity(account, contact);
    if (to === undefined) return new SendError('invalid', 'The contact has no address any more that can be sent to');
    const waitMs = await pacer.toRecipient(tx, account, conversation.id);
    if (waitMs > 0) {
      await outbox.postponeBy(tx, job, waitMs, false);
      return 'put off';
    }
    const attemptId = ids.next('att');
    const number = before.length + 1;
    await attempts.open(tx, { id: attemptId, messageId: message.id, number, openedAt: clock.now() });
    await leaveChoices(tx, conversation, contentOf(current));
    const isSessionOpen = isOpen(
      conversation.window,
      capabilitiesOf(account, conversation.facts).window,
      clock.reached(),
    );
    const session = isSessionOpen ? ('open' as const) : ('closed' as const);
    return {
      attemptId,
      circumstances: { ...whereOf(conversation), to, session, webhookUrl: this.#deps.provisioning.webhookUrl(account) },
    };
  }

  /** Calls the provider, once. What is no `SendError` is a defect after an unknown part of the work: uncertain. */
  async #call({ account, message }: Sending, circumstances: Circumstances): Promise<SendReceipt | SendError> {
    const outgoing = outgoingOf(message, circumstances);
    const startedAt = performance.now();
    const observe = (outcome: 'accepted' | SendError['kind']) =>
      this.#deps.observer.called(account.channel.id, outcome, performance.now() - startedAt);
    try {
      const receipt = await account.channel.send(outgoing, account.settings, this.#deps.io);
      observe('accepted');
      return receipt;
    } catch (cause) {
      const error = this.#sendError(message, cause);
      observe(error.kind);
      return error;
    }
  }

  /** A refusal of our own (an address that may not be called) concerns this message; anything else unforeseen may have been sent. */
  #sendError(message: Message, cause: unknown): SendError {
    if (cause instanceof SendError) return cause;
    if (cause instanceof ParleyError)
      return new SendError('settings', cause.message, { providerCode: cause.code, scope: 'message' });
    this.#deps.io.log.warn({ message: message.id, err: cause }, 'A channel threw something unforeseen');
    return new SendError('uncertain', 'The channel failed while the message was being sent');
  }

  /** Refuses as if the provider had said it, where providers do; the rest is ours alone to say. */
  async #refused(tx: Tx, account: LiveAccount, row: Message, { code, detail: message }: Reason) {
    if (code === 'session_closed' || code === 'opted_out') return new SendError(code, message);
    const { outbox, outcomes, clock } = this.#deps;
    const waits = code === 'blocked' && requestOf(row).ifSessionClosed === 'hold';
    if (waits) await fallBack(tx, outbox, row, clock.now());
    else await outcomes.failed(tx, account, row.id, { code, message });
    return 'settled';
  }

  /** Nobody knows whether the provider got it; one that drops repeats by our key gets it again. */
  async #interrupted({ job, account, message }: Sending, open: Attempt): Promise<boolean> {
    const { clock, outcomes, outbox, ledger } = this.#deps;
    const { idempotentSends } = capabilitiesOf(account);
    await ledger.write(async (tx) => {
      await attempts.close(tx, open.id, clock.now(), 'uncertain', INTERRUPTED);
      if (idempotentSends) return outbox.postponeBy(tx, job, 0, true);
      await outcomes.uncertain(tx, account, message.id, INTERRUPTED);
      await outbox.finish(tx, job);
    });
    return false;
  }

  /** The account was deleted: there is nobody to tell by an event, the message itself says why. A call that was interrupted may have arrived. */
  async #orphaned(job: Job, message: Message): Promise<boolean> {
    const now = this.#deps.clock.now();
    const calls = await attempts.ofMessage(this.#deps.ledger.reader, message.id);
    const wasCalled = calls.some((attempt) => attempt.closedAt === null);
    const error = wasCalled
      ? INTERRUPTED
      : { code: 'settings', message: 'The account was deleted before the message was sent' };
    const status = wasCalled ? ('unknown' as const) : ('failed' as const);
    const change = { status, statusAt: now, deadAt: now };
    return this.#done(job, async (tx) => {
      await attempts.closeOpen(tx, message.id, now, 'uncertain');
      await messages.update(tx, message.id, { ...change, error });
    });
  }

  async #done(job: Job, also: (tx: Tx) => Promise<void> = async () => undefined): Promise<false> {
    await this.#deps.ledger.write(async (tx) => {
      await also(tx);
      await this.#deps.outbox.finish(tx, job);
    });
    return false;
  }
}

/** Tells what the provider said of a file that cannot be given to it anew. */
function asRefused({ error }: Attempt): SendError {
  const { message = 'The provider does not have a file of the message', providerCode } = error ?? {};
  return new SendError('invalid', message, providerCode === undefined ? {} : { providerCode });
}

/** Asks whether this message may be sent to them now. */
function questionOf(account: LiveAccount, message: Message, person: Participant): SendQuestion {
  const content = contentOf(message);
  const author = sideOf(writerOf(message));
  const template = templateIn(account, content);
  const waitsSince = requestOf(message).ifSessionClosed === 'hold' ? message.createdAt : undefined;
  return { account, ...person, kind: content.type, purpose: message.purpose, author, template, waitsSince };
}
