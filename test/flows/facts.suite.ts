/** What channels may tell besides messages, made true in the ledger: who answers, how far everything was read, what was said elsewhere. */
import type { ParleyEvent } from '../../contract/event.ts';
import type { OutboundContent } from '../../contract/message.ts';
import type { ChannelEvent, ParsedContent, ParsedEcho, ParsedMessage } from '../../service/src/channels/channel.ts';
import { SendError, type SendErrorKind } from '../../service/src/core/errors.ts';
import { messageKey } from '../../service/src/core/ids.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as messages from '../../service/src/store/message.store.ts';
import { OutboundFixture } from '../outbound/fixture.ts';
import { deferred } from '../sandbox/kit/deferred.ts';
import { eventually } from '../support/eventually.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TO = '+15550001111';
const ANA = { identities: [{ kind: 'phone', address: '15550001111' }] };
const WINDOW = { lengthMs: DAY, lengthsMs: { ad: 7 * DAY }, personMs: 7 * DAY, outside: [] };
const SMALL = { id: 'small', title: 'Small' };
const LARGE = { id: 'large', title: 'Large' };
const MENU: OutboundContent = { type: 'text', text: 'Which?\n1. Small\n2. Large', choices: [SMALL, LARGE] };

let flow: OutboundFixture;
let facts = 0;

const said = (content: ParsedContent, change: Partial<ParsedMessage> = {}): ParsedMessage => {
  const providerMessageId = `in ${++facts}`;
  const about = { providerMessageId, dedupeKey: messageKey(providerMessageId), contact: ANA, raw: {} };
  return { type: 'message.received', ...about, content, opensWindow: 'message', ...change };
};
const text = (words: string, change: Partial<ParsedMessage> = {}) => said({ type: 'text', text: words }, change);
const echo = (providerMessageId: string, content: ParsedContent, change: Partial<ParsedEcho> = {}): ParsedEcho => {
  const about = { providerMessageId, dedupeKey: messageKey(providerMessageId), contact: ANA, raw: {} };
  return { type: 'message.echo', ...about, content, ...change };
};
const notice = (type: 'conversation.control' | 'link.clicked', change: Partial<ChannelEvent>): ChannelEvent =>
  ({ type, dedupeKey: `notice ${++facts}`, contact: ANA, data: {}, raw: {}, ...change }) as ChannelEvent;
const seen = (status: 'delivered' | 'read', upTo: number): ChannelEvent => ({
  type: 'message.watermark',
  dedupeKey: `seen ${++facts}`,
  contact: ANA,
  status,
  upTo,
  raw: {},
});

const refusal = (kind: SendErrorKind, providerMessageId = 'refused'): ChannelEvent => {
  const error = { kind, code: kind, message: 'No' };
  return {
    type: 'message.status',
    dedupeKey: `refused ${++facts}`,
    status: 'failed',
    providerMessageId,
    error,
    raw: {},
  };
};

const tell = (...all: ChannelEvent[]) => flow.told('1', ...all);
const of = async (type: ParleyEvent['type']) => (await flow.events()).filter((event) => event.type === type);
const statusOf = async (id: string) => (await messages.find(flow.ledger.reader, id))?.status;
const lastContent = async () => (await of('message.received')).at(-1)?.message?.content;

/** Sends a message and answers its id once the provider took it. */
async function sent(content: OutboundContent = { type: 'text', text: 'hello' }): Promise<string> {
  const { id } = await flow.send('1', TO, { content });
  await flow.reaches(id, 'sent');
  return id;
}

export function describeFacts(name: string, open: () => Promise<Ledger>): void {
  describe(`facts: ${name}`, () => {
    beforeEach(async () => {
      flow = await new OutboundFixture(await open(), {
        capabilities: { window: WINDOW, kinds: ['text', 'reaction'] },
      }).start();
      await flow.account('1');
    });
    afterEach(() => flow.stop());

    describeOwner();
    describeWatermarks();
    describeEchoes();
    describeChoices();
    describeWindows();
    describeFiles();
  });
}

