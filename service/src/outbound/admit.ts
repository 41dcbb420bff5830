/** Admits a send: checked against every rule at once, stored once per idempotency key, promised to the provider. */
import type { SendAccepted, SendMessage } from '../../../contract/api.ts';
import type { IdentityRef } from '../../../contract/event.ts';
import type { MessageStatus, OutboundContent, OutboundKind } from '../../../contract/message.ts';
import type { Accounts } from '../connectors/accounts.ts';
import type { LiveAccount } from '../connectors/live.ts';
import { addressOf } from '../contacts/address.ts';
import { bestIdentity, resolvePerson, spelledFor, type Participant } from '../contacts/resolve.ts';
import { authorOf, sideOf } from '../core/author.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import { iso } from '../core/clock.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import { degraded } from '../core/degrade.ts';
import { ParleyError } from '../core/errors.ts';
import type { UrlRules } from '../core/http.ts';
import type { Ids } from '../core/ids.ts';
import { changeOwner } from '../events/owner-change.ts';
import type { Publisher } from '../events/publish.ts';
import type { Subscriptions } from '../events/subscriptions.ts';
import type { Outbox } from '../outbox/outbox.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as messages from '../store/message.store.ts';
import type { Message, StoredRequest } from '../store/message.store.ts';
import { checkedExpiry } from './expiry.ts';
import { holdJob, sendJob } from './jobs.ts';
import type { Learned, Permissions, SendQuestion } from './permission.ts';
import { contentOf, requestOf, writerOf } from './message-view.ts';
import { targetOf, unknownConversation, type Target } from './recipient.ts';
import { providerIdOf } from './references.ts';
import { digestOf } from './request-digest.ts';
import { readOptions } from './send-options.ts';
import { templateIn } from './template-in.ts';

export interface AdmissionDeps {
  ledger: Ledger;
  accounts: Accounts;
  outbox: Outbox;
  publisher: Publisher;
  subscriptions: Subscriptions;
  permissions: Permissions;
  clock: WatchedClock;
  ids: Ids;
  urls: UrlRules;
}

/** Describes as much of a send as the rules look at. */
type Asked = Pick<SendMessage, 'content' | 'purpose' | 'ifSessionClosed' | 'author'>;

/** Describes a send to an account that there is, of a content that its channel takes or that may become another. */
interface Ready extends Target {
  send: SendMessage;
  options: Record<string, unknown> | undefined;
}

/** Says what will be sent, and whether now. */
interface Permitted {
  content: OutboundContent;
  status: MessageStatus;
}

/** Says what is kept with a message besides its content. */
interface Stored extends Pick<Message, 'purpose' | 'author' | 'replayOf'> {
  request: StoredRequest;
}

export class Admission {
  readonly #deps: AdmissionDeps;

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when the send is on disk. The same key with the same body answers the first one's message; with another body it is
   * refused with `idempotency_conflict`.
   */
  async admit(send: SendMessage, key: string): Promise<SendAccepted> {
    const ready = await this.#ready(send);
    if (send.wait) this.#deps.urls.checkUrl(send.wait.url);
    const digest = digestOf(send);
    const { ledger, permissions, clock } = this.#deps;
    const admitted = async (tx: Tx, learned: Learned) => {
      const known = await this.#admittedBefore(tx, send, key, digest);
      if (known) return known;
      const accepted = await this.#admit(tx, ready, learned);
      await messages.rememberKey(tx, key, digest, accepted.id, clock.now());
      return accepted;
    };
    return permissions.learning((learned) => ledger.write((tx) => admitted(tx, learned)));
  }

  async #ready(send: SendMessage): Promise<Ready> {
    const target = await targetOf(this.#deps, send);
    const { channel, settings } = target.account;
    if (!degrades(send)) channel.check(send.content, settings);
    if (typeof send.ifSessionClosed === 'object') channel.check(send.ifSessionClosed.template, settings);
    return { ...target, send, options: readOptions(channel, send.options) };
  }

