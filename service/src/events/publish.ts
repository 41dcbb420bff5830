/** Publishes a fact: the event is stored, and promised to every subscription that wants it, in the caller's unit of work. */
import { crc32 } from 'node:zlib';
import type { ParleyEvent } from '../../../contract/event.ts';
import type { WindowRule } from '../../../contract/channel.ts';
import { iso, type Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { sessionState } from '../core/session-window.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Contact } from '../store/contact.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import * as events from '../store/event.store.ts';
import type { Tx } from '../store/ledger.ts';
import * as messages from '../store/message.store.ts';
import * as subscriptions from '../store/subscription.store.ts';
import type { SubscriptionRow } from '../store/subscription.store.ts';
import { answersWait, questionOf, readFilter, wants } from './filter.ts';

/** The account a fact is about, as far as events need it. */
export interface FactAccount {
  id: string;
  externalId: string;
  name: string | null;
  channel: { id: string; capabilities: { window?: WindowRule } };
}

/** The members that depend on the type. */
export type FactBody = Pick<ParleyEvent, 'message' | 'echo' | 'status' | 'data'>;

export interface Fact {
  type: ParleyEvent['type'];
  /** The same fact always has the same key; a second one is not published. */
  dedupeKey: string;
  at: number;
  account: FactAccount;
  conversation?: Conversation | undefined;
  contact?: Contact | undefined;
  body: FactBody;
  raw?: unknown;
}

/** A conversation is always in the same shard of a subscription; shards are delivered at the same time. */
const SHARDS = 4;

export interface PublisherDeps {
  outbox: Outbox;
  ids: Ids;
  clock: Clock;
  /** Told of each event that was published. */
  published(type: string): void;
}

export class Publisher {
  readonly #deps: PublisherDeps;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  /** Answers false when the fact was published before: then nothing changed. */
  async publish(tx: Tx, fact: Fact): Promise<boolean> {
    const { ids, clock, outbox } = this.#deps;
    const now = clock.now();
    const conversationId = fact.conversation?.id ?? null;
    const listening = await subscriptions.listening(tx.db, fact.account.id, conversationId, now);
    const waiting = await ended(tx, listening, fact);
    const event = describe(fact, ids.next('evt'), now, waiting.length > 0 && fact.type === 'message.received');
    const seq = await events.insert(tx, row(fact, event), now);
    if (seq === undefined) return false;
    const shard = crc32(conversationId ?? fact.account.id) % SHARDS;
    const wanted = listening.filter((one) => one.once === 0 && wants(readFilter(one.filter), event));
    // The first answer is the one: what comes before the workflow took it is for the triggers again.
    for (const { id } of waiting) await subscriptions.stopListening(tx, id, now);
    for (const subscription of [...waiting, ...wanted]) {
      await subscriptions.addDelivery(tx, subscription.id, seq, shard);
      await outbox.enqueue(tx, deliverJob(subscription.id, shard));
    }
    tx.afterCommit(() => this.#deps.published(fact.type));
    return true;
  }
}

/** The waits that the fact ends. What the contact writes before they can have seen a question is no answer to it. */
async function ended(tx: Tx, listening: readonly SubscriptionRow[], fact: Fact): Promise<SubscriptionRow[]> {
  const found: SubscriptionRow[] = [];
  for (const one of listening) {
    if (one.once !== 1 || !answersWait(one.filter, fact.type, fact.body)) continue;
    const isNews = fact.type !== 'message.received';
    if (isNews || (await messages.mayHaveArrived(tx.db, questionOf(one.filter)))) found.push(one);
  }
  return found;
}

/** The one job that hands a shard of a subscription its events. */
export function deliverJob(subscriptionId: string, shard: number) {
  return { kind: 'deliver' as const, key: `deliver:${subscriptionId}:${shard}`, payload: { subscriptionId, shard } };
}

/** One for each shard. */
export function deliverJobs(subscriptionId: string) {
  return Array.from({ length: SHARDS }, (_, shard) => deliverJob(subscriptionId, shard));
}

function row(fact: Fact, event: ParleyEvent): events.NewEventRow {
  return {
    id: event.id,
    accountId: fact.account.id,
    conversationId: fact.conversation?.id ?? null,
    type: fact.type,
    dedupeKey: fact.dedupeKey,
    payload: JSON.stringify(event),
    raw: fact.raw === undefined ? null : JSON.stringify(fact.raw),
  };
}

function describe(fact: Fact, id: string, now: number, awaited: boolean): ParleyEvent {
  const { account, conversation, contact } = fact;
  const rule = account.channel.capabilities.window;
  return {
    id,
    type: fact.type,
    at: iso(fact.at),
    channel: account.channel.id,
    account: { id: account.id, externalId: account.externalId, ...(account.name !== null && { name: account.name }) },
    ...(conversation && {
      conversationId: conversation.id,
      owner: conversation.owner,
      session: sessionState(conversation.window, rule, now),
    }),
    ...(contact && {
      contact: {
        id: contact.id,
        ...(contact.name !== null && { name: contact.name }),
        ...(contact.username !== null && { username: contact.username }),
        identities: contact.identities,
      },
    }),
    ...fact.body,
    ...(awaited && { awaited: true }),
  };
}
