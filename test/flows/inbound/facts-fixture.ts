/** A ledger that channels tell facts to, what they may tell, and what is known afterwards. */
import type { ParleyEvent } from '../../../contract/event.ts';
import type { OutboundContent } from '../../../contract/message.ts';
import type { ChannelEvent, ParsedContent, ParsedEcho, ParsedMessage } from '../../../service/src/channels/channel.ts';
import { messageKey } from '../../../service/src/core/ids.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import * as messages from '../../../service/src/store/message.store.ts';
import { OutboundFixture, type FixtureOptions } from '../../outbound/fixture.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const TO = '+15550001111';
export const ANA = { identities: [{ kind: 'phone', address: '15550001111' }] };
const WINDOW = { lengthMs: DAY, lengthsMs: { ad: 7 * DAY }, personMs: 7 * DAY, outside: [] };

/** Of the test that runs. */
export let flow: OutboundFixture;
let facts = 0;

/** Another number each time, for ids. */
export const nextFact = (): number => ++facts;

export const said = (content: ParsedContent, change: Partial<ParsedMessage> = {}): ParsedMessage => {
  const providerMessageId = `in ${nextFact()}`;
  const about = { providerMessageId, dedupeKey: messageKey(providerMessageId), contact: ANA, raw: {} };
  return { type: 'message.received', ...about, content, opensWindow: 'message', ...change };
};
export const text = (words: string, change: Partial<ParsedMessage> = {}) => said({ type: 'text', text: words }, change);
export const echo = (
  providerMessageId: string,
  content: ParsedContent,
  change: Partial<ParsedEcho> = {},
): ParsedEcho => {
  const about = { providerMessageId, dedupeKey: messageKey(providerMessageId), contact: ANA, raw: {} };
  return { type: 'message.echo', ...about, content, ...change };
};
export const notice = (type: 'conversation.control' | 'link.clicked', change: Partial<ChannelEvent>): ChannelEvent =>
  ({ type, dedupeKey: `notice ${nextFact()}`, contact: ANA, data: {}, raw: {}, ...change }) as ChannelEvent;

export const tell = (...all: ChannelEvent[]) => flow.told('1', ...all);
export const of = async (type: ParleyEvent['type']) => (await flow.events()).filter((event) => event.type === type);
export const statusOf = async (id: string) => (await messages.find(flow.ledger.reader, id))?.status;
export const lastContent = async () => (await of('message.received')).at(-1)?.message?.content;

/** Sends a message and answers its id once the provider took it. */
export async function sent(content: OutboundContent = { type: 'text', text: 'hello' }): Promise<string> {
  const { id } = await flow.send('1', TO, { content });
  await flow.reaches(id, 'sent');
  return id;
}

/** Runs these tests on ledgers that are opened so, a fresh one for each. */
export function describeFacts(
  name: string,
  open: () => Promise<Ledger>,
  topics: () => void,
  options: FixtureOptions = {},
): void {
  describe(`facts: ${name}`, () => {
    beforeEach(async () => {
      flow = await new OutboundFixture(await open(), {
        capabilities: { window: WINDOW, kinds: ['text', 'reaction'] },
        ...options,
      }).start();
      await flow.account('1');
    });
    afterEach(() => flow.stop());

    topics();
  });
}
