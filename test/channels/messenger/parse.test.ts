import { messageKey } from '../../../service/src/core/ids.ts';
import { AT, APP_ID, OTHER_APP_ID, PAGE_INBOX } from '../meta/support.ts';
import { ACT_CASES } from './fixtures/inbound-acts.ts';
import { MESSAGE_CASES } from './fixtures/inbound-messages.ts';
import { NOTICE_CASES } from './fixtures/inbound-notices.ts';
import { CHANGE_CASES } from './fixtures/webhooks.ts';
import { bodyOf, echo, entryOf, item, PAGE_ID, parseBody, parseItem, PSID, settingsWith } from './support.ts';

const ANA = { identities: [PSID] };
const text = (mid: string) => ({ message: { mid, text: 'hi' } });

describe('what a person says and does', () => {
  test.each([...MESSAGE_CASES, ...ACT_CASES, ...NOTICE_CASES].map((one) => [one.name, one] as const))(
    '%s',
    (_name, { raw, events }) => {
      const whole = item(raw);
      const base = { address: [PAGE_ID], at: AT, contact: ANA, raw: JSON.parse(JSON.stringify(whole)) as unknown };
      expect(parseItem(whole)).toEqual(events.map((event) => ({ ...base, ...event })));
    },
  );
});

test('the Test button of Meta’s console writes a message as a change', () => {
  const { time, ...value } = { time: AT, ...item({ message: { mid: 'random_mid', text: 'random_text' } }) };
  const body = { object: 'page', entry: [{ id: PAGE_ID, time, changes: [{ field: 'messages', value }] }] };
  expect(parseBody(body)).toMatchObject([
    {
      ...{ type: 'message.received', address: [PAGE_ID], contact: ANA, dedupeKey: messageKey('random_mid') },
      content: { type: 'text', text: 'random_text' },
    },
  ]);
});

