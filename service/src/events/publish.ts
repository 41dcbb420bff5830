/** Publishes a fact: stores the event and promises it to every subscription that wants it, in the caller's unit of work. */
import type { ParleyEvent } from '../../../contract/event.ts';
import type { InboundContent } from '../../../contract/message.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import { iso } from '../core/clock.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import { addressesIn } from '../core/identity.ts';
import { messageKey, type Ids } from '../core/ids.ts';
import { sessionState } from '../core/session-window.ts';
import type { Observer } from '../core/observer.ts';
import type { Outbox } from '../outbox/outbox.ts';
import * as conversations from '../store/conversation.store.ts';
import * as deadEvents from '../store/dead-event.store.ts';
import * as events from '../store/event.store.ts';
import { addDelivery, type Sequence } from '../store/isolation.store.ts';
import * as media from '../store/media.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as subscriptions from '../store/subscription.store.ts';
import type { Filter, StoredSubscription } from '../store/subscription.store.ts';
import type { Fact } from './fact.ts';
import type { Reaction } from './reaction.ts';
import { awaitedBy } from './awaited.ts';
import { wants } from './filter.ts';
import { deliverJob, shardsOf } from './shards.ts';

/** Lists what the publisher works with. */
export interface PublisherDeps {
  outbox: Outbox;
  ids: Ids;
  clock: WatchedClock;
  observer: Pick<Observer, 'published'>;
}

/** Publishes facts and promises their events. */
export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #reactions: Reaction[] = [];
  readonly #read = new WeakMap<Tx, Map<string, StoredSubscription[]>>();

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  /** Registers what reacts to facts, in the order in which it does. */
  register(reactions: readonly Reaction[]): void {
    this.#reactions.push(...reactions);
  }

  /** Publishes a fact. Answers false when the fact was published before: then nothing changed. */
  async publish(tx: Tx, fact: Fact): Promise<boolean> {
    const { ids, clock } = this.#deps;
    const [now, reached] = [clock.now(), clock.reached()];
    await lockForPublishing(tx, fact);
    const waiting = await this.#waiting(tx, fact, reached);
    const event = describe(fact, ids.next('evt'), now, waiting.length > 0);
    const triggers = await this.#triggers(tx, fact.account.id, reached);
    const wanted = triggers.filter((one) => wants(one.filter, event));
    const seq = await events.insert(tx, eventOf(fact, event, triggers), now);
    if (seq === undefined) return false;
    // The first answer is the one: what comes before the workflow took it is for the triggers again.
    for (const { id } of waiting) await subscriptions.stopListening(tx, id);
    await this.#promise(tx, event, seq, [...waiting, ...wanted]);
    for (const reaction of this.#reactions) if (reaction.on.includes(fact.type)) await reaction.react(tx, event, fact);
    tx.afterCommit(() => this.#deps.observer.published(fact.type));
    return true;
  }

  /** Promises what a waiting workflow was promised and will not take to the triggers that would have got it otherwise. */
  async returnToTriggers(tx: Tx, waiting: StoredSubscription): Promise<void> {
    if (waiting.conversationId !== null) await conversations.lock(tx, waiting.conversationId);
    await subscriptions.lockAll(tx, 'shared');
    for (const { seq, event: promised } of await subscriptions.undelivered(tx.db, waiting.id)) {
      if (promised.type !== 'message.received') continue;
      const { awaited: _, ...event } = promised;
      const triggers = await subscriptions.triggers(tx.db, event.account.id, this.#deps.clock.reached());
      const had = { ...event, awaited: true };
      const wanted = triggers.filter(({ filter }) => wants(filter, event) && !wants(filter, had));
      await events.rewrite(tx, { seq, event });
      await this.#promise(tx, event, seq, wanted);
    }
  }

  /** Replaces what a message said in every event that told it, delivered or not, and forgets the files of all that it ever said. */
  async forget(tx: Tx, accountId: string, providerMessageId: string, content: InboundContent): Promise<void> {
    const key = messageKey(providerMessageId);
    for (const { seq, event } of await events.ofMessage(tx.db, accountId, key, providerMessageId)) {
      const said = event.message ?? event.echo;
      await media.forget(tx, said?.content);
      if (said) said.content = content;
      await events.rewrite(tx, { seq, event });
      await events.forgetRaw(tx, seq);
    }
  }

  /** Promises a trigger those of these events that it wants, taken before or not. Answers how many it was not still to get. */
  async replay(tx: Tx, trigger: StoredSubscription, stored: readonly events.StoredEvent[]): Promise<number> {
    const shards = new Set<number>();
    let added = 0;
    for (const { seq, event } of stored) {
      if (!wants(trigger.filter, event)) continue;
      const shard = await this.#redeliver(tx, trigger, { seq, event });
      if (shard === undefined) continue;
      shards.add(shard);
      added += 1;
    }
    for (const shard of [...shards].sort()) await this.#deps.outbox.enqueue(tx, deliverJob(trigger.id, shard));
    return added;
  }

  /**
   * Promises an event that is a dead letter once more, whether the filter lets it through or not: a person wants it delivered. Answers false when
   * no trigger has the URL and account of the one that was to get it.
   */
  async revive(
    tx: Tx,
    place: Pick<StoredSubscription, 'url' | 'accountId'>,
    one: events.StoredEvent,
  ): Promise<boolean> {
    await lockSequence(tx, sequenceOf(one.event));
    await subscriptions.lockAll(tx, 'shared');
    const trigger = await subscriptions.successor(tx.db, place);
    if (trigger === undefined) return false;
    const shard = await this.#redeliver(tx, trigger, one);
    if (shard !== undefined) await this.#deps.outbox.enqueue(tx, deliverJob(trigger.id, shard));
    return true;
  }

  /** Answers the shard; undefined: it was promised and not taken yet. */
  async #redeliver(tx: Tx, trigger: StoredSubscription, { seq, event }: { seq: number; event: ParleyEvent }) {
    await deadEvents.promisedAgain(tx, trigger, seq);
    return addDelivery(tx, trigger.id, seq, shardsOf(sequenceOf(event)));
  }

  async #promise(tx: Tx, event: ParleyEvent, seq: number, takers: readonly StoredSubscription[]) {
    const shards = shardsOf(sequenceOf(event));
    for (const { id } of takers) {
      const shard = await addDelivery(tx, id, seq, shards);
      if (shard !== undefined) await this.#deps.outbox.enqueue(tx, deliverJob(id, shard));
    }
  }

  /** Reads the triggers once in a unit of work, which locks the subscriptions: a turn of reading publishes many facts of one account. */
  async #triggers(tx: Tx, accountId: string, now: number): Promise<StoredSubscription[]> {
    const read = this.#read.get(tx) ?? new Map<string, StoredSubscription[]>();
    this.#read.set(tx, read);
    const triggers = read.get(accountId) ?? (await subscriptions.triggers(tx.db, accountId, now));
    read.set(accountId, triggers);
    return triggers;
  }

  /** Finds workflows for which the fact is the end of their wait. */
  async #waiting(tx: Tx, fact: Fact, now: number) {
    const { type, account, conversation } = fact;
    if (conversation === undefined || (type !== 'message.received' && type !== 'message.status')) return [];
    const waits = await subscriptions.waits(tx.db, account.id, conversation.id, now);
    return waits.length === 0 ? waits : awaitedBy(tx.db, fact, waits);
  }
}

