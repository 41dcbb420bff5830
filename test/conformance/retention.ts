/**
 * What every part of retention has to do, whoever owns the records: the kernel's and those of all features. One suite for the port:
 * `describeRetentionParts('SQLite', open, makers)`.
 */
import type { MakeFeature } from '../../service/src/features/feature.ts';
import { allRetentionParts } from '../../service/src/keeping.ts';
import type { Ages, RetentionPart } from '../../service/src/maintenance/retention-part.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { idleFeatures } from '../support/idle-features.ts';
import { DAY, HOUR, manyOf, put, type Made } from './aged-rows.ts';
import { FeatureBench } from './feature-bench.ts';

const AGES: Ages = { bodies: 20 * DAY, receipts: 10 * DAY, events: 30 * DAY };
const FOR_EVER: Ages = { bodies: Infinity, receipts: Infinity, events: Infinity };
/** More than two steps look at. */
const MANY = 205;
const FEW = 3;
/** One step drops or empties no more rows: a hundred, and what hangs on them. */
const MOST_ROWS = 150;
const MOST_STEPS = 40;
/** A day later what was passed over is looked at again. */
const LATER = 2 * DAY;

/** Somebody's rows that are to stay, whichever part goes over them. */
const STAYS = /young|under way|con_ben|cnv_ben/;

