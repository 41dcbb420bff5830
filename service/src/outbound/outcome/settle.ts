/**
 * Ends the wait of a message that nobody told about: an uncertain send becomes unknown, a held message expires. Where the provider can be
 * asked about an uncertain one, it is, now and then, until the wait is over.
 */
import type { Accounts } from '../../connectors/accounts.ts';
import type { IdentityRef } from '../../../../contract/event.ts';
import type { LiveAccount } from '../../connectors/live.ts';
import type { Provisioning } from '../../connectors/provisioning.ts';
import { has, type FoundMessage } from '../../channels/channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { bestIdentity, spelledFor } from '../../contacts/resolve.ts';
import { SendError } from '../../core/errors.ts';
import { lookAgainAt, type WatchedClock } from '../../core/watched-clock.ts';
import type { Job, JobHandler, Outbox } from '../../outbox/outbox.ts';
import * as attempts from '../../store/attempt.store.ts';
import * as contacts from '../../store/contact.store.ts';
import * as conversations from '../../store/conversation.store.ts';
import type { Conversation } from '../../store/conversation.store.ts';
import { latestAt } from '../../store/job-clock.store.ts';
import type { Ledger } from '../../store/ledger.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import * as messages from '../../store/message.store.ts';
import type { Message } from '../../store/message.store.ts';
import { lookAt, uncertainJob, WAITING, type Waiting } from '../jobs.ts';
import { outgoingOf, requestOf, whereOf } from '../message-view.ts';
import type { Outcomes } from './outcomes.ts';
import type { Statuses } from './statuses.ts';

export interface SettleDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  outcomes: Outcomes;
  statuses: Statuses;
  io: ConnectorIo;
  clock: WatchedClock;
  provisioning: Pick<Provisioning, 'webhookUrl'>;
}

const EXPIRED = { code: 'expired', message: 'The contact did not write while the message was held' };

/** Tells what the provider answered; undefined: nothing yet. */
type Answer = FoundMessage | 'absent' | undefined;

export class SettleHandler implements JobHandler<Waiting> {
  readonly kind = 'settle';
  readonly payload = WAITING;
  readonly concurrency = 4;
  readonly #deps: SettleDeps;

  constructor(deps: SettleDeps) {
    this.#deps = deps;
  }

  async run(job: Job<Waiting>): Promise<void> {
    const { ledger, outbox, accounts, clock } = this.#deps;
    const { messageId, waitingAs, since, until = job.dueAt } = job.payload;
    const answer = waitingAs === 'uncertain' ? await this.#ask(job.payload) : undefined;
    await ledger.write(async (tx) => {
      const message = await messages.lockForUpdate(tx, messageId);
      const account = message && (await accounts.known(message.accountId));
      const [now, reached] = [clock.now(), clock.reached()];
      // Settled, or released and held again meanwhile: that wait has a job of its own.
      const isOver = message?.status !== waitingAs || message.statusAt !== since;
      const isAhead = waitingAs === 'uncertain' && since > latestAt(tx, now);
      if (!isOver && answer === undefined && !isAhead && reached < until)
        return outbox.postpone(tx, job, lookAgainAt(clock, lookAt(since, now, until)), false);
      await outbox.finish(tx, job);
      if (isOver) return;
      if (account === undefined) return this.#orphaned(tx, message);
      if (isAhead && answer === undefined) return this.#waitAnew(tx, account, message, until - since);
      await this.#settle(tx, account, message, answer);
    });
  }

  /** The clock has been put back since the wait began: it would last for as much longer, and is as long as it was meant to be from now on. */
  async #waitAnew(tx: Tx, account: LiveAccount, { id }: Message, lastsMs: number): Promise<void> {
    const { outbox, clock } = this.#deps;
    const now = clock.now();
    await messages.update(tx, id, { statusAt: now });
    await outbox.enqueue(tx, uncertainJob(id, now, lastsMs, has(account.channel, 'lookup')));
  }

  async #settle(tx: Tx, account: LiveAccount, message: Message, answer: Answer): Promise<void> {
    const { outcomes } = this.#deps;
    if (message.status !== 'uncertain') return outcomes.failed(tx, account, message.id, EXPIRED);
    if (answer === undefined) return outcomes.unknown(tx, account, message.id);
    if (answer === 'absent') return outcomes.absent(tx, account, message);
    await this.#deps.statuses.found(tx, account, message.id, answer);
  }

  /** Asks the provider, where it can be asked, also a last time when the wait is over. */
  async #ask({ messageId, since }: Waiting): Promise<Answer> {
    const { ledger, accounts, io } = this.#deps;
    const message = await messages.find(ledger.reader, messageId);
    const account = message && (await accounts.known(message.accountId));
    if (account === undefined || message?.status !== 'uncertain' || message.statusAt !== since) return undefined;
    if (!has(account.channel, 'lookup')) return undefined;
    const conversation = await conversations.find(ledger.reader, message.conversationId);
    const to = await this.#recipient(account, conversation, requestOf(message).to);
    // A clock that has been put back since may have shown a later time.
    const attemptedAt = Math.min((await attempts.ofMessage(ledger.reader, messageId)).at(-1)?.openedAt ?? since, since);
    if (to === undefined || conversation === undefined) return undefined;
    try {
      const circumstances = {
        ...whereOf(conversation),
        to,
        session: 'open' as const,
        webhookUrl: this.#deps.provisioning.webhookUrl(account),
      };
      const isAnother = async (providerId: string) =>
        (await messages.named(ledger.reader, account.id, providerId)) !== undefined;
      const sought = { ...outgoingOf(message, circumstances), attemptedAt, isAnother };
      return await account.channel.lookup.find(sought, account.settings, io);
    } catch (error) {
      if (!(error instanceof SendError)) io.log.warn({ message: messageId, err: error }, 'A look-up failed');
      return undefined;
    }
  }

  /** Undefined: the contact has moved, and nobody knows to which address it went. */
  async #recipient(account: LiveAccount, conversation: Conversation | undefined, asked: IdentityRef | undefined) {
    const { reader } = this.#deps.ledger;
    const contact = conversation && (await contacts.find(reader, conversation.contactId, account.channel.id));
    return contact && (asked ? spelledFor(account, contact, asked) : bestIdentity(account, contact));
  }

  /** The account was deleted meanwhile: there is nobody to tell by an event, the message itself says how it ended. */
  async #orphaned(tx: Tx, { id, status }: Message): Promise<void> {
    const now = this.#deps.clock.now();
    const ended = { statusAt: now, deadAt: now };
    if (status === 'uncertain') return messages.update(tx, id, { ...ended, status: 'unknown' });
    await messages.update(tx, id, { ...ended, status: 'failed', error: EXPIRED });
  }
}
