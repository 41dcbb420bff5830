/** Makes one parsed fact true in the ledger and publishes it, in the caller's unit of work. */
import type { EventBody } from '../../../contract/event.ts';
import type { InboundContent } from '../../../contract/message.ts';
import type { Limits } from '../connectors/limits.ts';
import type { LiveAccount } from '../connectors/live.ts';
import type {
  ChannelEvent,
  ParsedDeletion,
  ParsedEcho,
  ParsedEdit,
  ParsedIdentityChange,
  ParsedMessage,
  ParsedNotice,
  ParsedPreference,
  ParsedStatus,
  ParsedWatermark,
} from '../channels/channel.ts';
import { knownPerson, replaceIdentities, type Participant } from '../contacts/resolve.ts';
import { chosen } from '../core/choices.ts';
import { iso } from '../core/clock.ts';
import { addressesIn, identitiesIn } from '../core/identity.ts';
import { pick } from '../core/pick.ts';
import type { Publisher } from '../events/publish.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import * as events from '../store/event.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as media from '../store/media.store.ts';
import * as messages from '../store/message.store.ts';
import { hasContact, type InboundFact } from './fact.ts';
import { Files, type FilesDeps } from './files.ts';
import { People, tellsOfPerson, whomOf } from './people.ts';

/** Finds the message of ours, on its way or lost sight of, that an echo without our id tells of. */
export interface EchoFinder {
  find(tx: Tx, conversationId: string, told: { type: string }, at: number): Promise<string | undefined>;
}

export interface ApplierDeps extends FilesDeps {
  publisher: Publisher;
  /** Asked anew when the provider said that it allows an account more or less than before. */
  limits?: Pick<Limits, 'ask'>;
  /** What the outbound pipeline does with facts about its messages. */
  outbound: {
    applyStatus(tx: Tx, account: LiveAccount, event: ParsedStatus, at: number): Promise<void>;
    /** Messages that were held until the contact writes. */
    release(tx: Tx, conversationId: string): Promise<void>;
  };
  /** A step of everything that was sent in the conversation until a time. */
  watermarks: {
    apply(
      tx: Tx,
      account: LiveAccount,
      conversationId: string,
      mark: Pick<ParsedWatermark, 'status' | 'upTo'>,
      at: number,
    ): Promise<void>;
  };
  echoes: EchoFinder;
}

export class Applier {
  readonly #deps: ApplierDeps;
  readonly #people: People;
  readonly #files: Files;

  constructor(deps: ApplierDeps) {
    this.#deps = deps;
    this.#people = new People({ ...deps, release: (tx, id) => deps.outbound.release(tx, id) });
    this.#files = new Files(deps);
  }

