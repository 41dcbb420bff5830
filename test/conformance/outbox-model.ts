/** Random programs for a driver of the outbox port: jobs of all sorts, failures, waits, and a process that is killed again and again. */
import fc from 'fast-check';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { manualClock, type ManualClock } from '../sandbox/kit/clock.ts';
import { leasesEnd, OutboxBench, type Ending, type MakeDriver } from './outbox-bench.ts';

const MINUTE = 60_000;
/** Longer than any wait of the program. */
const LONG = 10 * MINUTE;
/** Twice what the longest queue of jobs with the most failures needs. */
const MAX_ROUNDS = 200;

type Step =
  | {
      do: 'promise';
      orderingKey: string | undefined;
      priority: 0 | 10;
      dueInMs: number;
      endings: Ending[];
      awaited: boolean;
    }
  | { do: 'kill' }
  | { do: 'time'; ms: number };

const ending = fc.constantFrom<Ending>(
  'throw',
  'change and throw',
  { postponeMs: 0 },
  { postponeMs: MINUTE, costsAttempt: false },
);
const promise = fc.record({
  do: fc.constant('promise' as const),
  orderingKey: fc.constantFrom('x', 'y', 'z', undefined),
  priority: fc.constantFrom(0 as const, 10 as const),
  dueInMs: fc.constantFrom(0, 0, 0, MINUTE),
  endings: fc.array(ending, { maxLength: 2 }),
  awaited: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: promise },
  { weight: 1, arbitrary: fc.constant({ do: 'kill' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.constantFrom(1_000, MINUTE) }) },
);

/** One process after the other on one ledger. */
class Lives {
  readonly clock: ManualClock = manualClock(1_750_000_000_000);
  readonly all: OutboxBench[] = [];
  readonly #make: MakeDriver;
  readonly #ledger: Ledger;
  readonly #endings = new Map<string, Ending[]>();
  #restarting: Promise<void> = Promise.resolve();
  readonly #promised = new Map<string, Promise<void>>();

  constructor(make: MakeDriver, ledger: Ledger) {
    this.#make = make;
    this.#ledger = ledger;
    this.#begin();
  }

  get now(): OutboxBench {
    return this.all.at(-1) as OutboxBench;
  }

  async kill(): Promise<void> {
    this.#restarting = this.#restart();
    await this.#restarting;
  }

  async #restart(): Promise<void> {
    await this.now.kill();
    await leasesEnd(this.#ledger);
    this.#begin();
  }

  /** Units of work at the same time have no order: one promise with a key is made after the other. */
  inTurn(orderingKey: string | undefined, promise: () => Promise<void>): Promise<void> {
    const before = orderingKey === undefined ? undefined : this.#promised.get(orderingKey);
    const promised = (before ?? Promise.resolve()).then(() => this.#whenAlive(promise));
    this.#promised.set(orderingKey ?? `alone ${this.#promised.size}`, promised);
    return promised;
  }

  async #whenAlive(run: () => Promise<void>): Promise<void> {
    const restarting = this.#restarting;
    await restarting;
    return restarting === this.#restarting ? run() : this.#whenAlive(run);
  }

  async allPromised(): Promise<void> {
    await Promise.all(this.#promised.values());
  }

  /** What was finished, in order. */
  finished(): string[] {
    const lines = this.all.flatMap((bench) => bench.happened());
    return lines.filter((line) => line.startsWith('finish ')).map((line) => line.slice('finish '.length));
  }

  #begin(): void {
    this.all.push(new OutboxBench(this.#make, this.#ledger, { clock: this.clock, endings: this.#endings }).start());
  }
}

async function take(lives: Lives, one: Step, name: string): Promise<unknown> {
  if (one.do === 'kill') return lives.kill();
  if (one.do === 'time') {
    lives.clock.advance(one.ms);
    return lives.now.driver.wake();
  }
  const { orderingKey, priority, dueInMs, endings, awaited } = one;
  lives.now.ends(name, ...endings);
  const job = { name, orderingKey, priority, dueAt: lives.clock.now() + dueInMs };
  const promised = lives.inTurn(orderingKey, () => lives.now.promise(job));
  return awaited ? promised : undefined;
}

/** Every job of the program is finished once, one at a time, in the order of its key. */
export async function checkProgram(make: MakeDriver, ledger: Ledger, program: readonly Step[]): Promise<void> {
  const lives = new Lives(make, ledger);
  const promised = program.flatMap((one, i) =>
    one.do === 'promise' ? [{ name: `job ${i}`, orderingKey: one.orderingKey }] : [],
  );
  for (const [i, one] of program.entries()) await take(lives, one, `job ${i}`);
  await lives.allPromised();
  for (let round = 0; lives.finished().length < promised.length && round < MAX_ROUNDS; round++) {
    lives.clock.advance(LONG);
    lives.now.driver.wake();
    await lives.now.settled();
  }
  await lives.now.driver.stop();
  const finished = lives.finished();
  expect([...finished].sort()).toEqual(promised.map(({ name }) => name).sort());
  for (const key of ['x', 'y', 'z']) {
    const names = promised.filter((one) => one.orderingKey === key).map(({ name }) => name);
    expect(finished.filter((name) => names.includes(name))).toEqual(names);
  }
  expect(lives.all.flatMap((bench) => bench.broken)).toEqual([]);
}

/** `programs`: how many are tried. */
export function testOutboxModel(make: MakeDriver, open: () => Promise<Ledger>, programs: number): void {
  test('whatever is promised, fails, waits or is killed: every job is finished once, alone, in the order of its key', async () => {
    const program = fc.array(step, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(program, async (steps) => checkProgram(make, await open(), steps)),
      { numRuns: programs },
    );
  }, 60_000);
}
