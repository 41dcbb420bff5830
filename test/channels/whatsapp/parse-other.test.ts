import { CONTACTS, messageWith, USER } from './fixtures/inbound-messages.ts';
import { messagesChange, METADATA, parseChange, PHONE_ID } from './support.ts';

const PHONE = { kind: 'phone', address: '15550001111' };
const USER_ID = { kind: 'user_id', address: USER.user_id };

describe('statuses', () => {
  const status = (part: Record<string, unknown>) =>
    parseChange(
      messagesChange({ statuses: [{ id: 'wamid.O', timestamp: '1750030073', recipient_id: '15550001111', ...part }] }),
    );

  test.each(['sent', 'delivered', 'read', 'played'])('%s', (step) => {
    expect(status({ status: step, recipient_user_id: USER.user_id, biz_opaque_callback_data: 'msg_77' })).toMatchObject(
      [
        {
          type: 'message.status',
          address: `phone:${PHONE_ID}`,
          dedupeKey: `status:wamid.O:${step}`,
          at: 1_750_030_073_000,
          contact: { identities: [USER_ID, PHONE] },
          providerMessageId: 'wamid.O',
          correlationId: 'msg_77',
          status: step,
        },
      ],
    );
  });

  test('failed tells why', () => {
    const errors = [
      {
        code: 131047,
        title: 'Re-engagement message',
        message: 'Re-engagement message',
        error_data: { details: 'More than 24 hours.' },
      },
    ];
    expect(status({ status: 'failed', errors })).toMatchObject([
      { status: 'failed', error: { kind: 'session_closed', code: 'session_closed', providerCode: '131047' } },
    ]);
    expect(status({ status: 'failed' })).toMatchObject([{ status: 'failed', error: { kind: 'rejected' } }]);
  });

  test.each([
    [
      { billable: false, pricing_model: 'PMP', type: 'regular', category: 'marketing' },
      { billable: true, model: 'PMP', type: 'regular', category: 'marketing' },
    ],
    [
      { type: 'free_customer_service', category: 'service' },
      { billable: false, type: 'free_customer_service', category: 'service' },
    ],
    [
      { billable: true, category: 'authentication-international' },
      { billable: true, category: 'authentication_international' },
    ],
  ])('pricing %j', (pricing, expected) => {
    const [event] = status({ status: 'sent', pricing });
    expect(event).toHaveProperty('pricing', expected);
  });

  test.each([
    ['referral_conversion', {}, 1_750_116_480_000],
    ['utility', { type: 'free_entry_point' }, 1_750_116_480_000],
    ['marketing', {}, undefined],
  ])('conversation of %s %j is free until %s', (type, pricing, freeUntil) => {
    const conversation = { id: '72', expiration_timestamp: '1750116480', origin: { type } };
    const [event] = status({ status: 'sent', conversation, pricing });
    expect(event && 'freeUntil' in event ? event.freeUntil : undefined).toBe(freeUntil);
  });

  test.each<[string, object, object]>([
    [
      'captured',
      {
        status: 'captured',
        payment: {
          reference_id: 'r1',
          amount: { value: 1250, offset: 100 },
          currency: 'INR',
          transaction: { id: 't1', type: 'UPI', status: 'success', created_timestamp: '1750030000' },
        },
      },
      {
        ...{ status: 'captured', referenceId: 'r1', amount: 12.5, currency: 'INR' },
        ...{ transactionId: 't1', transactionType: 'upi', transactionStatus: 'success' },
      },
    ],
    [
      'failed, which is no failure of the message',
      {
        status: 'failed',
        payment: {
          reference_id: 'r1',
          transaction: { id: 't2', status: 'failed', error: { code: 9, reason: 'no funds' } },
        },
      },
      {
        ...{ status: 'failed', referenceId: 'r1', transactionId: 't2', transactionStatus: 'failed' },
        error: { code: '9', message: 'no funds' },
      },
    ],
    [
      'refunded',
      {
        status: 'captured',
        payment: { reference_id: 'r1', refunds: [{ id: 'f1', status: 'SUCCESS', amount: { value: 5, offset: 1 } }] },
      },
      { status: 'captured', referenceId: 'r1', refunds: [{ id: 'f1', status: 'success', amount: 5 }] },
    ],
    ['told with nothing', { status: 'pending' }, { status: 'pending' }],
    ['told with nonsense', { status: 1, payment: { amount: { value: 'x', offset: 0 } } }, { status: 'unknown' }],
  ])('a payment that is %s', (_name, part, data) => {
    const [event] = status({ type: 'payment', ...part });
    expect(event).toMatchObject({ type: 'payment.updated', contact: { identities: expect.any(Array) } });
    expect(event && 'data' in event && event.data).toEqual({ providerMessageId: 'wamid.O', ...data });
  });

  test('a payment and its refund are two facts, each the same when it is told again', () => {
    const paid = { status: 'captured', type: 'payment', payment: { reference_id: 'r1', transaction: { id: 't1' } } };
    const refunded = { ...paid, payment: { ...paid.payment, transaction: { id: 't2', type: 'refund' } } };
    const [once, again, back] = [paid, paid, refunded].map((part) => status(part)[0]?.dedupeKey);
    expect(again).toBe(once);
    expect(back).not.toBe(once);
  });

  test.each([
    ['an unknown step', { status: 'warning' }, 'status "warning" is not known'],
    [
      'a group',
      { status: 'sent', recipient_type: 'group', recipient_id: '1@g.us', recipient_participant_id: '1555' },
      'status of a group message',
    ],
  ])('%s is kept', (_name, part, reason) => {
    const [event] = status(part);
    expect(event).toMatchObject({ type: 'unsupported', data: { reason } });
    expect(event).not.toHaveProperty('contact');
  });
});

