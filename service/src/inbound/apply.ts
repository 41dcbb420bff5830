/** Makes one parsed fact true in the ledger and publishes it, in the caller's unit of work. */
import type { InboundContent, InboundMedia } from '../../../contract/message.ts';
import type { LiveAccount } from '../accounts/accounts.ts';
import type {
  ChannelEvent,
  ParsedContent,
  ParsedDeletion,
  ParsedEcho,
  ParsedEdit,
  ParsedIdentityChange,
  ParsedMessage,
  ParsedNotice,
  ParsedStatus,
  ParsedWatermark,
  ParsedPreference,
  ProviderMedia,
} from '../channels/channel.ts';
import { replaceIdentities, resolvePerson, type Person } from '../contacts/resolve.ts';
import { iso, type Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { opened } from '../core/session-window.ts';
import type { FactBody, Publisher } from '../events/publish.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import * as events from '../store/event.store.ts';
import type { Tx } from '../store/ledger.ts';
import * as media from '../store/media.store.ts';
import * as messages from '../store/message.store.ts';
import type { WindowOpener } from '../../../contract/event.ts';

export interface ApplierDeps {
  publisher: Publisher;
  ids: Ids;
  clock: Clock;
  /** The provider said that it allows the account more or less than before. */
  limitsChanged?(account: LiveAccount): void;
  /** What the outbound pipeline does with facts about its messages. */
  outbound: {
    applyStatus(
      tx: Tx,
      account: LiveAccount,
      event: Extract<ChannelEvent, { type: 'message.status' }>,
      at: number,
    ): Promise<void>;
    /** Messages that were held until the contact writes. */
    release(tx: Tx, conversationId: string): Promise<void>;
  };
}

/** One fact on its way into the ledger. */
interface Fact<E extends ChannelEvent> {
  tx: Tx;
  account: LiveAccount;
  event: E;
  /** By the provider's clock, but never later than the arrival. */
  at: number;
}

export class Applier {
  readonly #deps: ApplierDeps;

  constructor(deps: ApplierDeps) {
    this.#deps = deps;
  }

  async apply(tx: Tx, account: LiveAccount, event: ChannelEvent, receivedAt: number): Promise<void> {
    const at = Math.min(event.at ?? receivedAt, receivedAt);
    if (event.type === 'message.status') return this.#deps.outbound.applyStatus(tx, account, event, at);
    if (event.type === 'message.watermark') return;
    if (await events.isKnown(tx.db, account.id, event.dedupeKey)) return;
    switch (event.type) {
      case 'message.received':
        return this.#message({ tx, account, event, at });
      case 'message.edited':
        return this.#edit({ tx, account, event, at });
      case 'message.deleted':
        return this.#deletion({ tx, account, event, at });
      case 'message.echo':
        return this.#echo({ tx, account, event, at });
      case 'contact.preference':
        return this.#preference({ tx, account, event, at });
      case 'contact.identity_changed':
        return this.#identityChange({ tx, account, event, at });
      default:
        return this.#notice({ tx, account, event, at });
    }
  }

  async #message(fact: Fact<ParsedMessage>): Promise<void> {
    const { tx, account, event, at } = fact;
    const person = await this.#person(fact, event.opensWindow);
    const content = await this.#content(tx, account, event.content);
    const id = this.#deps.ids.next('msg');
    const added = await this.#store(fact, person, id, 'inbound', 'received', content);
    if (!added) return;
    const target = event.context?.replyToProviderId;
    const replyTo = target && (await messages.findByProviderId(tx.db, account.id, target))?.id;
    const { providerMessageId, context } = event;
    const message = {
      id,
      providerMessageId,
      content,
      ...(context && { context }),
      ...(replyTo && { replyTo }),
      sentAt: iso(at),
    };
    await this.#publish(fact, person, { message });
  }

  async #edit(fact: Fact<ParsedEdit>): Promise<void> {
    const { tx, account, event, at } = fact;
    const person = await this.#person(fact, undefined);
    const content = await this.#content(tx, account, event.content);
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    const change = { content: JSON.stringify(content), kind: content.type, status_at: at };
    if (known?.direction === 'inbound') await messages.update(tx, known.id, change);
    const id = known?.id ?? '';
    const message = { id, providerMessageId: event.providerMessageId, content, sentAt: iso(at) };
    await this.#publish(fact, person, { message });
  }

  /** The contact took a message back: its content is forgotten here as well. */
  async #deletion(fact: Fact<ParsedDeletion>): Promise<void> {
    const { tx, account, event, at } = fact;
    const person = await this.#person(fact, undefined);
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    if (known?.direction === 'inbound') {
      const content: InboundContent = { type: 'unsupported', reason: 'deleted by the contact' };
      await this.#deps.publisher.forget(tx, account.id, event.providerMessageId, content);
      await media.forget(tx, JSON.parse(known.content));
      await messages.update(tx, known.id, { content: JSON.stringify(content), kind: content.type, status_at: at });
    }
    const data = { messageId: known?.id, providerMessageId: event.providerMessageId };
    await this.#publish(fact, person, { data });
  }

  async #echo(fact: Fact<ParsedEcho>): Promise<void> {
    const { tx, account, event } = fact;
    const person = await this.#person(fact, undefined);
    const content = await this.#content(tx, account, event.content);
    if (!(await this.#store(fact, person, this.#deps.ids.next('msg'), 'outbound', 'sent', content))) return;
    await this.#publish(fact, person, { echo: { providerMessageId: event.providerMessageId, content } });
  }

  async #preference(fact: Fact<ParsedPreference>): Promise<void> {
    const { tx, event, at } = fact;
    const person = await this.#person(fact, undefined);
    const stoppedAt = person.contact.marketingStoppedAt ?? -Infinity;
    // Webhooks overtake each other: a resume that is older than the stop does not undo it.
    if (at >= stoppedAt) await contacts.setMarketingStopped(tx, person.contact.id, event.value === 'stop' ? at : null);
    await this.#publish(fact, person, { data: { topic: event.topic, value: event.value, ...event.data } });
  }

  async #identityChange(fact: Fact<ParsedIdentityChange>): Promise<void> {
    const { tx, account, event } = fact;
    const { contact, conversation } = await this.#person(fact, undefined);
    const now = this.#deps.clock.now();
    const before = event.contact.identities;
    await replaceIdentities(tx, account.channel.id, contact.id, before, event.added, now);
    const changed = (await contacts.find(tx.db, contact.id, account.channel.id)) ?? contact;
    const data = { before: contact.identities, ...event.data };
    await this.#publish(fact, { contact: changed, conversation }, { data });
  }

  async #notice(fact: Fact<ParsedNotice>): Promise<void> {
    const { contact } = fact.event;
    const person = contact && (await this.#person({ ...fact, event: { contact } }, fact.event.opensWindow));
    await this.#publish(fact, person, { data: fact.event.data });
    if (fact.event.limitsChanged) fact.tx.afterCommit(() => this.#deps.limitsChanged?.(fact.account));
  }

  /** Who it is, with the window as it stands after the fact. */
  async #person(
    fact: { tx: Tx; account: LiveAccount; event: { contact: ParsedMessage['contact'] }; at: number },
    opener: WindowOpener | undefined,
  ): Promise<Person> {
    const { tx, account, event, at } = fact;
    const person = await resolvePerson(tx, this.#deps.ids, account, event.contact, this.#deps.clock.now());
    const rule = account.channel.capabilities.window;
    if (opener === undefined || rule === undefined) return person;
    const window = opened(person.conversation.window, rule, at, opener);
    await conversations.setWindow(tx, person.conversation.id, window);
    await this.#deps.outbound.release(tx, person.conversation.id);
    return { ...person, conversation: { ...person.conversation, window } };
  }

  async #content(tx: Tx, account: LiveAccount, content: ParsedContent): Promise<InboundContent> {
    if (!('media' in content)) return content;
    const { media: file, more, ...rest } = content;
    const files = [];
    for (const { type, media } of more ?? []) files.push({ type, media: await this.#file(tx, account, media) });
    return { ...rest, media: await this.#file(tx, account, file), ...(more && { more: files }) };
  }

  async #file(tx: Tx, account: LiveAccount, { providerId, ...facts }: ProviderMedia): Promise<InboundMedia> {
    const row = { id: this.#deps.ids.next('mdi'), accountId: account.id, providerId };
    const { mimeType = '', filename = null } = facts;
    const id = await media.insert(tx, { ...row, mimeType, filename }, this.#deps.clock.now());
    return { id, ...facts };
  }

  async #store(
    { tx, account, event, at }: Fact<ParsedMessage | ParsedEcho>,
    { conversation }: Person,
    id: string,
    direction: 'inbound' | 'outbound',
    status: string,
    content: InboundContent,
  ): Promise<boolean> {
    return messages.insert(tx, {
      id,
      account_id: account.id,
      conversation_id: conversation.id,
      direction,
      kind: content.type,
      status,
      status_at: at,
      provider_id: event.providerMessageId,
      content: JSON.stringify(content),
      context: 'context' in event && event.context ? JSON.stringify(event.context) : null,
      request: null,
      error: null,
      pricing: null,
      created_at: this.#deps.clock.now(),
    });
  }

  async #publish(
    { tx, account, event, at }: Fact<Exclude<ChannelEvent, ParsedStatus | ParsedWatermark>>,
    person: Person | undefined,
    body: FactBody,
  ): Promise<void> {
    const { type, dedupeKey, raw } = event;
    await this.#deps.publisher.publish(tx, { type, dedupeKey, at, account, ...person, body, raw });
  }
}