function describeOwner(): void {
  describe('who answers', () => {
    const promised = async () =>
      (await flow.ledger.reader.selectFrom('deliveries').select('event_seq').execute()).length;

    test('a person who writes from elsewhere takes over, told once and before what they wrote', async () => {
      await tell(text('hi'));
      const byPerson = echo('elsewhere', { type: 'text', text: 'I am Joe' }, { owner: 'human' });
      await tell(byPerson, byPerson);
      await tell(echo('elsewhere 2', { type: 'text', text: 'How can I help?' }, { owner: 'human' }));
      expect((await flow.events()).map(({ type, owner, data }) => [type, owner, data])).toEqual([
        ['message.received', 'bot', undefined],
        ['conversation.control', 'human', { owner: 'human', reason: 'echo' }],
        ['message.echo', 'human', undefined],
        ['message.echo', 'human', undefined],
      ]);
    });

    test('while a person answers, triggers that did not ask for it hear nothing, and programs may not write', async () => {
      await flow.subscriptions.create({ url: 'http://workflow.example.com', events: ['message.received'] });
      await tell(text('hi'));
      const before = await promised();
      await tell(text('to the person', { owner: 'human' }));
      expect(await promised()).toBe(before);
      await expect(flow.send('1', TO)).rejects.toMatchObject({ code: 'handed_off' });
      expect(await flow.send('1', TO, { author: 'human' })).toMatchObject({ status: 'queued' });
      await tell(notice('conversation.control', { owner: 'bot' }));
      expect((await of('conversation.control')).map(({ data }) => data)).toEqual([
        { owner: 'human', reason: 'standby' },
        { owner: 'bot' },
      ]);
      await tell(text('to the program'));
      expect(await promised()).toBe(before + 1);
      expect(await flow.send('1', TO)).toMatchObject({ status: 'queued' });
    });

    test('what a program wanted to say and could not before a person took over is not said, and says why', async () => {
      await tell(text('hi'));
      flow.answer = () => {
        throw new SendError('unreachable', 'Nobody there');
      };
      const { id } = await flow.send('1', TO);
      await eventually(async () => (await flow.outcomes(id))[0], 'the first try');
      await tell(notice('conversation.control', { owner: 'human' }));
      flow.advance(60_000);
      await flow.reaches(id, 'failed');
      expect(flow.calls).toHaveLength(1);
      expect((await of('message.status')).at(-1)?.status?.error).toMatchObject({ code: 'handed_off' });
    });

    test('while a person answers, what the contact says to them is no reply to a program that waits', async () => {
      await tell(text('hi'));
      const wait = { url: 'http://waiter.example.com', until: new Date(flow.clock.now() + HOUR).toISOString() };
      const asked = async (author: 'bot' | 'human') =>
        flow.reaches((await flow.send('1', TO, { wait, author })).id, 'sent');
      await asked('bot');
      await tell(text('to the person', { owner: 'human' }));
      expect((await of('message.received')).at(-1)).not.toHaveProperty('awaited');
      await asked('human');
      await tell(text('to the person who waits'));
      expect((await of('message.received')).at(-1)).toMatchObject({ awaited: true });
      await tell(notice('conversation.control', { owner: 'bot' }), text('to the program'));
      expect((await of('message.received')).at(-1)).toMatchObject({ awaited: true });
    });

    test('news that is older than the last does not take the conversation back', async () => {
      const now = flow.clock.now();
      await tell(text('hi'), notice('conversation.control', { owner: 'bot', at: now }));
      await tell(echo('late', { type: 'text', text: 'I was here' }, { owner: 'human', at: now - HOUR }));
      expect((await flow.events()).map(({ type, owner }) => [type, owner])).toEqual([
        ['message.received', 'bot'],
        ['conversation.control', 'bot'],
        ['message.echo', 'bot'],
      ]);
    });

    test('a message that came before changes nothing when it comes again under another fact', async () => {
      const one = text('hi', { owner: 'bot' });
      await tell(one);
      await tell({ ...one, dedupeKey: 'another', owner: 'human' });
      expect(await of('conversation.control')).toEqual([]);
    });
  });
}

