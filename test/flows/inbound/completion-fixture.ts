/** A channel of which some webhooks tell a part only, and the provider that has the rest. */
import type { ParleyEvent } from '../../../contract/event.ts';
import type { Completed, ParsedMessage, PartialFact } from '../../../service/src/channels/channel.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import type { FixtureOptions } from '../../outbound/fixture.ts';
import { eventually } from '../../support/eventually.ts';
import { describeFacts, flow, text } from './facts-fixture.ts';

export const BEN = { identities: [{ kind: 'phone', address: '15550002222' }] };
/** What it takes to fetch the rest: nobody else is to see it. */
export const KEY = 'the key of the encrypted rest';

type Answer = (fact: PartialFact) => Completed | Promise<Completed>;

const wordsIn = ({ content }: PartialFact) => ('text' in content ? (content.text ?? '') : content.type);
const has: Answer = (fact) => ({ content: { type: 'text', text: `${wordsIn(fact)}, the whole of it` } });

/** The provider: what it was asked for, by the words that the webhook told, and how it answers. */
export const provider = { asked: [] as string[], answer: has, works: () => void (provider.answer = has) };

const complete = async (fact: PartialFact) => {
  provider.asked.push(wordsIn(fact));
  expect(fact.rest).toEqual({ key: KEY });
  return provider.answer(fact);
};
export const COMPLETION: FixtureOptions = { complete };

/** A text of which the webhook tells these words only. */
export const part = (words: string, change: Partial<ParsedMessage> = {}) =>
  text(words, { rest: { key: KEY }, ...change });

/** What was said in an event, and by which type it was told. */
export const told = ({ type, message, echo }: ParleyEvent): string => {
  const content = message?.content ?? echo?.content;
  const words = content && ('text' in content ? content.text : 'reason' in content ? content.reason : content.type);
  const said = `${type.replace('message.', '')}${words === undefined ? '' : `: ${words}`}`;
  return (message ?? echo)?.incomplete ? `${said} (incomplete)` : said;
};
export const allTold = async () => (await flow.events()).map(told);
export const waiting = async () =>
  (await flow.ledger.reader.selectFrom('pendingFacts').selectAll().orderBy('seq').execute()) as {
    id: string;
    partial: number;
  }[];

/** Resolves when nothing more can be fetched before time goes by. */
export const quiet = () =>
  eventually(async () => {
    const jobs = flow.ledger.reader.selectFrom('jobs').select('seq').where('kind', '=', 'complete');
    const due = await jobs.where('dueAt', '<=', flow.clock.now()).execute();
    return due.length === 0 && flow.driver.running('complete') === 0;
  }, 'everything that is due to be fetched');

/** The provider works again, once every try that was under way has failed. */
export async function recovers(): Promise<void> {
  await quiet();
  provider.works();
}

/** Lets time go by in steps in which nothing that is due is passed over, and what is due be done. */
export async function passes(ms: number, stepMs = ms): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    flow.advance(Math.min(stepMs, ms - passed));
    await quiet();
  }
}

/** Runs these tests on ledgers that are opened so, a fresh one for each. */
export function describeCompletion(name: string, open: () => Promise<Ledger>, topics: () => void): void {
  const begin = () => {
    beforeEach(() => {
      provider.asked = [];
      provider.works();
    });
    topics();
  };
  describeFacts(`completion, ${name}`, open, begin, COMPLETION);
}
