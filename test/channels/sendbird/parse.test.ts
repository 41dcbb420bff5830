import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { sendbird } from '../../../service/src/channels/sendbird/index.ts';
import * as w from './fixtures/webhooks.ts';
import { BOT, parsed, SETTINGS, settingsWith, sign, THREAD } from './support.ts';

const ANA = { identities: [{ kind: 'user_id', address: 'u-42' }], name: 'Zoë' };
const IN = { type: 'message.received', providerMessageId: '238303376', dedupeKey: 'message:238303376', thread: THREAD };
const content = (webhook: unknown) => {
  const [event] = parsed(webhook);
  return event && 'content' in event ? event.content : undefined;
};

test('a text comes with its person, its thread, its time and what the app says beside it', () => {
  expect(parsed(w.said())).toEqual([
    {
      ...IN,
      ...{ at: 1_760_000_000_123, contact: ANA, address: ['u-42', BOT, 'any sender'], raw: expect.anything() },
      content: { type: 'text', text: 'Où est ma commande ?' },
      attributes: {
        ...{ channelName: 'Support', channelType: 'support', customType: 'order-question' },
        ...{ data: '{"orderId":"A-77"}', 'metadata.locale': 'fr' },
      },
    },
  ]);
});

test.each<[string, unknown, object | undefined]>([
  [
    'a file',
    w.file(),
    {
      type: 'image',
      media: { providerId: 'https://file-us-1.sendbird.com/abc.jpg', filename: 'photo.jpg', mimeType: 'image/jpeg' },
    },
  ],
  [
    'a file by the names of answers',
    w.file({ content_type: undefined, filename: undefined, file_name: 'a.pdf', file_type: 'application/pdf' }),
    { type: 'document', media: { filename: 'a.pdf', mimeType: 'application/pdf' } },
  ],
  [
    'several files',
    w.file({ url: undefined, files: [{ url: 'https://x.sendbird.com/1' }, { url: 'https://x.sendbird.com/2' }] }),
    { type: 'document', more: [{ type: 'document', media: { providerId: 'https://x.sendbird.com/2' } }] },
  ],
  ['a file without a link', w.file({ url: undefined }), { type: 'unsupported' }],
  [
    'a button',
    w.answered({ type: 'button', id: 'yes', title: 'Oui' }),
    { type: 'button', buttonId: 'yes', text: 'Oui' },
  ],
  ['a row', w.answered({ type: 'list', id: 'r1' }), { type: 'list', buttonId: 'r1', text: 'Oui' }],
  [
    'several rows',
    w.answered({ type: 'choices', choices: [{ id: 'a', title: 'A' }, { id: 'b' }] }, 'A, b'),
    {
      type: 'choices',
      choices: [
        { buttonId: 'a', text: 'A' },
        { buttonId: 'b', text: 'b' },
      ],
      text: 'A, b',
    },
  ],
  [
    'a time',
    w.answered({ type: 'time_slot', id: 's1', startsAt: '2026-12-03T10:00:00+01:00', durationMs: 60_000 }),
    { type: 'time_slot', slotId: 's1', startsAt: '2026-12-03T09:00:00.000Z', durationMs: 60_000 },
  ],
  ['a form', w.answered({ type: 'form', data: { a: 1 }, token: 't' }), { type: 'form', data: { a: 1 }, token: 't' }],
  ['a time that is none', w.answered({ type: 'time_slot', id: 's1', startsAt: 'soon' }), { type: 'text', text: 'Oui' }],
  ['an answer of no kind', w.answered({ type: 'hologram' }), { type: 'text', text: 'Oui' }],
  ['JSON of somebody else', w.said({ data: '{"schema":"parley/v2","answer":{}}' }), { type: 'text' }],
])('%s', (_name, webhook, expected) => {
  expect(content(webhook)).toMatchObject(expected as object);
});

test.each([
  ['in the payload', w.said({ parent_message_id: 77 })],
  ['beside it', w.said({}, { parent_message_id: 77 })],
])('what a message answers stands %s', (_name, webhook) => {
  expect(parsed(webhook)).toMatchObject([{ context: { replyToProviderId: '77' } }]);
});

test('an id beyond 2^53 is kept to the digit', () => {
  const body = Buffer.from(JSON.stringify(w.said()).replace('238303376', '9007199254740993'));
  expect(sendbird.parse(sign(body), SETTINGS)).toMatchObject([{ providerMessageId: '9007199254740993' }]);
});

