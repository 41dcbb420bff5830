import type { EventBody, ParleyEvent, StatusChange } from '../../contract/event.ts';
import { NO_WINDOW } from '../../service/src/core/session-window.ts';
import { answersWait, wants } from '../../service/src/events/filter.ts';
import type { Filter } from '../../service/src/store/subscription.store.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { EventsFixture } from './fixture.ts';

const frame = { id: 'evt', at: 'now', channel: 'c', account: { id: 'acc', externalId: '1' }, owner: 'bot' } as const;
const message = { id: 'm', providerMessageId: 'p', content: { type: 'text', text: 'hi' }, sentAt: 'now' } as const;
const written = { ...frame, type: 'message.received', message } as const;
const status = { ...frame, type: 'message.status', status: { id: 'm', status: 'read', kind: 'text' } } as const;
const received: Filter = { events: ['message.received'] };

const billing: Filter = { ...received, attributes: { intent: ['billing', 'sales'] } };
const both: Filter = { ...received, attributes: { intent: ['billing'], locale: ['de'] } };
const attributed = (attributes: Record<string, string>): ParleyEvent => ({ ...written, attributes });

test.each<[string, Filter, ParleyEvent, boolean]>([
  ['an event it asked for', received, written, true],
  ['an event it did not ask for', { events: ['call'] }, written, false],
  ['a kind it asked for', { ...received, messageKinds: ['text', 'image'] }, written, true],
  ['another kind', { ...received, messageKinds: ['image'] }, written, false],
  ['a status it asked for', { events: ['message.status'], statuses: ['read'] }, status, true],
  ['another status', { events: ['message.status'], statuses: ['failed'] }, status, false],
  ['a status, whatever kinds of message', { events: ['message.status'], messageKinds: ['image'] }, status, true],
  ['an attribute it asked for', billing, attributed({ intent: 'billing', locale: 'de' }), true],
  ['another value of the attribute', billing, attributed({ intent: 'orders' }), false],
  ['no attribute at all', billing, written, false],
  ['one of two attributes', both, attributed({ intent: 'billing' }), false],
  ['an awaited reply', received, { ...written, awaited: true }, false],
  ['an awaited reply it asked for', { ...received, includeAwaited: true }, { ...written, awaited: true }, true],
  ['a message to a person', received, { ...written, owner: 'human' }, false],
  ['a message to a person it asked for', { ...received, includeHandedOff: true }, { ...written, owner: 'human' }, true],
  ['a status while a person is in charge', { events: ['message.status'] }, { ...status, owner: 'human' }, true],
])('a subscription and %s', (_name, filter, event, wanted) => {
  expect(wants(filter, event)).toBe(wanted);
});

const waitFilter: Filter = { events: [], messageId: 'm' };
const said = (type: string) => ({ type: 'message.received', message: { ...message, content: { type } } }) as EventBody;

test.each([
  ['text', true],
  ['button', true],
  ['list', true],
  ['form', true],
  ['image', true],
  ['location', true],
  ['reaction', false],
  ['system', false],
  ['request_welcome', false],
  ['unsupported', false],
])('%s answers a question: %s', (type, answers) => {
  expect(answersWait(waitFilter, said(type), 'bot')).toBe(answers);
});

test.each<[string, Pick<StatusChange, 'id' | 'status'>, boolean]>([
  ['failed', { id: 'm', status: 'failed' }, true],
  ['failed, another message', { id: 'n', status: 'failed' }, false],
  ['delivered', { id: 'm', status: 'delivered' }, false],
])('a status (%s) ends the wait: %3$s', (_name, change, ends) => {
  const fact = { type: 'message.status', status: { kind: 'text', ...change } } as const;
  expect(answersWait(waitFilter, fact, 'human')).toBe(ends);
});

const CALL = { type: 'call', data: { event: 'connect', direction: 'inbound' } } as const;

describe('publishing', () => {
  const open = tempLedgers();
  let flow: EventsFixture;
  const owed = () => flow.ledger.reader.selectFrom('deliveries').selectAll().orderBy('eventSeq').execute();

  beforeEach(async () => {
    flow = await EventsFixture.make(await open());
  });

  test('the same fact twice changes nothing the second time', async () => {
    await flow.subscribe();
    expect(await flow.wrote('cnv', undefined, { dedupeKey: 'k' })).toBe(true);
    const before = await owed();
    expect(await flow.wrote('cnv', undefined, { dedupeKey: 'k' })).toBe(false);
    expect(await owed()).toEqual(before);
    expect(before).toHaveLength(1);
    expect(flow.published).toEqual(['message.received']);
  });

  test('in a unit that is undone tells nobody', async () => {
    await flow.subscribe();
    const undone = flow.ledger.write(async (tx) => {
      const fact = { ...CALL, dedupeKey: 'k', at: 1, account: flow.account };
      expect(await flow.publisher.publish(tx, fact)).toBe(true);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(flow.published).toEqual([]);
    expect(await flow.publish({ ...CALL, dedupeKey: 'k' })).toBe(true);
  });

  test('what nobody wants is kept and queued for nobody', async () => {
    await flow.subscribe({ messageKinds: ['image'] });
    await flow.wrote('cnv');
    expect(await owed()).toEqual([]);
    expect(await flow.due()).toEqual([]);
    expect(await flow.ledger.reader.selectFrom('events').select('type').execute()).toEqual([
      { type: 'message.received' },
    ]);
  });

  test('several workflows on an account are all told, those of another account are not', async () => {
    const mine = { channel: 'whatsapp', externalId: '1' };
    const ids = [(await flow.subscribe()).id, (await flow.subscribe({ account: mine })).id];
    await flow.wrote('cnv');
    await flow.wrote('cnv', undefined, { account: { ...flow.account, id: 'acc_other' } });
    const told = await owed();
    expect(told.map((row) => row.subscriptionId).sort()).toEqual([...ids, ids[0]].sort());
  });

  test('a conversation is always in the same shard; conversations spread over several', async () => {
    await flow.subscribe();
    const conversations = Array.from({ length: 40 }, (_, i) => `cnv_${i % 20}`);
    for (const conversation of conversations) await flow.wrote(conversation);
    const shards = (await owed()).map((row) => row.shard);
    expect(shards.slice(0, 20)).toEqual(shards.slice(20));
    expect(new Set(shards).size).toBeGreaterThan(1);
  });

  test('an event tells who, where and until when', async () => {
    await flow.subscribe();
    const now = flow.clock.now();
    const window = { ...NO_WINDOW, expiresAt: now + 1_000, openedBy: 'message' as const };
    const contact = { id: 'con', name: 'Ana', username: null, identities: [] };
    await flow.wrote('cnv', undefined, { conversation: { ...flow.conversation('cnv'), window }, contact, at: now - 5 });
    await flow.deliver();
    expect(flow.calls[0]?.events[0]).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      at: new Date(now - 5).toISOString(),
      account: { id: flow.account.id, externalId: '1' },
      conversationId: 'cnv',
      owner: 'bot',
      session: { open: true, expiresAt: new Date(now + 1_000).toISOString(), openedBy: 'message' },
      contact: { id: 'con', name: 'Ana', identities: [] },
    });
  });
});
