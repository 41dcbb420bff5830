/** Who answers a contact, and until when: told by channels, made true in the ledger. */
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { DAY, describeFacts, echo, flow, HOUR, notice, of, tell, text, TO } from './facts-fixture.ts';

export function describeAnswering(name: string, open: () => Promise<Ledger>): void {
  describeFacts(name, open, () => {
    describeOwner();
    describeWindows();
  });
}

function describeOwner(): void {
  describe('who answers', () => {
    const promised = async () =>
      (await flow.ledger.reader.selectFrom('deliveries').select('eventSeq').execute()).length;

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
      expect(flow.calls.at(-1)?.message).toMatchObject({ author: { type: 'agent' }, session: 'closed' });
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