describe('calls', () => {
  const calls = (value: Record<string, unknown>) =>
    parseChange({ field: 'calls', value: { metadata: METADATA, ...value } });

  test.each([
    ['direction', { direction: 'USER_INITIATED' }],
    ['numbers', {}],
  ])('a call by the user, known by %s, opens the session', (_by, part) => {
    const call = {
      id: 'wacid.A',
      from: '15550001111',
      to: '15559990000',
      event: 'connect',
      timestamp: '1752583107',
      ...part,
    };
    expect(calls({ calls: [call] })).toMatchObject([
      {
        type: 'call',
        dedupeKey: 'call:wacid.A:connect',
        at: 1_752_583_107_000,
        contact: { identities: [PHONE] },
        opensWindow: 'call',
        data: { callId: 'wacid.A', event: 'connect', direction: 'inbound' },
      },
    ]);
  });

  test.each<[string, object, string]>([
    ['a button', { cta_payload: 'order 7' }, 'order 7'],
    ['a link', { deeplink_payload: 'flyer' }, 'flyer'],
  ])('a call by %s tells what the business put there', (_by, part, payload) => {
    const call = { id: 'wacid.A', from: '15550001111', event: 'connect', direction: 'USER_INITIATED', ...part };
    expect(calls({ calls: [call] })).toMatchObject([{ type: 'call', data: { payload } }]);
  });

  test.each<[string, object]>([
    ['recording', { recording: { id: '77', mime_type: 'audio/ogg', sha256: 'x' } }],
    ['call_recording', { call_recording: { media_id: 77, mime_type: 'audio/ogg', sha256: 'x' } }],
    ['recordings', { recordings: [{}, { id: '77', mime_type: 'audio/ogg', sha256: 'x' }] }],
  ])('the recording of a call (%s) is a fact beside its end', (_name, part) => {
    const end = { id: 'wacid.A', from: '15550001111', event: 'terminate', direction: 'USER_INITIATED' };
    const events = calls({ calls: [end, { ...end, ...part }] });
    expect(events.map(({ dedupeKey }) => dedupeKey)).toEqual(['call:wacid.A:terminate', 'call:wacid.A:terminate:77']);
    expect(events[1]).toMatchObject({ recording: { providerId: '77', mimeType: 'audio/ogg', sha256: 'x' } });
    expect(events[0]).not.toHaveProperty('recording');
  });

  test('the end of a call by the business opens nothing', () => {
    const call = {
      id: 'wacid.A',
      event: 'terminate',
      direction: 'BUSINESS_INITIATED',
      status: 'COMPLETED',
      start_time: '1671644824',
      end_time: '1671644944',
      duration: 120,
    };
    const [event] = calls({ calls: [{ ...call, to: '15550001111' }] });
    expect(event).toMatchObject({
      at: 1_671_644_944_000,
      contact: { identities: [PHONE] },
      data: { status: 'completed', durationMs: 120_000, direction: 'outbound', startedAt: '2022-12-21T17:47:04.000Z' },
    });
    expect(event).not.toHaveProperty('opensWindow');
  });

  test.each([
    ['RINGING', undefined],
    ['ACCEPTED', 'call'],
    ['REJECTED', undefined],
  ])('status %s', (status, opens) => {
    const [event] = calls({
      statuses: [{ id: 'wacid.A', type: 'call', status, timestamp: '1671644824', recipient_id: '15550001111' }],
    });
    expect(event).toMatchObject({
      type: 'call',
      dedupeKey: `call:wacid.A:${status.toLowerCase()}`,
      contact: { identities: [PHONE] },
    });
    expect(event && 'opensWindow' in event ? event.opensWindow : undefined).toBe(opens);
  });
});

