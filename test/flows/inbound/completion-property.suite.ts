/**
 * Whatever is said by whom, in whole or in part, however the provider answers, and whichever process dies at which moment: each conversation is
 * told in the order of its webhooks, each fact once.
 */
import fc from 'fast-check';
import type { ChannelEvent, ParsedMessage } from '../../../service/src/channels/channel.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import { messageKey } from '../../../service/src/core/ids.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import type { Tx } from '../../../service/src/store/unit-of-work.ts';
import { OutboundFixture } from '../../outbound/fixture.ts';
import { serviceClock } from '../../support/service-clock.ts';
import { deferred, type Deferred } from '../../sandbox/kit/deferred.ts';
import { eventually } from '../../support/eventually.ts';

const PEOPLE = 3;
const START_AT = 1_750_000_000_000;

type Kind = 'whole' | 'part' | 'taken back';
type Step =
  /** Told by one webhook. */
  | { does: 'say'; facts: { by: number; kind: Kind }[]; process: number }
  | { does: 'repeat'; fact: number; process: number }
  | { does: 'provider'; answers: 'at once' | 'late' | 'never' }
  | { does: 'answer' }
  | { does: 'time'; ms: number }
  /** At its next units of work, one of them, before or after its commit. */
  | { does: 'crash'; process: number; unit: number; when: 'before' | 'after' };

const process = fc.nat({ max: 1 });
const kind = fc.constantFrom<Kind>('whole', 'whole', 'part', 'part', 'taken back');
const facts = fc.array(fc.record({ by: fc.nat({ max: PEOPLE - 1 }), kind }), { minLength: 1, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('say' as const), facts, process }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('repeat' as const), fact: fc.nat({ max: 50 }), process }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('provider' as const),
      answers: fc.constantFrom('at once' as const, 'late' as const, 'never' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'answer' as const }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('time' as const), ms: fc.constantFrom(1, 3_000, 1_800_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ does: fc.constant('crash' as const), process, unit: fc.nat({ max: 3 }) },
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
);

type Death = Pick<Extract<Step, { does: 'crash' }>, 'unit' | 'when'>;

/** A ledger as a process has it: once that is dead, it changes nothing any more, and no answer reaches it. */
function mortal(real: Ledger) {
  const death = deferred<'died'>();
  let isAlive = true;
  let next: Death | undefined;
  const never = <T>() => new Promise<T>(() => undefined);
  const die = () => {
    isAlive = false;
    death.resolve('died');
  };
  const isTime = (when: Death['when']) => next?.unit === 0 && next.when === when;
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isTime('before')) die();
    if (!isAlive) return never();
    const isLast = isTime('after');
    if (next) next = { ...next, unit: next.unit - 1 };
    try {
      const result = await work();
      // Unless it was to live on by now.
      if (isLast && next !== undefined) die();
      if (isAlive) return result;
    } catch (error) {
      if (isAlive) throw error;
    }
    return never();
  };
  const own = {
    ...{ reader: real.reader, dialect: real.dialect, warnings: [] },
    write: <T>(unit: (tx: Tx) => Promise<T>) => alive(() => real.write(unit)),
    touch: <T>(change: (db: Ledger['reader']) => Promise<T>) => alive(() => real.touch(change)),
  };
  return {
    ledger: own as unknown as Ledger,
    died: death.promise,
    isAlive: () => isAlive,
    diesAt: (at: Death | undefined) => void (next = at),
  };
}

interface Process extends Omit<ReturnType<typeof mortal>, 'ledger'> {
  flow: OutboundFixture;
}

/** Processes over one ledger, each of which comes back when it dies, and the provider that has the rests. */
class World {
  readonly #ledgers: readonly Ledger[];
  readonly #processes: Process[] = [];
  readonly #clock = serviceClock(START_AT);
  readonly #life: number;
  readonly #told: ChannelEvent[] = [];
  readonly #late: Deferred<undefined>[] = [];
  readonly #failures: unknown[][] = [];
  #answers: 'at once' | 'late' | 'never' = 'at once';

  constructor(ledgers: readonly Ledger[], life: number) {
    this.#ledgers = ledgers;
    this.#life = life;
  }

