import type { EventBody, EventFrame, EventOf, ParleyEvent } from '../../contract/event.ts';
import type { InboundContent } from '../../contract/message.ts';
import { filesOf, simplifyEvent } from '../../nodes/shared/simplify.ts';

const frame: EventFrame = {
  id: 'evt_1',
  at: '2026-11-22T10:00:00.000Z',
  channel: 'whatsapp',
  account: { id: 'acc_1', externalId: '106540352242922', name: 'Shop' },
  conversationId: 'cnv_1',
  owner: 'bot',
  contact: {
    id: 'con_1',
    name: 'Ana',
    username: 'ana.m',
    identities: [
      { kind: 'user_id', address: 'US.1' },
      { kind: 'phone', address: '15550001111' },
    ],
  },
  session: { open: true, expiresAt: '2026-11-23T10:00:00.000Z', openedBy: 'message' },
};

function received(content: InboundContent): EventOf<'message.received'> {
  return {
    ...frame,
    type: 'message.received',
    message: { id: 'msg_1', providerMessageId: 'p1', content, sentAt: '2026-11-22T09:59:59.000Z' },
  };
}

const media = { id: 'med_1', mimeType: 'image/jpeg', filename: 'a.jpg' };

const KINDS: [InboundContent, Record<string, unknown>][] = [
  [{ type: 'text', text: 'Hi' }, { text: 'Hi' }],
  [
    { type: 'image', caption: 'Look', media },
    { text: 'Look', mediaId: 'med_1', mimeType: 'image/jpeg', fileName: 'a.jpg' },
  ],
  [
    { type: 'image', media, more: [{ type: 'video', media: { id: 'med_2', mimeType: 'video/mp4' } }] },
    {
      ...{ text: '', mediaId: 'med_1' },
      files: [
        { type: 'image', mediaId: 'med_1', mimeType: 'image/jpeg', fileName: 'a.jpg' },
        { type: 'video', mediaId: 'med_2', mimeType: 'video/mp4' },
      ],
    },
  ],
  [
    { type: 'audio', media: { id: 'm', mimeType: 'audio/ogg', voice: true } },
    {
      text: '',
      mediaId: 'm',
      voice: true,
      files: [{ type: 'audio', mediaId: 'm', mimeType: 'audio/ogg', voice: true }],
    },
  ],
  [
    { type: 'share', source: 'reel', url: 'https://a.example/r', title: 'Boots', id: '9' },
    { text: 'Boots', shareSource: 'reel', shareUrl: 'https://a.example/r', shareTitle: 'Boots', shareId: '9' },
  ],
  [
    { type: 'share', source: 'link', url: 'https://a.example', text: 'See' },
    { text: 'See', shareSource: 'link', shareUrl: 'https://a.example' },
  ],
  [
    { type: 'system', event: 'feedback', data: { score: 5 } },
    { text: '', systemEvent: 'feedback', systemData: { score: 5 } },
  ],
  [
    { type: 'location', latitude: 1.5, longitude: -2, name: 'Philz', address: '101 Forest Ave' },
    { text: 'Philz, 101 Forest Ave', latitude: 1.5, longitude: -2, placeName: 'Philz', placeAddress: '101 Forest Ave' },
  ],
  [
    { type: 'contacts', contacts: [{ name: { formatted: 'Bo' } }, { name: { formatted: 'Cy' } }] },
    { text: 'Bo, Cy', contacts: [{ name: { formatted: 'Bo' } }, { name: { formatted: 'Cy' } }] },
  ],
  [
    { type: 'reaction', messageId: 'msg_0', emoji: '❤' },
    { text: '❤', emoji: '❤', replyTo: 'msg_0' },
  ],
  [
    { type: 'button', buttonId: 'yes', text: 'Yes please', source: 'message' },
    { text: 'Yes please', buttonId: 'yes', buttonText: 'Yes please' },
  ],
  [
    { type: 'list', buttonId: 'row1', text: 'Monday', description: '9:00' },
    { text: 'Monday', buttonId: 'row1', buttonText: 'Monday', buttonDescription: '9:00' },
  ],
  [
    { type: 'form', name: 'booking', token: 't', data: { day: 'Mon' } },
    { text: '', formName: 'booking', formToken: 't', formData: { day: 'Mon' } },
  ],
  [
    { type: 'address', data: { city: 'Pune' } },
    { text: '', formData: { city: 'Pune' } },
  ],
  [
    {
      type: 'order',
      catalogId: 'c',
      text: 'Soon',
      items: [{ productId: 'p', quantity: 2, price: 3, currency: 'EUR' }],
    },
    { text: 'Soon', catalogId: 'c', orderItems: [{ productId: 'p', quantity: 2, price: 3, currency: 'EUR' }] },
  ],
  [
    { type: 'system', event: 'user_changed_number', text: 'moved' },
    { text: 'moved', systemEvent: 'user_changed_number' },
  ],
  [
    { type: 'choices', choices: [{ buttonId: 'a', text: 'Anis' }], text: 'Anis' },
    { text: 'Anis', choices: [{ buttonId: 'a', text: 'Anis' }] },
  ],
  [
    { type: 'time_slot', slotId: 's', startsAt: '2027-03-01T15:30:00.000Z', durationMs: 1_800_000, text: 'Mon' },
    { text: 'Mon', slotId: 's', slotStartsAt: '2027-03-01T15:30:00.000Z', slotMinutes: 30 },
  ],
  [
    { type: 'payment', status: 'authorized', referenceId: 'o-1', data: { total: '1.00' } },
    { paymentStatus: 'authorized', paymentReference: 'o-1', paymentData: { total: '1.00' } },
  ],
  [
    { type: 'authentication', status: 'authenticated', state: 'n', token: 't' },
    { signInStatus: 'authenticated', signInState: 'n', signInToken: 't' },
  ],
  [{ type: 'request_welcome' }, { text: '' }],
  [
    { type: 'call_permission', response: 'accept', expiresAt: 1 },
    { callPermission: 'accept', callPermissionExpiresAt: 1 },
  ],
  [
    { type: 'unsupported', reason: 'unknown type' },
    { text: '', reason: 'unknown type' },
  ],
];

