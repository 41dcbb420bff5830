/** Channels on which an account has several conversations with one contact, told apart by a thread. */
import type { ChannelEvent, ParsedMessage } from '../../../service/src/channels/channel.ts';
import { messageKey } from '../../../service/src/core/ids.ts';
import { page } from '../../../service/src/store/conversation-list.store.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import { OutboundFixture } from '../../outbound/fixture.ts';
import { postgresLedgers } from '../../support/postgres-ledgers.ts';
import { tempLedgers } from '../../support/temp-ledger.ts';

const TO = '+15550001111';
const PHONE = { kind: 'phone', address: '15550001111' };
const USER = { kind: 'user_id', address: 'US.1' };
const WINDOW = { lengthMs: 86_400_000, outside: [] };
let facts = 0;

function said(thread: string | undefined, change: Partial<ParsedMessage> = {}): ChannelEvent {
  const providerMessageId = `in ${++facts}`;
  const about = { providerMessageId, dedupeKey: messageKey(providerMessageId), contact: { identities: [PHONE] } };
  const content = { type: 'text' as const, text: 'hello' };
  const message = { type: 'message.received' as const, ...about, raw: {}, content, opensWindow: 'message' as const };
  return { ...message, ...(thread !== undefined && { thread }), ...change };
}

const ledgers: [string, () => Promise<Ledger>][] = [
  ['sqlite', tempLedgers()],
  ['postgres', postgresLedgers().open],
];

