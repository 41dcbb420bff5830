/** Events that are handed over once more, on any database: which, in what order, how often, and in what steps. */
import { EventReplay } from '../../../service/src/features/event-replay/event-replay.ts';
import { MaintenanceHandler } from '../../../service/src/maintenance/maintenance.ts';
import type { StoreDialect } from '../../../service/src/store/dialect.ts';
import { Ledger } from '../../../service/src/store/ledger.ts';
import * as subscriptions from '../../../service/src/store/subscription.store.ts';
import { EventsFixture } from '../../events/fixture.ts';
import { readPayload } from '../../../service/src/outbox/payload.ts';
import { dueJobs } from '../../support/due-jobs.ts';

const MINUTE = 60_000;
const HANDED_OVER = 1_100;

let ledger: Ledger;
let events: EventsFixture;
let replays: EventReplay;

const iso = (at: number) => new Date(at).toISOString();
const pending = async (id: string) => (await subscriptions.undelivered(ledger.reader, id)).map(({ event }) => event.id);
const told = () => events.calls.flatMap((call) => call.events.map(({ id }) => id));

/** So many facts of some conversations, a minute each; answers the texts. */
async function happen(count: number, conversations = 3): Promise<void> {
  for (let i = 0; i < count; i++) {
    await events.wrote(`cnv_${i % conversations}`, { type: 'text', text: String(i) });
    events.clock.advance(MINUTE);
  }
}

/** More than one call replays, put in the ledger in one go, a minute each. */
async function happenedLongAgo(): Promise<void> {
  const rows = Array.from({ length: HANDED_OVER }, (_, i) => {
    const id = events.ids.next('evt');
    const content = { type: 'text', text: String(i) };
    const payload = { id, type: 'message.received', account: { id: events.account.id }, message: { content } };
    events.clock.advance(MINUTE);
    return {
      id,
      accountId: events.account.id,
      conversationId: null,
      type: 'message.received',
      dedupeKey: id,
      editOf: null,
      payload: JSON.stringify(payload),
      raw: null,
      createdAt: events.clock.now() - MINUTE,
    };
  });
  await ledger.write(async (tx) => {
    for (let i = 0; i < rows.length; i += 100) {
      await tx.db
        .insertInto('events')
        .values(rows.slice(i, i + 100))
        .execute();
    }
  });
}

/** Runs the background's part to its end; answers how many jobs that took. */
async function care(): Promise<number> {
  const { outbox, clock } = events;
  const handler = new MaintenanceHandler({ ledger, outbox, clock, tasks: [replays], load: { accepted: 0 } });
  for (let ran = 0; ; ran++) {
    const [job] = await dueJobs(ledger, 'maintenance', clock.now());
    if (job === undefined) return ran;
    await handler.run(readPayload(handler.payload, job));
  }
}

export function describeEventReplay(name: string, fresh: () => Promise<StoreDialect> | StoreDialect): void {
  describe(`replay of events: ${name}`, () => {
    beforeEach(async () => {
      ledger = await Ledger.open(await fresh());
      events = await EventsFixture.make(ledger);
      replays = new EventReplay(events);
    });
    afterEach(() => ledger.close());

    test('hands over those of the time, that the subscription wants, with their ids, in order', async () => {
      const from = events.clock.now();
      await events.subscribe();
      await happen(12);
      const { id } = await events.subscribe({ url: 'http://127.0.0.1:5678/webhook/2' });
      await events.deliver();
      const first = told();
      expect(first).toHaveLength(12);
      const time = { from: iso(from + 2 * MINUTE), to: iso(from + 8 * MINUTE) };
      expect(await replays.start(id, time)).toEqual({ events: 6, pending: false });
      events.calls.length = 0;
      await events.deliver();
      expect(events.calls.every(({ url }) => url.endsWith('/2'))).toBe(true);
      expect(told().toSorted()).toEqual(first.toSorted().slice(2, 8));
      for (const conversation of ['cnv_0', 'cnv_1', 'cnv_2']) {
        const texts = events.calls.flatMap((call) => call.events).filter((one) => one.conversationId === conversation);
        expect(texts.map((one) => one.id)).toEqual(texts.map((one) => one.id).toSorted());
      }
    });

    test('promises once, however often it is asked for, until it was taken', async () => {
      const from = iso(events.clock.now());
      const { id } = await events.subscribe();
      await happen(4);
      expect(await replays.start(id, { from })).toEqual({ events: 0, pending: false });
      await events.deliver();
      const answers = await Promise.all([1, 2, 3].map(() => replays.start(id, { from })));
      expect(answers.reduce((sum, answer) => sum + answer.events, 0)).toBe(4);
      expect(await pending(id)).toHaveLength(4);
      await events.deliver();
      expect(told()).toHaveLength(8);
      expect(await replays.start(id, { from })).toEqual({ events: 4, pending: false });
    });

    test.each<[string, Parameters<EventsFixture['subscribe']>[0], object, number]>([
      ['of another type', { events: ['template.status'] }, {}, 0],
      ['of a kind that it leaves out', { messageKinds: ['image'] }, {}, 0],
      ['of a type that is not asked for', {}, { types: ['message.status'] }, 0],
      ['of a type that is asked for', {}, { types: ['message.status', 'message.received'] }, 3],
      ['of the end of the time', {}, { to: iso(1_750_000_000_000) }, 0],
    ])('events %s', async (_name, wish, more, count) => {
      const from = events.clock.now() - MINUTE;
      const { id } = await events.subscribe(wish);
      await happen(3);
      await events.deliver();
      expect(await replays.start(id, { from: iso(from), ...more })).toEqual({ events: count, pending: false });
    });

    test('of a long time leaves the rest to the background, in steps, over restarts', async () => {
      const from = events.clock.now();
      const { id } = await events.subscribe();
      await happenedLongAgo();
      const answer = await replays.start(id, { from: iso(from) });
      expect(answer).toEqual({ events: 1_000, pending: true });
      expect(await pending(id)).toHaveLength(1_000);
      replays = new EventReplay(events);
      expect(await care()).toBe(1);
      const all = await pending(id);
      expect(all).toHaveLength(HANDED_OVER);
      expect(all).toEqual(all.toSorted());
      expect(await ledger.reader.selectFrom('cursors').selectAll().execute()).toEqual([]);
    });

    test('goes on with the subscription that took the place of the first, and ends when there is none', async () => {
      const from = events.clock.now();
      const { id, url } = await events.subscribe();
      await happenedLongAgo();
      expect(await replays.start(id, { from: iso(from) })).toMatchObject({ pending: true });
      await events.subscriptions.remove(id, true);
      const { id: heir } = await events.subscribe({ url });
      await care();
      expect(await pending(heir)).toHaveLength(HANDED_OVER);
      expect(await replays.start(heir, { from: iso(from) })).toEqual({ events: 0, pending: true });
      await events.subscriptions.remove(heir, false);
      await care();
      expect(await ledger.reader.selectFrom('deliveries').selectAll().execute()).toEqual([]);
      expect(await ledger.reader.selectFrom('cursors').selectAll().execute()).toEqual([]);
    });

    test('of a subscription that never was, or ended, is refused', async () => {
      const { id } = await events.subscribe();
      await events.subscriptions.remove(id, false);
      const notFound = expect.objectContaining({ status: 404, code: 'not_found' });
      for (const unknown of ['sub_unknown', id]) {
        await expect(replays.start(unknown, { from: iso(0) })).rejects.toEqual(notFound);
      }
    });
  });
}
