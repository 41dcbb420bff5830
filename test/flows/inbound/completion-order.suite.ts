/** What a webhook tells a part of is told when its rest was fetched, in the order of the conversation, whatever came of fetching it. */
import type { ParsedContent } from '../../../service/src/channels/channel.ts';
import { ParleyError, SEND_ERROR_KINDS, SendError } from '../../../service/src/core/errors.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import { deferred } from '../../sandbox/kit/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import {
  ANA,
  describeFacts,
  echo,
  flow,
  HOUR,
  nextFact,
  notice,
  of,
  sent,
  statusOf,
  tell,
  text,
  TO,
} from './facts-fixture.ts';
import {
  allTold,
  BEN,
  describeCompletion,
  KEY,
  part,
  passes,
  provider,
  quiet,
  recovers,
  waiting,
} from './completion-fixture.ts';

const SECOND = 1_000;
const failing = (error: Error) => () => {
  throw error;
};
const away = failing(new SendError('unreachable', 'Nobody there'));
const preference = (value: 'stop' | 'resume') => ({
  type: 'contact.preference' as const,
  ...{ dedupeKey: `wish ${nextFact()}`, contact: ANA, topic: 'marketing', value, data: {}, raw: {} },
});

export function describeOrder(name: string, open: () => Promise<Ledger>): void {
  describeCompletion(name, open, () => {
    describeTurns();
    describeEchoes();
    describeFailures();
  });
  describeFacts(`without completion, ${name}`, open, () => {
    test('what is said is told at once, and nobody looks whether anything waits', async () => {
      await flow.ledger.write((tx) => tx.db.schema.dropTable('pendingFacts').execute());
      const one = text('one');
      const about = { providerMessageId: one.providerMessageId, contact: ANA, raw: {} };
      await tell(one, part('two'), echo('elsewhere', { type: 'text', text: 'three' }), preference('stop'));
      await tell({ type: 'message.deleted', dedupeKey: 'deleted', ...about }, notice('link.clicked', {}), text('four'));
      expect((await flow.events()).map(({ type }) => type)).toEqual([
        ...['message.received', 'message.received', 'message.echo', 'contact.preference'],
        ...['message.deleted', 'link.clicked', 'message.received'],
      ]);
    });
  });
}