function describeWatermarks(): void {
  describe('how far everything was read', () => {
    test('each message that was sent by then, and no other, gets the status, once', async () => {
      await tell(text('hi'));
      const [first, second] = [await sent(), await sent()];
      const upTo = flow.clock.now();
      flow.advance(1_000);
      const later = await sent();
      await tell(seen('delivered', upTo));
      await tell(seen('read', upTo), seen('read', upTo));
      await tell(seen('delivered', upTo));
      expect(await Promise.all([first, second, later].map(statusOf))).toEqual(['read', 'read', 'sent']);
      const steps = (await of('message.status')).map(({ status }) => [status?.id, status?.status]);
      expect(steps.filter(([, status]) => status !== 'sent')).toEqual([
        [first, 'delivered'],
        [second, 'delivered'],
        [first, 'read'],
        [second, 'read'],
      ]);
    });

    test('what was promised before and sent after is not meant', async () => {
      await tell(text('hi'));
      const gate = deferred<undefined>();
      const take = flow.answer;
      flow.answer = async (call) => {
        await gate.promise;
        return take(call);
      };
      const { id: underWay } = await flow.send('1', TO);
      await eventually(() => flow.calls.length === 1, 'the call');
      const { id: behind } = await flow.send('1', TO);
      const upTo = flow.clock.now();
      flow.advance(1_000);
      gate.resolve(undefined);
      for (const id of [underWay, behind]) await flow.reaches(id, 'sent');
      await tell(seen('read', upTo));
      expect(await Promise.all([underWay, behind].map(statusOf))).toEqual(['read', 'sent']);
    });

    test('what is uncertain, failed or still waiting stays so', async () => {
      await tell(text('hi'));
      flow.answer = () => {
        throw new SendError('uncertain', 'No answer came');
      };
      const { id: uncertain } = await flow.send('1', TO);
      await flow.reaches(uncertain, 'uncertain');
      flow.answer = () => {
        throw new SendError('rejected', 'No');
      };
      const { id: failed } = await flow.send('1', TO);
      await flow.reaches(failed, 'failed');
      flow.answer = () => {
        throw new SendError('unreachable', 'Nobody there');
      };
      const { id: queued } = await flow.send('1', TO);
      await eventually(async () => (await flow.outcomes(queued))[0], 'the first try');
      await tell(seen('read', flow.clock.now() + DAY));
      const ids = [uncertain, failed, queued];
      expect(await Promise.all(ids.map(statusOf))).toEqual(['uncertain', 'failed', 'queued']);
    });

    test('where nobody looked for long, the rest follows', async () => {
      await tell(text('hi'));
      const ids = [];
      for (let i = 0; i < 60; i++) ids.push((await flow.send('1', TO)).id);
      for (const id of ids) await flow.reaches(id, 'sent');
      await tell(seen('read', flow.clock.now()));
      expect((await Promise.all(ids.map(statusOf))).filter((status) => status === 'read')).toHaveLength(25);
      for (const id of ids) await flow.reaches(id, 'read');
      await eventually(
        async () => (await flow.ledger.reader.selectFrom('jobs').selectAll().execute()).length === 0,
        'the end',
      );
    });

    test('of somebody whom nobody knows makes no contact', async () => {
      await tell(seen('read', flow.clock.now()));
      expect(await flow.ledger.reader.selectFrom('contacts').selectAll().execute()).toEqual([]);
    });
  });
}

