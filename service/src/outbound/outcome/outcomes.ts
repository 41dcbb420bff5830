/**
 * Says how an outbound message ends: each outcome changes the ledger and publishes the fact, in the caller's unit of work. Nothing is left to
 * be told of a message whose contact was erased meanwhile.
 */
import type { EventError } from '../../../../contract/event.ts';
import type { MessageStatus } from '../../../../contract/message.ts';
import type { LiveAccount } from '../../connectors/live.ts';
import { has, type ParsedStatus, type SendReceipt } from '../../channels/channel.ts';
import { learnIdentity } from '../../contacts/resolve.ts';
import { capabilitiesOf } from '../../core/capabilities.ts';
import { iso, type Clock } from '../../core/clock.ts';
import type { SendError, SendErrorKind } from '../../core/errors.ts';
import { identityIn } from '../../core/identity.ts';
import { messageKey, ownerKey } from '../../core/ids.ts';
import { answered } from '../../core/session-window.ts';
import { MAX_ABSENT } from '../../core/retry.ts';
import { climb, isAccepted, isDead } from '../../core/status-ladder.ts';
import type { Publisher } from '../../events/publish.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import * as attempts from '../../store/attempt.store.ts';
import * as contacts from '../../store/contact.store.ts';
import * as conversations from '../../store/conversation.store.ts';
import type { Conversation } from '../../store/conversation.store.ts';
import * as owners from '../../store/conversation-owner.store.ts';
import * as events from '../../store/event.store.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import * as messages from '../../store/message.store.ts';
import * as providerIds from '../../store/provider-id.store.ts';
import type { Message } from '../../store/message.store.ts';
import { withdrawChoices } from '../choices.ts';
import { sendJob, uncertainJob } from '../jobs.ts';
import { requestOf, statusChange } from '../message-view.ts';
import { claimProviderId } from '../echo-matcher.ts';

export interface OutcomesDeps {
  publisher: Publisher;
  outbox: Outbox;
  clock: Clock;
  /** Says how long a message stays uncertain; absent: as long as its channel says. */
  unknownAfterMs?: number | undefined;
}

const NEVER_ARRIVED = {
  code: 'unreachable',
  message: `The message was sent ${MAX_ABSENT} times and the provider never had it`,
};

export class Outcomes {
  readonly #deps: OutcomesDeps;

  constructor(deps: OutcomesDeps) {
    this.#deps = deps;
  }

  /** The provider took the message. A status webhook may have been faster: the ladder only goes up. */
  async accepted(tx: Tx, account: LiveAccount, messageId: string, receipt: SendReceipt): Promise<void> {
    const now = this.#deps.clock.now();
    const message = await messages.lockForUpdate(tx, messageId);
    if (message === undefined) return;
    // The refusal of what it took was faster than its answer: something else is on its way by now.
    if (isRefused(message, receipt.providerMessageId)) return;
    const { id, echo } = await claimProviderId(tx, message, receipt.providerMessageId);
    const { sentAt } = receipt;
    const provider = { providerId: id, ...(sentAt !== undefined && { sentAt }) };
    await providerIds.add(tx, message, furtherIds(receipt, id));
    if (echo) await this.#returnToBot(tx, account, echo);
    await this.#rise(tx, account, { ...message, ...provider }, 'sent', now, provider);
    const conversation = await conversations.find(tx.db, message.conversationId);
    if (conversation === undefined) return;
    await this.answered(tx, account, conversation, now);
    for (const identity of receipt.identities ?? []) {
      await learnIdentity(tx, conversation.contactId, identityIn(account, identity), now);
    }
  }

  /** The provider reports a status of everything up to a time, this message included. */
  async reached(tx: Tx, account: LiveAccount, messageId: string, status: ParsedStatus['status'], at: number) {
    const message = await messages.lockForUpdate(tx, messageId);
    if (message) await this.#rise(tx, account, message, status, at, {});
  }