/** Locks so that events of a conversation are numbered in the order of their commits, and nobody exchanges a subscription meanwhile. */
async function lockForPublishing(tx: Tx, { conversation, account }: Fact): Promise<void> {
  await lockSequence(tx, { accountId: account.id, conversationId: conversation?.id ?? null });
  await subscriptions.lockAll(tx, 'shared');
}

/** Locks the events of a conversation, or those of an account that belong to none: none is published until the unit ends. */
export async function lockSequence(tx: Tx, { accountId, conversationId }: Sequence): Promise<void> {
  if (conversationId === null) await tx.lock(`facts ${accountId}`);
  else await conversations.lock(tx, conversationId);
}

/** Says what keeps its order with the event. */
function sequenceOf({ conversationId, account }: ParleyEvent): Sequence {
  return { accountId: account.id, conversationId: conversationId ?? null };
}

/** Makes what is stored of the event. It keeps the provider's own body where somebody asked for it, and of what Parley does not understand. */
function eventOf(fact: Fact, event: ParleyEvent, triggers: readonly StoredSubscription[]): events.NewEvent {
  const isUnknown = fact.type === 'unsupported' || ('message' in fact && fact.message.content.type === 'unsupported');
  const keepRaw = isUnknown || triggers.some(({ filter }) => wantsRaw(filter, event));
  return {
    event,
    dedupeKey: fact.dedupeKey,
    editOf: editedIn(fact),
    raw: keepRaw ? fact.raw : undefined,
  };
}

/** Finds the message of which a fact tells a later form. */
function editedIn(fact: Fact): string | null {
  if (fact.type === 'message.edited') return fact.message.providerMessageId;
  return fact.type === 'message.echo' && fact.echo.edited ? fact.echo.providerMessageId : null;
}

/** Tells whether any trigger wants the provider's body; a trigger may still get what a waiting workflow is to get first. */
function wantsRaw(filter: Filter, event: ParleyEvent): boolean {
  return filter.includeRaw === true && wants({ ...filter, includeAwaited: true }, event);
}

function describe(fact: Fact, id: string, now: number, awaited: boolean): ParleyEvent {
  const { account, conversation, contact, at, dedupeKey: _key, raw: _raw, wishTold: _wish, ...body } = fact;
  const rule = capabilitiesOf(account, conversation?.facts).window;
  const frame = {
    id,
    type: body.type,
    at: iso(at),
    channel: account.channel.id,
    account: { id: account.id, externalId: account.externalId, ...(account.name !== null && { name: account.name }) },
    ...(conversation && {
      conversationId: conversation.id,
      ...(conversation.thread !== '' && { thread: conversation.thread }),
      owner: conversation.owner,
      ...(Object.keys(conversation.attributes).length > 0 && { attributes: conversation.attributes }),
      session: sessionState(conversation.window, rule, now),
    }),
    ...(contact && {
      contact: {
        id: contact.id,
        ...(contact.name !== null && { name: contact.name }),
        ...(contact.username !== null && { username: contact.username }),
        identities: addressesIn(account, contact.identities),
      },
    }),
  };
  return body.type === 'message.received' && awaited ? { ...frame, ...body, awaited } : { ...frame, ...body };
}