function describeEchoes(): void {
  describe('what the provider says that the business sent', () => {
    test('is nothing new when it is known by the answer to the send', async () => {
      await tell(text('hi'));
      const id = await sent();
      const before = await flow.events();
      await tell(echo(`provider ${id}`, { type: 'text', text: 'hello' }, { owner: 'human' }));
      expect(await flow.events()).toEqual(before);
      expect(await flow.ledger.reader.selectFrom('messages').select('id').execute()).toHaveLength(2);
    });

    /** A message is on its way, and news comes before the provider's answer. */
    async function overtaken(news: (id: string) => ChannelEvent, more: ChannelEvent[] = []): Promise<string> {
      await tell(text('hi'));
      const gate = deferred<undefined>();
      const take = flow.answer;
      flow.answer = async (call) => {
        await gate.promise;
        return take(call);
      };
      const { id } = await flow.send('1', TO);
      await eventually(() => flow.calls.length === 1, 'the call');
      await tell(news(id), ...more);
      gate.resolve(undefined);
      await flow.reaches(id, 'sent');
      await eventually(async () => (await flow.outcomes(id))[0] === 'accepted', 'the answer');
      return id;
    }

    const status = (id: string, more: object) =>
      ({
        type: 'message.status',
        dedupeKey: `sent ${id}`,
        providerMessageId: `provider ${id}`,
        status: 'sent',
        raw: {},
        ...more,
      }) as ChannelEvent;

    test.each<[string, (id: string) => ChannelEvent]>([
      ['a status with our id', (id) => status(id, { correlationId: id })],
      ['a status with the provider’s id alone', (id) => status(id, {})],
      ['an echo with neither', (id) => echo(`provider ${id}`, { type: 'text', text: 'hello' }, { owner: 'human' })],
      ['an echo that does not say the same', (id) => echo(`provider ${id}`, { type: 'unsupported', reason: 'card' })],
    ])('is the message that is being sent: %s', async (_name, news) => {
      const id = await overtaken(news);
      expect((await of('message.status')).map((event) => event.status?.status)).toEqual(['sent']);
      const rows = await flow.ledger.reader
        .selectFrom('messages')
        .selectAll()
        .where('direction', '=', 'outbound')
        .execute();
      expect(rows).toMatchObject([{ id, provider_id: `provider ${id}`, status: 'sent' }]);
    });

    test('takes the conversation from nobody when it turns out to be the message that was being sent', async () => {
      await overtaken((id) => echo(`provider ${id}`, { type: 'unsupported', reason: 'card' }, { owner: 'human' }));
      expect((await of('conversation.control')).map(({ owner, data }) => [owner, data])).toEqual([
        ['human', { owner: 'human', reason: 'echo' }],
        ['bot', { owner: 'bot', reason: 'own message' }],
      ]);
      expect(await flow.send('1', TO)).toMatchObject({ status: 'queued' });
    });

    test('leaves the conversation to a person who wrote besides', async () => {
      await overtaken(
        (id) =>
          echo(`provider ${id}`, { type: 'unsupported', reason: 'card' }, { owner: 'human', at: flow.clock.now() - 1 }),
        [echo('elsewhere', { type: 'text', text: 'I am Joe' }, { owner: 'human' })],
      );
      await expect(flow.send('1', TO)).rejects.toMatchObject({ code: 'handed_off' });
    });

    test('is the one of two that say the same which was sent at the time', async () => {
      await tell(text('hi'));
      flow.answer = () => {
        throw new SendError('uncertain', 'No answer came');
      };
      const { id: first } = await flow.send('1', TO);
      await flow.reaches(first, 'uncertain');
      flow.advance(20_000);
      const { id: second } = await flow.send('1', TO);
      await flow.reaches(second, 'uncertain');
      await tell(echo('second', { type: 'text', text: 'hello' }, { owner: 'human', at: flow.clock.now() }));
      expect(await Promise.all([first, second].map(statusOf))).toEqual(['uncertain', 'sent']);
    });

    test('is somebody else’s when the same is said long after a message was lost sight of', async () => {
      await tell(text('hi'));
      flow.answer = () => {
        throw new SendError('uncertain', 'No answer came');
      };
      const { id } = await flow.send('1', TO);
      await flow.reaches(id, 'uncertain');
      flow.advance(HOUR);
      await tell(echo('elsewhere', { type: 'text', text: 'hello' }, { owner: 'human', at: flow.clock.now() }));
      expect(await statusOf(id)).not.toBe('sent');
      expect((await of('message.echo')).map(({ owner }) => owner)).toEqual(['human']);
    });

    test.each<[string, (id: string) => ChannelEvent]>([
      ['with our id', (id) => status(id, { correlationId: id })],
      [
        'an echo that says the same',
        (id) => echo(`provider ${id}`, { type: 'text', text: 'hello' }, { owner: 'human' }),
      ],
    ])('proves that an uncertain message arrived: %s', async (_name, news) => {
      await tell(text('hi'));
      flow.answer = () => {
        throw new SendError('uncertain', 'No answer came');
      };
      const { id } = await flow.send('1', TO);
      await flow.reaches(id, 'uncertain');
      await tell(news(id));
      expect(await statusOf(id)).toBe('sent');
      expect((await of('conversation.control')).concat(await of('message.echo'))).toEqual([]);
    });
  });
}