  /** The message will not be sent. */
  async failed(tx: Tx, account: LiveAccount, messageId: string, error: EventError): Promise<void> {
    const message = await messages.lockForUpdate(tx, messageId);
    if (message === undefined) return;
    await this.#rise(tx, account, message, 'failed', this.#deps.clock.now(), { error });
  }

  /** The request was written and no answer came: it is not repeated, and waits for the provider to tell. */
  async uncertain(tx: Tx, account: LiveAccount, messageId: string, error: EventError): Promise<void> {
    const now = this.#deps.clock.now();
    const message = await messages.lockForUpdate(tx, messageId);
    if (message === undefined) return;
    await this.#rise(tx, account, message, 'uncertain', now, { error });
    const withinMs = this.#deps.unknownAfterMs ?? capabilitiesOf(account).settleWithinMs;
    await this.#deps.outbox.enqueue(tx, uncertainJob(messageId, now, withinMs, has(account.channel, 'lookup')));
  }

  /** The provider never told what became of it. */
  async unknown(tx: Tx, account: LiveAccount, messageId: string): Promise<void> {
    const message = await messages.lockForUpdate(tx, messageId);
    if (message === undefined) return;
    await this.#rise(tx, account, message, 'unknown', this.#deps.clock.now(), {});
  }

  /** The provider was asked about an uncertain message and does not have it: it is sent once more. */
  async absent(tx: Tx, account: LiveAccount, message: Message): Promise<void> {
    const lost = (await attempts.ofMessage(tx.db, message.id)).filter(({ outcome }) => outcome === 'uncertain');
    if (lost.length >= MAX_ABSENT) return this.failed(tx, account, message.id, NEVER_ARRIVED);
    const now = this.#deps.clock.now();
    await messages.update(tx, message.id, { status: 'queued', statusAt: now, error: null });
    await this.#deps.outbox.enqueue(tx, sendJob(message, requestOf(message), now));
  }