export function describeRetentionParts(
  name: string,
  open: () => Promise<Ledger>,
  makers: readonly MakeFeature[],
): void {
  const names = allRetentionParts(AGES, idleFeatures({ keep: AGES }, makers)).map((part) => part.name);

  test(`no two parts share a name, and what is kept for ever adds none: ${name}`, () => {
    expect(new Set(names).size).toBe(names.length);
    const few = allRetentionParts(FOR_EVER, idleFeatures({ keep: FOR_EVER }, makers)).map((part) => part.name);
    expect(names).toEqual(expect.arrayContaining(few));
  });

  describe.each(names)(`retention part '%s': ${name}`, (partName) => {
    const scene = async (old: number) => Scene.make(await open(), makers, partName, old);

    test('leaves what is young or under way, and is over at once where there is nothing else', async () => {
      const { sweep, rows } = await scene(0);
      const before = await rows();
      expect(await sweep()).toBeLessThanOrEqual(2);
      expect(await rows()).toEqual(before);
    });

    test('drops or empties what is old, in small steps, and leaves what is young or under way', async () => {
      const { sweep, rows, work } = await scene(MANY);
      const before = await rows();
      await sweep({ watched: true });
      const after = await rows();
      expect(stays(after)).toEqual(stays(before));
      // Some drop no rows, but promise to do what is not in the ledger.
      expect([after, await work()]).not.toEqual([before, []]);
      // That was all of it: another sweep finds nothing more, and one a day later nothing that is not old by then.
      await sweep({ laterMs: HOUR });
      expect(await rows()).toEqual(after);
      await sweep({ laterMs: LATER });
      expect(stays(await rows())).toEqual(stays(after));
    });

    test('may do any step again, or in vain', async () => {
      const { part, ledger, sweep, rows, now } = await scene(MANY);
      const before = await rows();
      const undone = ledger.write(async (tx) => {
        await part.sweep(tx, null, now);
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
      expect(await rows()).toEqual(before);
      await sweep({ times: 2 });
      const after = await rows();
      expect(stays(after)).toEqual(stays(before));
      await sweep();
      expect(await rows()).toEqual(after);
    });
  });
}

const stays = (rows: readonly string[]) => rows.filter((row) => STAYS.test(row));

/** A ledger with a part that is about to go over it. */
class Scene {
  readonly ledger: Ledger;
  readonly part: RetentionPart;
  readonly now: number;
  readonly #bench: FeatureBench;

  private constructor(bench: FeatureBench, part: RetentionPart) {
    this.#bench = bench;
    this.ledger = bench.ledger;
    this.part = part;
    this.now = bench.clock.now();
  }

  /** `old`: so many rows of each table that are to go. Ana's history is as old, Ben's is young. */
  static async make(ledger: Ledger, makers: readonly MakeFeature[], name: string, old: number): Promise<Scene> {
    const bench = await FeatureBench.make(ledger, makers, AGES);
    const { clock } = bench;
    const now = clock.now() + 50 * DAY;
    const ago = (days: number) => now - days * DAY;
    if (old > 0) await bench.live('ana');
    clock.set(now);
    const ended = { endedAt: ago(5), endedReason: 'deleted' };
    // In the order in which they came.
    await put(ledger, manyOf({ at: ago(40), tag: 'old', subscription: ended }, old));
    await put(ledger, { events: manyOf({ at: ago(25), tag: 'older than what is said' }, old).events ?? [] });
    await put(ledger, deliveries('sub_never', 1_000_000, old));
    await put(ledger, waiting(ago(35)));
    await bench.live('ben');
    await put(ledger, manyOf({ at: now - HOUR, tag: 'young' }, FEW));
    await put(ledger, await delivered(ledger));
    // Nothing is promised yet.
    await ledger.write((tx) => tx.db.deleteFrom('jobs').execute());
    const part = allRetentionParts(AGES, bench.features).find((one) => one.name === name);
    if (part === undefined) throw new Error(`There is no part '${name}'`);
    return new Scene(bench, part);
  }

  /** What stands in the ledger, but for where long work has come to and what waits to be done. */
  readonly rows = async (): Promise<string[]> =>
    (await this.#bench.dump()).filter((row) => !/^(cursors|jobs) /.test(row));

  readonly work = async (): Promise<string[]> => (await this.#bench.dump()).filter((row) => row.startsWith('jobs '));

  /** Goes over it to the end, each step `times`; answers how many steps it took. Places are such that the ledger can keep them. */
  readonly sweep = async ({ laterMs = 0, times = 1, watched = false } = {}): Promise<number> => {
    let from: unknown = null;
    for (let steps = 1; steps <= MOST_STEPS; steps++) {
      const before = watched ? await this.rows() : [];
      let next: unknown;
      for (let time = 0; time < times; time++)
        next = await this.ledger.write((tx) => this.part.sweep(tx, from, this.now + laterMs));
      if (watched) expect(missing(before, await this.rows()).length).toBeLessThanOrEqual(MOST_ROWS);
      if (next === undefined) return steps;
      expect(JSON.parse(JSON.stringify(next))).toEqual(next);
      from = next;
    }
    throw new Error(`The part '${this.part.name}' comes to no end`);
  };
}

/** Old, and still to be dealt with: whatever is behind them in their tables may go. */
function waiting(at: number) {
  const made: Made = {
    ...{ at, tag: 'under way' },
    message: { status: 'queued' },
    receipt: { processedAt: null, body: Buffer.from('unread'), request: '{"url":"/","headers":{}}' },
  };
  const { messages, attempts, receipts, subscriptions, events } = manyOf(made, FEW) as Required<
    ReturnType<typeof manyOf>
  >;
  return { messages, attempts, receipts, subscriptions, events };
}

const deliveries = (subscriptionId: string, from: number, count: number) => ({
  deliveries: Array.from({ length: count }, (_, i) => ({ subscriptionId, eventSeq: from + i, shard: 0 })),
});

/** The events that are under way are still to be delivered, to a subscription that goes on. */
async function delivered(ledger: Ledger) {
  const of = async (table: 'events' | 'subscriptions', column: 'seq' | 'id') =>
    ledger.reader
      .selectFrom(table as 'events')
      .select(column as 'seq')
      .where('id', 'like', '%under way%')
      .execute();
  const [subscription] = (await of('subscriptions', 'id')) as unknown as { id: string }[];
  const events = await of('events', 'seq');
  return { deliveries: events.map(({ seq }) => ({ subscriptionId: subscription?.id, eventSeq: seq, shard: 1 })) };
}

function missing(before: readonly string[], after: readonly string[]): string[] {
  const kept = new Set(after);
  return before.filter((row) => !kept.has(row));
}