test.each(KINDS)('a message of kind $type is flat', (content, fields) => {
  const item = simplifyEvent(received(content));
  expect(item).toMatchObject({
    event: 'message.received',
    from: '15550001111',
    name: 'Ana',
    kind: content.type,
    messageId: 'msg_1',
    conversationId: 'cnv_1',
    sessionOpen: true,
    sessionExpiresAt: '2026-11-23T10:00:00.000Z',
    at: '2026-11-22T10:00:00.000Z',
    channel: 'whatsapp',
    account: '106540352242922',
    eventId: 'evt_1',
    ...fields,
  });
  expect(Object.values(item)).not.toContain(undefined);
});

test('what is not the whole of a message says so', () => {
  const event = received({ type: 'text', text: 'Hi' });
  expect(simplifyEvent(event)).not.toHaveProperty('incomplete');
  expect(simplifyEvent({ ...event, message: { ...event.message, incomplete: true } })).toMatchObject({
    incomplete: true,
  });
});

test('what workflows decide by comes first', () => {
  const [content] = KINDS.find(([{ type }]) => type === 'button') as [InboundContent, unknown];
  expect(Object.keys(simplifyEvent(received(content))).slice(0, 8)).toEqual([
    ...['event', 'from', 'name', 'text', 'kind', 'buttonId', 'buttonText', 'messageId'],
  ]);
});

test('a thread and attributes stand beside the other fields, and are absent where there are none', () => {
  const event = received({ type: 'text', text: 'Hi' });
  const attributes = { intent: 'billing', locale: 'fr' };
  expect(simplifyEvent({ ...event, thread: 'order-7', attributes })).toMatchObject({ thread: 'order-7', attributes });
  expect(Object.keys(simplifyEvent(event))).toEqual(
    expect.not.arrayContaining(['thread', 'attributes', 'sessionClosedAt']),
  );
});

test('a contact who left is gone since then, and no end of a session is told', () => {
  const closedAt = '2026-11-22T09:00:00.000Z';
  const item = simplifyEvent({
    ...{ ...frame, type: 'conversation.control', data: { event: 'left' } },
    session: { open: false, closedAt },
  });
  expect(item).toMatchObject({ from: '15550001111', subtype: 'left', sessionOpen: false, sessionClosedAt: closedAt });
  expect(item).not.toHaveProperty('sessionExpiresAt');
});

test('the whole event is kept, its raw body apart', () => {
  const event = { ...received({ type: 'text', text: 'Hi' }), raw: { any: 1 } };
  const { raw, ...details } = event;
  expect(simplifyEvent(event)).toMatchObject({ details, raw });
});

test('a reply names what it answers, an ad what led here', () => {
  const event = received({ type: 'text', text: 'Hi' });
  const context = {
    replyToProviderId: 'p0',
    forwarded: true,
    referral: { sourceId: 'ad1', headline: 'Sale', clickId: 'c1' },
  };
  const message = { ...event.message, context };
  expect(simplifyEvent({ ...event, message })).toMatchObject({
    ...{ replyTo: 'p0', forwarded: true, adId: 'ad1', adHeadline: 'Sale', adClickId: 'c1' },
  });
  expect(simplifyEvent({ ...event, message: { ...message, replyTo: 'msg_0' } })).toMatchObject({ replyTo: 'msg_0' });
});