  /** The account needs a person, told as an event once for each `key`. `pausedAt`: its messages wait since then. */
  async alert(tx: Tx, account: LiveAccount, key: string, error: SendError, pausedAt?: number): Promise<void> {
    const { message, details } = error;
    const paused = pausedAt === undefined ? {} : { pausedAt: iso(pausedAt) };
    await this.#deps.publisher.publish(tx, {
      type: 'account.alert',
      dedupeKey: `alert:${key}`,
      at: this.#deps.clock.now(),
      account,
      data: { reason: 'settings', message, providerCode: details.providerCode, ...paused },
    });
  }

  /** The account works again: what waited since then is sent. */
  async resumed(tx: Tx, account: LiveAccount, pausedAt: number): Promise<void> {
    await this.#deps.publisher.publish(tx, {
      type: 'account.changed',
      dedupeKey: `resumed:${account.id}:${pausedAt}`,
      at: this.#deps.clock.now(),
      account,
      data: { reason: 'resumed', pausedAt: iso(pausedAt) },
    });
  }

  /** The provider reports this status of a message, which is locked; `learned` besides it. */
  async observed(
    tx: Tx,
    account: LiveAccount,
    message: Message,
    { status, at }: { status: MessageStatus; at: number },
    learned: messages.MessageChange,
  ): Promise<void> {
    await this.#rise(tx, account, { ...message, ...learned }, status, at, learned);
  }

  /** The contact wrote: what was held for that is queued, in the order in which it was asked. */
  async release(tx: Tx, conversationId: string): Promise<void> {
    for (const held of await messages.held(tx.db, conversationId)) {
      const now = this.#deps.clock.now();
      await messages.update(tx, held.id, { status: 'queued', statusAt: now });
      await this.#deps.outbox.enqueue(tx, sendJob(held, requestOf(held), now));
    }
  }

  /** Climbs the ladder and publishes the step; a status that is no step up changes only what else was learned. */
  async #rise(
    tx: Tx,
    account: LiveAccount,
    message: Message,
    status: MessageStatus,
    at: number,
    learned: messages.MessageChange,
  ): Promise<void> {
    const reached = climb(message.status as MessageStatus, status);
    if (reached === message.status) {
      const { error: _, ...rest } = learned;
      if (Object.keys(rest).length > 0) await messages.update(tx, message.id, rest);
      return;
    }
    const cleared = isAccepted(reached) ? { error: null } : {};
    const change = { ...learned, ...cleared, ...this.#death(message, reached), status: reached, statusAt: at };
    await messages.update(tx, message.id, change);
    if (reached === 'failed') await withdrawChoices(tx, message);
    await this.#publish(tx, account, { ...message, ...change });
  }

  /** The message becomes a dead letter when it ends without having arrived, and is none any more when it did arrive. */
  #death(message: Message, reached: MessageStatus): messages.MessageChange {
    if (isAccepted(reached)) return message.deadAt === null ? {} : { deadAt: null };
    // One that was unknown is one already, unless a person has dealt with it.
    return isDead(reached) && !isDead(message.status as MessageStatus) ? { deadAt: this.#deps.clock.now() } : {};
  }

  async #publish(tx: Tx, account: LiveAccount, message: Message): Promise<void> {
    const conversation = await conversations.find(tx.db, message.conversationId);
    const contact = conversation && (await contacts.find(tx.db, conversation.contactId, account.channel.id));
    await this.#deps.publisher.publish(tx, {
      type: 'message.status',
      dedupeKey: `status:${message.id}:${message.status}`,
      at: message.statusAt,
      account,
      conversation,
      contact,
      status: statusChange(message),
    });
  }

  /** Returns to the bot what no person said after all: the conversation that was taken from the program for that goes back. */
  async #returnToBot(tx: Tx, account: LiveAccount, echo: Message): Promise<void> {
    const key = ownerKey(messageKey(echo.providerId ?? ''));
    if (!(await events.isKnown(tx.db, account.id, key))) return;
    if (!(await owners.returnToBot(tx, echo.conversationId, echo.statusAt))) return;
    const conversation = await conversations.find(tx.db, echo.conversationId);
    const contact = conversation && (await contacts.find(tx.db, conversation.contactId, account.channel.id));
    await this.#deps.publisher.publish(tx, {
      ...{ type: 'conversation.control', dedupeKey: `back:${key}`, at: this.#deps.clock.now() },
      ...{ account, conversation, contact, data: { owner: 'bot', reason: 'own message' } },
    });
  }

  /** The provider has taken a message to the contact: where they came from an ad, that starts the free entry point. */
  async answered(tx: Tx, account: LiveAccount, conversation: Conversation, at: number): Promise<void> {
    const rule = capabilitiesOf(account, conversation.facts).window;
    if (rule === undefined) return;
    const window = answered(conversation.window, rule, at);
    if (window !== conversation.window) await conversations.setWindow(tx, conversation.id, window);
  }
}

/** Lists by which ids else the provider may name it: its parts, or what it answered itself, where a status told another id before. */
function furtherIds({ providerMessageId, providerMessageIds = [] }: SendReceipt, known: string | null): string[] {
  const own = known === null ? [] : [providerMessageId];
  return [...new Set([...own, ...providerMessageIds])].filter((id) => id !== known);
}

/** Tells whether the provider took the message by this id and refused it later: what it tells by it is not about the message any more. */
export function isRefused(message: Message, providerMessageId: string): boolean {
  return message.refusedIds.includes(providerMessageId);
}

/** Makes of a send error what messages and events show. */
export function eventError(error: {
  kind: SendErrorKind;
  message: string;
  providerCode?: string | undefined;
}): EventError {
  const { kind: code, message, providerCode } = error;
  return { code, message, ...(providerCode !== undefined && { providerCode }) };
}
