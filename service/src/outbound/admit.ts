/** Admits a send: checked against every rule at once, stored once per idempotency key, promised to the provider. */
import { hash } from 'node:crypto';
import type { SendAccepted, SendMessage } from '../../../contract/api.ts';
import type { IdentityRef } from '../../../contract/event.ts';
import type { MessageStatus, OutboundContent } from '../../../contract/message.ts';
import { canonicalJson } from '../../../contract/signature.ts';
import type { Accounts, LiveAccount } from '../accounts/accounts.ts';
import { bestIdentity, resolvePerson, type Person } from '../contacts/resolve.ts';
import { iso, type Clock } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { refusals } from '../core/send-permission.ts';
import type { Subscriptions } from '../events/subscriptions.ts';
import type { Outbox } from '../outbox/outbox.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Ledger, Tx } from '../store/ledger.ts';
import * as messages from '../store/message.store.ts';
import type { MessageRow } from '../store/message.store.ts';
import { checkedExpiry } from './expiry.ts';
import { holdJob, sendJob } from './jobs.ts';
import { contentOf, requestOf, type StoredRequest } from './message-view.ts';
import { providerIdOf } from './references.ts';

export interface AdmissionDeps {
  ledger: Ledger;
  accounts: Accounts;
  outbox: Outbox;
  subscriptions: Subscriptions;
  clock: Clock;
  ids: Ids;
  checkUrl(url: string): void;
}

/** As much of a send as the rules look at. */
type Asked = Pick<SendMessage, 'content' | 'purpose' | 'ifSessionClosed'>;