describe('echoes', () => {
  const base = { address: [PAGE_ID], at: AT, contact: ANA };

  test.each([
    ['our app', { app_id: APP_ID }, { said: { type: 'text', text: 'hello' } }],
    ['our app, its id as a number', { app_id: Number(APP_ID) }, { said: { type: 'text', text: 'hello' } }],
    ['our app, with our id', { app_id: APP_ID, metadata: 'msg_01hx' }, { correlationId: 'msg_01hx' }],
    ['our id alone', { metadata: 'msg_01hx' }, { correlationId: 'msg_01hx' }],
    ['our app, with words of its own', { app_id: APP_ID, metadata: 'own-id-77' }, {}],
  ])('%s: the proof that it was sent', (_name, part, more) => {
    const raw = echo({ mid: 'm_e1', text: 'hello', ...part });
    expect(parseItem(raw)).toEqual([
      {
        ...base,
        raw,
        type: 'message.status',
        dedupeKey: 'status:m_e1:sent',
        providerMessageId: 'm_e1',
        status: 'sent',
        ...more,
      },
    ]);
  });

  test.each([
    ['an agent in the Page inbox', { app_id: PAGE_INBOX }, { owner: 'human' }],
    ['an agent in the Page inbox, its id as a number', { app_id: Number(PAGE_INBOX) }, { owner: 'human' }],
    ['the automation of another app', { app_id: OTHER_APP_ID, metadata: 'own-id-77' }, {}],
    ['no app at all', {}, {}],
  ])('%s: said elsewhere', (_name, part, more) => {
    const raw = echo({ mid: 'm_e1', text: 'hello', ...part });
    expect(parseItem(raw)).toEqual([
      {
        ...base,
        raw,
        type: 'message.echo',
        dedupeKey: messageKey('m_e1'),
        providerMessageId: 'm_e1',
        content: { type: 'text', text: 'hello' },
        ...more,
      },
    ]);
  });

  test('an inbox of the business’ own counts as its people', () => {
    const raw = echo({ mid: 'm_e1', text: 'hello', app_id: OTHER_APP_ID });
    expect(parseItem(raw, settingsWith({ inboxAppId: OTHER_APP_ID }))).toMatchObject([{ owner: 'human' }]);
  });

  test('without an app of ours every app is another', () => {
    const raw = echo({ mid: 'm_e1', text: 'hello', app_id: APP_ID });
    expect(parseItem(raw, settingsWith({ appId: undefined }))).toMatchObject([{ type: 'message.echo' }]);
  });

  test.each([
    ['a file', [{ type: 'image', payload: { url: 'https://i.example', attachment_id: 77 } }], 'image'],
    ['buttons', [{ type: 'template', payload: { template_type: 'button', text: 'Which?', buttons: [] } }], 'text'],
    ['cards', [{ type: 'template', payload: { template_type: 'generic', elements: [{ title: 'Mug' }] } }], 'text'],
    ['an airline template', [{ type: 'template', payload: { template_type: 'airline_itinerary' } }], 'unsupported'],
  ])('of %s', (_name, attachments, type) => {
    expect(parseItem(echo({ mid: 'm_e1', app_id: 1, attachments }))).toMatchObject([{ content: { type } }]);
  });

  test('an echo, its delivery and its reading are three facts', () => {
    const events = parseBody(
      bodyOf(
        echo({ mid: 'm_1', app_id: APP_ID }),
        item({ delivery: { mids: ['m_1'] } }),
        item({ read: { mid: 'm_1' } }),
      ),
    );
    expect(events.map(({ dedupeKey }) => dedupeKey)).toEqual([
      'status:m_1:sent',
      'status:m_1:delivered',
      'status:m_1:read',
    ]);
  });

  test('what the Page itself did, though not marked as an echo, is nobody’s act', () => {
    const own = { sender: { id: PAGE_ID }, recipient: { id: '5678' }, timestamp: AT };
    expect(parseItem({ ...own, message: { mid: 'm_1', text: 'x' } })).toMatchObject([{ type: 'message.echo' }]);
    expect(parseItem({ ...own, reaction: { mid: 'm_1', action: 'react' } })).toMatchObject([
      { type: 'unsupported', data: { reason: 'reaction of the account itself' } },
    ]);
  });

  test('what was written in the inbox is changed and taken back there, and tells what it quotes', () => {
    const own = { sender: { id: PAGE_ID }, recipient: { id: '5678' }, timestamp: AT };
    expect(parseItem({ ...own, message_edit: { mid: 'm_1', text: 'new', num_edit: 1 } })).toMatchObject([
      { type: 'message.edited', isOwn: true, contact: ANA, providerMessageId: 'm_1', content: { text: 'new' } },
    ]);
    for (const mark of [{}, { is_echo: true }]) {
      expect(parseItem({ ...own, message: { mid: 'm_1', is_deleted: true, ...mark } })).toMatchObject([
        { type: 'message.deleted', isOwn: true, contact: ANA, providerMessageId: 'm_1' },
      ]);
    }
    expect(parseItem({ ...own, message: { mid: 'm_2', text: 'x', reply_to: { mid: 'm_1' } } })).toMatchObject([
      { type: 'message.echo', context: { replyToProviderId: 'm_1' } },
    ]);
  });
});

describe('standby', () => {
  test.each([
    ['a message', text('m_1'), { type: 'message.received', opensWindow: 'message' }],
    ['a tap', { postback: { mid: 'm_1', title: 'Yes' } }, { type: 'message.received', opensWindow: 'button' }],
    ['a reading', { read: { watermark: AT } }, { type: 'message.watermark' }],
    ['a delivery', { delivery: { mids: ['m_1'] } }, { type: 'message.status' }],
  ])('%s says that a person answers', (_name, raw, expected) => {
    const [event] = parseBody(entryOf({ standby: [item(raw)] }));
    expect(event).toMatchObject({ ...expected, owner: 'human', contact: ANA });
    expect(event?.opensWindow).toBe('opensWindow' in expected ? expected.opensWindow : undefined);
  });

  test("another app's answer too", () => {
    expect(parseBody(entryOf({ standby: [echo({ mid: 'm_1', app_id: OTHER_APP_ID, text: 'x' })] }))).toMatchObject([
      { type: 'message.echo', owner: 'human' },
    ]);
  });
});

describe('who owns the thread when our app is not known', () => {
  const settings = settingsWith({ appId: undefined });
  test.each([
    ['the inbox', PAGE_INBOX, 'human'],
    ['any other', APP_ID, undefined],
  ])('%s', (_name, newOwner, owner) => {
    const [event] = parseItem(item({ pass_thread_control: { new_owner_app_id: newOwner } }), settings);
    expect(event?.owner).toBe(owner);
  });
});