test('an answer to a story names it, a link brings its reference, and people have a time of their own', () => {
  const event = received({ type: 'text', text: 'Hi' });
  const context = { story: { id: '178', url: 'https://a.example/s' }, referral: { reference: 'summer' } };
  const message = { ...event.message, context };
  const session = { open: false, personUntil: '2026-11-29T10:00:00.000Z' };
  expect(simplifyEvent({ ...event, message, session })).toMatchObject({
    ...{ storyId: '178', storyUrl: 'https://a.example/s', reference: 'summer' },
    ...{ sessionOpen: false, sessionPersonUntil: '2026-11-29T10:00:00.000Z' },
  });
});

type Told = EventBody & Pick<ParleyEvent, 'owner' | 'contact' | 'session'>;

const OTHERS: [Told, Record<string, unknown>][] = [
  [
    {
      type: 'message.status',
      status: {
        ...{ id: 'msg_9', providerMessageId: 'p9', status: 'failed', kind: 'text', metadata: { order: 7 } },
        error: { code: 'session_closed', message: 'too late', providerCode: '131047' },
        pricing: { billable: false, category: 'service' },
      },
    },
    {
      ...{ to: '15550001111', status: 'failed', kind: 'text', messageId: 'msg_9', metadata: { order: 7 } },
      ...{ errorCode: 'session_closed', errorMessage: 'too late', providerErrorCode: '131047' },
      ...{ billable: false, pricingCategory: 'service' },
    },
  ],
  [
    { type: 'message.echo', echo: { providerMessageId: 'p5', content: { type: 'text', text: 'From the phone' } } },
    { to: '15550001111', text: 'From the phone', kind: 'text', providerMessageId: 'p5' },
  ],
  [
    {
      ...{ type: 'template.status', contact: undefined, session: undefined },
      data: { name: 'order', language: 'en', newStatus: 'APPROVED' },
    },
    { event: 'template.status', name: 'order', language: 'en', newStatus: 'APPROVED' },
  ],
  [
    { type: 'contact.preference', data: { topic: 'marketing', value: 'stop' } },
    { from: '15550001111', topic: 'marketing', value: 'stop' },
  ],
  [
    {
      type: 'link.clicked',
      data: { reference: 'summer', source: 'SHORTLINK', sourceType: 'shortlink', adId: '61' },
    },
    { from: '15550001111', reference: 'summer', source: 'SHORTLINK', sourceType: 'shortlink', adId: '61' },
  ],
  [
    { type: 'conversation.control', owner: 'human', data: { event: 'control_passed', newOwner: '2' } },
    { from: '15550001111', owner: 'human', subtype: 'control_passed', newOwner: '2' },
  ],
  [{ type: 'message.deleted', data: { messageId: 'msg_3', providerMessageId: 'p3' } }, { messageId: 'msg_3' }],
  [
    { type: 'message.deleted', data: { messageId: 'msg_3', providerMessageId: 'p3', isOwn: true } },
    { messageId: 'msg_3', to: '15550001111', isOwn: true },
  ],
  [
    {
      type: 'message.echo',
      echo: {
        providerMessageId: 'p4',
        content: { type: 'text', text: 'new words' },
        ...{ edited: true, replyTo: 'msg_2', context: { replyToProviderId: 'p2' } },
      },
    },
    { to: '15550001111', text: 'new words', edited: true, replyTo: 'msg_2' },
  ],
  [
    {
      type: 'payment.updated',
      data: { messageId: 'msg_3', status: 'captured', referenceId: 'r1', amount: 12.5, currency: 'INR' },
    },
    { from: '15550001111', messageId: 'msg_3', status: 'captured', referenceId: 'r1', amount: 12.5, currency: 'INR' },
  ],
];

test.each(OTHERS)('$type is flat', (told, fields) => {
  const item = simplifyEvent({ ...frame, ...told });
  expect(item).toMatchObject({ event: told.type, ...fields });
  expect('from' in item && 'to' in item).toBe(false);
});

test('only files of the contact can be fetched, the first one first', () => {
  const more = [{ type: 'video' as const, media: { id: 'med_2' } }];
  expect(filesOf(received({ type: 'image', media }))).toEqual([{ type: 'image', media }]);
  expect(filesOf(received({ type: 'image', media, more }))).toEqual([{ type: 'image', media }, ...more]);
  expect(filesOf(received({ type: 'text', text: 'Hi' }))).toEqual([]);
  const echo = { providerMessageId: 'p', content: { type: 'image', media } } as const;
  expect(filesOf({ ...frame, type: 'message.echo', echo })).toEqual([]);
});