function describeChoices(): void {
  describe('numbered choices', () => {
    beforeEach(() => tell(text('hi')));
    const button = (of: typeof SMALL) => ({
      type: 'button',
      buttonId: of.id,
      text: of.title,
      source: 'message',
    });

    test.each([
      ['2', button(LARGE)],
      ['small!', button(SMALL)],
      ['3', { type: 'text', text: '3' }],
    ])('an answer %j', async (words, content) => {
      await sent(MENU);
      await tell(text(words));
      expect(await lastContent()).toEqual(content);
      const row = await flow.ledger.reader.selectFrom('messages').selectAll().orderBy('id', 'desc').limit(1).execute();
      expect(row).toMatchObject([{ kind: content.type, content: JSON.stringify(content) }]);
    });

    test.each<[string, () => Promise<unknown>, string]>([
      ['another message', () => sent(), 'text'],
      ['what was said elsewhere', () => tell(echo(`e${++facts}`, { type: 'text', text: 'Never mind' })), 'text'],
      ['a reaction', () => sent({ type: 'reaction', messageId: 'in 1', emoji: '👍' }), 'button'],
      ['what the contact said', () => tell(text('hm')), 'button'],
    ])('after %s', async (_name, happens, kind) => {
      await sent(MENU);
      await happens();
      await tell(text('2'));
      expect(await lastContent()).toMatchObject({ type: kind });
    });

    test('of a message that is held are open once it is sent', async () => {
      flow.advance(2 * DAY);
      const { id } = await flow.send('1', TO, { content: MENU, ifSessionClosed: 'hold' });
      await tell(text('1'));
      expect(await lastContent()).toMatchObject({ type: 'text' });
      await flow.reaches(id, 'sent');
      await tell(text('1'));
      expect(await lastContent()).toMatchObject({ type: 'button', buttonId: 'small' });
    });

    test('of a message that turned out not to be sent are open only when it is', async () => {
      const { id } = await flow.send('1', TO, { content: MENU, ifSessionClosed: 'hold' });
      await flow.reaches(id, 'sent');
      await tell(refusal('session_closed', `provider ${id}`));
      await flow.reaches(id, 'held');
      flow.answer = () => ({ providerMessageId: 'second try' });
      await tell(text('1'));
      expect(await lastContent()).toMatchObject({ type: 'text' });
      await flow.reaches(id, 'sent');
      await tell(text('1'));
      expect(await lastContent()).toMatchObject({ type: 'button', buttonId: 'small' });
    });

    test('of a message that waits to be sent are not open yet; those that the contact saw are', async () => {
      await sent(MENU);
      flow.answer = () => {
        throw new SendError('unreachable', 'Nobody there');
      };
      const { id: first } = await flow.send('1', TO, { content: { type: 'reaction', messageId: 'in 1', emoji: '👍' } });
      await eventually(async () => (await flow.outcomes(first))[0], 'the first try');
      const other = { type: 'text' as const, text: 'When?\n1. Now', choices: [{ id: 'now', title: 'Now' }] };
      await flow.send('1', TO, { content: other });
      await tell(text('1'));
      expect(await lastContent()).toEqual(button(SMALL));
    });

    test.each<[string, () => Promise<void>]>([
      ['at once', async () => undefined],
      ['later', () => tell(refusal('rejected'))],
    ])('of a message that is refused %s are not open', async (when, happens) => {
      if (when === 'at once') {
        flow.answer = () => {
          throw new SendError('rejected', 'No');
        };
      } else flow.answer = () => ({ providerMessageId: 'refused' });
      const { id } = await flow.send('1', TO, { content: MENU });
      await flow.reaches(id, when === 'at once' ? 'failed' : 'sent');
      await happens();
      await flow.reaches(id, 'failed');
      await tell(text('1'));
      expect(await lastContent()).toEqual({ type: 'text', text: '1' });
    });

    test('answer a workflow that waits', async () => {
      const wait = { url: 'http://waiter.example.com', until: new Date(flow.clock.now() + HOUR).toISOString() };
      const { id } = await flow.send('1', TO, { content: MENU, wait });
      await flow.reaches(id, 'sent');
      await tell(text('Large'));
      expect((await of('message.received')).at(-1)).toMatchObject({
        awaited: true,
        message: { content: { buttonId: 'large' } },
      });
    });
  });
}

