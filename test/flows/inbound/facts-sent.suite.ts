/** What became of what the business sent, and what it said elsewhere: told by channels, made true in the ledger. */
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import { deferred } from '../../sandbox/kit/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import {
  ANA,
  DAY,
  describeFacts,
  echo,
  flow,
  HOUR,
  MINUTE,
  nextFact,
  of,
  sent,
  statusOf,
  tell,
  text,
  TO,
} from './facts-fixture.ts';

const seen = (status: 'delivered' | 'read', upTo: number): ChannelEvent => ({
  type: 'message.watermark',
  dedupeKey: `seen ${nextFact()}`,
  contact: ANA,
  status,
  upTo,
  raw: {},
});

export function describeSent(name: string, open: () => Promise<Ledger>): void {
  describeFacts(name, open, () => {
    describeWatermarks();
    describeEchoes();
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
      // After an answer that proves nothing the account's sends wait for a second.
      flow.advance(2_000);
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

    describe.each([-10, 10])('while the provider’s clock is %i minutes ahead of ours', (minutes) => {
      const theirs = () => flow.clock.now() + minutes * MINUTE;

      test('is so of what was sent by then, and not of what was sent after', async () => {
        await tell(text('hi'));
        const take = flow.answer;
        flow.answer = async (call) => ({ ...(await take(call)), sentAt: theirs() });
        const first = await sent();
        const upTo = theirs();
        flow.advance(1_000);
        const later = await sent();
        await tell(seen('read', upTo));
        expect(await Promise.all([first, later].map(statusOf))).toEqual(['read', 'sent']);
        await tell(seen('read', theirs()));
        expect(await Promise.all([first, later].map(statusOf))).toEqual(['read', 'read']);
      });

      test('is so of what was sent by others, too', async () => {
        await tell(text('hi'));
        const upTo = theirs();
        await tell(echo('first', { type: 'text', text: 'one' }, { at: upTo }));
        await tell(echo('later', { type: 'text', text: 'two' }, { at: upTo + 1_000 }));
        await tell(seen('read', upTo));
        const rows = flow.ledger.reader.selectFrom('messages').select(['providerId', 'status']);
        expect(await rows.where('direction', '=', 'outbound').orderBy('providerId').execute()).toEqual([
          { providerId: 'first', status: 'read' },
          { providerId: 'later', status: 'sent' },
        ]);
      });
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
      expect(rows).toMatchObject([{ id, providerId: `provider ${id}`, status: 'sent' }]);
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

    test.each([-10, 10])('is ours although the provider’s clock is %i minutes ahead of ours', async (minutes) => {
      await tell(text('hi'));
      flow.answer = () => {
        throw new SendError('uncertain', 'No answer came');
      };
      const { id } = await flow.send('1', TO);
      await flow.reaches(id, 'uncertain');
      const at = flow.clock.now() + minutes * MINUTE;
      await tell(echo('ours', { type: 'text', text: 'hello' }, { owner: 'human', at }));
      expect(await statusOf(id)).toBe('sent');
      expect(await of('message.echo')).toEqual([]);
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