function describeTurns(): void {
  describe('the order of a conversation', () => {
    test('a part is told once the rest is there; that the contact wrote is true at once', async () => {
      const gate = deferred<undefined>();
      const { answer } = provider;
      provider.answer = async (fact) => {
        await gate.promise;
        return answer(fact);
      };
      await tell(part('see this'));
      expect(await allTold()).toEqual([]);
      expect(await flow.send('1', TO)).toMatchObject({ status: 'queued' });
      gate.resolve(undefined);
      await quiet();
      expect(await allTold()).toContain('received: see this, the whole of it');
      expect((await of('message.received'))[0]?.message).not.toHaveProperty('incomplete');
      const row = await flow.ledger.reader
        .selectFrom('messages')
        .selectAll()
        .where('direction', '=', 'inbound')
        .execute();
      expect(row).toMatchObject([{ kind: 'text', content: expect.stringContaining('the whole of it') }]);
      expect(await waiting()).toEqual([]);
    });

    test('what is said later waits for its turn', async () => {
      provider.answer = away;
      const first = part('one');
      await tell(first, text('two'));
      const { providerMessageId } = first;
      const edit = { ...text('one, better'), type: 'message.edited' as const, providerMessageId };
      await tell(
        { ...edit, dedupeKey: `edit ${nextFact()}` },
        echo('elsewhere', { type: 'text', text: 'from the phone' }),
        notice('link.clicked', { data: { reference: 'shop' } }),
        part('three'),
        text('four'),
      );
      await quiet();
      expect(await allTold()).toEqual([]);
      await recovers();
      await passes(10 * SECOND);
      expect(await allTold()).toEqual([
        'received: one, the whole of it',
        'received: two',
        'edited: one, better',
        'echo: from the phone',
        'link.clicked',
        'received: three, the whole of it',
        'received: four',
      ]);
      expect(new Set((await of('message.edited')).map(({ message }) => message?.id))).toEqual(
        new Set([(await of('message.received'))[0]?.message?.id]),
      );
    });

    test('what changes anything between the contact and the business is true and told at once', async () => {
      await tell(text('hi'));
      const id = await sent();
      provider.answer = away;
      const read = { type: 'message.status' as const, providerMessageId: `provider ${id}`, raw: {} };
      await tell(
        part('one'),
        preference('stop'),
        notice('conversation.control', { owner: 'human' }),
        text('two', { owner: 'bot' }),
        { ...read, status: 'read', dedupeKey: 'read' },
      );
      const types = (await flow.events()).map(({ type, owner }) => `${type} ${owner}`);
      expect(types).toEqual([
        ...['message.received bot', 'message.status bot', 'contact.preference bot'],
        ...['conversation.control human', 'conversation.control bot', 'message.status bot'],
      ]);
      expect(await statusOf(id)).toBe('read');
      await recovers();
      await passes(10 * SECOND);
      expect((await allTold()).slice(-2)).toEqual(['received: one, the whole of it', 'received: two']);
    });

    test('another conversation waits for nobody', async () => {
      provider.answer = away;
      await tell(part('one'), text('from Ben', { contact: BEN }), part('more from Ben', { contact: BEN }));
      expect(await allTold()).toEqual(['received: from Ben']);
    });

    test('the same fact told again while it waits, and after, is one', async () => {
      provider.answer = away;
      const [first, second] = [part('one'), text('two')];
      await tell(first, second, first);
      await tell(second, first);
      expect(await waiting()).toHaveLength(2);
      await recovers();
      await passes(10 * SECOND);
      await tell(first, second);
      await quiet();
      expect(await allTold()).toEqual(['received: one, the whole of it', 'received: two']);
    });

    test('a long queue is told to its end', async () => {
      provider.answer = away;
      const words = Array.from({ length: 120 }, (_, i) => `word ${i}`);
      await tell(part('one'), ...words.map((word) => text(word)));
      await recovers();
      await passes(10 * SECOND);
      expect(await allTold()).toEqual(['received: one, the whole of it', ...words.map((word) => `received: ${word}`)]);
      expect(
        await flow.ledger.reader.selectFrom('jobs').select('seq').where('kind', '=', 'complete').execute(),
      ).toEqual([]);
    });

    test('an answer by number is the choice that there was when it was written', async () => {
      const [small, now] = [
        { id: 'small', title: 'Small' },
        { id: 'now', title: 'Now' },
      ];
      await tell(text('hi'));
      await sent({ type: 'text', text: 'Which?\n1. Small', choices: [small] });
      provider.answer = away;
      await tell(part('one'), text('1'));
      await sent({ type: 'text', text: 'When?\n1. Now', choices: [now] });
      await recovers();
      await passes(10 * SECOND);
      expect((await of('message.received')).at(-1)?.message?.content).toMatchObject({ buttonId: 'small' });
    });

    test('two who turn out to be one have their facts told in one order', async () => {
      const [phone, user] = [ANA.identities[0], { kind: 'user_id', address: 'US.1' }];
      const byUser = { contact: { identities: [user] } };
      provider.answer = away;
      await tell(part('by phone 1'), text('by phone 2'), part('by user 1', byUser), text('by user 2', byUser));
      await tell(text('both are me', { contact: { identities: [user, phone as typeof user] } }));
      await recovers();
      await passes(10 * SECOND, SECOND);
      expect(await allTold()).toEqual([
        ...['received: by phone 1, the whole of it', 'received: by phone 2'],
        ...['received: by user 1, the whole of it', 'received: by user 2', 'received: both are me'],
      ]);
      expect(new Set((await flow.events()).map(({ conversationId }) => conversationId)).size).toBe(1);
    });

    test('what it takes to fetch the rest lies in the ledger in no readable form', async () => {
      provider.answer = away;
      await tell(part('my secret plans'));
      const rows = await flow.ledger.reader.selectFrom('pendingFacts').selectAll().execute();
      expect(rows).toHaveLength(1);
      for (const word of [KEY, 'my secret plans', '15550001111']) expect(JSON.stringify(rows)).not.toContain(word);
    });
  });
}

function describeEchoes(): void {
  describe('a part of what the business said elsewhere', () => {
    const elsewhere = (words: string) =>
      echo(`out ${nextFact()}`, { type: 'text', text: words }, { owner: 'human', rest: { key: KEY } });

    test('tells with the rest that a person took over', async () => {
      await tell(text('hi'), elsewhere('I am Joe'), text('good'));
      await quiet();
      expect((await flow.events()).map(({ type, owner }) => `${type} ${owner}`)).toEqual([
        ...['message.received bot', 'conversation.control human'],
        ...['message.echo human', 'message.received human'],
      ]);
    });

    test('is a message of ours, and nobody took over, where the rest says so', async () => {
      await tell(text('hi'));
      flow.answer = () => {
        throw new SendError('uncertain', 'No answer came');
      };
      const { id } = await flow.send('1', TO);
      await flow.reaches(id, 'uncertain');
      provider.answer = () => ({ content: { type: 'text', text: 'hello' } });
      await tell(elsewhere('hel…'), text('good'));
      await flow.reaches(id, 'sent');
      await quiet();
      expect(await allTold()).toEqual(expect.arrayContaining(['received: hi', 'received: good']));
      expect([...(await of('message.echo')), ...(await of('conversation.control'))]).toEqual([]);
    });
  });
}