  async #admittedBefore(tx: Tx, send: SendMessage, key: string, digest: string): Promise<SendAccepted | undefined> {
    const known = await messages.idempotent(tx.db, key);
    if (known === undefined) return undefined;
    if (known.digest !== digest) {
      const detail =
        'This idempotency key was used for another message. Use a new key, or repeat the first request unchanged.';
      throw new ParleyError(409, 'idempotency_conflict', detail, { messageId: known.messageId });
    }
    const row = await messages.find(tx.db, known.messageId);
    const { status, conversationId } = row ?? { status: 'unknown', conversationId: '' };
    const { wait } = send;
    if (wait && row) await this.#deps.subscriptions.waitAgain(tx, { ...row, byPerson: row.author !== null }, wait);
    // A template stands in the place of a message whose session is closed.
    const isOther = row !== undefined && row.kind !== send.content.type && row.kind !== 'template';
    const sentAs = isOther && degrades(send) ? { sentAs: row.kind as OutboundKind } : {};
    return { id: known.messageId, status: status as MessageStatus, conversationId, duplicate: true, ...sentAs };
  }

  /**
   * Admits what a dead letter said once more, as a message of its own, by the rules of every send. Joins the caller's unit of work, in
   * which the dead one is held.
   */
  async replay(tx: Tx, account: LiveAccount, dead: Message): Promise<SendAccepted> {
    const { expiresAt: _, ...request } = requestOf(dead);
    const { purpose } = dead;
    const send = {
      content: contentOf(dead),
      purpose,
      ifSessionClosed: request.ifSessionClosed,
      author: writerOf(dead),
    };
    account.channel.check(send.content, account.settings);
    const { person } = await this.#recipient(tx, account, { to: { conversationId: dead.conversationId } });
    const permitted = await this.#permit(tx, account, person, send);
    return this.#store(tx, account, person, permitted, { request, purpose, author: dead.author, replayOf: dead.id });
  }

  async #admit(tx: Tx, { account, send, options, ...target }: Ready, learned: Learned): Promise<SendAccepted> {
    const { to, person } = await this.#recipient(tx, account, target);
    const wanted = degrades(send) ? nearest(account, person.conversation, send.content) : send.content;
    const { content, status } = await this.#permit(tx, account, person, { ...send, content: wanted }, learned);
    const request: StoredRequest = {
      ...(to && { to }),
      ifSessionClosed: send.ifSessionClosed ?? 'fail',
      ...(send.replyTo !== undefined && { replyToProviderId: await providerIdOf(tx.db, account.id, send.replyTo) }),
      ...(send.expiresAt !== undefined && { expiresAt: checkedExpiry(send.expiresAt, this.#deps.clock) }),
      ...(send.metadata && { metadata: send.metadata }),
      ...(options && { options }),
    };
    const resolved =
      content.type === 'reaction'
        ? { ...content, messageId: await providerIdOf(tx.db, account.id, content.messageId) }
        : content;
    const author = authorOf(send.author);
    const byPerson = sideOf(author) === 'human';
    // A campaign is no answer, whoever wrote it.
    if (byPerson && send.purpose !== 'campaign')
      await changeOwner(tx, this.#deps, { account, ...person }, 'human', 'author');
    const accepted = await this.#store(
      tx,
      account,
      person,
      { content: resolved, status },
      {
        request,
        purpose: send.purpose ?? 'reply',
        author: byPerson ? author : null,
        replayOf: null,
      },
    );
    if (send.wait) {
      await this.#deps.subscriptions.wait(tx, { ...accepted, accountId: account.id, byPerson }, send.wait);
    }
    const isOther = content === wanted && content.type !== send.content.type;
    return { ...accepted, ...(isOther && { sentAs: content.type }) };
  }

  /** Puts the message on record, and promises it to the provider or holds it. */
  async #store(
    tx: Tx,
    account: LiveAccount,
    { conversation }: Participant,
    { content, status }: Permitted,
    { request, ...particular }: Stored,
  ): Promise<SendAccepted> {
    const id = this.#deps.ids.next('msg');
    const { id: conversationId } = conversation;
    const now = this.#deps.clock.now();
    await messages.insert(tx, {
      id,
      accountId: account.id,
      conversationId,
      direction: 'outbound',
      kind: content.type,
      status,
      statusAt: now,
      providerId: null,
      content,
      context: null,
      request,
      ...particular,
      error: null,
      pricing: null,
      createdAt: now,
    });
    const message = { id, accountId: account.id, conversationId, purpose: particular.purpose };
    const job = status === 'queued' ? sendJob(message, request, now) : holdJob(id, now, request);
    await this.#deps.outbox.enqueue(tx, job);
    return { id, status, conversationId };
  }

  /** Decides what will be sent and whether now: the content, the template in its place, or held until the contact writes. */
  async #permit(tx: Tx, account: LiveAccount, person: Participant, send: Asked, learned?: Learned): Promise<Permitted> {
    const refusals = (content: OutboundContent) =>
      this.#deps.permissions.refusals(tx.db, questionOf(account, person, send, content), learned);
    const reasons = await refusals(send.content);
    const [first] = reasons;
    if (first === undefined) return { content: send.content, status: 'queued' };
    const fallback = send.ifSessionClosed ?? 'fail';
    const waitsForContact = first.code === 'session_closed' || first.code === 'blocked';
    if (waitsForContact && fallback === 'hold') return { content: send.content, status: 'held' };
    if (first.code === 'session_closed' && typeof fallback === 'object') {
      if ((await refusals(fallback.template)).length === 0) {
        return { content: fallback.template, status: 'queued' };
      }
    }
    const { expiresAt } = person.conversation.window;
    throw new ParleyError(first.code === 'unsupported_by_channel' ? 400 : 409, first.code, first.detail, {
      reasons,
      ...(first.code === 'session_closed' && expiresAt !== null && { windowEndedAt: iso(expiresAt) }),
    });
  }

  async #recipient(
    tx: Tx,
    account: LiveAccount,
    { to, thread }: Pick<Target, 'to'> & Partial<Target>,
  ): Promise<{ to?: IdentityRef; person: Participant }> {
    if (typeof to === 'string') {
      const identity = await addressOf(tx.db, account, to);
      const ref = { identities: [identity], thread, isWritten: true as const };
      const person = await resolvePerson(tx, this.#deps.ids, account, ref, this.#deps.clock.now());
      return { to: spelledFor(account, person.contact, identity) ?? identity, person };
    }
    const conversation = await conversations.find(tx.db, to.conversationId);
    const contact = conversation && (await contacts.find(tx.db, conversation.contactId, account.channel.id));
    if (conversation?.accountId !== account.id || contact === undefined) {
      throw unknownConversation(to.conversationId, true);
    }
    if (bestIdentity(account, contact) === undefined) {
      const kinds = account.channel.sendTo;
      throw new ParleyError(400, 'invalid_recipient', `The contact has no ${kinds.join(' or ')} to send to`);
    }
    return { person: { contact, conversation: await conversations.lockForUpdate(tx, conversation) } };
  }
}

/** Asks whether this content may be sent to them now. */
function questionOf(
  account: LiveAccount,
  person: Participant,
  { purpose = 'reply', author }: Asked,
  content: OutboundContent,
): SendQuestion {
  const template = templateIn(account, content);
  return { account, ...person, kind: content.type, purpose, author: sideOf(authorOf(author)), template };
}

/** Times to choose are shown on every channel, each in its way: what is chosen comes back as the same. */
function degrades({ degrade, content }: Pick<SendMessage, 'degrade' | 'content'>): boolean {
  return degrade === true || content.type === 'time_picker';
}

/** Answers the content, or the nearest to it that the channel takes there; where there is none, the channel's check says what is wrong with it. */
function nearest(account: LiveAccount, { facts }: Conversation, content: OutboundContent): OutboundContent {
  const { channel, settings } = account;
  const isAccepted = (one: OutboundContent) => {
    try {
      channel.check(one, settings);
      return true;
    } catch (error) {
      if (error instanceof ParleyError) return false;
      throw error;
    }
  };
  const found = degraded(content, capabilitiesOf(account, facts).kinds, isAccepted) ?? content;
  channel.check(found, settings);
  return found;
}
