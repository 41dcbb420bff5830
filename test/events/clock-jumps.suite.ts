/** What waits for a reply, or for its workflow to come back, is not ended by a clock that jumps ahead and comes back. */
import { QUIET_MS } from '../../service/src/core/watched-clock.ts';
import { mendDue } from '../../service/src/store/job-clock.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { EventsFixture } from './fixture.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WAITER = 'http://127.0.0.1:5678/webhook-waiting/7';
const text = (words: string) => ({ type: 'text' as const, text: words });

export function describeClockJumps(name: string, open: () => Promise<Ledger>): void {
  /** A workflow asked something and waits for an hour; a trigger hears what no workflow waits for. */
  async function asked() {
    const flow = await EventsFixture.make(await open());
    await flow.subscribe();
    const question = { id: 'msg', accountId: flow.account.id, conversationId: 'cnv', byPerson: false };
    const until = new Date(flow.clock.now() + 60 * MINUTE).toISOString();
    await flow.ledger.write(async (tx) => {
      const attempt = { id: 'att', messageId: 'msg', number: 1, openedAt: 1 };
      await tx.db
        .insertInto('attempts')
        .values({ ...attempt, closedAt: 1, outcome: 'accepted', error: null })
        .execute();
      await flow.subscriptions.wait(tx, question, { url: WAITER, until });
    });
    const called = () => flow.calls.map(({ url, events }) => [url === WAITER ? 'waiter' : 'trigger', events.length]);
    return { flow, called };
  }

  describe(`a workflow that waits for a reply (${name})`, () => {
    test.each([
      ['while the clock is ahead', 0],
      ['when it came back', -DAY],
    ])('still gets it after a jump ahead, %s', async (_when, backMs) => {
      const { flow, called } = await asked();
      flow.clock.jump(DAY);
      await flow.deliver();
      flow.clock.advance(QUIET_MS - 1);
      await flow.deliver();
      flow.clock.jump(backMs);
      await flow.wrote('cnv', text('three'));
      await flow.deliver();
      expect(called()).toEqual([['waiter', 1]]);
    });

    test('waits no more when the clock stays there', async () => {
      const { flow, called } = await asked();
      flow.clock.jump(DAY);
      await flow.deliver();
      flow.clock.advance(QUIET_MS);
      await flow.deliver();
      await flow.wrote('cnv', text('three'));
      await flow.deliver();
      expect(called()).toEqual([['trigger', 1]]);
    });

    test('is told one reply only, although the clock is put back after it', async () => {
      const { flow, called } = await asked();
      flow.answers = [503];
      await flow.wrote('cnv', text('three'));
      await flow.deliver();
      flow.clock.jump(-30 * MINUTE);
      await flow.wrote('cnv', text('or four'));
      flow.clock.advance(31 * MINUTE);
      await flow.deliver();
      expect(called().toSorted()).toEqual([
        ['trigger', 1],
        ['waiter', 1],
        ['waiter', 1],
      ]);
    });

    test('has its time for a reply that it has not taken yet, although the clock jumps ahead', async () => {
      const { flow, called } = await asked();
      flow.answers = [503, 503];
      await flow.wrote('cnv', text('three'));
      await flow.deliver();
      flow.clock.jump(DAY);
      await flow.deliver();
      flow.clock.jump(-DAY);
      // As the driver does.
      await flow.ledger.write((tx) => mendDue(tx, flow.clock.now()));
      await flow.deliver();
      expect(called().every(([whom]) => whom === 'waiter')).toBe(true);
      expect(await flow.ledger.reader.selectFrom('deliveries').selectAll().execute()).toEqual([]);
    });
  });

  test(`a workflow that is saved while the clock jumps ahead loses nothing (${name})`, async () => {
    const flow = await EventsFixture.make(await open());
    const { id } = await flow.subscribe();
    flow.answer = 503;
    await flow.wrote('cnv', text('one'));
    await flow.subscriptions.remove(id, true);
    flow.clock.jump(DAY);
    await flow.deliver();
    await flow.wrote('cnv', text('two'));
    flow.answer = 200;
    await flow.subscribe();
    flow.clock.advance(MINUTE);
    await flow.deliver();
    expect(
      flow
        .texts()
        .flat()
        .filter((words) => words === 'two'),
    ).toEqual(['two']);
    expect(await flow.ledger.reader.selectFrom('deliveries').selectAll().execute()).toEqual([]);
    expect(await flow.ledger.reader.selectFrom('deadEvents').selectAll().execute()).toEqual([]);
  });
}