describe('persons', () => {
  test.each([['stop'], ['resume'], ['signup']])('preference %s', (value) => {
    const wish = { wa_id: '15550001111', detail: 'd', category: 'marketing_messages', value, timestamp: 1731705721 };
    expect(
      parseChange({
        field: 'user_preferences',
        value: { metadata: METADATA, contacts: [USER], user_preferences: [wish] },
      }),
    ).toMatchObject([
      {
        type: 'contact.preference',
        dedupeKey: `preference:${USER.user_id}:marketing_messages:${value}:1731705721000`,
        contact: { identities: [USER_ID, PHONE] },
        topic: 'marketing',
        value,
      },
    ]);
  });

  test('a new user id joins the old', () => {
    const update = { wa_id: '15550001111', user_id: { previous: 'US.1', current: 'US.2' }, timestamp: '1750030073' };
    expect(
      parseChange({ field: 'user_id_update', value: { metadata: METADATA, user_id_update: [update] } }),
    ).toMatchObject([
      {
        type: 'contact.identity_changed',
        contact: { identities: [{ kind: 'user_id', address: 'US.1' }, PHONE] },
        added: [{ kind: 'user_id', address: 'US.2' }],
      },
    ]);
  });

  test('a click in a marketing message', () => {
    const action = {
      action_type: 'marketing_messages_link_click',
      timestamp: '1750030073',
      marketing_messages_link_click_data: {
        click_component: 'CTA',
        product_id: 'p',
        click_id: 'c1',
        tracking_token: 't',
      },
    };
    expect(parseChange(messagesChange({ contacts: CONTACTS, user_actions: [action] }))).toMatchObject([
      {
        type: 'link.clicked',
        dedupeKey: 'click:c1',
        contact: { identities: [USER_ID, PHONE] },
        data: { component: 'CTA', productId: 'p', clickId: 'c1', trackingToken: 't' },
      },
    ]);
  });

  test('what the owner sent from the phone is an echo', () => {
    const echo = {
      from: '15559990000',
      to: '15550001111',
      id: 'wamid.E',
      timestamp: '1750000000',
      type: 'text',
      text: { body: 'x' },
    };
    const parse = (item: unknown) =>
      parseChange({ field: 'smb_message_echoes', value: { metadata: METADATA, message_echoes: [item] } });
    expect(parse(echo)).toMatchObject([
      {
        type: 'message.echo',
        dedupeKey: 'message:wamid.E',
        contact: { identities: [PHONE] },
        providerMessageId: 'wamid.E',
        content: { type: 'text', text: 'x' },
      },
    ]);
    const context = { from: '15550001111', id: 'wamid.Q' };
    expect(parse({ ...echo, context })).toMatchObject([
      { type: 'message.echo', context: { replyToProviderId: 'wamid.Q' } },
    ]);
  });

  test('the owner changes and takes back on the phone what was sent from there', () => {
    const about = { from: '15559990000', to: '15550001111', id: 'wamid.F', timestamp: '1750000000' };
    const parse = (item: object) =>
      parseChange({
        field: 'smb_message_echoes',
        value: { metadata: METADATA, message_echoes: [{ ...about, ...item }] },
      });
    const own = { contact: { identities: [PHONE] }, providerMessageId: 'wamid.E', isOwn: true };
    const message = { type: 'image', image: { id: '9', mime_type: 'image/png', caption: 'new words' } };
    expect(parse({ type: 'edit', edit: { original_message_id: 'wamid.E', message } })).toMatchObject([
      {
        ...own,
        type: 'message.edited',
        dedupeKey: 'message:wamid.F',
        content: { type: 'image', caption: 'new words' },
      },
    ]);
    expect(parse({ type: 'revoke', revoke: { original_message_id: 'wamid.E' } })).toMatchObject([
      { ...own, type: 'message.deleted', dedupeKey: 'message:wamid.F' },
    ]);
    expect(parse({ type: 'revoke' })).toMatchObject([
      { type: 'unsupported', data: { reason: 'revoke of no message' } },
    ]);
  });
});

describe('who may answer', () => {
  test('control is passed', () => {
    const value = {
      sender: { phone_number: '15550001111' },
      recipient: { phone_number_id: PHONE_ID },
      type: 'control_passed',
      timestamp: '1750101000',
      control_passed: {
        previous_owner_role: 'ai_agent',
        new_owner_role: 'escalation',
        metadata: 'm',
        conversation_context: { summary: { text: 's' } },
      },
    };
    expect(parseChange({ field: 'messaging_handovers', value })).toMatchObject([
      {
        type: 'conversation.control',
        address: `phone:${PHONE_ID}`,
        at: 1_750_101_000_000,
        contact: { identities: [PHONE] },
        data: {
          event: 'control_passed',
          previousOwner: 'ai_agent',
          newOwner: 'escalation',
          metadata: 'm',
          summary: 's',
        },
      },
    ]);
  });

  test('what is said while another owns the thread is only told, and opens nothing', () => {
    const text = { type: 'text', text: { body: 'hi' } };
    const standby = {
      contacts: CONTACTS,
      messages: [messageWith(text)],
      message_echoes: [{ id: 'wamid.E', timestamp: '1750000000', message: { to: '1', ...text } }],
      statuses: [{ id: 'wamid.O', status: 'read', recipient_id: '15550001111' }],
    };
    const events = parseChange({ field: 'standby', value: { metadata: METADATA, standby } });
    expect(events).toMatchObject([
      { type: 'conversation.control', data: { event: 'standby_message', content: { type: 'text', text: 'hi' } } },
      { type: 'conversation.control', data: { event: 'standby_echo', content: { type: 'text', text: 'hi' } } },
      { type: 'conversation.control', data: { event: 'standby_status', status: 'read' } },
    ]);
    for (const event of events) expect(event).not.toHaveProperty('opensWindow');
  });
});
