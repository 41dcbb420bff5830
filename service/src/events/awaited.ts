/** Decides which of the workflows that wait for a reply in a conversation a fact is for: each reply belongs to one question. */
import type { EventOf } from '../../../contract/event.ts';
import { mayHaveArrived } from '../store/attempt.store.ts';
import { idOfSlot } from '../core/time-slots.ts';
import * as messages from '../store/message.store.ts';
import type { StoredSubscription } from '../store/subscription.store.ts';
import type { Db } from '../store/unit-of-work.ts';
import type { Fact } from './fact.ts';
import { answersWait } from './filter.ts';

type Waits = readonly StoredSubscription[];
type Said = EventOf<'message.received'>['message'];

/** Picks those whose wait the fact ends, out of all `waits` of its conversation. What comes before their question was asked is no answer to it. */
export async function awaitedBy(db: Db, fact: Fact, waits: Waits): Promise<Waits> {
  const fitting = waits.filter((one) => answersWait(one.filter, fact, fact.conversation?.owner));
  if (fact.type !== 'message.received') return fitting;
  const asked: StoredSubscription[] = [];
  for (const one of fitting) if (await mayHaveArrived(db, questionOf(one))) asked.unshift(one);
  if (asked.length === 0) return [];
  const answered = await answeredBy(db, fact.message, asked);
  return answered === undefined ? [] : [answered];
}

/**
 * Picks the question, of those that are `asked`, the newest first. A tap or a reply that quotes a message of ours belongs to that message, whether
 * its answer is still waited for or not; a tap of which the channel does not tell belongs to the newest question that offered it; all else answers
 * the newest.
 */
async function answeredBy(db: Db, { content, replyTo }: Said, asked: Waits): Promise<StoredSubscription | undefined> {
  const quoted = replyTo === undefined ? undefined : await messages.find(db, replyTo);
  if (quoted?.direction === 'outbound') return asked.find((one) => questionOf(one) === quoted.id);
  const ids = offeredIds(content);
  return ids.length > 0 ? offering(db, asked, ids) : asked[0];
}

/** Lists by which ids a question is known that offered what was picked; none: nothing was picked. */
function offeredIds(content: Said['content']): string[] {
  switch (content.type) {
    case 'button':
    case 'list':
      return [content.buttonId];
    case 'choices':
      return content.choices.map(({ buttonId }) => buttonId);
    case 'time_slot':
      return [content.slotId, idOfSlot({ id: content.slotId, durationMs: 0, ...content })];
    default:
      return [];
  }
}

/** A question of which nobody knows any more what it offered is taken where none is known to. */
async function offering(db: Db, asked: Waits, ids: readonly string[]): Promise<StoredSubscription | undefined> {
  let forgotten: StoredSubscription | undefined;
  for (const one of asked) {
    const content: unknown = (await messages.find(db, questionOf(one)))?.content;
    if (ids.some((id) => holds(content, id))) return one;
    if (isForgotten(content)) forgotten ??= one;
  }
  return forgotten;
}

/** Tells whether any text in it is this one: buttons, rows, cards, choices and a provider's own bodies all name the id somewhere. */
function holds(value: unknown, text: string): boolean {
  if (typeof value !== 'object' || value === null) return value === text;
  return Object.values(value).some((member) => holds(member, text));
}

function isForgotten(content: unknown): boolean {
  return typeof content !== 'object' || content === null || ('type' in content && content.type === 'unsupported');
}

function questionOf({ filter }: StoredSubscription): string {
  return filter.messageId ?? '';
}
