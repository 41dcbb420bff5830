import type { OutboundContent } from '../../../contract/message.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { alwaysAnswering, json, NOW } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import { IG_ID, IGSID, PAGE_ID, SETTINGS } from './support.ts';

const AT = NOW - 1_000;
const TEXT: OutboundContent = { type: 'text', text: 'Lost?' };

async function find(answer: unknown, content = TEXT, headers: Record<string, string> = {}) {
  const { io, requests } = alwaysAnswering(json(200, answer, headers));
  const sought = { ...outgoing({ id: 'msg_1', to: IGSID, content }), attemptedAt: AT, isAnother: async () => false };
  return { found: await instagram.lookup?.find(sought, SETTINGS, io), requests };
}

const message = (change: Record<string, unknown> = {}) => ({
  id: 'aWdf9',
  created_time: new Date(AT).toISOString().replace('.000Z', '+0000'),
  from: { id: IG_ID },
  message: 'Lost?',
  ...change,
});
const conversation = (...data: unknown[]) => ({ data: [{ id: 't_1', messages: { data } }] });

test('asks for the conversation with this person', async () => {
  const { found, requests } = await find(conversation(message()));
  const receipt = { providerMessageId: 'aWdf9', identities: [IGSID], sentAt: AT };
  expect(found).toEqual({ receipt, status: 'sent' });
  expect(requests).toMatchObject([
    {
      method: 'GET',
      url: `https://graph.facebook.com/v25.0/${PAGE_ID}/conversations`,
      query: { platform: 'instagram', user_id: IGSID.address },
    },
  ]);
});

test.each([
  ['what the person said themselves', conversation(message({ from: { id: IGSID.address } }))],
  ['another text', conversation(message({ message: 'Found' }))],
  ['an older one', conversation(message({ created_time: '2020-01-01T00:00:00+0000' }))],
  ['a later one', conversation(message({ created_time: '2090-01-01T00:00:00+0000' }))],
  ['one without an instant', conversation(message({ created_time: 'soon' }))],
  ['one without an id', conversation(message({ id: '' }))],
  ['no conversation', { data: [] }],
  ['nonsense', { data: [null, 5, { messages: 'x' }, { messages: { data: [null, 1] } }] }],
  ['nothing', {}],
])('%s is not it', async (_what, answer) => {
  expect((await find(answer)).found).toBeUndefined();
});

test.each([
  ['letters put together', 'Café ❤️\r\nSí', 'Cafe\u0301 ❤\nSi\u0301'],
  ['spaces around it', 'Lost?', '  Lost? \n'],
])('the same words are found though they are written differently: %s', async (_how, sent, shown) => {
  const { found } = await find(conversation(message({ message: shown })), { type: 'text', text: sent });
  expect(found).toMatchObject({ receipt: { providerMessageId: 'aWdf9' } });
});

test('an empty text is nobody’s', async () => {
  const quick = { type: 'quick_replies' as const, text: '', replies: [] };
  expect((await find(conversation(message({ message: '' })), quick)).found).toBeUndefined();
});

test('what the conversation does not show is not asked for', async () => {
  const { found, requests } = await find(conversation(message()), { type: 'image', mediaId: '7' });
  expect([found, requests]).toEqual([undefined, []]);
});

describe.each([-24 * 60, -10, 0, 10, 24 * 60])('while Meta’s clock is %i minutes ahead of ours', (minutes) => {
  const aheadMs = minutes * 60_000;
  const date = new Date(NOW + aheadMs).toUTCString();
  const said = (at: number) => conversation(message({ created_time: new Date(at).toISOString() }));

  test('what it says was said at the time of the attempt is it', async () => {
    const { found } = await find(said(AT + aheadMs), TEXT, { date });
    expect(found).toMatchObject({ receipt: { providerMessageId: 'aWdf9', sentAt: AT + aheadMs } });
  });

  test.each([-10, 10])('what was said %i minutes from it is not', async (offMinutes) => {
    expect((await find(said(AT + aheadMs + offMinutes * 60_000), TEXT, { date })).found).toBeUndefined();
  });
});
