/** Stores what was told in a conversation, and publishes it, in the caller's unit of work: the last step of a fact. */
import type { EventBody } from '../../../contract/event.ts';
import type { InboundContent, MessageContext } from '../../../contract/message.ts';
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
import { messageKey } from '../core/ids.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import type { Publisher } from '../events/publish.ts';
import { forgetChoices } from '../store/conversation.store.ts';
import * as events from '../store/event.store.ts';
import * as media from '../store/media.store.ts';
import * as messages from '../store/message.store.ts';
import type { Message } from '../store/message.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as uploads from '../store/upload.store.ts';
import type { InboundFact, Said } from './fact.ts';
import { Files, placeOf, type FilesDeps } from './files.ts';
import { noticeBody } from './notice.ts';
import { isTakenBack, takenBack } from './pending.ts';

/** Bounds how long a fact is looked for among events: no installation forgets them sooner. */
const REMEMBERED_MS = 8 * 24 * 3_600_000;

export interface RecorderDeps extends FilesDeps {
  clock: WatchedClock;
  publisher: Publisher;
  /** Asks anew when the provider said that it allows an account more or less than before. */
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
        return event.isOwn ? this.#ownEdit({ ...fact, event }, person) : this.#edit({ ...fact, event }, person);
      case 'message.deleted':
        return this.#deletion({ ...fact, event }, person);
      case 'message.echo':
        return this.#echo({ ...fact, event }, person);
    }
  }

  /** Publishes a notice as it is. */
  async notice(fact: InboundFact<ParsedNotice>, person: Participant | undefined): Promise<void> {
    const { event } = fact;
    await this.publish(fact, person, await noticeBody(fact, person, this.#files));
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

  /** Forgets what a message said, which whoever said it took back. Answers the message; undefined: nobody knows it. */
  async forget({ tx, account, event, at }: InboundFact<ParsedDeletion>): Promise<Message | undefined> {
    const { providerMessageId, isOwn = false } = event;
    const known = await messages.findByProviderId(tx.db, account.id, providerMessageId);
    if (known === undefined || (known.direction === 'outbound') !== isOwn) return known;
    const content = takenBack(event);
    await this.#deps.publisher.forget(tx, account.id, providerMessageId, content);
    await media.forget(tx, known.content);
    if (isOwn) await forgetSent(tx, known);
    // That of what was sent says how far it came.
    const change = { content, kind: content.type, ...(!isOwn && { statusAt: at }) };
    await messages.update(tx, known.id, change);
    return known;
  }

  /** Tells whether an edit or a deletion stored what is told by an echo only now: it would still be known that it was told, as events are kept for longer. */
  async isOvertaken({ tx, account, event }: InboundFact<ParsedEcho>): Promise<boolean> {
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    if (known?.direction !== 'outbound' || known.request !== null || !this.#isYoung(known)) return false;
    return isTakenBack(known.content) || (await this.#editedAt(tx, event, account.id)) !== undefined;
  }

  async #message(fact: InboundFact<ParsedMessage>, person: Participant): Promise<void> {
    const { tx, account, event, at, incomplete } = fact;
    const stored = await this.#storeOrFind(fact, person);
    if (stored === undefined) return;
    const { id, content } = stored;
    const { providerMessageId, context } = event;
    const replyTo = await this.#replyTo(tx, account.id, context);
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
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    if (known && isTakenBack(known.content)) return this.#late(fact, person, known);
    const content = await this.#files.in(tx, placeOf(person), event.content);
    const change = { content, kind: content.type, statusAt: at };
    // Edits overtake each other.
    const isLatest = known !== undefined && at >= known.statusAt;
    if (known?.direction === 'inbound' && isLatest) await messages.update(tx, known.id, change);
    const { providerMessageId } = event;
    const id = known?.id ?? this.#deps.ids.next('msg');
    // It overtook its message, which is told with these words when it comes.
    if (known === undefined) await this.#store(fact, person, id, 'inbound', 'received', content);
    const edited = { id, providerMessageId, content, ...(incomplete && { incomplete }) };
    await this.publish(fact, person, { type: event.type, message: { ...edited, sentAt: iso(at) } });
  }

  /** Tells what the business edited of what it said elsewhere: the time of a message that was sent says how far it came, and orders no edits. */
  async #ownEdit(fact: InboundFact<ParsedEdit>, person: Participant): Promise<void> {
    const { tx, account, event, at, incomplete } = fact;
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    if (known && isTakenBack(known.content)) return this.#late(fact, person, known);
    const content = await this.#files.in(tx, placeOf(person), event.content);
    const isLatest = at >= ((await this.#editedAt(tx, event, account.id)) ?? -Infinity);
    if (known === undefined) await this.#store(fact, person, this.#deps.ids.next('msg'), 'outbound', 'sent', content);
    else if (isLatest && known.direction === 'outbound') await this.#says(tx, known, content);
    const { providerMessageId } = event;
    const echo = { providerMessageId, content, edited: true as const, ...(incomplete && { incomplete }) };
    await this.publish(fact, person, { type: 'message.echo', echo });
  }

  /** Tells an edit of what was taken back, without its words. */
  async #late(fact: InboundFact<ParsedEdit>, person: Participant, known: Message): Promise<void> {
    const { event, at } = fact;
    const { providerMessageId, isOwn } = event;
    const content = known.content as InboundContent;
    const body: EventBody = isOwn
      ? { type: 'message.echo', echo: { providerMessageId, content, edited: true } }
      : { type: 'message.edited', message: { id: known.id, providerMessageId, content, sentAt: iso(at) } };
    await this.publish({ ...fact, event: { ...event, raw: undefined } }, person, body);
  }

  async #says(tx: Tx, known: Message, content: InboundContent): Promise<void> {
    await forgetSent(tx, known);
    await messages.update(tx, known.id, { content, kind: content.type });
  }

  /** Answers when what the business said elsewhere was last edited, as far as that was told. */
  async #editedAt(tx: Tx, { providerMessageId }: ParsedEdit | ParsedEcho, accountId: string) {
    const published = await events.ofMessage(tx.db, accountId, messageKey(providerMessageId), providerMessageId);
    const edits = published.filter(({ event }) => event.echo?.edited).map(({ event }) => Date.parse(event.at));
    return edits.length === 0 ? undefined : Math.max(...edits);
  }

  /** Forgets the content of a message that whoever said it took back. */
  async #deletion(fact: InboundFact<ParsedDeletion>, person: Participant): Promise<void> {
    const known = await this.forget(fact);
    const { type, providerMessageId, isOwn } = fact.event;
    // It overtook its message, which is neither told nor kept when it comes.
    if (known === undefined) {
      const [direction, status] = isOwn ? (['outbound', 'sent'] as const) : (['inbound', 'received'] as const);
      await this.#store(fact, person, this.#deps.ids.next('msg'), direction, status, takenBack(fact.event));
    }
    const data = { messageId: known?.id, providerMessageId, ...(isOwn && { isOwn }) };
    await this.publish(fact, person, { type, data });
  }

  async #echo(fact: InboundFact<ParsedEcho>, person: Participant): Promise<void> {
    const { tx, account, event, incomplete } = fact;
    const said = await this.#files.in(tx, placeOf(person), event.content);
    const isNew = await this.#store(fact, person, this.#deps.ids.next('msg'), 'outbound', 'sent', said);
    const content = isNew ? said : await this.#overtaking(fact, said);
    if (content === undefined) return;
    const { type, providerMessageId, context } = event;
    const replyTo = await this.#replyTo(tx, account.id, context);
    const more = { ...(context && { context }), ...(replyTo && { replyTo }), ...(incomplete && { incomplete }) };
    await this.publish(fact, person, { type, echo: { providerMessageId, content, ...more } });
  }

  /** Answers what an edit made of an echo before it came; undefined: it was taken back, or told before. */
  async #overtaking(fact: InboundFact<ParsedEcho>, said: InboundContent): Promise<InboundContent | undefined> {
    const { tx, account, event } = fact;
    await media.forget(tx, said);
    if (!(await this.isOvertaken(fact))) return undefined;
    const known = await messages.findByProviderId(tx.db, account.id, event.providerMessageId);
    return known === undefined || isTakenBack(known.content) ? undefined : (known.content as InboundContent);
  }

  /** Finds Parley's id of the message that another one quotes. */
  async #replyTo(tx: Tx, accountId: string, context: MessageContext | undefined): Promise<string | undefined> {
    return this.#idOf(tx, accountId, context?.replyToProviderId);
  }

  async #idOf(tx: Tx, accountId: string, providerId: string | undefined): Promise<string | undefined> {
    return providerId === undefined ? undefined : (await messages.named(tx.db, accountId, providerId))?.id;
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
  #wasOvertaken(known: Message): boolean {
    return known.direction === 'inbound' && this.#isYoung(known) && !isTakenBack(known.content);
  }

  #isYoung({ createdAt }: Message): boolean {
    return this.#deps.clock.reached() - createdAt < REMEMBERED_MS;
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
      sentAt: direction === 'outbound' ? (event.at ?? null) : null,
    });
  }
}

/** Forgets what a message left besides its words: files that were uploaded for it, and what could be chosen from it. */
async function forgetSent(tx: Tx, { id, accountId, conversationId, content }: Message): Promise<void> {
  await uploads.forget(tx, accountId, uploads.namesIn(content));
  await forgetChoices(tx, conversationId, id);
}