  async apply(tx: Tx, account: LiveAccount, event: ChannelEvent, receivedAt: number): Promise<void> {
    const at = Math.min(event.at ?? receivedAt, receivedAt);
    if (event.type === 'message.status') return this.#status({ tx, account, event, at });
    if (event.type === 'message.watermark') return this.#watermark({ tx, account, event, at });
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

  async #status(fact: InboundFact<ParsedStatus>): Promise<void> {
    const { tx, account, event, at } = fact;
    if (tellsOfPerson(event) && hasContact(fact)) await this.#people.after(fact);
    const correlationId = await this.#correlationOf(fact);
    await this.#deps.outbound.applyStatus(
      tx,
      account,
      correlationId === undefined ? event : { ...event, correlationId },
      at,
    );
  }

  /** Our id of the message that a status is about, where only its words tell. */
  async #correlationOf({ tx, account, event, at }: InboundFact<ParsedStatus>): Promise<string | undefined> {
    const { said, contact, correlationId, providerMessageId } = event;
    if (correlationId !== undefined || said === undefined || contact === undefined) return correlationId;
    if ((await messages.named(tx.db, account.id, providerMessageId)) !== undefined) return undefined;
    const known = await knownPerson(tx, account, whomOf({ ...event, contact }));
    return known && (await this.#deps.echoes.find(tx, known.conversation.id, said, at));
  }

  async #watermark(fact: InboundFact<ParsedWatermark>): Promise<void> {
    const { tx, account, event, at } = fact;
    // Nothing was sent to whom nobody knows.
    const known = await knownPerson(tx, account, whomOf(event));
    if (known === undefined) return;
    const { conversation } = await this.#people.after(fact, known);
    await this.#deps.watermarks.apply(tx, account, conversation.id, event, at);
  }

  async #message(fact: InboundFact<ParsedMessage>): Promise<void> {
    const { tx, account, event, at } = fact;
    if (event.owner !== undefined && (await this.#isStored(fact))) return;
    const known = await this.#people.resolve(fact);
    const person = await this.#people.after(fact, known);
    // By the choices that stood when it was written: what was held until now offers its own from now on.
    const content = await this.#files.in(tx, placeOf(person), asChoice(known.conversation, event.content));
    const id = this.#deps.ids.next('msg');
    const added = await this.#store(fact, person, id, 'inbound', 'received', content);
    if (!added) return;
    const target = event.context?.replyToProviderId;
    const replyTo = target && (await messages.named(tx.db, account.id, target))?.id;
    const { providerMessageId, context } = event;
    const message = {
      id,
      providerMessageId,
      content,
      ...(context && { context }),
      ...(replyTo && { replyTo }),
      sentAt: iso(at),
    };
    await this.#publish(fact, person, { type: event.type, message });
  }

  async #edit(fact: InboundFact<ParsedEdit>): Promise<void> {
    const { tx, account, event, at } = fact;
    const person = await this.#people.after(fact);
    const content = await this.#files.in(tx, placeOf(person), event.content);
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    const change = { content, kind: content.type, statusAt: at };
    // Edits overtake each other, and a deletion overtakes edits.
    const isLatest = known !== undefined && at >= known.statusAt;
    if (known?.direction === 'inbound' && isLatest) await messages.update(tx, known.id, change);
    const id = known?.id ?? '';
    const message = { id, providerMessageId: event.providerMessageId, content, sentAt: iso(at) };
    await this.#publish(fact, person, { type: event.type, message });
  }

  /** The contact took a message back: its content is forgotten here as well. */
  async #deletion(fact: InboundFact<ParsedDeletion>): Promise<void> {
    const { tx, account, event, at } = fact;
    const person = await this.#people.after(fact);
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    if (known?.direction === 'inbound') {
      const content: InboundContent = { type: 'unsupported', reason: 'deleted by the contact' };
      await this.#deps.publisher.forget(tx, account.id, event.providerMessageId, content);
      await media.forget(tx, known.content);
      await messages.update(tx, known.id, { content, kind: content.type, statusAt: at });
    }
    const data = { messageId: known?.id, providerMessageId: event.providerMessageId };
    await this.#publish(fact, person, { type: event.type, data });
  }

  async #echo(fact: InboundFact<ParsedEcho>): Promise<void> {
    const { tx, account, event, at } = fact;
    if (await this.#isStored(fact)) return;
    const known = await this.#people.resolve(fact);
    const own = await this.#deps.echoes.find(tx, known.conversation.id, event.content, at);
    if (own !== undefined) {
      const { providerMessageId, dedupeKey, raw } = event;
      const status = { type: 'message.status' as const, status: 'sent' as const, providerMessageId, dedupeKey, raw };
      return this.#deps.outbound.applyStatus(tx, account, { ...status, correlationId: own }, at);
    }
    const person = await this.#people.after(fact, known);
    const content = await this.#files.in(tx, placeOf(person), event.content);
    if (!(await this.#store(fact, person, this.#deps.ids.next('msg'), 'outbound', 'sent', content))) return;
    await conversations.setChoices(tx, person.conversation);
    await this.#publish(fact, person, {
      type: event.type,
      echo: { providerMessageId: event.providerMessageId, content },
    });
  }

  async #preference(fact: InboundFact<ParsedPreference>): Promise<void> {
    const { type, topic, value, data } = fact.event;
    const person = await this.#people.after(fact);
    await this.#publish(fact, person, { type, data: { topic, value, ...data } });
  }

  async #identityChange(fact: InboundFact<ParsedIdentityChange>): Promise<void> {
    const { tx, account, event } = fact;
    const { contact, conversation } = await this.#people.after(fact);
    const now = this.#deps.clock.now();
    const [before, added] = [event.contact.identities, event.added].map((refs) => identitiesIn(account, refs));
    await replaceIdentities(tx, contact.id, before ?? [], added ?? [], now);
    const changed = (await contacts.find(tx.db, contact.id, account.channel.id)) ?? contact;
    const data = { before: addressesIn(account, contact.identities), ...event.data };
    await this.#publish(fact, { contact: changed, conversation }, { type: event.type, data });
  }

  async #notice(fact: InboundFact<ParsedNotice>): Promise<void> {
    const { event } = fact;
    const person = hasContact(fact) ? await this.#people.after(fact) : undefined;
    await this.#publish(fact, person, noticeBody(event));
    if (event.limitsChanged) fact.tx.afterCommit(() => void this.#deps.limits?.ask(fact.account));
  }

  /** It came twice: nothing of it is to be true again. */
  async #isStored({ tx, account, event }: InboundFact<ParsedMessage | ParsedEcho>): Promise<boolean> {
    return (await messages.named(tx.db, account.id, event.providerMessageId)) !== undefined;
  }

  async #store(
    { tx, account, event, at }: InboundFact<ParsedMessage | ParsedEcho>,
    { conversation }: Participant,
    id: string,
    direction: 'inbound' | 'outbound',
    status: 'received' | 'sent',
    content: InboundContent,
  ): Promise<boolean> {
    return messages.insert(tx, {
      id,
      accountId: account.id,
      conversationId: conversation.id,
      direction,
      kind: content.type,
      status,
      statusAt: at,
      providerId: event.providerMessageId,
      content,
      context: 'context' in event && event.context ? event.context : null,
      request: null,
      error: null,
      pricing: null,
      createdAt: this.#deps.clock.now(),
    });
  }

  async #publish(
    { tx, account, event, at }: InboundFact<Exclude<ChannelEvent, ParsedStatus | ParsedWatermark>>,
    person: Participant | undefined,
    body: EventBody,
  ): Promise<void> {
    const { dedupeKey, raw } = event;
    await this.#deps.publisher.publish(tx, { ...body, dedupeKey, at, account, ...person, raw });
  }
}

/** Files that come belong to the conversation. */
function placeOf({ conversation: { id: conversationId, accountId } }: Participant) {
  return { accountId, conversationId };
}

/** An answer to numbered choices is the button that it would have been where there are buttons. */
function asChoice<C extends ParsedMessage['content']>({ choices }: Conversation, content: C) {
  const choice = content.type === 'text' ? chosen(choices, content.text) : undefined;
  if (choice === undefined) return content;
  return { type: 'button' as const, buttonId: choice.id, text: choice.title, source: 'message' as const };
}

/** Who answers from now on is told with the fact that tells it. */
function noticeBody(event: ParsedNotice): EventBody {
  if (event.type !== 'conversation.control' || event.owner === undefined) return pick(event, 'type', 'data');
  return { type: event.type, data: { owner: event.owner, ...event.data } };
}
