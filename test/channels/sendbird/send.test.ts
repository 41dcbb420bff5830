import type { OutgoingMessage } from '../../../service/src/channels/channel.ts';
import { ERROR_TABLE, ruleOf } from '../../../service/src/channels/sendbird/errors.ts';
import { sendbird } from '../../../service/src/channels/sendbird/index.ts';
import { alwaysAnswering, inOrder, json } from '../../conformance/fake-io.ts';
import { caught } from '../../conformance/probes.ts';
import { outgoing } from '../../support/outgoing.ts';
import { DRAWN, PLAIN } from './fixtures/outbound.ts';
import { API, BOT, DRAWING, refusal, SETTINGS, settingsWith, taken, THREAD } from './support.ts';

const ZOE = { kind: 'user_id', address: 'u-42' };
const text = { type: 'text', text: 'hello' } as const;
const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage =>
  outgoing({ id: 'msg_1', to: ZOE, thread: THREAD, content: text, ...change });
const ADDED = { dedup_id: 'msg_1', sorted_metaarray: [{ key: 'parley_message', value: ['msg_1'] }] };
const SENT = { providerMessageId: '238303399', sentAt: 1_760_000_020_000 };

test.each([...PLAIN, ...DRAWN].map(({ name, content, says }) => [name, content, says] as const))(
  '%s is one request',
  async (_name, content, says) => {
    const { io, requests } = inOrder(taken());
    await expect(sendbird.send(message({ content }), DRAWING, io)).resolves.toEqual(SENT);
    expect(requests).toEqual([
      {
        ...{
          method: 'POST',
          url: `${API}/group_channels/${THREAD}/messages`,
          json: { user_id: BOT, ...says, ...ADDED },
        },
        headers: { 'api-token': 'a-secondary-token-of-the-app', accept: 'application/json' },
      },
    ]);
  },
);

test('a bot sends by its own call, and offers choices as replies', async () => {
  const { io, requests } = inOrder(json(200, { message: { message_id: 5, created_at: 1_760_000_020_000 } }));
  const choices = [{ id: 'yes', title: 'Yes' }];
  const content = { type: 'text', text: 'Sure?\n\n1. Yes', choices } as const;
  const sent = await sendbird.send(message({ content }), settingsWith({ senderType: 'bot' }), io);
  expect(sent).toMatchObject({ providerMessageId: '5' });
  expect(requests[0]).toMatchObject({ url: `${API}/bots/${BOT}/send` });
  expect(requests[0]?.json).toEqual({
    ...{ channel_url: THREAD, message_type: 'MESG', message: 'Sure?\n\n1. Yes', ...ADDED },
    extended_message_payload: { suggested_replies: ['Yes'] },
  });
});

test('an admin message has no sender, though a bot is one', async () => {
  const { io, requests } = inOrder(taken());
  const content = { type: 'native', body: { message_type: 'ADMM', message: 'An agent comes' } } as const;
  await sendbird.send(message({ content }), settingsWith({ senderType: 'bot' }), io);
  expect(requests[0]).toMatchObject({ url: `${API}/group_channels/${THREAD}/messages` });
  expect(requests[0]?.json).toEqual({ message_type: 'ADMM', message: 'An agent comes', ...ADDED });
});

test('a thread is one part of the path, and options are fields', async () => {
  const { io, requests } = inOrder(taken());
  const options = { customType: 'order-status', silent: true, push: false };
  await sendbird.send(message({ thread: 'a/../b?c', options }), SETTINGS, io);
  expect(requests[0]?.url).toBe(`${API}/group_channels/a%2F..%2Fb%3Fc/messages`);
  expect(requests[0]?.json).toMatchObject({ custom_type: 'order-status', is_silent: true, send_push: false });
});

const codes = ERROR_TABLE.map(([of, rule]) => [typeof of === 'number' ? of : of[0], rule.kind] as const);
test.each(codes)('error %i is %s', async (code, kind) => {
  const { io } = alwaysAnswering(refusal(code, code === 500910 ? 429 : 400));
  await expect(sendbird.send(message(), SETTINGS, io)).rejects.toMatchObject({
    kind,
    details: { providerCode: String(code) },
  });
});

test.each([
  ['a code nobody knows', refusal(999999), { kind: 'rejected' }],
  ['5xx, whatever it says', refusal(900080, 502), { kind: 'uncertain' }],
  [
    'a wait that is told',
    refusal(500910, 429, 'Slow', { 'retry-after': '7' }),
    { kind: 'throttled', details: { retryAfterMs: 7_000 } },
  ],
])('%s', async (_name, answer, expected) => {
  await expect(sendbird.send(message(), SETTINGS, alwaysAnswering(answer).io)).rejects.toMatchObject(expected);
});

test('a range of codes ends where it says', () => {
  expect(ruleOf(900066)?.kind).toBe('rejected');
  expect(ruleOf(900067)).toBeUndefined();
});

const MANY = Array.from({ length: 11 }, (_, index) => ({ id: `b${index}`, title: 'B' }));
test.each([
  ['a text that is too long', { type: 'text', text: 'x'.repeat(5001) }, 'text'],
  ['an uploaded file', { type: 'image', mediaId: 'm1' }, 'mediaId'],
  ['a link that is none', { type: 'document', link: 'ftp://x' }, 'link'],
  ['a body that sets the sender', { type: 'native', body: { message: 'x', user_id: 'u' } }, 'body.user_id'],
  ['a body of nothing', { type: 'native', body: {} }, 'body'],
  ['too many buttons', { type: 'buttons', text: 'x', buttons: MANY }, 'buttons'],
  [
    'two rows of one id',
    { type: 'list', text: 'x', buttonTitle: 'y', sections: [{ rows: [MANY[0], MANY[0]] }] },
    'rows[].id',
  ],
  [
    'a slot that is no time',
    { type: 'time_picker', text: 'x', slots: [{ id: 'a', startsAt: 'soon', durationMs: 1 }] },
    'slots[0].startsAt',
  ],
  ['a form of the provider', { type: 'form', text: 'x', buttonTitle: 'y', formId: '1' }, 'formId'],
  ['a question for the number', { type: 'quick_replies', text: 'x', replies: [{ ask: 'phone' }] }, 'replies'],
  ['a fallback that is too long', { type: 'buttons', text: 'x'.repeat(4_999), buttons: MANY.slice(0, 2) }, 'text'],
])('refuses %s', (_name, content, field) => {
  const error = caught(() => sendbird.check(content as never, DRAWING));
  expect(error).toMatchObject({ status: 400, code: 'invalid_content', message: expect.stringContaining(field) });
});

test('a caption takes an app that draws it', () => {
  const content = { type: 'image', link: 'https://x.example/1.jpg', caption: 'look' } as const;
  expect(caught(() => sendbird.check(content, SETTINGS))).toMatchObject({ code: 'invalid_content' });
  expect(caught(() => sendbird.check(content, DRAWING))).toBeUndefined();
});
