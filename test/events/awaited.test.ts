/** Several workflows wait for a reply in one conversation: each reply belongs to one question. */
import type { InboundContent, OutboundContent } from '../../contract/message.ts';
import * as attempts from '../../service/src/store/attempt.store.ts';
import * as messages from '../../service/src/store/message.store.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { EventsFixture, URL_OF_WORKFLOW } from './fixture.ts';

const open = tempLedgers();
let flow: EventsFixture;

beforeEach(async () => {
  flow = await EventsFixture.make(await open());
});

type Content = OutboundContent | InboundContent;

/** A message of the conversation; ours was sent. */
async function said(id: string, direction: 'inbound' | 'outbound', content: Content): Promise<void> {
  const now = flow.clock.now();
  const stored = { id, accountId: flow.account.id, conversationId: 'cnv', direction, kind: content.type, content };
  await flow.ledger.write(async (tx) => {
    await messages.insert(tx, {
      ...stored,
      ...{ status: 'sent', statusAt: now, providerId: `p ${id}`, context: null, request: null, error: null },
      ...{ pricing: null, createdAt: now },
    });
    if (direction === 'outbound') await attempts.open(tx, { id: `a ${id}`, messageId: id, number: 1, openedAt: now });
  });
}

/** A workflow asks and waits at a URL of the question's name. */
async function asked(id: string, content: Content): Promise<void> {
  await said(id, 'outbound', content);
  const until = new Date(flow.clock.now() + 3_600_000).toISOString();
  const question = { id, accountId: flow.account.id, conversationId: 'cnv', byPerson: false };
  await flow.ledger.write((tx) => flow.subscriptions.wait(tx, question, { url: `${URL_OF_WORKFLOW}/${id}`, until }));
  flow.clock.advance(1_000);
}

async function hears(content: InboundContent, replyTo?: string): Promise<void> {
  const message = { id: 'msg_r', providerMessageId: 'p r', content, sentAt: 'now', ...(replyTo && { replyTo }) };
  await flow.publish({ type: 'message.received', message, conversation: flow.conversation('cnv') });
  await flow.deliver();
}

/** The names of those that were called: questions, and `trigger`. */
const called = () => flow.calls.map(({ url }) => url.slice(URL_OF_WORKFLOW.length + 1) || 'trigger').sort();

const text = (words: string) => ({ type: 'text', text: words }) as const;
const yesNo = (yes: string, no: string): OutboundContent => ({
  ...{ type: 'buttons', text: 'Well?' },
  buttons: [
    { id: yes, title: 'Yes' },
    { id: no, title: 'No' },
  ],
});
const tapped = (buttonId: string): InboundContent => ({ type: 'button', buttonId, text: 'Yes', source: 'message' });

describe('two questions with buttons, a text and a question of before', () => {
  beforeEach(async () => {
    await flow.subscribe();
    await said('old', 'outbound', yesNo('approve', 'decline'));
    await said('own', 'inbound', text('hello'));
    await asked('first', yesNo('approve', 'decline'));
    await asked('second', yesNo('approve', 'other'));
    await said('later', 'outbound', text('By the way'));
  });

  test.each<[string, InboundContent, string | undefined, string]>([
    ['a tap on a button of the first', tapped('approve'), 'first', 'first'],
    ['a tap on a button of the second', tapped('approve'), 'second', 'second'],
    ['a tap on a button of one that nobody waits for', tapped('approve'), 'old', 'trigger'],
    ['a choice from a list of the first', { type: 'list', buttonId: 'approve', text: 'Yes' }, 'first', 'first'],
    ['a tap of which the channel does not tell, offered by both', tapped('approve'), undefined, 'second'],
    ['a tap of which the channel does not tell, offered by the first', tapped('decline'), undefined, 'first'],
    ['a tap of which the channel does not tell, offered by none', tapped('menu'), undefined, 'trigger'],
    ['a tap on what is not known', tapped('decline'), 'msg_unknown', 'first'],
    ['a reply that quotes the first', text('yes'), 'first', 'first'],
    ['a reply that quotes the second', text('yes'), 'second', 'second'],
    ['a reply that quotes another message of ours', text('thanks'), 'later', 'trigger'],
    ['a reply that quotes words of their own', text('I meant this'), 'own', 'second'],
    ['a reply that quotes what is not known', text('this'), 'msg_unknown', 'second'],
    ['a bare text', text('yes'), undefined, 'second'],
    ['a place', { type: 'location', latitude: 1, longitude: 2 }, undefined, 'second'],
    ['a form of the first', { type: 'form', name: 'f', data: {} }, 'first', 'first'],
    ['a reaction to the first', { type: 'reaction', messageId: 'p first', emoji: '!' }, 'first', 'trigger'],
  ])('%s', async (_name, content, replyTo, whose) => {
    await hears(content, replyTo);
    expect(called()).toEqual([whose]);
    flow.calls.length = 0;
    // The other still waits: a bare text is for the newest of those that do.
    await hears(text('and?'));
    expect(called()).toEqual([whose === 'second' ? 'first' : 'second']);
  });
});

test.each<[string, Content, string]>([
  ['quick replies', { type: 'quick_replies', text: 'Well?', replies: [{ id: 'x', title: 'Yes' }] }, 'asked'],
  ['numbered choices', { type: 'text', text: '1. Yes', choices: [{ id: 'x', title: 'Yes' }] }, 'asked'],
  [
    'a list',
    { type: 'list', text: 'Well?', buttonTitle: 'See', sections: [{ rows: [{ id: 'x', title: 'Yes' }] }] },
    'asked',
  ],
  [
    "the provider's own body",
    { type: 'native', body: { attachment: { payload: { buttons: [{ payload: 'x' }] } } } },
    'asked',
  ],
  ['what nobody keeps any more', { type: 'unsupported', reason: 'no longer kept' }, 'asked'],
  ['a text without choices', text('Well?'), 'trigger'],
])('a tap of which the channel does not tell, on %s', async (_name, question, whose) => {
  await flow.subscribe();
  await asked('asked', question);
  await hears(tapped('x'));
  expect(called()).toEqual([whose]);
});

test('one that is known to have offered it comes before one of which nothing is kept', async () => {
  await asked('first', yesNo('x', 'y'));
  await asked('second', { type: 'unsupported', reason: 'no longer kept' });
  await hears(tapped('x'));
  expect(called()).toEqual(['first']);
});
