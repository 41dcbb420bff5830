import { CONTACTS, CONTENT_CASES, messageWith, USER } from './fixtures/inbound-messages.ts';
import { messagesChange, parseBody, parseChange, PHONE_ID, bodyOf } from './support.ts';

const IDENTITIES = [
  { kind: 'user_id', address: USER.user_id },
  { kind: 'phone', address: '15550001111' },
];
const ANA = { identities: IDENTITIES, name: 'Ana', username: 'ana.m' };
const parseMessage = (message: unknown, more: Record<string, unknown> = {}) =>
  parseChange(messagesChange({ contacts: CONTACTS, messages: [message], ...more }));
const text = { type: 'text', text: { body: 'hi' } };
const OPENERS: Record<string, string> = { request_welcome: 'welcome', button: 'button', list: 'button' };

describe('contents', () => {
  test.each(CONTENT_CASES.map((sample) => [sample.name, sample] as const))('%s', (_name, { message, content }) => {
    const whole = messageWith(message);
    const [event, ...others] = parseMessage(whole);
    expect(others).toEqual([]);
    expect(event).toEqual({
      type: 'message.received',
      address: `phone:${PHONE_ID}`,
      dedupeKey: 'message:wamid.HBgL1',
      at: 1_750_000_000_000,
      raw: whole,
      contact: ANA,
      providerMessageId: 'wamid.HBgL1',
      content,
      ...(content.type !== 'reaction' && { opensWindow: OPENERS[content.type] ?? 'message' }),
    });
  });
});

describe('context', () => {
  test.each([
    ['reply', { from: '1', id: 'wamid.0' }, { replyToProviderId: 'wamid.0' }],
    ['forwarded', { forwarded: true }, { forwarded: true }],
    ['frequently forwarded', { frequently_forwarded: true }, { frequentlyForwarded: true }],
    [
      'asked about a product',
      { id: 'wamid.0', referred_product: { catalog_id: '19', product_retailer_id: 'sku-1' } },
      { replyToProviderId: 'wamid.0', product: { catalogId: '19', productId: 'sku-1' } },
    ],
  ])('%s', (_name, context, expected) => {
    expect(parseMessage(messageWith({ ...text, context }))).toMatchObject([{ context: expected }]);
  });

  test('what another responder said before, in sum', () => {
    const around = { conversation_context: { type: 'summary', summary: { text: 'Wants a refund' } } };
    expect(parseMessage(messageWith(text), around)).toMatchObject([{ context: { summary: 'Wants a refund' } }]);
  });

  test('a context that says nothing is left out', () => {
    expect(parseMessage(messageWith({ ...text, context: { from: '1' } }))[0]).not.toHaveProperty('context');
  });

  test('a message from an ad opens the session by it', () => {
    const referral = {
      source_url: 'https://fb.me/xyz',
      source_id: '120226305854810726',
      source_type: 'ad',
      headline: 'Chat with us',
      body: 'Summer sale',
      media_type: 'video',
      video_url: 'https://v.example/1',
      thumbnail_url: 'https://t.example/1',
      ctwa_clid: 'Aff-n8',
      ref: 'summer-26',
      welcome_message: { text: 'Hi there!' },
    };
    expect(parseMessage(messageWith({ ...text, referral }))).toMatchObject([
      {
        opensWindow: 'ad',
        context: {
          referral: {
            sourceUrl: 'https://fb.me/xyz',
            sourceId: '120226305854810726',
            sourceType: 'ad',
            headline: 'Chat with us',
            body: 'Summer sale',
            mediaType: 'video',
            mediaUrl: 'https://v.example/1',
            clickId: 'Aff-n8',
            reference: 'summer-26',
            welcomeMessage: 'Hi there!',
          },
        },
      },
    ]);
  });
});

describe('who it is from', () => {
  test.each([
    ['a user id only', { from: undefined }, [{ profile: {}, user_id: USER.user_id }], [IDENTITIES[0]]],
    ['an empty wa_id', { from: '' }, [{ wa_id: '', user_id: USER.user_id }], [IDENTITIES[0]]],
    ['a number only, as before 2026', { from_user_id: undefined }, [{ wa_id: '15550001111' }], [IDENTITIES[1]]],
    ['the user id only beside', { from_user_id: undefined }, CONTACTS, IDENTITIES],
    ['nobody in the message, one beside it', { from: '', from_user_id: '' }, CONTACTS, IDENTITIES],
    ['no contacts at all', {}, undefined, IDENTITIES],
  ])('%s', (_name, change, contacts, identities) => {
    const [event] = parseMessage({ ...messageWith(text), ...change }, { contacts });
    expect(event).toMatchObject({ type: 'message.received', contact: { identities } });
  });

  test('each message of a batch gets its own name', () => {
    const other = { profile: { name: 'Bo' }, wa_id: '4915112345678', user_id: 'DE.22' };
    const messages = [
      messageWith(text, 'wamid.1'),
      { ...messageWith(text, 'wamid.2'), from: '4915112345678', from_user_id: 'DE.22' },
    ];
    const events = parseChange(messagesChange({ contacts: [...CONTACTS, other], messages }));
    expect(events.map((event) => event.contact?.name)).toEqual(['Ana', 'Bo']);
  });

  test('a group is no person', () => {
    const [event] = parseMessage({ ...messageWith(text), group_id: '120363418770915618@g.us' });
    expect(event).toMatchObject({
      type: 'unsupported',
      data: { reason: 'group message', groupId: '120363418770915618@g.us' },
    });
    expect(event?.contact).toBeUndefined();
  });

  test('a message of nobody is kept', () => {
    const [event] = parseMessage({ id: 'wamid.1', ...text }, { contacts: [] });
    expect(event).toMatchObject({ type: 'unsupported', data: { reason: 'message of nobody' } });
  });
});