const meta = { sorted_metaarray: [{ key: 'parley_message', value: ['msg_1'] }] };
const told: [string, unknown, Partial<ChannelEvent>[]][] = [
  [
    'a message that Parley sent',
    { ...w.OWN, ...meta },
    [{ type: 'message.status', status: 'sent', correlationId: 'msg_1' }],
  ],
  [
    "somebody's own correlation proves nothing",
    w.said({}, meta),
    [{ type: 'message.received', content: { type: 'text', text: 'Où est ma commande ?' } }],
  ],
  ['what the sender said elsewhere', w.OWN, [{ type: 'message.echo', contact: ANA, thread: THREAD }]],
  [
    'what an agent said',
    w.said({}, { sender: { user_id: 'agent-7' }, members: [w.ZOE, w.ASSISTANT, { user_id: 'agent-7' }] }),
    [{ type: 'message.echo', owner: 'human', contact: ANA }],
  ],
  [
    'what the sender said to several people',
    w.said({}, { sender: w.ASSISTANT, members: [w.ZOE, { user_id: 'u-43' }, w.ASSISTANT] }),
    [{ type: 'unsupported' }],
  ],
  ['an admin message', w.said({}, { sender: undefined, type: 'ADMM' }), [{ type: 'message.echo', contact: ANA }]],
  ["a bot's callback", w.CALLBACK, [{ ...IN, content: { type: 'text', text: 'Où est ma commande ?' } } as never]],
  [
    'an edit',
    w.EDIT,
    [{ type: 'message.edited', at: 1_760_000_009_000, content: { type: 'text', text: 'Où est A-77 ?' } }],
  ],
  ['an edit of ours', { ...w.EDIT, sender: w.ASSISTANT }, [{ type: 'message.edited', isOwn: true, contact: ANA }]],
  ['a deletion', w.DELETION, [{ type: 'message.deleted', providerMessageId: '238303376', contact: ANA }]],
  ['read', w.READ, [{ type: 'message.watermark', status: 'read', upTo: 1_760_000_009_000, thread: THREAD }]],
  [
    'read by ours',
    { ...w.READ, read_updates: [{ user_id: BOT, read_ts: 1_760_000_009_000 }] },
    [{ type: 'unsupported' }],
  ],
  ['joined', w.JOIN, [{ type: 'conversation.members', data: { event: 'joined', members: [ANA] }, contact: ANA }]],
  [
    'left',
    w.LEAVE,
    [
      { type: 'conversation.members', data: { event: 'left', members: [ANA] } },
      { type: 'conversation.control', closes: true, data: { event: 'left' }, contact: ANA, thread: THREAD },
    ],
  ],
  [
    'a reaction',
    w.REACTION,
    [
      {
        ...{ type: 'message.received', at: 1_760_000_013_000, contact: ANA, thread: THREAD },
        content: { type: 'reaction', messageId: '238303380', emoji: '👍' },
      },
    ],
  ],
  [
    'a reaction taken back',
    w.UNREACTION,
    [{ type: 'message.received', content: { type: 'reaction', messageId: '238303380', emoji: '' } }],
  ],
  ['a reaction of ours', { ...w.REACTION, user: w.ASSISTANT }, [{ type: 'unsupported' }]],
  ['a reaction to nothing', { ...w.REACTION, message: {} }, [{ type: 'unsupported' }]],
  ['blocked', w.BLOCK, [{ type: 'contact.preference', topic: 'all', value: 'stop', contact: ANA }]],
  ['no longer blocked', w.UNBLOCK, [{ type: 'contact.preference', topic: 'all', value: 'resume', contact: ANA }]],
  [
    'no longer blocked, under the names of a block',
    { ...w.BLOCK, category: 'user:unblock' },
    [{ type: 'contact.preference', topic: 'all', value: 'resume', contact: ANA }],
  ],
  ['a block between users', { ...w.BLOCK, blockee: { user_id: 'u-43' } }, [{ type: 'unsupported' }]],
  [
    'an alert',
    w.ALERT,
    [{ type: 'account.alert', data: { field: 'alert', event: 'user_message_rate_limit_exceeded' } }],
  ],
  ['a change', w.CHANGED, [{ type: 'unsupported' }]],
  ['what is not known', { category: 'open_channel:enter' }, [{ type: 'unsupported' }]],
];
test.each(told)('%s', (_name, webhook, events) => {
  expect(parsed(webhook)).toMatchObject(events);
});

test('the oldest account hears what names no sender; whoever is named hears it else', () => {
  expect(parsed(w.said({}, { members: undefined }))).toMatchObject([{ address: ['u-42', 'any sender'] }]);
  const other = settingsWith({ senderId: 'sales-bot' });
  const find = (addresses: readonly string[]) => (addresses.includes('sales-bot') ? other : undefined);
  const body = Buffer.from(JSON.stringify({ ...w.OWN, sender: { user_id: 'sales-bot' } }));
  expect(sendbird.parse(sign(body), SETTINGS)).toMatchObject([{ type: 'message.received' }]);
  expect(sendbird.parse(sign(body), SETTINGS, find)).toMatchObject([{ type: 'unsupported' }]);
});

test('of a channel with a hundred members each counts once, and the sender first', () => {
  const members = [...Array.from({ length: 99 }, (_, index) => ({ user_id: `u-${index}` })), w.ASSISTANT];
  const [event] = parsed(w.said({}, { members }));
  expect(event?.address).toHaveLength(101);
  expect(event?.address?.[0]).toBe('u-42');
  expect(event?.address).toContain(BOT);
});