function describeFailures(): void {
  describe('the rest cannot be fetched', () => {
    const FINAL = ['invalid', 'session_closed', 'opted_out', 'rejected'];
    const errors: [string, Error][] = [
      ...SEND_ERROR_KINDS.map((kind): [string, Error] => [kind, new SendError(kind, 'No')]),
      ['gone', new ParleyError(410, 'media_gone', 'The provider no longer has it')],
      ['a defect', new TypeError('Cannot read what is not there')],
    ];

    test.each(errors)('%s', async (kind, error) => {
      provider.answer = failing(error);
      await tell(part('one'), text('two'));
      await quiet();
      const isFinal = FINAL.includes(kind) || kind === 'gone';
      expect(await allTold()).toEqual(isFinal ? ['received: one (incomplete)', 'received: two'] : []);
      await recovers();
      await passes(10 * SECOND);
      expect(provider.asked).toHaveLength(isFinal ? 1 : 2);
      if (!isFinal) expect(await allTold()).toEqual(['received: one, the whole of it', 'received: two']);
    });

    test('for an hour: what the webhook told stands, after a bounded number of tries', async () => {
      provider.answer = away;
      await tell(part('one'), text('two'), part('three'));
      await quiet();
      await passes(HOUR - SECOND, 10 * SECOND);
      expect(await allTold()).toEqual([]);
      expect(provider.asked.length).toBeGreaterThan(5);
      expect(provider.asked.length).toBeLessThan(20);
      await passes(SECOND);
      // What came with it has waited as long, and is asked for once.
      expect(await allTold()).toEqual(['received: one (incomplete)', 'received: two', 'received: three (incomplete)']);
      expect(provider.asked.filter((words) => words === 'three')).toHaveLength(1);
    });

    test('as often as the provider allows, and a last time when the hour is over', async () => {
      provider.answer = failing(new SendError('throttled', 'Slow down', { retryAfterMs: HOUR / 2 }));
      await tell(part('one'), part('from Ben', { contact: BEN }));
      await quiet();
      await passes(HOUR / 2 - SECOND, 60 * SECOND);
      expect(provider.asked).toHaveLength(2);
      provider.answer = failing(new SendError('throttled', 'Slow down', { retryAfterMs: 5 * HOUR }));
      await passes(SECOND);
      expect(provider.asked).toHaveLength(4);
      await recovers();
      await passes(HOUR / 2);
      expect((await allTold()).sort()).toEqual([
        'received: from Ben, the whole of it',
        'received: one, the whole of it',
      ]);
    });

    test('while the account is paused, which says that sends are refused: it is asked all the same', async () => {
      await tell(text('hi'));
      flow.answer = () => {
        throw new SendError('settings', 'The token is of no use');
      };
      await flow.send('1', TO);
      const alerted = async () => (await of('account.alert')).length === 1;
      await eventually(alerted, 'the pause');
      provider.answer = failing(new SendError('settings', 'The token is of no use'));
      await tell(part('one'));
      await quiet();
      expect(await allTold()).not.toContain('received: one (incomplete)');
      await flow.account('1');
      await recovers();
      await passes(10 * SECOND);
      expect(await allTold()).toContain('received: one, the whole of it');
    });

    test('an edit is told as its webhook told it, and says so', async () => {
      await tell(text('one'));
      const { providerMessageId = '' } = (await of('message.received'))[0]?.message ?? {};
      provider.answer = failing(new SendError('rejected', 'No'));
      const content: ParsedContent = { type: 'text', text: 'one, bet…' };
      const edit = { type: 'message.edited' as const, providerMessageId, contact: ANA, content, raw: {} };
      await tell({ ...edit, dedupeKey: 'edit', rest: { key: KEY } });
      await quiet();
      expect(await allTold()).toEqual(['received: one', 'edited: one, bet… (incomplete)']);
    });
  });
}
