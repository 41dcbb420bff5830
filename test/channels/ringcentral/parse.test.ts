import type { ChannelEvent, PartialFact } from '../../../service/src/channels/channel.ts';
import { ringcentral } from '../../../service/src/channels/ringcentral/index.ts';
import type { VerificationError } from '../../../service/src/core/errors.ts';
import { inOrder, json } from '../../conformance/fake-io.ts';
import { caught } from '../../conformance/probes.ts';
import * as w from './fixtures/webhooks.ts';
import { AGENT, ANA, parsed, requestWith, SECRET, SETTINGS, settingsWith, SOURCE, THREAD } from './support.ts';

const CONTACT = { identities: [{ kind: 'identity_id', address: ANA }] };

test("a customer's message comes with its person, its thread, its source, and what their device shows", () => {
  expect(parsed(w.content())).toEqual([
    {
      ...{ type: 'message.received', providerMessageId: w.CONTENT_ID, thread: THREAD, contact: CONTACT },
      ...{ dedupeKey: `message:${w.CONTENT_ID}`, at: Date.parse('2026-06-25T22:00:41.339Z') },
      ...{ address: [SOURCE, 'any source'], raw: expect.anything() },
      content: { type: 'text', text: 'Où est ma commande ? 📦' },
      facts: { surface: 'engage_messaging', can: 'select,rich_link,template,carousel' },
      attributes: {
        surface: 'engage_messaging',
        language: 'fr',
        title: 'Commande',
        private: 'true',
        categories: 'c1,c2',
      },
    },
  ]);
});

const told: [string, unknown, Partial<ChannelEvent>[]][] = [
  [
    'a tap',
    w.content({ structured_reply: { payload: 'yes' }, body: 'Yes' }),
    [{ type: 'message.received', content: { type: 'button', buttonId: 'yes', text: 'Yes', source: 'message' } }],
  ],
  [
    'a form',
    w.content({ structured_reply: w.FORM_REPLY, body: '' }),
    [{ type: 'message.received', content: { type: 'form', name: 'pages', data: { name: 'Zoë', sizes: ['S', 'M'] } } }],
  ],
  [
    'a message on WhatsApp',
    w.content({ source_type: 'whatsapp' }),
    [{ type: 'message.received', opensWindow: 'message' }],
  ],
  ['a file', w.content({ has_attachment: true }), [{ type: 'message.received', rest: { contentId: w.CONTENT_ID } }]],
  [
    'an answer',
    w.content({ in_reply_to_id: '5950' }),
    [{ type: 'message.received', context: { replyToProviderId: '5950' } }],
  ],
  [
    'what the page itself posted',
    w.content({ author_id: '536cbd9e7aa58d58f3000099', in_reply_to_author_id: ANA }),
    [{ type: 'message.echo', contact: CONTACT }],
  ],
  [
    'what Parley said',
    w.replied(),
    [
      {
        type: 'message.status',
        status: 'sent',
        providerMessageId: w.CONTENT_ID,
        said: { type: 'text', text: 'I look it up' },
      },
    ],
  ],
  [
    'what an agent said',
    w.replied({ creator_id: '4f4f3a08a90ffb27ee000584' }),
    [{ type: 'message.echo', owner: 'human', contact: CONTACT, thread: THREAD }],
  ],
  ['what was said to nobody', w.replied({ in_reply_to_author_id: null }), [{ type: 'unsupported' }]],
  ['the channel took it', w.exported(), [{ type: 'message.status', status: 'sent' }]],
  [
    'the channel refused it',
    w.exported({ synchronization_status: 'error', synchronization_error: 'Blocked' }),
    [{ type: 'message.status', status: 'failed', error: { kind: 'rejected', code: 'rejected', message: 'Blocked.' } }],
  ],
  [
    'a thread that is closed',
    w.content({}, 'content.thread_closed'),
    [{ type: 'conversation.control', closes: true, contact: CONTACT, data: { event: 'thread_closed' } }],
  ],
  [
    'a thread that is opened',
    w.content({}, 'content.thread_opened'),
    [{ type: 'conversation.control', data: { event: 'thread_opened' } }],
  ],
  [
    'a source that was disabled',
    w.WEBHOOKS.at(-1),
    [{ type: 'account.alert', data: { field: 'content_source' } as never }],
  ],
  ['what no workflow is told', w.webhook('identity.merged', {}), [{ type: 'unsupported' }]],
  ['no events', { events: [] }, [{ type: 'unsupported' }]],
];
test.each(told)('%s', (_name, webhook, events) => {
  expect(parsed(webhook)).toMatchObject(events);
});

