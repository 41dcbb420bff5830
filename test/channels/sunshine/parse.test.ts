import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { sunshine } from '../../../service/src/channels/sunshine/index.ts';
import { TRIGGERS } from '../../../service/src/channels/sunshine/parse.ts';
import { VerificationError } from '../../../service/src/core/errors.ts';
import { caught } from '../../conformance/probes.ts';
import * as w from './fixtures/webhooks.ts';
import { INTEGRATION, parsed, requestWith, SECRET, SETTINGS, settingsWith, THREAD, ZOE } from './support.ts';

const BOTH = [
  { kind: 'user_id', address: ZOE },
  { kind: 'external_id', address: '912382197' },
];
const PERSONAL = [...BOTH, { kind: 'conversation_id', address: THREAD }];
const CONTACT = { identities: PERSONAL, name: 'Zoë Łuk' };

test('a text comes with its person, its thread, the channel behind, and what the app knows of them', () => {
  expect(parsed(w.said())).toEqual([
    {
      ...{ type: 'message.received', providerMessageId: '5f74c7d84a146f3abd72af1d', thread: THREAD, contact: CONTACT },
      ...{ dedupeKey: 'message:5f74c7d84a146f3abd72af1d', at: Date.parse('2026-02-03T18:00:56.820Z') },
      ...{ address: [INTEGRATION, 'any integration'], raw: expect.anything(), owner: 'bot', opensWindow: 'message' },
      content: { type: 'text', text: 'Bonjour 👋' },
      facts: { surface: 'whatsapp' },
      attributes: { surface: 'whatsapp', locale: 'fr', 'metadata.tier': 'gold', 'metadata.orders': '3' },
    },
  ]);
});

test.each<[string, object]>([
  ['reply', { type: 'button', buttonId: 'yes', text: 'Yes', source: 'message' }],
  ['image', { type: 'image', caption: 'look', media: { mimeType: 'image/jpeg' } }],
  ['file', { type: 'document', media: { filename: 'a.pdf' } }],
  ['voice', { type: 'audio' }],
  ['place', { type: 'location', latitude: 52.52, longitude: 13.405, name: 'Us', address: 'Here 1' }],
  ['form', { type: 'form', data: { name: 'Zoë', email: 'zoe@example.com', size: 'l' }, text: 'Name: Zoë' }],
  ['carousel', { type: 'unsupported' }],
])('content: %s', (name, content) => {
  expect(parsed(w.said(w.CONTENTS[name]))).toMatchObject([{ type: 'message.received', content }]);
});

const own = { parleyKind: 'list', parleyText: 'Row 1' };
const postback = (payload: object) => {
  const about = { conversation: w.CONVERSATION, user: w.USER, source: w.SOURCE };
  return w.webhook('conversation:postback', { ...about, postback: payload }, { id: 'evt1' });
};

const told: [string, unknown, Partial<ChannelEvent>[]][] = [
  [
    'a tap that says nothing',
    postback({ payload: 'Greet' }),
    [
      {
        type: 'message.received',
        providerMessageId: 'evt1',
        content: { type: 'button', buttonId: 'Greet', text: 'Greet', source: 'message' },
      },
    ],
  ],
  [
    'a row',
    postback({ payload: 'r1', metadata: own }),
    [{ type: 'message.received', content: { type: 'list', buttonId: 'r1', text: 'Row 1' } }],
  ],
  [
    'a message that Parley sent',
    w.ofBusiness({ metadata: { parleyMessageId: 'msg_1' } }),
    [{ type: 'message.status', status: 'sent', correlationId: 'msg_1', providerMessageId: '5f74c7d84a146f3abd72af1e' }],
  ],
  [
    'what an agent says',
    w.ofBusiness(),
    [{ type: 'message.echo', contact: { identities: [{ kind: 'conversation_id', address: THREAD }] }, thread: THREAD }],
  ],
  [
    'what is said to a group',
    w.ofBusiness({}, { conversation: { id: THREAD, type: 'sdkGroup' } }),
    [{ type: 'unsupported' }],
  ],
  [
    "a person's own correlation proves nothing",
    w.said(undefined, { metadata: { parleyMessageId: 'msg_1' } }),
    [{ type: 'message.received' }],
  ],
  [
    'what was taken back',
    w.said(undefined, { deleted: true }),
    [{ type: 'message.deleted', providerMessageId: '5f74c7d84a146f3abd72af1d' }],
  ],
  ['read', w.READ, [{ type: 'message.watermark', status: 'read', upTo: Date.parse('2026-02-03T18:00:56.834Z') }]],
  ['typing', w.TYPING, [{ type: 'contact.typing', data: { isTyping: true } }]],
  ['made', w.CREATE, [{ type: 'conversation.control', data: { event: 'created', reason: 'startConversation' } }]],
  [
    'a referral',
    w.REFERRAL,
    [{ type: 'link.clicked', data: { reference: 'promo', sourceType: 'ADS', event: 'OPEN-THREAD', adId: '61' } }],
  ],
  [
    'joined',
    w.JOIN,
    [{ type: 'conversation.members', data: { event: 'joined', members: [{ identities: BOTH, name: 'Zoë Łuk' }] } }],
  ],
  [
    'left',
    w.LEAVE,
    [{ type: 'conversation.members' }, { type: 'conversation.control', closes: true, data: { event: 'left' } }],
  ],
  ['removed', w.REMOVE, [{ type: 'conversation.control', closes: true, data: { event: 'removed' } }]],
  ['the channel has it', w.delivery('channel'), [{ type: 'message.status', status: 'sent' }]],
  ['the person has it', w.delivery('user'), [{ type: 'message.status', status: 'delivered' }]],
  [
    'it failed',
    w.FAILURE,
    [
      {
        ...{ type: 'message.status' as const, status: 'failed' as const },
        error: {
          ...{ kind: 'rejected', code: 'rejected', providerCode: 'uncategorized_error' },
          message: 'Unsupported message type `form`.',
        } as never,
      },
    ],
  ],
  [
    'one user less',
    w.MERGE,
    [
      {
        ...{ type: 'contact.identity_changed' as const, added: [{ kind: 'user_id', address: ZOE }] },
        contact: { identities: [{ kind: 'user_id', address: '26508c10541a4b0ff472e5e3' }] },
        merges: true,
      },
    ],
  ],
  ['blocked', w.BLOCKED, [{ type: 'contact.preference', topic: 'all', value: 'stop' }]],
  ['no longer blocked', w.UNBLOCKED, [{ type: 'contact.preference', topic: 'all', value: 'resume' }]],
  ['what no workflow is told', w.UPDATE, [{ type: 'unsupported' }]],
  ['what is not known', w.webhook('conversation:dance', {}), [{ type: 'unsupported' }]],
  ['no events', { events: [] }, [{ type: 'unsupported' }]],
];
test.each(told)('%s', (_name, webhook, events) => {
  expect(parsed(webhook)).toMatchObject(events);
});