describe('changes around the conversations', () => {
  test.each(CHANGE_CASES.map((one) => [one.name, one] as const))('%s', (_name, { change, type, data }) => {
    expect(parseBody(entryOf({ changes: [change] }))).toMatchObject([{ type, address: [PAGE_ID], at: AT + 5, data }]);
  });

  test('a label names the person', () => {
    expect(parseBody(entryOf({ changes: [CHANGE_CASES[0].change] }))).toMatchObject([{ contact: ANA }]);
  });

  test('a field of tomorrow is kept', () => {
    const change = { field: 'dreams', value: {} };
    expect(parseBody(entryOf({ changes: [change] }))).toMatchObject([
      { type: 'unsupported', raw: change, data: { reason: 'field "dreams" is not known' } },
    ]);
  });
});

describe('whom and when', () => {
  test.each([
    ['milliseconds', 1_458_692_752_478, 1_458_692_752_478],
    ['milliseconds as a string', '1458692752478', 1_458_692_752_478],
    ['seconds', 1_458_692_752, 1_458_692_752_000],
    ['nothing: the time of the entry', undefined, AT + 5],
    ['no instant: the time of the entry', 'yesterday', AT + 5],
  ])('%s', (_name, timestamp, at) => {
    expect(parseItem({ ...item(text('m_1')), timestamp })).toMatchObject([{ at }]);
  });

  test('without any time there is none', () => {
    const body = {
      object: 'page',
      entry: [{ id: PAGE_ID, messaging: [{ ...item(text('m_1')), timestamp: undefined }] }],
    };
    expect(parseBody(body)[0]).not.toHaveProperty('at');
  });

  test('ids as numbers', () => {
    const raw = { ...item(text('m_1')), sender: { id: 5678 }, recipient: { id: Number(PAGE_ID) } };
    expect(parseItem(raw)).toMatchObject([{ address: [PAGE_ID], contact: ANA }]);
  });

  test('another Page of the same app', () => {
    const body = {
      object: 'page',
      entry: [{ id: '42', time: AT, messaging: [{ ...item(text('m_1')), recipient: { id: '42' } }] }],
    };
    expect(parseBody(body)).toMatchObject([{ address: ['42'], contact: ANA }]);
  });

  test.each([
    ['a website’s visitor', { sender: { user_ref: 'UR-1' } }, [{ kind: 'user_ref', address: 'UR-1' }]],
    [
      'a visitor who now writes is the same person',
      { prior_message: { source: 'checkbox_plugin', identifier: 'UR-1' } },
      [PSID, { kind: 'user_ref', address: 'UR-1' }],
    ],
    ['another plugin names nobody more', { prior_message: { source: 'x', identifier: 'UR-1' } }, [PSID]],
  ])('%s', (_name, part, identities) => {
    const raw = { ...item(text('m_1')), ...part };
    expect(parseItem(raw)).toMatchObject([{ type: 'message.received', contact: { identities } }]);
  });

  test('a guest’s postback', () => {
    const referral = {
      source: 'CUSTOMER_CHAT_PLUGIN',
      type: 'OPEN_THREAD',
      referer_uri: 'https://shop.example',
      is_guest_user: true,
    };
    const raw = {
      sender: { user_ref: 'UR-1' },
      recipient: { id: PAGE_ID },
      timestamp: AT,
      postback: { payload: 'HI', title: 'Hi', referral },
    };
    expect(parseItem(raw)).toMatchObject([
      {
        contact: { identities: [{ kind: 'user_ref', address: 'UR-1' }] },
        content: { buttonId: 'HI' },
        context: { referral: { sourceUrl: 'https://shop.example', sourceType: 'customer_chat_plugin' } },
      },
    ]);
  });

  test.each([
    ['message', text('m_1')],
    ['read', { read: { watermark: AT } }],
  ])('a %s of nobody is kept', (member, raw) => {
    expect(parseItem({ ...item(raw), sender: undefined })).toMatchObject([
      { type: 'unsupported', data: { reason: `${member} of nobody` } },
    ]);
  });
});
