/** What workflows do not take: it holds up only itself, it is never lost, and nobody is given up who takes anything. */
import { jest } from '@jest/globals';
import { SendError } from '../../service/src/core/errors.ts';
import { GIVE_UP_MS, REFUSALS } from '../../service/src/events/patience.ts';
import * as deadEvents from '../../service/src/store/dead-event.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as store from '../../service/src/store/subscription.store.ts';
import { EventsFixture, URL_OF_WORKFLOW, type Answer } from './fixture.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const text = (words: string) => ({ type: 'text' as const, text: words });
const names = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`);
const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };

/** Ways not to take an event: refusals, and those after which nobody seems to be there. */
const POISONS: readonly [string, Answer][] = [
  ['answers 500', 500],
  ['answers 400', 400],
  ['says that it is too large', 413],
  ['answers 502, as it crashed', 502],
  ['cuts the connection', new SendError('uncertain', 'reset')],
  ['is not reached', new SendError('unreachable', 'refused')],
  ['answers a page', page],
];

export function describeUntaken(name: string, open: () => Promise<Ledger>): void {
  jest.setTimeout(120_000);
  describe(`what a workflow does not take (${name})`, () => {
    let flow: EventsFixture;
    beforeEach(async () => {
      flow = await EventsFixture.make(await open());
    });

    const dead = () =>
      deadEvents.list(
        flow.ledger.reader,
        { accountIds: undefined, code: undefined, from: undefined, to: undefined, order: 'asc', behind: undefined },
        1_000,
      );
    const stored = (id: string) => store.find(flow.ledger.reader, id);
    /** What was taken, in order. */
    const taken: string[] = [];
    const refuses = (answer: Answer, isRefused: (words: string) => boolean): Answer => {
      taken.length = 0;
      return (call) => {
        const said = call.events.map(({ message }) => (message?.content as { text: string }).text);
        if (said.some(isRefused)) {
          if (answer instanceof Error) throw answer;
          return typeof answer === 'number'
            ? { status: answer, headers: {}, body: undefined }
            : (answer as typeof page);
        }
        taken.push(...said);
        return 200;
      };
    };
    const isPoison = (words: string) => words.startsWith('poison');
    async function pass(times: number, stepMs = MINUTE): Promise<void> {
      for (let i = 0; i < times; i++) {
        flow.clock.advance(stepMs);
        await flow.deliver();
      }
    }

    describe.each(POISONS)('one event of a workflow that %s', (_name, answer) => {
      test.each([1, 20])(
        'holds up its own conversation only (%i in a call), and later is a dead letter',
        async (maxBatch) => {
          const { id } = await flow.subscribe({ maxBatch });
          flow.answer = refuses(answer, isPoison);
          for (const one of names(10)) await flow.wrote(one, text(`${one} before`));
          await flow.wrote('p', text('poison'));
          await flow.wrote('p', text('p after'));
          for (const one of names(40)) await flow.wrote(one, text(one));
          await flow.deliver();
          // A few seconds at the most.
          await pass(10, 500);
          expect([...taken].sort()).toEqual([...names(10).map((one) => `${one} before`), ...names(40)].sort());
          for (const one of names(10)) expect(taken.indexOf(`${one} before`)).toBeLessThan(taken.indexOf(one));
          expect(await dead()).toEqual([]);
          for (let i = 0; i < REFUSALS + 1; i++) {
            await flow.wrote('c1', text(`more ${i}`));
            await flow.deliver();
            await pass(1);
          }
          expect(taken).toContain('p after');
          expect(await dead()).toMatchObject([{ code: 'refused', conversationId: 'p', subscriptionId: id }]);
          expect(flow.logged).toEqual([expect.stringMatching(/^An event that its workflow refuses .*"event":"evt_/)]);
          expect(await stored(id)).toMatchObject({ endedAt: null });
          expect(await flow.due()).toEqual([]);
        },
      );
    });

    test.each([
      ['thirty', 60, 5],
      ['more than may stand apart on suspicion', 300, 5],
    ])('%s conversations of which each has one: all others go on', async (_name, count, seconds) => {
      let dice = 0;
      flow.random = () => (dice = (dice + 0.618) % 1);
      await flow.subscribe({ maxBatch: 10 });
      flow.answer = refuses(500, isPoison);
      const all = names(count);
      for (const one of all) await flow.wrote(one, text(Number(one.slice(1)) % 2 ? `poison ${one}` : one));
      for (const one of all) await flow.wrote(one, text(`${one} again`));
      await flow.deliver();
      await pass(seconds, 1_000);
      const good = all.filter((one) => Number(one.slice(1)) % 2 === 0).flatMap((one) => [one, `${one} again`]);
      expect(taken.filter((words) => good.includes(words)).sort()).toEqual(good.sort());
    });

    test('a workflow that is mended gets all of the conversation, in order, with what came meanwhile', async () => {
      await flow.subscribe({ maxBatch: 5 });
      flow.answer = refuses(500, isPoison);
      for (const words of ['before', 'poison', 'after']) await flow.wrote('p', text(words));
      await flow.deliver();
      await pass(3);
      await flow.wrote('p', text('later'));
      await pass(3);
      expect(taken).toEqual(['before']);
      flow.answer = refuses(500, () => false);
      await pass(3);
      await flow.wrote('p', text('at last'));
      await flow.deliver();
      expect(taken).toEqual(['poison', 'after', 'later', 'at last']);
      expect(await dead()).toEqual([]);
    });

    test('facts of an account stand apart as well as conversations', async () => {
      await flow.subscribe({ events: ['message.received', 'account.alert'] });
      const alert = { type: 'account.alert', data: { alert: 'x' } } as never;
      await flow.publish(alert);
      await flow.publish(alert);
      flow.answer = (call) => (call.events.some(({ type }) => type === 'account.alert') ? 500 : 200);
      for (const one of names(8)) await flow.wrote(one, text(one));
      await flow.deliver();
      expect(flow.texts().filter(([words]) => words !== 'undefined')).toHaveLength(8);
    });

    test.each<[string, Answer]>([
      ['refuses everything', 500],
      ['is away', 503],
      ['is not reached', new SendError('unreachable', 'refused')],
      ['answers pages', page],
    ])('a workflow that %s for days loses nothing, and gets all in order', async (_name, answer) => {
      const { id } = await flow.subscribe({ maxBatch: 10 });
      for (const one of names(12)) for (const n of [1, 2]) await flow.wrote(one, text(`${one} ${n}`));
      flow.answer = answer;
      await flow.deliver();
      await pass(30);
      await pass(10, 2 * DAY);
      expect(await dead()).toEqual([]);
      flow.answer = refuses(500, () => false);
      await pass(10);
      expect([...taken].sort()).toEqual(
        names(12)
          .flatMap((one) => [`${one} 1`, `${one} 2`])
          .sort(),
      );
      for (const one of names(12)) expect(taken.indexOf(`${one} 1`)).toBeLessThan(taken.indexOf(`${one} 2`));
      expect(await stored(id)).toMatchObject({ endedAt: null, failingMs: 0, failedAt: null });
    });

    test('a service that was off for a week gives nothing up at its first try', async () => {
      const { id } = await flow.subscribe();
      for (const one of names(3)) await flow.wrote(one, text(one));
      flow.clock.advance(8 * DAY);
      flow.answer = new SendError('unreachable', 'refused');
      await flow.deliver();
      expect(await stored(id)).toMatchObject({ endedAt: null });
      flow.answer = refuses(500, () => false);
      await pass(2, 1_000);
      expect([...taken].sort()).toEqual(names(3));
    });

    /** As if it had taken nothing for all but a minute of a week. */
    const weeks = (id: string) =>
      flow.ledger.write((tx) =>
        tx.db
          .updateTable('subscriptions')
          .set({ failingMs: GIVE_UP_MS - MINUTE, failedAt: flow.clock.now() })
          .where('id', '=', id)
          .execute(),
      );

    test('nobody there for a week of trying: the subscription ends, and what waits is kept as dead letters', async () => {
      const { id } = await flow.subscribe();
      for (const one of names(3)) await flow.wrote(one, text(one));
      flow.answer = 404;
      await flow.deliver();
      await weeks(id);
      await pass(2);
      expect(await stored(id)).toMatchObject({ endedReason: 'unreachable' });
      expect((await dead()).map(({ code, conversationId }) => [code, conversationId])).toEqual(
        names(3).map((one) => ['subscription_ended', one]),
      );
      expect(flow.logged).toEqual([expect.stringMatching(/^A subscription ended; .*"kept":3,"dropped":0/)]);
      expect(await flow.due()).toEqual([]);
    });

    test('a workflow that refuses everything for a week is not ended: its events become dead letters', async () => {
      const { id } = await flow.subscribe();
      for (const one of names(3)) await flow.wrote(one, text(one));
      flow.answer = 500;
      await flow.deliver();
      await weeks(id);
      await pass(REFUSALS + 3);
      expect((await dead()).map(({ code, conversationId }) => [code, conversationId]).sort()).toEqual(
        names(3).map((one) => ['refused', one]),
      );
      expect(await stored(id)).toMatchObject({ endedAt: null });
    });

    test('a subscription that takes anything is never ended', async () => {
      const { id } = await flow.subscribe();
      await flow.wrote('p', text('poison'));
      flow.answer = refuses(404, isPoison);
      await flow.deliver();
      await weeks(id);
      await flow.wrote('c', text('fine'));
      await flow.deliver();
      await pass(3);
      expect(await stored(id)).toMatchObject({ endedAt: null });
    });

    test('gone (410): what waits is kept as dead letters', async () => {
      const { id } = await flow.subscribe();
      for (const one of ['a', 'b']) await flow.wrote(one, text(one));
      flow.answers = [410];
      await flow.deliver();
      expect(flow.calls).toHaveLength(1);
      expect(await stored(id)).toMatchObject({ endedReason: 'gone' });
      expect(await dead()).toMatchObject([{ code: 'subscription_ended', url: URL_OF_WORKFLOW }, {}]);
      await flow.wrote('c');
      expect(await flow.due()).toEqual([]);
    });

    test('switched off: what it was promised before is kept, what came after is not', async () => {
      const { id } = await flow.subscribe();
      await flow.wrote('a', text('before'));
      flow.answer = 503;
      await flow.deliver();
      flow.clock.advance(1_000);
      await flow.subscriptions.remove(id, true);
      await flow.wrote('b', text('after'));
      await pass(2);
      expect(await dead()).toMatchObject([{ code: 'subscription_ended', conversationId: 'a' }]);
      expect(flow.logged).toEqual([expect.stringMatching(/^A workflow was switched off .*"kept":1,"dropped":1/)]);
    });

    test('made anew meanwhile, it is given what stands apart, too', async () => {
      const { id } = await flow.subscribe();
      flow.answer = refuses(500, isPoison);
      for (const words of ['poison', 'after']) await flow.wrote('p', text(words));
      await flow.deliver();
      await flow.subscriptions.remove(id, true);
      await flow.subscribe();
      flow.answer = refuses(500, () => false);
      await flow.deliver();
      await pass(1);
      expect(taken).toEqual(['poison', 'after']);
    });
  });
}