const passed = w.switched('passControl', { activeSwitchboardIntegration: w.AGENTS }, { metadata: { a: 1 } });
test.each([
  ['agents have it', passed, 'human', { event: 'control_passed', newOwner: 'agents', metadata: '{"a":1}' }],
  ['a program has it', w.switched('acceptControl', {}), 'bot', { event: 'control_accepted', newOwner: 'bot' }],
  [
    'nobody has it',
    w.switched('releaseControl', { activeSwitchboardIntegration: undefined }),
    undefined,
    { event: 'control_released' },
  ],
  [
    'it is offered',
    w.switched('offerControl', { pendingSwitchboardIntegration: w.AGENTS }),
    undefined,
    { event: 'control_offered', requestedOwner: 'agents' },
  ],
  [
    'it failed',
    w.switched('passControl:failure', {}, { error: { code: 'switchboard_invalid_target', message: 'No such' } }),
    undefined,
    { event: 'control_passed_failed', reason: 'switchboard_invalid_target', summary: 'No such' },
  ],
])('the switchboard: %s', (_name, webhook, owner, data) => {
  const [event, ...others] = parsed(webhook);
  expect(others).toEqual([]);
  expect(event).toMatchObject({ type: 'conversation.control', thread: THREAD, data });
  expect(event?.owner).toBe(owner);
});

test('where this Parley has a name in the switchboard, anybody else is not the bot', () => {
  const named = (switchboardName: string) => parsed(w.said(), settingsWith({ switchboardName }))[0]?.owner;
  expect([named('bot'), named('another-bot')]).toEqual(['bot', 'human']);
});

test('what is of no integration names no account; what Sunshine tells twice is one event', () => {
  expect(parsed(w.ofBusiness())[0]).not.toHaveProperty('address');
  const webhook = w.said() as { events: unknown[] };
  expect(parsed({ ...webhook, events: [...webhook.events, ...webhook.events] })).toHaveLength(1);
});

test.each([
  ['telegram', undefined],
  ['messenger', 'message'],
  ['instagram', 'message'],
  ['wechat', 'message'],
])('a message on %s opens: %s', (type, opens) => {
  const [event] = parsed(w.said(undefined, { source: { type, integrationId: INTEGRATION } }));
  expect(event?.opensWindow).toBe(opens);
  expect(event?.facts).toEqual({ surface: type });
});

test('the webhook is set for every trigger that is read, and more', () => {
  expect(new Set(TRIGGERS).size).toBe(TRIGGERS.length);
  expect(TRIGGERS).toEqual(expect.arrayContaining(['conversation:message', 'switchboard:offerControl:failure']));
});

const BODY = JSON.stringify(w.said());
test.each<[string, string, string | undefined, VerificationError['failure'] | undefined]>([
  ['the secret', BODY, SECRET, undefined],
  ['the secret in capitals', BODY, SECRET.toUpperCase(), 'mismatch'],
  ['the secret and a space', BODY, `${SECRET} `, 'mismatch'],
  ['another secret', BODY, 'another', 'mismatch'],
  ['none', BODY, undefined, 'missing'],
  ['the secret, of another app', JSON.stringify({ app: { id: 'x' }, events: [] }), SECRET, 'malformed'],
  ['the secret, of version 1', JSON.stringify({ trigger: 'message:appUser' }), SECRET, 'malformed'],
])('a webhook with %s', (_name, body, secret, failure) => {
  const error = caught(() => sunshine.verify(requestWith(body, secret), 0, SETTINGS));
  expect((error as VerificationError | undefined)?.failure).toBe(failure);
});