const OTHER = '4f4f3a08a90ffb27ee000584';
test.each([
  ['intervention.assigned', { user_id: OTHER }, 'human'],
  ['intervention.assigned', {}, 'bot'],
  ['task.taken', { user_id: OTHER }, 'human'],
  ['intervention.closed', {}, 'bot'],
  ['intervention.canceled', {}, 'bot'],
  ['intervention.recategorized', {}, undefined],
])('after %s %j it is answered by: %s', (type, metadata, owner) => {
  const [event] = parsed(w.aboutCase(type, metadata));
  expect(event).toMatchObject({
    type: 'conversation.control',
    thread: THREAD,
    data: { event: type.replace('.', '_') },
  });
  expect(event?.owner).toBe(owner);
});

test('a case without a person is told, and changes nobody', () => {
  const [event] = parsed(w.aboutCase('intervention.assigned', { identity_id: null }));
  expect(event).toMatchObject({ type: 'conversation.control' });
  expect(event).not.toHaveProperty('contact');
});

test('the files of a content are told by a GET, with its words', async () => {
  const [fact] = parsed(w.content({ has_attachment: true }));
  const files = ['a.jpg', 'b.pdf'].map((filename) => ({ url: `https://x.ringcentral.com/${filename}`, filename }));
  const attachments = [
    { ...files[0], content_type: 'image/jpeg' },
    { ...files[1], content_type: 'application/pdf' },
  ];
  const { io, requests } = inOrder(json(200, { body: 'look', attachments }));
  expect(await ringcentral.completion?.complete(fact as PartialFact, SETTINGS, io)).toEqual({
    content: {
      ...{ type: 'image', caption: 'look' },
      media: { providerId: 'https://x.ringcentral.com/a.jpg', mimeType: 'image/jpeg', filename: 'a.jpg' },
      more: [
        {
          type: 'document',
          media: { providerId: 'https://x.ringcentral.com/b.pdf', mimeType: 'application/pdf', filename: 'b.pdf' },
        },
      ],
    },
  });
  expect(requests[0]?.url).toBe(`https://shop.api.digital.ringcentral.com/1.0/contents/${w.CONTENT_ID}`);
});

test('accounts of a domain are one connection; its agent tells the bot from people', () => {
  expect(ringcentral.connection(settingsWith({ sourceId: undefined }))).toEqual(ringcentral.connection(SETTINGS));
  const unknown = parsed(w.replied(), settingsWith({ agentId: undefined }));
  expect(unknown).toMatchObject([{ type: 'message.echo', owner: 'human' }]);
  expect(AGENT).toBe(SETTINGS.agentId);
});

const BODY = JSON.stringify(w.content());
test.each<[string, string, string | undefined, VerificationError['failure'] | undefined]>([
  ['the secret', BODY, SECRET, undefined],
  ['the secret in another case', BODY, 'S3cr3t-ASCII', 'mismatch'],
  ['none', BODY, undefined, 'missing'],
  ['the secret, without events', '{}', SECRET, 'malformed'],
])('a webhook with %s', (_name, body, secret, failure) => {
  const error = caught(() => ringcentral.verify(requestWith(body, secret), 0, SETTINGS));
  expect((error as VerificationError | undefined)?.failure).toBe(failure);
});

const QUERY = { 'hub.mode': 'subscribe', 'hub.challenge': 'a1b2c3', 'hub.verify_token': 'vt-1-of-ours' };
test.each<[string, Record<string, string>, string | undefined, string]>([
  ['as it is to be', QUERY, SECRET, 'a1b2c3'],
  ['with another token', { ...QUERY, 'hub.verify_token': 'vt-2' }, SECRET, 'mismatch'],
  ['without a challenge', { ...QUERY, 'hub.challenge': '' }, SECRET, 'malformed'],
  ['with another mode', { ...QUERY, 'hub.mode': 'unsubscribe' }, SECRET, 'malformed'],
  ['without the secret', QUERY, undefined, 'missing'],
])('the check of the address: %s', (_name, query, secret, expected) => {
  const answer = () => ringcentral.handshake?.answer(requestWith('', secret, query), SETTINGS);
  const error = caught(answer) as VerificationError | undefined;
  expect(error === undefined ? answer()?.body : error.failure).toBe(expected);
});
