/** Reads wishes in what people write, and tells them as those are told that providers read. */
import type { Preference } from '../../../../contract/event-data.ts';
import type { InboundContent } from '../../../../contract/message.ts';
import type { ParsedContent } from '../../channels/channel.ts';
import { stopWordsOf } from '../../core/account-policy.ts';
import type { Fact } from '../../events/fact.ts';
import type { Publisher } from '../../events/publish.ts';
import type { Reaction } from '../../events/reaction.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import type { Wish } from '../../store/suppression.store.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import { confirmationJob } from './confirmation.ts';
import { offeredIn } from './offers.ts';
import { isAtHome, isOffered, isRevocation, readWish, type ReadWish } from './reading.ts';
import { ALL, EVERYWHERE, MARKETING, type Wishes } from './wishes.ts';

export interface HearingDeps {
  wishes: Wishes;
  publisher: Publisher;
  outbox: Outbox;
}

/** Says what somebody wrote, or the label of a button of a template that they tapped. */
interface Said {
  text: string;
  isTap: boolean;
  wish: ReadWish;
}

type Heard = Fact & { type: 'message.received' | 'message.edited' };
type Person = Required<Pick<Fact, 'contact' | 'conversation'>>;

/** Reads what people write, and what they change it into. */
export function hearing({ wishes, publisher, outbox }: HearingDeps): Reaction<Heard['type']> {
  return {
    on: ['message.received', 'message.edited'],
    async react(tx, { message, type }, fact) {
      const { contact, conversation, account, at, dedupeKey } = fact;
      const policy = stopWordsOf(account.settings);
      // What the provider reads and answers is not read and answered twice.
      const said = policy === 'off' || fact.wishTold ? undefined : saidIn(message.content);
      if (said === undefined || policy === 'off' || contact === undefined || conversation === undefined) return;
      if (!(await isMeant(tx, said, { contact, conversation }))) return;
      const { wish } = said;
      const before = await wishes.find(tx.db, contact);
      // Whoever said no stop says something else by it.
      if (wish.value === 'resume' && !stands(before, ALL) && !stands(before, MARKETING)) return;
      const topic = topicOf(wish, policy, before);
      const { providerMessageId } = message;
      const { value, certainty } = wish;
      const data: Preference = { topic, value, keyword: said.text, certainty, providerMessageId };
      const key = type === 'message.received' ? providerMessageId : dedupeKey;
      const head = { type: 'contact.preference' as const, dedupeKey: `preference:${key}`, at, data };
      if (!(await publisher.publish(tx, { ...head, account, contact, conversation }))) return;
      if (value === 'resume' || stands(before, topic) || stands(before, ALL)) return;
      // A newer word may have come before this one.
      if (!stands(await wishes.find(tx.db, contact), topic)) return;
      const answer = { accountId: account.id, conversationId: conversation.id, topic, certainty };
      await outbox.enqueue(tx, confirmationJob({ ...answer, language: wish.language, stoppedAt: at }));
    },
  };
}

/** Reads a wish as of one of whom nothing else is known any more: no choice that they were offered explains the word. */
export function wishIn(
  content: ParsedContent,
  policy: 'all' | 'marketing',
  before: readonly Wish[],
): Preference | undefined {
  const said = saidIn(content);
  if (said === undefined) return undefined;
  const { value, certainty } = said.wish;
  if (value === 'resume' && !stands(before, ALL) && !stands(before, MARKETING)) return undefined;
  return { topic: topicOf(said.wish, policy, before), value, certainty };
}

function stands(wishes: readonly Wish[], topic: string): boolean {
  return wishes.some((one) => one.stopped && one.topic === topic && one.reach === EVERYWHERE);
}

function topicOf(wish: ReadWish, policy: 'all' | 'marketing', before: readonly Wish[]): string {
  if (wish.value === 'resume') return stands(before, ALL) ? ALL : MARKETING;
  return policy === 'marketing' ? MARKETING : wish.topic;
}

/** Finds the wish in a content: in what was written, or on a template's button; other buttons mean what the workflow offered. */
function saidIn(content: InboundContent | ParsedContent): Said | undefined {
  if (content.type === 'button') {
    if (content.source !== 'template') return undefined;
    const found = [content.text, content.buttonId].map((text) => saidAs(text, true));
    return found.find((said) => said?.wish.isPlain);
  }
  const text = content.type === 'text' ? content.text : 'caption' in content ? content.caption : undefined;
  return text === undefined ? undefined : saidAs(text, false);
}

function saidAs(text: string, isTap: boolean): Said | undefined {
  const wish = readWish(text);
  return wish && { text, isTap, wish };
}

/** Whoever writes a word that they were offered means the choice; some words are a revocation by law all the same. */
async function isMeant(tx: Tx, { text, isTap, wish }: Said, { contact, conversation }: Person): Promise<boolean> {
  if (isTap || wish.certainty === 'likely') return true;
  const numbers = (contact?.identities ?? []).filter(({ kind }) => kind === 'phone').map(({ address }) => address);
  if (!isAtHome(text, numbers)) return false;
  if (!isOffered(text, await offeredIn(tx, conversation?.id ?? ''))) return true;
  return wish.value === 'stop' && isRevocation(text, numbers);
}
