/** Stores what was told in a conversation, and publishes it, in the caller's unit of work: the last step of a fact. */
import { isDeepStrictEqual } from 'node:util';
import type { EventBody } from '../../../contract/event.ts';
import type { InboundContent } from '../../../contract/message.ts';
import type { Limits } from '../connectors/limits.ts';
import type {
  ChannelEvent,
  ParsedDeletion,
  ParsedEcho,
  ParsedEdit,
  ParsedMessage,
  ParsedNotice,
  ParsedStatus,
  ParsedWatermark,
} from '../channels/channel.ts';
import type { Participant } from '../contacts/resolve.ts';
import { iso } from '../core/clock.ts';
import { pick } from '../core/pick.ts';
import type { Publisher } from '../events/publish.ts';
import * as media from '../store/media.store.ts';
import * as messages from '../store/message.store.ts';
import type { Message } from '../store/message.store.ts';
import type { InboundFact, Said } from './fact.ts';
import { Files, type FilesDeps } from './files.ts';
import { TAKEN_BACK } from './pending.ts';

/** No installation forgets events sooner. */
const REMEMBERED_MS = 8 * 24 * 3_600_000;

export interface RecorderDeps extends FilesDeps {
  publisher: Publisher;
  /** Asked anew when the provider said that it allows an account more or less than before. */
  limits?: Pick<Limits, 'ask'>;
}