/** What will be sent, and whether now. */
interface Permitted {
  content: OutboundContent;
  status: MessageStatus;
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
    const account = await this.#account(send);
    account.channel.check(send.content, account.settings);
    if (typeof send.ifSessionClosed === 'object')
      account.channel.check(send.ifSessionClosed.template, account.settings);
    if (send.wait) this.#deps.checkUrl(send.wait.url);
    const digest = digestOf(send);
    return this.#deps.ledger.write(async (tx) => {
      const known = await this.#admittedBefore(tx, key, digest);
      return known ?? this.#admit(tx, account, send, key, digest);
    });
  }

  async #account({ account, to }: SendMessage): Promise<LiveAccount> {
    if (account !== undefined) return this.#deps.accounts.required(account);
    const conversation = typeof to === 'object' && 'conversationId' in to ? to.conversationId : undefined;
    const found = conversation && (await conversations.find(this.#deps.ledger.reader, conversation));
    const known = found && (await this.#deps.accounts.known(found.accountId));
    if (known) return known;
    throw new ParleyError(400, 'invalid_request', 'Name the account that sends, or a conversation');
  }

  async #admittedBefore(tx: Tx, key: string, digest: string): Promise<SendAccepted | undefined> {
    const known = await messages.idempotent(tx.db, key);
    if (known === undefined) return undefined;
    if (known.digest !== digest) {
      const detail =
        'This idempotency key was used for another message. Use a new key, or repeat the first request unchanged.';
      throw new ParleyError(409, 'idempotency_conflict', detail, { messageId: known.messageId });
    }
    const row = await messages.find(tx.db, known.messageId);
    const { status, conversation_id: conversationId } = row ?? { status: 'unknown', conversation_id: '' };
    return { id: known.messageId, status: status as MessageStatus, conversationId, duplicate: true };
  }

  /**
   * Admits what a dead letter said once more, as a message of its own, by the rules of every send. Joins the caller's unit of work, in
   * which the dead one is held.
   */
  async again(tx: Tx, account: LiveAccount, dead: MessageRow): Promise<SendAccepted> {
    const { to, purpose, ifSessionClosed, replyToProviderId, metadata } = requestOf(dead);
    const send = { content: contentOf(dead), purpose, ifSessionClosed };
    account.channel.check(send.content, account.settings);
    const { person } = await this.#recipient(tx, account, { conversationId: dead.conversation_id });
    const request: StoredRequest = {
      ...(to && { to }),
      purpose,
      ifSessionClosed,
      ...(replyToProviderId !== undefined && { replyToProviderId }),
      ...(metadata && { metadata }),
      replayOf: dead.id,
    };
    return this.#store(tx, account, person, this.#permit(account, person, send), request);
  }

  async #admit(tx: Tx, account: LiveAccount, send: SendMessage, key: string, digest: string): Promise<SendAccepted> {
    const { to, person } = await this.#recipient(tx, account, send.to);
    const { content, status } = this.#permit(account, person, send);
    const request: StoredRequest = {
      ...(to && { to }),
      purpose: send.purpose ?? 'reply',
      ifSessionClosed: send.ifSessionClosed ?? 'fail',
      ...(send.replyTo !== undefined && { replyToProviderId: await providerIdOf(tx.db, account.id, send.replyTo) }),
      ...(send.expiresAt !== undefined && { expiresAt: checkedExpiry(send.expiresAt, this.#deps.clock.now()) }),
      ...(send.metadata && { metadata: send.metadata }),
    };
    const resolved =
      content.type === 'reaction'
        ? { ...content, messageId: await providerIdOf(tx.db, account.id, content.messageId) }
        : content;
    const accepted = await this.#store(tx, account, person, { content: resolved, status }, request);
    await messages.rememberKey(tx, key, digest, accepted.id, this.#deps.clock.now());
    if (send.wait) {
      const message = { ...accepted, accountId: account.id };
      await this.#deps.subscriptions.wait(tx, message, send.wait.url, Date.parse(send.wait.until));
    }
    return accepted;
  }

  /** The message is on record, and promised to the provider or held. */
  async #store(
    tx: Tx,
    account: LiveAccount,
    { conversation: { id: conversationId } }: Person,
    { content, status }: Permitted,
    request: StoredRequest,
  ): Promise<SendAccepted> {
    const id = this.#deps.ids.next('msg');
    const now = this.#deps.clock.now();
    await messages.insert(tx, {
      id,
      account_id: account.id,
      conversation_id: conversationId,
      direction: 'outbound',
      kind: content.type,
      status,
      status_at: now,
      provider_id: null,
      content: JSON.stringify(content),
      context: null,
      request: JSON.stringify(request),
      error: null,
      pricing: null,
      created_at: now,
    });
    const message = { id, account_id: account.id, conversation_id: conversationId };
    const job = status === 'queued' ? sendJob(message, request, now) : holdJob(id, now, request);
    await this.#deps.outbox.enqueue(tx, job);
    return { id, status, conversationId };
  }

  /** What will be sent and whether now: the content, the template in its place, or held until the contact writes. */
  #permit(account: LiveAccount, person: Person, send: Asked): Permitted {
    const reasons = this.#refusals(account, person, send, send.content);
    const [first] = reasons;
    if (first === undefined) return { content: send.content, status: 'queued' };
    const fallback = send.ifSessionClosed ?? 'fail';
    if (first.code === 'session_closed' && fallback !== 'fail') {
      if (fallback === 'hold') return { content: send.content, status: 'held' };
      if (this.#refusals(account, person, send, fallback.template).length === 0) {
        return { content: fallback.template, status: 'queued' };
      }
    }
    const { expiresAt } = person.conversation.window;
    throw new ParleyError(first.code === 'unsupported_by_channel' ? 400 : 409, first.code, first.detail, {
      reasons,
      ...(first.code === 'session_closed' && expiresAt !== null && { windowEndedAt: iso(expiresAt) }),
    });
  }

  #refusals(account: LiveAccount, person: Person, send: Asked, content: OutboundContent) {
    return refusals({
      capabilities: account.channel.capabilities,
      kind: content.type,
      purpose: send.purpose ?? 'reply',
      window: person.conversation.window,
      marketingStopped: person.contact.marketingStoppedAt !== null,
      owner: person.conversation.owner,
      now: this.#deps.clock.now(),
    });
  }

  async #recipient(tx: Tx, account: LiveAccount, to: SendMessage['to']): Promise<{ to?: IdentityRef; person: Person }> {
    if (typeof to === 'string') {
      const identity = account.channel.recipient(to, account.settings);
      const ref = { identities: [identity] };
      return { to: identity, person: await resolvePerson(tx, this.#deps.ids, account, ref, this.#deps.clock.now()) };
    }
    if (!('conversationId' in to)) throw new ParleyError(400, 'invalid_recipient', 'Name a conversation');
    const conversation = await conversations.find(tx.db, to.conversationId);
    const contact = conversation && (await contacts.find(tx.db, conversation.contactId, account.channel.id));
    if (conversation?.accountId !== account.id || contact === undefined) {
      throw new ParleyError(404, 'not_found', `This account has no conversation '${to.conversationId}'`);
    }
    const kinds = account.channel.sendTo;
    if (bestIdentity(kinds, contact) === undefined) {
      throw new ParleyError(400, 'invalid_recipient', `The contact has no ${kinds.join(' or ')} to send to`);
    }
    return { person: { contact, conversation: await conversations.hold(tx, conversation) } };
  }
}

/** Of everything that makes it the same request; the caller's settings do not. */
function digestOf(send: SendMessage): string {
  // A resume URL is signed anew for each try of a node and deadlines move: neither makes it another message.
  const { wait, expiresAt: _, account, ...rest } = send;
  const { channel, externalId } = account ?? {};
  return hash(
    'sha256',
    canonicalJson({ ...rest, account: { channel, externalId }, waits: wait !== undefined }),
    'base64url',
  );
}