  async begin(): Promise<this> {
    for (const place of this.#ledgers.keys()) await this.#start(place);
    await this.#processes[0]?.flow.account('1');
    return this;
  }

  async takes(one: Step): Promise<void> {
    if (one.does === 'say')
      return this.#tell(
        one.process,
        one.facts.map(({ by, kind }) => this.#fact(by, kind)),
      );
    if (one.does === 'repeat') return this.#tell(one.process, this.#told.slice(one.fact, one.fact + 1));
    if (one.does === 'provider') return void (this.#answers = one.answers);
    if (one.does === 'answer') return void this.#late.shift()?.resolve(undefined);
    if (one.does === 'time') return this.#passes(one.ms);
    this.#processes[one.process % this.#ledgers.length]?.diesAt(one);
  }

  /** Lets everything come to its end. Answers what was told by webhooks and by events, in order, by person. */
  async end(): Promise<{ webhooks: string[]; events: string[] }[]> {
    this.#answers = 'at once';
    for (const late of this.#late) late.resolve(undefined);
    for (const { diesAt } of this.#processes) diesAt(undefined);
    for (const place of this.#processes.keys()) await this.#revive(place);
    await eventually(
      async () => {
        if (await this.#isOver()) return true;
        await this.#passes(600_000);
        return false;
      },
      'the end',
      10_000,
    );
    for (const { flow } of this.#processes) await flow.stop();
    expect(this.#failures.flat()).toEqual([]);
    const rows = await this.#reader.selectFrom('events').selectAll().orderBy('seq').execute();
    return Array.from({ length: PEOPLE }, (_, by) => {
      const own = (key: string) => key.includes(`${this.#life}/${by}/`);
      const webhooks = this.#told.map(({ dedupeKey }) => dedupeKey).filter(own);
      return { webhooks, events: rows.map(({ dedupeKey }) => dedupeKey).filter(own) };
    });
  }

  get #reader() {
    return (this.#ledgers[0] as Ledger).reader;
  }

  async #isOver(): Promise<boolean> {
    if ((await this.#reader.selectFrom('pendingFacts').select('id').limit(1).execute()).length > 0) return false;
    const jobs = this.#reader.selectFrom('jobs').select('seq').where('kind', '=', 'complete').limit(1);
    return (await jobs.execute()).length === 0;
  }

  #fact(by: number, kind: Kind): ChannelEvent {
    const name = `${this.#life}/${by}/${this.#told.length}`;
    const contact = { identities: [{ kind: 'phone', address: `${this.#life}${by}`.padStart(11, '1') }] };
    const before = this.#told.findLast(
      (one) => one.type === 'message.received' && one.dedupeKey.includes(`${this.#life}/${by}/`),
    );
    const isDeletion = kind === 'taken back' && before !== undefined;
    const fact: ChannelEvent = isDeletion
      ? {
          ...{ type: 'message.deleted', dedupeKey: `deleted ${name}`, contact, raw: {} },
          providerMessageId: (before as ParsedMessage).providerMessageId,
        }
      : {
          ...{ type: 'message.received', dedupeKey: messageKey(name), providerMessageId: name, contact, raw: {} },
          content: { type: 'text', text: name },
          ...(kind === 'part' && { rest: { name } }),
        };
    this.#told.push(fact);
    return fact;
  }

  /** Should its process die meanwhile, the webhook is read again by the next. */
  async #tell(of: number, facts: readonly ChannelEvent[]): Promise<void> {
    const place = of % this.#ledgers.length;
    for (;;) {
      const { flow, died } = await this.#revive(place);
      const outcome = await Promise.race([flow.told('1', ...facts), died]);
      if (outcome !== 'died') return;
    }
  }

  async #passes(ms: number): Promise<void> {
    this.#clock.advance(ms);
    // As if each had stood still for long: whoever comes first goes on with what it was at.
    await this.#ledgers[0]?.write(async ({ db }) => {
      await db.updateTable('jobs').set({ leaseUntil: 0 }).where('leaseUntil', 'is not', null).execute();
    });
    for (const place of this.#processes.keys()) (await this.#revive(place)).flow.driver.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Another process in the place of one that died. */
  async #revive(place: number): Promise<Process> {
    const known = this.#processes[place];
    if (known?.isAlive()) return known;
    void known?.flow.stop();
    this.#clock.advance(1);
    return this.#start(place);
  }

  async #start(place: number): Promise<Process> {
    const { ledger, ...life } = mortal(this.#ledgers[place] as Ledger);
    const flow = new OutboundFixture(ledger, {
      clock: this.#clock,
      complete: (fact) => this.#complete(fact.dedupeKey),
    });
    this.#failures.push(flow.failures);
    return (this.#processes[place] = { flow: await flow.start(), ...life });
  }

  async #complete(key: string) {
    const { promise, resolve } = deferred<undefined>();
    if (this.#answers === 'never') throw new SendError('unreachable', 'Nobody there');
    if (this.#answers === 'late') {
      this.#late.push({ promise, resolve });
      await promise;
    }
    return { content: { type: 'text' as const, text: `all of ${key}` } };
  }
}

export function describeProperty(name: string, open: () => Promise<Ledger[]>, numRuns: number): void {
  test(`every conversation is told in order, each fact once, whatever happens: ${name}`, async () => {
    const ledgers = await open();
    let life = 0;
    const lived = async (steps: readonly Step[]) => {
      const world = await new World(ledgers, ++life).begin();
      for (const one of steps) await world.takes(one);
      for (const { webhooks, events } of await world.end()) expect(events).toEqual(webhooks);
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), lived), {
      ...{ numRuns, endOnFailure: true, timeout: 15_000 },
    });
  }, 120_000);
}