export class Recorder {
  readonly #deps: RecorderDeps;
  readonly #files: Files;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#files = new Files(deps);
  }

  /** Records what somebody said, whose turn it is now. */
  said(fact: InboundFact<Said>, person: Participant): Promise<void> {
    const { event } = fact;
    switch (event.type) {
      case 'message.received':
        return this.#message({ ...fact, event }, person);
      case 'message.edited':
        return this.#edit({ ...fact, event }, person);
      case 'message.deleted':
        return this.#deletion({ ...fact, event }, person);
      case 'message.echo':
        return this.#echo({ ...fact, event }, person);
    }
  }

  /** Publishes a notice as it is. */
  async notice(fact: InboundFact<ParsedNotice>, person: Participant | undefined): Promise<void> {
    const { event } = fact;
    await this.publish(fact, person, noticeBody(event));
    if (event.limitsChanged) fact.tx.afterCommit(() => void this.#deps.limits?.ask(fact.account));
  }

  /** Publishes what a fact told, once. */
  async publish(
    { tx, account, event, at }: InboundFact<Exclude<ChannelEvent, ParsedStatus | ParsedWatermark>>,
    person: Participant | undefined,
    body: EventBody,
  ): Promise<void> {
    const { dedupeKey, raw } = event;
    const { wishTold } = 'wishTold' in event ? event : {};
    await this.#deps.publisher.publish(tx, { ...body, dedupeKey, at, account, ...person, raw, wishTold });
  }

  /** Forgets what a message of the contact said, which they took back. Answers the message; undefined: nobody knows it. */
  async forget({ tx, account, event, at }: InboundFact<ParsedDeletion>): Promise<Message | undefined> {
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    if (known?.direction !== 'inbound') return known;
    await this.#deps.publisher.forget(tx, account.id, event.providerMessageId, TAKEN_BACK);
    await media.forget(tx, known.content);
    const change = { content: TAKEN_BACK, kind: TAKEN_BACK.type, statusAt: at };
    await messages.update(tx, known.id, change);
    return known;
  }

  async #message(fact: InboundFact<ParsedMessage>, person: Participant): Promise<void> {
    const { tx, account, event, at, incomplete } = fact;
    const stored = await this.#storeOrFind(fact, person);
    if (stored === undefined) return;
    const { id, content } = stored;
    const target = event.context?.replyToProviderId;
    const replyTo = target && (await messages.named(tx.db, account.id, target))?.id;
    const { providerMessageId, context } = event;
    const message = {
      id,
      providerMessageId,
      content,
      ...(context && { context }),
      ...(replyTo && { replyTo }),
      ...(incomplete && { incomplete }),
      sentAt: iso(at),
    };
    await this.publish(fact, person, { type: event.type, message });
  }

  async #edit(fact: InboundFact<ParsedEdit>, person: Participant): Promise<void> {
    const { tx, account, event, at, incomplete } = fact;
    const content = await this.#files.in(tx, placeOf(person), event.content);
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    const change = { content, kind: content.type, statusAt: at };
    // Edits overtake each other, and a deletion overtakes edits.
    const isLatest = known !== undefined && at >= known.statusAt;
    if (known?.direction === 'inbound' && isLatest) await messages.update(tx, known.id, change);
    const { providerMessageId } = event;
    const id = known?.id ?? this.#deps.ids.next('msg');
    // It overtook its message, which is told with these words when it comes.
    if (known === undefined) await this.#store(fact, person, id, 'inbound', 'received', content);
    const edited = { id, providerMessageId, content, ...(incomplete && { incomplete }) };
    await this.publish(fact, person, { type: event.type, message: { ...edited, sentAt: iso(at) } });
  }

  /** The contact took a message back: its content is forgotten here as well. */
  async #deletion(fact: InboundFact<ParsedDeletion>, person: Participant): Promise<void> {
    const known = await this.forget(fact);
    const { type, providerMessageId, isOwn } = fact.event;
    // It overtook its message, which is neither told nor kept when it comes.
    if (known === undefined) {
      const [direction, status] = isOwn ? (['outbound', 'sent'] as const) : (['inbound', 'received'] as const);
      await this.#store(fact, person, this.#deps.ids.next('msg'), direction, status, TAKEN_BACK);
    }
    await this.publish(fact, person, { type, data: { messageId: known?.id, providerMessageId } });
  }

  async #echo(fact: InboundFact<ParsedEcho>, person: Participant): Promise<void> {
    const { tx, event, incomplete } = fact;
    const content = await this.#files.in(tx, placeOf(person), event.content);
    if (!(await this.#store(fact, person, this.#deps.ids.next('msg'), 'outbound', 'sent', content))) return;
    const { type, providerMessageId } = event;
    const echo = { providerMessageId, content, ...(incomplete && { incomplete }) };
    await this.publish(fact, person, { type, echo });
  }

  /** Stores a message that arrives. Answers it as it is to be told; undefined: it was told before, or taken back before it came. */
  async #storeOrFind(
    fact: InboundFact<ParsedMessage>,
    person: Participant,
  ): Promise<(Pick<Message, 'id'> & { content: InboundContent }) | undefined> {
    const { tx, account, event } = fact;
    const content = await this.#files.in(tx, placeOf(person), event.content);
    const id = this.#deps.ids.next('msg');
    if (await this.#store(fact, person, id, 'inbound', 'received', content)) return { id, content };
    await media.forget(tx, content);
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    if (known === undefined || !this.#wasOvertaken(known)) return undefined;
    return { id: known.id, content: known.content as InboundContent };
  }

  /** Tells whether an edit stored a message whose arrival was never told: it would still be known that it was, as events are kept for longer. */
  #wasOvertaken({ direction, content, createdAt }: Message): boolean {
    const isYoung = this.#deps.clock.now() - createdAt < REMEMBERED_MS;
    return direction === 'inbound' && isYoung && !isTakenBack(content);
  }

  async #store(
    { tx, account, event, at }: InboundFact<Said>,
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
}

function isTakenBack(content: object): boolean {
  return isDeepStrictEqual(content, TAKEN_BACK);
}

/** Files that come belong to the conversation. */
function placeOf({ conversation: { id: conversationId, accountId } }: Participant) {
  return { accountId, conversationId };
}

/** Who answers from now on is told with the fact that tells it. */
function noticeBody(event: ParsedNotice): EventBody {
  if (event.type !== 'conversation.control' || event.owner === undefined) return pick(event, 'type', 'data');
  return { type: event.type, data: { owner: event.owner, ...event.data } };
}
