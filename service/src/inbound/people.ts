/** Finds whom a fact is about, and makes true what it changes between them and the business whatever else it tells: the session window and the owner. */
import type { WindowRule } from '../../../contract/channel.ts';
import type { ChannelEvent, ContactRef } from '../channels/channel.ts';
import type { LiveAccount } from '../connectors/live.ts';
import { resolvePerson, type Participant, type Whom } from '../contacts/resolve.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import type { Clock } from '../core/clock.ts';
import { ownerKey, type Ids } from '../core/ids.ts';
import { closed, opened, reopened, type SessionWindow } from '../core/session-window.ts';
import type { Publisher } from '../events/publish.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import * as owners from '../store/conversation-owner.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { InboundFactOf } from './fact.ts';

export interface PeopleDeps {
  publisher: Publisher;
  ids: Ids;
  clock: Clock;
  /** Queues messages that were held until the contact writes. */
  release(tx: Tx, conversationId: string): Promise<void>;
}

export class People {
  readonly #deps: PeopleDeps;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  /** Finds or makes who it is about; the fact has changed nothing yet. */
  resolve({ tx, account, event }: InboundFactOf<ChannelEvent>): Promise<Participant> {
    return resolvePerson(tx, this.#deps.ids, account, whomOf(event), this.#deps.clock.now());
  }

  /** Answers who it is about, with the window and the owner as they stand after the fact. */
  async after(fact: InboundFactOf<ChannelEvent>, known?: Participant): Promise<Participant> {
    const person = known ?? (await this.resolve(fact));
    return this.#owned(fact, await this.#heard(fact, await this.#learned(fact, person)));
  }

  /** Stores what the channel tells of the conversation, before anything is decided by it. */
  async #learned({ tx, event }: InboundFactOf<ChannelEvent>, person: Participant): Promise<Participant> {
    const { facts = {}, attributes = {} } = event;
    if (event.facts === undefined && event.attributes === undefined) return person;
    const { conversation } = person;
    const known = await conversations.learn(tx, conversation, { facts, attributes });
    return { ...person, conversation: { ...conversation, ...known } };
  }

  async #heard({ tx, account, event, at }: InboundFactOf<ChannelEvent>, person: Participant): Promise<Participant> {
    const { conversation } = person;
    const { window: before } = conversation;
    const rule = capabilitiesOf(account, conversation.facts).window;
    const window = windowAfter(event, before, rule, at);
    if (window === before) return person;
    const isLatest = at >= (before.heardAt ?? -Infinity);
    const inReplyTo = event.type === 'message.received' && isLatest ? event.providerMessageId : conversation.inReplyTo;
    await conversations.hear(tx, conversation.id, window, inReplyTo);
    const mayBeHeld = rule !== undefined || before.closedAt !== null;
    if (mayBeHeld && window.closedAt === null) await this.#deps.release(tx, conversation.id);
    return { ...person, conversation: { ...conversation, window, inReplyTo } };
  }

  /** Stores who answers from now on, and publishes the change before the fact that brought it, unless the fact itself tells it. */
  async #owned({ tx, account, event, at }: InboundFactOf<ChannelEvent>, person: Participant): Promise<Participant> {
    const { owner, type } = event;
    const { conversation } = person;
    if (owner === undefined || !(await owners.setOwner(tx, conversation.id, owner, at))) return person;
    if (owner === conversation.owner) return person;
    const changed = { ...person, conversation: { ...conversation, owner } };
    if (type !== 'conversation.control') {
      const head = { type: 'conversation.control' as const, dedupeKey: ownerKey(event.dedupeKey), at, account };
      await this.#deps.publisher.publish(tx, {
        ...head,
        ...changed,
        data: { owner, reason: reasonOf(event) },
      });
    }
    return changed;
  }
}

/** Finds and locks a conversation and its contact as they stand; undefined: the person was erased. */
export async function personIn(
  tx: Tx,
  { channel }: Pick<LiveAccount, 'channel'>,
  conversationId: string,
): Promise<Participant | undefined> {
  let known = await conversations.find(tx.db, conversationId);
  for (let locked = ''; known !== undefined && locked !== known.id;) {
    locked = known.id;
    // While this waited it may have been merged into another, which is to be locked then.
    known = await conversations.lockForUpdate(tx, known);
  }
  const contact = known && (await contacts.find(tx.db, known.contactId, channel.id));
  return known && contact && { contact, conversation: known };
}

/** Tells whether a fact changes anything between them and the business. */
export function tellsOfPerson({ opensWindow, owner, closes, facts, attributes }: ChannelEvent): boolean {
  return [opensWindow, owner, closes, facts, attributes].some((one) => one !== undefined);
}

function windowAfter(event: ChannelEvent, window: SessionWindow, rule: WindowRule | undefined, at: number) {
  if (event.closes) return closed(window, at);
  if (event.opensWindow !== undefined) return opened(window, rule, at, event.opensWindow);
  return event.type === 'message.received' ? reopened(window, at) : window;
}

/** Answers whom a fact is about, and in which of the conversations with them. */
export function whomOf({ contact, thread }: ChannelEvent & { contact: ContactRef }): Whom {
  return thread === undefined ? contact : { ...contact, thread };
}

/** Says by what it is known who answers from now on. */
function reasonOf({ type, owner }: ChannelEvent): string {
  if (type === 'message.echo') return 'echo';
  return owner === 'human' ? 'standby' : 'message';
}
