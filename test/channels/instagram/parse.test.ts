import { messageKey } from '../../../service/src/core/ids.ts';
import { APP_ID, AT, INSTAGRAM_INBOX, OTHER_APP_ID, PAGE_INBOX, PERSON_ID, requestWith } from '../meta/support.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { INBOUND_CASES } from './fixtures/inbound.ts';
import { CHANGE_CASES } from './fixtures/webhooks.ts';
import { bodyOf, echo, entryOf, IG_ID, IGSID, item, parseBody, parseItem, settingsWith } from './support.ts';

const ANA = { identities: [IGSID] };
const hello = { message: { mid: 'm1', text: 'hi' } };

describe('what a person says and does', () => {
  test.each(INBOUND_CASES.map((one) => [one.name, one] as const))('%s', (_name, { raw, events }) => {
    const whole = item(raw);
    const base = { address: [IG_ID], at: AT, contact: ANA, raw: JSON.parse(JSON.stringify(whole)) as unknown };
    expect(parseItem(whole)).toEqual(events.map((event) => ({ ...base, ...event })));
  });

  test('what was unsent is another fact than its message', () => {
    const [arrival] = parseItem(item({ message: { mid: 'm1', text: 'hi' } }));
    const [deletion] = parseItem(item({ message: { mid: 'm1', is_deleted: true } }));
    expect([arrival?.dedupeKey, deletion?.dedupeKey]).toEqual([messageKey('m1'), 'deleted:m1']);
  });
});

describe('echoes', () => {
  test.each([
    [
      'by our app',
      { app_id: Number(APP_ID) },
      { type: 'message.status', status: 'sent', dedupeKey: 'status:m15:sent' },
    ],
    ['typed in the Instagram app', {}, { type: 'message.echo', owner: 'human', dedupeKey: 'message:m15' }],
    ['by an agent in the Instagram inbox', { app_id: INSTAGRAM_INBOX }, { type: 'message.echo', owner: 'human' }],
    ['by an agent in the inbox of the Page', { app_id: PAGE_INBOX }, { type: 'message.echo', owner: 'human' }],
    ['by the automation of another app', { app_id: OTHER_APP_ID }, { type: 'message.echo' }],
  ])('%s', (_name, part, expected) => {
    const [event] = parseItem(echo({ mid: 'm15', text: 'our reply', ...part }));
    expect(event).toMatchObject({ ...expected, address: [IG_ID], contact: ANA, providerMessageId: 'm15' });
    expect(event?.owner).toBe('owner' in expected ? expected.owner : undefined);
  });

  test('by our app, whose id is a number that JavaScript would round', () => {
    const id = '1234567890123456789';
    const text = JSON.stringify(bodyOf(echo({ mid: 'm15', text: 'our reply', app_id: 0 })));
    const body = Buffer.from(text.replace('"app_id":0', `"app_id":${id}`));
    const [event] = instagram.parse(requestWith(body), settingsWith({ appId: id }));
    expect(event).toMatchObject({ type: 'message.status', status: 'sent', raw: { message: { app_id: id } } });
  });

  test('the account took its own message back', () => {
    expect(parseItem(echo({ mid: 'm15', is_deleted: true }))).toMatchObject([
      { type: 'message.deleted', contact: ANA, providerMessageId: 'm15' },
    ]);
  });
});

describe('which account it is for', () => {
  const body = (id: string | undefined, element: unknown) => ({
    object: 'instagram',
    entry: [{ ...(id && { id }), time: AT, messaging: [element] }],
  });
  const other = { ...item(hello), recipient: { id: '17841499999999999' } };

  test.each([
    ['the entry names the person', body(PERSON_ID, item(hello)), [PERSON_ID, IG_ID]],
    ['the entry of an echo names the person', body(PERSON_ID, echo({ mid: 'm1', text: 'x' })), [PERSON_ID, IG_ID]],
    ['the entry names nobody', body(undefined, item(hello)), [IG_ID]],
    ['nobody is written to', body(IG_ID, { ...item(hello), recipient: undefined }), [IG_ID]],
    ['another account', body('17841499999999999', other), ['17841499999999999']],
    ['another account, the entry names the person', body(PERSON_ID, other), [PERSON_ID, '17841499999999999']],
    [
      'another account, by the entry alone',
      body('17841499999999999', { ...other, recipient: undefined }),
      ['17841499999999999'],
    ],
  ])('%s', (_name, given, address) => {
    expect(parseBody(given)).toMatchObject([{ address, contact: ANA }]);
  });

  test('a message to oneself is nobody’s', () => {
    const own = { ...item(hello), sender: { id: IG_ID } };
    expect(parseItem(own)).toMatchObject([{ type: 'unsupported', data: { reason: 'message of nobody' } }]);
  });
});

test('standby says that a person answers', () => {
  expect(parseBody(entryOf({ standby: [item(hello)] }))).toMatchObject([
    { type: 'message.received', owner: 'human', opensWindow: 'message' },
  ]);
});

describe('changes around the conversations', () => {
  test.each(CHANGE_CASES.map((one) => [one.name, one] as const))('%s', (_name, { change, key, data }) => {
    const [event, ...others] = parseBody(entryOf({ changes: [change] }));
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'account.changed', address: [IG_ID], at: AT + 5, raw: change });
    expect(event).toHaveProperty('data', data);
    if (key !== undefined) expect(event?.dedupeKey).toBe(key);
    expect(event).not.toHaveProperty('opensWindow');
  });

  test('the same comment, told twice for a boosted post, is one', () => {
    const { change } = CHANGE_CASES[0];
    const again = { ...change, value: { ...change.value, media: { id: 'p2', media_product_type: 'FEED' } } };
    expect(parseBody(entryOf({ changes: [change, again] }))).toHaveLength(1);
  });
});
