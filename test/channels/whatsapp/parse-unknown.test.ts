import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { messagesChange, parseBody, parseChange, requestWith, SETTINGS } from './support.ts';

describe('what is not known is kept', () => {
  test.each([
    ['a field of tomorrow', { field: 'dreams', value: { a: 1 } }, 'field "dreams" is not known'],
    ['history', { field: 'history', value: {} }, 'field "history" is not known'],
    ['no messages at all', messagesChange({}), 'messages without content'],
    ['a message that is no object', messagesChange({ messages: [7] }), 'messages element that is no object'],
    ['a group event', { field: 'group_participants_update', value: { groups: [{ type: 'x' }] } }, 'group event'],
    ['an unknown action', messagesChange({ user_actions: [{ action_type: 'wink' }] }), 'action "wink" is not known'],
    ['a field that is a member of every object', { field: 'toString', value: {} }, 'field "toString" is not known'],
  ])('%s', (_name, change, reason) => {
    const [event] = parseChange(change);
    expect(event).toMatchObject({ type: 'unsupported', data: { reason } });
    expect(event?.raw).toBeDefined();
  });

  test('a message under what is longer than any id, and than any index takes, has an id of its content', () => {
    const messages = [{ from: '15550001111', id: `wamid.${'x'.repeat(5_000)}`, type: 'text', text: { body: 'hi' } }];
    const [event] = parseChange(messagesChange({ messages }));
    expect(event).toMatchObject({ type: 'message.received', content: { text: 'hi' } });
    expect(event?.type === 'message.received' && event.providerMessageId.length).toBeLessThan(300);
    expect(event?.dedupeKey.length).toBeLessThan(300);
  });

  test('an entry without changes', () => {
    expect(parseBody({ object: 'whatsapp_business_account', entry: [{ id: '1' }, null] })).toMatchObject([
      { type: 'unsupported', raw: { id: '1' } },
      { type: 'unsupported', raw: null },
    ]);
  });

  test('a body that is no JSON', () => {
    expect(whatsapp.parse(requestWith(Buffer.from('{')), SETTINGS)).toMatchObject([{ type: 'unsupported', raw: '{' }]);
  });
});
