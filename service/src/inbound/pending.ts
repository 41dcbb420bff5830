/**
 * Keeps what is told in a conversation, in its order, while the rest of a fact is fetched. The facts themselves are kept rather than the webhook
 * that told them: its body goes once it was read, and with it what it said of others; a person's facts go with the person.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Completed, ParsedDeletion, PartialFact } from '../channels/channel.ts';
import type { InboundContent } from '../../../contract/message.ts';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { Sealer } from '../core/sealer.ts';
import type { Outbox } from '../outbox/outbox.ts';
import * as store from '../store/pending-fact.store.ts';
import type { PendingFact } from '../store/pending-fact.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import { isSaid, type InboundFact, type OrderedFact } from './fact.ts';

/** Names the jobs that fetch the rest of a fact. */
export const COMPLETE = 'complete';

/** Stand in place of a message that was taken back, by whom. */
const TAKEN_BACK = {
  contact: { type: 'unsupported', reason: 'deleted by the contact' },
  business: { type: 'unsupported', reason: 'deleted by the business' },
} satisfies Record<string, InboundContent>;

/** Answers what is shown in place of a message that was taken back. */
export function takenBack({ isOwn }: Pick<ParsedDeletion, 'isOwn'>): InboundContent {
  return isOwn ? TAKEN_BACK.business : TAKEN_BACK.contact;
}

/** Tells whether a content stands in place of what was taken back. */
export function isTakenBack(content: object): boolean {
  return Object.values(TAKEN_BACK).some((one) => isDeepStrictEqual(content, one));
}

/** Says what came of fetching the rest of a fact; `completed` undefined: nobody gets it, and what the webhook told stands. */
export interface Fetched {
  /** Names the fact that waits. */
  id: string;
  completed: Completed | undefined;
}

export interface PendingFactsDeps {
  ids: Ids;
  clock: Clock;
  sealer: Sealer;
  outbox: Pick<Outbox, 'enqueue'>;
}

export class PendingFacts {
  readonly #deps: PendingFactsDeps;

  constructor(deps: PendingFactsDeps) {
    this.#deps = deps;
  }

  /** Keeps a fact of which the rest is to be fetched, or that has to wait behind such a one. Answers false for one whose turn it is. */
  async add({ tx, account, event, at }: InboundFact<OrderedFact>, conversationId: string): Promise<boolean> {
    const { ids, clock, sealer } = this.#deps;
    const partial = isPartial(event);
    const isFirst = (await store.firstIn(tx.db, conversationId)) === undefined;
    if (isFirst && !partial) return false;
    const id = ids.next('fct');
    await store.insert(tx, {
      ...{ id, accountId: account.id, conversationId, partial, at },
      dedupeKey: event.dedupeKey,
      providerMessageId: saidIn(event),
      createdAt: clock.now(),
      fact: sealer.encrypt(event, id),
    });
    if (isFirst) await this.promise(tx, { id, accountId: account.id });
    return true;
  }

  /** Promises to fetch the rest of the fact whose turn it is, or just to go on with it. One job at a time is promised for a conversation. */
  promise(tx: Tx, { id, accountId }: Pick<PendingFact, 'id' | 'accountId'>): Promise<void> {
    const job = { kind: COMPLETE, key: `${COMPLETE}:${id}`, groupKey: accountId, payload: { id } };
    return this.#deps.outbox.enqueue(tx, job);
  }

  /** Reads a fact as the channel told it. */
  read({ fact, id }: PendingFact): OrderedFact {
    return this.#deps.sealer.decrypt(fact, id) as OrderedFact;
  }

  /** Forgets what a message said that was taken back, wherever it waits to be told: nothing of it is fetched any more. Answers whether anything did. */
  async forget(tx: Tx, accountId: string, deletion: ParsedDeletion): Promise<boolean> {
    const waiting = await store.ofMessage(tx.db, accountId, deletion.providerMessageId);
    for (const one of waiting) {
      const emptied = { ...this.read(one), content: takenBack(deletion), rest: undefined, raw: undefined };
      await store.rewrite(tx, one.id, this.#deps.sealer.encrypt(emptied, one.id));
    }
    return waiting.length > 0;
  }
}

/** Tells whether the rest of a fact is to be fetched. */
export function isPartial(event: OrderedFact): event is PartialFact {
  return 'rest' in event && event.rest !== undefined;
}

/** Answers the provider's id of the message that a fact tells, first or anew. */
function saidIn(event: OrderedFact): string | null {
  return SAYING.includes(event.type) && isSaid(event) ? event.providerMessageId : null;
}

const SAYING: readonly OrderedFact['type'][] = ['message.received', 'message.edited', 'message.echo'];