describe('changes of earlier messages', () => {
  test('edit', () => {
    const edit = {
      original_message_id: 'wamid.A',
      message: { type: 'text', text: { body: 'corrected' }, context: { id: 'M0' } },
    };
    expect(parseMessage(messageWith({ type: 'edit', edit }, 'wamid.E'))).toMatchObject([
      {
        type: 'message.edited',
        dedupeKey: 'message:wamid.E',
        contact: ANA,
        providerMessageId: 'wamid.A',
        content: { type: 'text', text: 'corrected' },
      },
    ]);
  });

  test('revoke', () => {
    const revoke = { original_message_id: 'wamid.A' };
    const [event] = parseMessage(messageWith({ type: 'revoke', revoke }, 'wamid.R'));
    expect(event).toMatchObject({
      type: 'message.deleted',
      dedupeKey: 'message:wamid.R',
      providerMessageId: 'wamid.A',
    });
    expect(event).not.toHaveProperty('opensWindow');
  });

  test.each([['edit'], ['revoke']])('%s of nothing is kept', (type) => {
    expect(parseMessage(messageWith({ type }))).toMatchObject([{ type: 'unsupported', contact: ANA }]);
  });
});

describe('system notes', () => {
  const note = (system: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    parseMessage({ from: '15550001111', id: 'wamid.S', timestamp: '1750269342', type: 'system', system, ...more });
  const OLD = { identities: [{ kind: 'phone', address: '15550001111' }] };

  test.each([
    ['user_changed_number', { wa_id: '15550002222' }, [{ kind: 'phone', address: '15550002222' }]],
    ['customer_changed_number', { new_wa_id: '15550002222' }, [{ kind: 'phone', address: '15550002222' }]],
    [
      'user_changed_user_id',
      { wa_id: '15550002222', user_id: 'US.2083' },
      [
        { kind: 'user_id', address: 'US.2083' },
        { kind: 'phone', address: '15550002222' },
      ],
    ],
    ['customer_identity_changed', {}, []],
  ])('%s joins identities', (type, system, added) => {
    const [event] = note({ type, body: 'User Ana changed', ...system }, { identity: { hash: 'h' } });
    expect(event).toMatchObject({
      type: 'contact.identity_changed',
      dedupeKey: 'message:wamid.S',
      at: 1_750_269_342_000,
      contact: OLD,
      added,
      data: { event: type, text: 'User Ana changed', hash: 'h' },
    });
    expect(event).not.toHaveProperty('opensWindow');
  });

  test('another note is a system message that opens nothing', () => {
    const [event] = note({ type: 'something_new', body: 'x' });
    expect(event).toMatchObject({
      type: 'message.received',
      content: { type: 'system', event: 'something_new', text: 'x' },
    });
    expect(event).not.toHaveProperty('opensWindow');
  });
});

describe('errors beside messages', () => {
  const errors = [
    { code: 131000, title: 'Something went wrong', error_data: { details: 'Unsupported webhook payload' } },
  ];

  test('explain an interactive message without body', () => {
    expect(parseMessage(messageWith({ type: 'interactive' }), { errors })).toMatchObject([
      { type: 'message.received', content: { type: 'unsupported', reason: 'Unsupported webhook payload' } },
    ]);
  });

  test('alone they are an alert of the number', () => {
    const events = parseChange(
      messagesChange({ errors: [{ code: 130429, title: 'Rate limit hit', message: 'Rate limit hit' }] }),
    );
    expect(events).toMatchObject([
      {
        type: 'account.alert',
        address: `phone:${PHONE_ID}`,
        data: { event: 'ERROR', providerCode: '130429', message: 'Rate limit hit' },
      },
    ]);
  });
});

test('every entry, change and message is read, in order, and repeats once', () => {
  const change = (...ids: string[]) =>
    messagesChange({ contacts: CONTACTS, messages: ids.map((id) => messageWith(text, id)) });
  const first = bodyOf(change('wamid.1', 'wamid.2'), change('wamid.3'));
  const second = bodyOf(change('wamid.2', 'wamid.4'));
  const events = parseBody({ ...first, entry: [...(first.entry as []), ...(second.entry as [])] });
  expect(events.map((event) => event.dedupeKey)).toEqual(['1', '2', '3', '4'].map((id) => `message:wamid.${id}`));
});

test.each([
  ['no id', { ...messageWith(text), id: undefined }, /^message:\d+:\d+:[0-9a-f]{32}$/],
  ['an impossible timestamp', { ...messageWith(text), timestamp: '99999999999999999' }, /^message:wamid/],
  ['a timestamp in words', { ...messageWith(text), timestamp: 'yesterday' }, /^message:wamid/],
])('a message with %s is still received', (_name, message, key) => {
  const [event] = parseMessage(message);
  expect(event?.type).toBe('message.received');
  expect(event?.dedupeKey).toMatch(key);
});
