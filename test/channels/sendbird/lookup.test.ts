import type { SoughtMessage } from '../../../service/src/channels/channel.ts';
import { sendbird } from '../../../service/src/channels/sendbird/index.ts';
import { inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import { API, BOT, SETTINGS, THREAD } from './support.ts';

const AT = NOW - 10 * 60_000;
const own = { key: 'parley_message', value: ['msg_1'] };
const listed = (change: object = {}) => ({
  ...{ message_id: 7, type: 'MESG', message: 'hello', user: { user_id: BOT }, created_at: AT + 200, ...change },
});
const sought = (change: Partial<SoughtMessage> = {}): SoughtMessage => ({
  ...outgoing({ id: 'msg_1', to: { kind: 'user_id', address: 'u-42' }, content: { type: 'text', text: 'hello' } }),
  ...{ thread: THREAD, attemptedAt: AT, isAnother: async (id) => id === 'known' },
  ...change,
});
const sameClock = { date: new Date(NOW).toUTCString() };
const find = (messages: unknown, headers: Record<string, string> = sameClock, change: Partial<SoughtMessage> = {}) =>
  sendbird.lookup?.find(sought(change), SETTINGS, inOrder(json(200, { messages }, headers)).io);

const FOUND = { receipt: { providerMessageId: '7', sentAt: AT + 200 }, status: 'sent' };

test.each([
  ['by our id, whatever it says', [listed({ sorted_metaarray: [own], message: 'changed' })], FOUND],
  ['by its words, its sender and its time', [listed()], FOUND],
  ['nothing is there', [], 'absent'],
  ["only others' messages are there", [listed({ user: { user_id: 'u-42' } })], 'absent'],
  ['the one that is there is another of ours', [listed({ message_id: 'known' })], 'absent'],
  [
    'the one that is there has another id of ours',
    [listed({ sorted_metaarray: [{ ...own, value: ['msg_2'] }] })],
    'absent',
  ],
  ['two say the same', [listed(), listed({ message_id: 8 })], undefined],
  ['one of the sender says something else', [listed({ message: 'bye' })], undefined],
  ['one is much later', [listed({ created_at: AT + 600_000 })], undefined],
  ['the list is longer', Array.from({ length: 200 }, () => listed({ user: { user_id: 'u-42' } })), undefined],
  ['there is no list', undefined, undefined],
])('%s', async (_name, messages, expected) => {
  expect(await find(messages)).toEqual(expected);
});

test.each([
  ['the clocks differ', { date: new Date(NOW - 600_000).toUTCString() }, {}],
  ['nobody knows whether they do', {}, {}],
  ['it may still arrive', sameClock, { attemptedAt: NOW - 60_000 }],
])('nothing is absent while %s', async (_name, headers, change) => {
  expect(await find([], headers, change)).toBeUndefined();
});

test('asks for the messages since the attempt, with what tells our id', async () => {
  const { io, requests } = inOrder(json(200, { messages: [] }));
  await sendbird.lookup?.find(sought(), SETTINGS, io);
  expect(requests[0]).toMatchObject({ method: 'GET', url: `${API}/group_channels/${THREAD}/messages` });
  expect(requests[0]?.query).toEqual({
    ...{ message_ts: AT - 60_000, prev_limit: 0, next_limit: 200, with_sorted_meta_array: 'true' },
  });
});