describe.each(ledgers)('on %s', (_name, open) => {
  let flow: OutboundFixture;
  const begin = async (capabilities: object) => {
    flow = await new OutboundFixture(await open(), { capabilities }).start();
    await flow.account('1');
  };
  beforeEach(() => begin({ threads: true, window: WINDOW }));
  afterEach(() => flow.stop());

  const conversations = async () => (await flow.events()).map(({ conversationId }) => conversationId);

  test('each thread is a conversation with a window of its own, of one contact', async () => {
    await flow.told('1', said('billing'), said('support'), said('billing'), said(undefined));
    const events = await flow.events();
    expect(events.map(({ thread }) => thread)).toEqual(['billing', 'support', 'billing', undefined]);
    const [billing, support, again, none] = await conversations();
    expect(again).toBe(billing);
    expect(new Set([billing, support, none]).size).toBe(3);
    expect(new Set(events.map(({ contact }) => contact?.id)).size).toBe(1);
    await expect(flow.send('1', TO, { thread: 'orders' })).rejects.toMatchObject({ code: 'session_closed' });
    expect(await flow.send('1', TO, { thread: 'billing' })).toMatchObject({ conversationId: billing });
  });

  test('a channel is told the thread, and what the contact last said there', async () => {
    await flow.told('1', said('billing'), said('support'));
    const [billing = '', support = ''] = await conversations();
    const [first, second] = (await flow.events()).map(({ message }) => message?.providerMessageId);
    for (const to of [{ conversationId: billing }, { conversationId: support }]) {
      await flow.reaches((await flow.send('1', TO, { to })).id, 'sent');
    }
    const told = flow.calls.map(({ message: { thread, inReplyTo, to } }) => ({ thread, inReplyTo, to }));
    expect(told).toEqual([
      { thread: 'billing', inReplyTo: first, to: PHONE },
      { thread: 'support', inReplyTo: second, to: PHONE },
    ]);
  });

  test('an older message that comes late is not the last', async () => {
    const at = flow.clock.now();
    await flow.told('1', said('billing', { at }), said('billing', { at: at - 1_000 }));
    const newest = (await flow.events())[0]?.message?.providerMessageId;
    const { id } = await flow.send('1', TO, { thread: 'billing' });
    await flow.reaches(id, 'sent');
    expect(flow.calls[0]?.message.inReplyTo).toBe(newest);
  });

  test('two who turn out to be one keep their threads apart, and join those of the same', async () => {
    await flow.told('1', said('billing'), said('support'));
    const byUser = { contact: { identities: [USER] } };
    await flow.told('1', said('billing', byUser), said('orders', byUser));
    await flow.told('1', said('billing', { contact: { identities: [USER, PHONE] } }));
    const [, support, billing, orders, both] = await conversations();
    expect(both).toBe(billing);
    await flow.told('1', said('support'), said('orders'), said('billing'));
    expect((await conversations()).slice(-3)).toEqual([support, orders, billing]);
  });

  test('a person is erased in every thread', async () => {
    await flow.told('1', said('billing'), said('support'));
    const contactId = (await flow.events())[0]?.contact?.id ?? '';
    const { erased } = await flow.eraser.erase(contactId);
    expect(erased).toMatchObject({ conversations: 2, messages: 2 });
    expect(await flow.ledger.reader.selectFrom('conversations').selectAll().execute()).toEqual([]);
  });

  test('what is sent to an address stands in the thread that is named, or in none', async () => {
    await flow.stop();
    await begin({ threads: true });
    const ids = [];
    for (const thread of ['a', 'b', 'a', undefined]) {
      ids.push((await flow.send('1', TO, thread === undefined ? {} : { thread })).conversationId);
    }
    expect(ids[2]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  test('a thread is refused where there are none', async () => {
    await flow.stop();
    await begin({});
    const refused = { status: 400, code: 'unsupported_by_channel', message: expect.stringContaining('thread') };
    const extra = { errors: [{ field: 'thread', message: expect.any(String) }] };
    await expect(flow.send('1', TO, { thread: 'a' })).rejects.toMatchObject({ ...refused, extra });
  });

  test('where there is no conversation without a thread, whoever writes to an address has to name one', async () => {
    await flow.stop();
    await begin({ threads: 'required' });
    const refused = { status: 400, code: 'invalid_recipient', message: expect.stringContaining('name the thread') };
    const extra = { errors: [{ field: 'thread', message: expect.any(String) }] };
    await expect(flow.send('1', TO)).rejects.toMatchObject({ ...refused, extra });
    const { conversationId } = await flow.send('1', TO, { thread: 'a' });
    expect(await flow.send('1', TO, { to: { conversationId } })).toMatchObject({ conversationId });
    await flow.told('1', said(undefined));
    const known = await flow.events();
    const [nowhere, contactId = ''] = [known.at(-1)?.conversationId ?? '', known.at(-1)?.contact?.id];
    await expect(flow.send('1', TO, { to: { conversationId: nowhere } })).rejects.toMatchObject({ ...refused, extra });
    expect(await flow.send('1', TO, { to: { contactId } })).toMatchObject({ conversationId });
  });

  test('where there is no conversation without a thread, none is listed', async () => {
    await flow.stop();
    await begin({ threads: 'required' });
    const byUser = { contact: { identities: [USER] } };
    const block = { type: 'contact.preference' as const, topic: 'all', value: 'stop' as const, data: {}, raw: {} };
    await flow.told('1', said('a'), { ...block, dedupeKey: 'block', ...byUser }, said('b', byUser));
    const [first, , last] = await conversations();
    const accountIds = [(await flow.events())[0]?.account.id ?? ''];
    const any = { ids: undefined, owner: undefined, heardSince: undefined, session: undefined, after: undefined };
    const listed = async (inThreads: readonly string[]) =>
      (await page(flow.ledger.reader, { ...any, accountIds, inThreads }, 10)).map(({ id }) => id).toSorted();
    expect(await listed(accountIds)).toEqual([first, last].toSorted());
    expect(await listed([])).toHaveLength(3);
  });

  test('a conversation without windows knows what the contact last said, too', async () => {
    await flow.stop();
    await begin({});
    await flow.told('1', said(undefined));
    await flow.reaches((await flow.send('1', TO)).id, 'sent');
    const { thread, inReplyTo } = flow.calls[0]?.message ?? {};
    expect({ thread, inReplyTo }).toEqual({
      thread: '',
      inReplyTo: (await flow.events())[0]?.message?.providerMessageId,
    });
  });
});