function describeWindows(): void {
  describe('the session', () => {
    test.each<[string, ChannelEvent, number, string]>([
      ['a link', notice('link.clicked', { opensWindow: 'link', data: { reference: 'shop' } }), DAY, 'link'],
      ['an ad, for longer', text('I saw your ad', { opensWindow: 'ad' }), 7 * DAY, 'ad'],
      ['a call', { ...notice('link.clicked', { opensWindow: 'call' }), type: 'call' } as ChannelEvent, DAY, 'call'],
    ])('is opened by %s', async (_name, fact, lengthMs, openedBy) => {
      await tell(fact);
      const expiresAt = new Date(flow.clock.now() + lengthMs).toISOString();
      expect((await flow.events())[0]?.session).toMatchObject({ open: true, openedBy, expiresAt });
      flow.advance(lengthMs - 1);
      expect(await flow.send('1', TO)).toMatchObject({ status: 'queued' });
      flow.advance(1);
      await expect(flow.send('1', TO)).rejects.toMatchObject({ code: 'session_closed' });
    });

    test('is over for programs before it is for people, who send as such', async () => {
      await tell(text('hi'));
      flow.advance(DAY);
      await expect(flow.send('1', TO)).rejects.toMatchObject({ code: 'session_closed' });
      const { id } = await flow.send('1', TO, { author: 'human' });
      await flow.reaches(id, 'sent');
      expect(flow.calls.at(-1)?.message).toMatchObject({ author: 'human', session: 'closed' });
      flow.advance(6 * DAY);
      await expect(flow.send('1', TO, { author: 'human' })).rejects.toMatchObject({ code: 'session_closed' });
    });

    test('a person’s message that waits too long is not sent after that', async () => {
      await tell(text('hi'));
      flow.advance(7 * DAY - 1_000);
      flow.answer = () => {
        throw new SendError('unreachable', 'Nobody there');
      };
      const { id } = await flow.send('1', TO, { author: 'human' });
      await eventually(async () => (await flow.outcomes(id))[0], 'the first try');
      flow.advance(60_000);
      await flow.reaches(id, 'failed');
      expect(flow.calls).toHaveLength(1);
    });
  });
}

function describeFiles(): void {
  describe('several files of one message', () => {
    const album = (): ParsedMessage =>
      said({
        type: 'image',
        caption: 'our holidays',
        media: { providerId: 'file 1', mimeType: 'image/jpeg' },
        more: [
          { type: 'image', media: { providerId: 'file 2' } },
          { type: 'video', media: { providerId: 'file 3', mimeType: 'video/mp4' } },
        ],
      });
    const files = async () =>
      await flow.ledger.reader
        .selectFrom('media')
        .select(['id', 'provider_id as providerId'])
        .orderBy('provider_id')
        .execute();

    test('have an id each, by which they are fetched', async () => {
      await tell(album());
      const stored = await files();
      expect(stored.map(({ providerId }) => providerId)).toEqual(['file 1', 'file 2', 'file 3']);
      expect(await lastContent()).toEqual({
        type: 'image',
        caption: 'our holidays',
        media: { id: stored[0]?.id, mimeType: 'image/jpeg' },
        more: [
          { type: 'image', media: { id: stored[1]?.id } },
          { type: 'video', media: { id: stored[2]?.id, mimeType: 'video/mp4' } },
        ],
      });
    });

    test('are forgotten together, when the contact takes them back and when they are erased', async () => {
      const [one, other] = [album(), said({ type: 'document', media: { providerId: 'kept' } })];
      await tell(one, other);
      const { providerMessageId } = one;
      await tell({ type: 'message.deleted', dedupeKey: 'gone', contact: ANA, providerMessageId, raw: {} });
      expect((await files()).map(({ providerId }) => providerId)).toEqual(['kept']);
      await tell(album());
      const contactId = (await flow.events())[0]?.contact?.id ?? '';
      await flow.eraser.erase(contactId);
      expect(await files()).toEqual([]);
    });
  });
}
