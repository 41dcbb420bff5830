/** Which webhooks are put aside when processes end again and again while they read: the one that ends them, and no other. */
import fc from 'fast-check';
import { Tries } from '../../service/src/inbound/tries.ts';
import { LEASE_MS } from '../../service/src/outbox/leases.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as receipts from '../../service/src/store/receipt.store.ts';
import type { WaitingReceipt } from '../../service/src/store/receipt.store.ts';
import { manualClock } from '../sandbox/kit/clock.ts';

const BATCH = 32;
const START = 1_750_000_000_000;
/** Nothing is read after it: the process has ended. */
const never = () => new Promise<never>(() => undefined);
/** How a process ends in the middle of something. */
class Killed extends Error {}

/** Processes that follow each other on one ledger, each with what it read and put aside. */
class Readers {
  readonly ledger: Ledger;
  readonly clock = manualClock(START);
  readonly read: number[] = [];
  readonly aside: number[] = [];
  /** Webhooks that were under way, each time a process ended. */
  readonly ends: number[][] = [];
  tries: Tries;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
    this.tries = new Tries(ledger, this.clock);
  }

  async add(count: number, connectionId: string): Promise<number[]> {
    const one = {
      connectionId,
      receivedAt: this.clock.now(),
      request: { url: '/', headers: {} },
      body: new Uint8Array(1),
    };
    await this.ledger.write((tx) => receipts.insert(tx, Array<typeof one>(count).fill(one)));
    const rows = await receipts.unprocessed(this.ledger.reader, connectionId, count + 1_000);
    return rows.slice(-count).map(({ seq }) => seq);
  }

  /** A process after one that is gone. */
  restart(): void {
    this.tries = new Tries(this.ledger, this.clock);
  }

  /** Reads all of a connection in turns. Throws `Killed` when `kills` says so of what is being read: then nothing more is heard of it. */
  async readAll(connectionId: string, kills: (seqs: number[]) => boolean): Promise<void> {
    for (;;) {
      const found = await receipts.unprocessed(this.ledger.reader, connectionId, BATCH);
      const [first] = found;
      if (first === undefined) return;
      if (this.tries.isFatal(first)) await this.#end(first, this.aside);
      else await this.#readSome(this.tries.together(found), kills);
    }
  }

  async #readSome(together: readonly WaitingReceipt[], kills: (seqs: number[]) => boolean): Promise<void> {
    let killed: (error: Killed) => void;
    const end = new Promise<void>((_, reject) => (killed = reject));
    const seqs = together.map(({ seq }) => seq);
    const reading = this.tries.during(together, async () => {
      if (kills(seqs)) {
        this.ends.push(seqs);
        killed(new Killed());
        return never();
      }
      for (const one of together) await this.#end(one, this.read);
    });
    await Promise.race([reading, end]);
  }

  async #end({ seq }: WaitingReceipt, list: number[]): Promise<void> {
    await this.ledger.write((tx) =>
      receipts.markProcessed(tx, { seq } as never, { own: `digest of ${seq}` }, this.clock.now()),
    );
    list.push(seq);
  }

  /** Lets processes follow each other until one has read everything. Answers how many ended. */
  async live(connectionId: string, kills: (seqs: number[]) => boolean): Promise<number> {
    for (let ended = 0; ; ended++) {
      try {
        await this.readAll(connectionId, kills);
        return ended;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        this.restart();
      }
    }
  }

  async triesOf(seqs: readonly number[]): Promise<number[]> {
    const rows = await this.ledger.reader.selectFrom('receipts').select(['seq', 'tries']).orderBy('seq').execute();
    return rows.filter(({ seq }) => seqs.includes(seq)).map(({ tries }) => tries);
  }
}

export function describeTries(open: () => Promise<Ledger>): void {
  let readers: Readers;
  beforeEach(async () => {
    readers = new Readers(await open());
  });

  test('of many, only the one that ends the process is put aside, whatever came with it', async () => {
    const all = await readers.add(70, 'one');
    const poison = all[40] as number;
    const ended = await readers.live('one', (seqs) => seqs.includes(poison));
    expect(ended).toBe(3);
    expect(readers.aside).toEqual([poison]);
    expect(readers.read).toEqual(all.filter((seq) => seq !== poison));
  });

  test('several of the kind are put aside one after the other', async () => {
    const all = await readers.add(10, 'one');
    const poison = [all[0], all[3], all[4], all[9]] as number[];
    await readers.live('one', (seqs) => seqs.some((seq) => poison.includes(seq)));
    expect(readers.aside).toEqual(poison);
    expect(readers.read).toEqual(all.filter((seq) => !poison.includes(seq)));
  });

  test('ends that have nothing to do with webhooks put none aside, as long as they do not meet one twice alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.nat(40), { maxLength: 12 }),
        async (count, pauses) => {
          const own = new Readers(await open());
          const all = await own.add(count, 'one');
          const alone = new Map<number, number>();
          let left = pauses[0] ?? Infinity;
          let next = 0;
          await own.live('one', (seqs) => {
            if (left-- > 0) return false;
            left = pauses[++next] ?? Infinity;
            const [first] = seqs as [number];
            if (seqs.length === 1) alone.set(first, (alone.get(first) ?? 0) + 1);
            return (alone.get(first) ?? 0) < 2;
          });
          expect(own.aside).toEqual([]);
          expect(own.read).toEqual(all);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('one that is suspected is read while nothing else is', async () => {
    const [suspect] = (await readers.add(1, 'fatal')) as [number];
    await readers.add(1, 'other');
    await readers.ledger.write((tx) => receipts.countTries(tx, [suspect], 1));
    const log: string[] = [];
    const reads = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`${name} ends`);
    };
    const [fatal, other] = await Promise.all(
      ['fatal', 'other'].map((connection) => receipts.unprocessed(readers.ledger.reader, connection, BATCH)),
    );
    const [one, two] = [fatal as WaitingReceipt[], other as WaitingReceipt[]];
    await Promise.all([
      readers.tries.during(two, reads('before')),
      readers.tries.during(one, reads('suspect')),
      readers.tries.during(two, reads('after')),
      readers.tries.during(one, reads('suspect again')),
    ]);
    const names = ['before', 'suspect', 'after', 'suspect again'];
    expect(log.filter((line) => line.endsWith('begins'))).toHaveLength(names.length);
    for (const alone of ['suspect', 'suspect again']) {
      expect(log[log.indexOf(`${alone} begins`) + 1]).toBe(`${alone} ends`);
    }
  });

  test('a failure in a process that lives is not counted, also when the ledger does not take it back', async () => {
    const all = await readers.add(3, 'one');
    for (let again = 0; again < 5; again++) {
      const found = await receipts.unprocessed(readers.ledger.reader, 'one', BATCH);
      const failing = readers.tries.during(readers.tries.together(found), () => Promise.reject(new Error('full')));
      await expect(failing).rejects.toThrow('full');
    }
    expect(await readers.triesOf(all)).toEqual([0, 0, 0]);
  });

  test('what is read as it comes is not written about', async () => {
    await readers.readAll('one', () => false);
    await readers.tries.during([], async () => undefined);
    const all = await readers.add(3, 'one');
    const found = await receipts.unprocessed(readers.ledger.reader, 'one', BATCH);
    let during: number[] = [];
    await readers.tries.during(found, async () => void (during = await readers.triesOf(all)));
    expect(during).toEqual([0, 0, 0]);
  });

  test('what waited longer than a process may be silent is counted where several share the ledger', async () => {
    await readers.tries.during([], async () => undefined);
    const all = await readers.add(2, 'one');
    readers.clock.advance(LEASE_MS + 1);
    const found = await receipts.unprocessed(readers.ledger.reader, 'one', BATCH);
    let during: number[] = [];
    await readers.tries.during(found, async () => void (during = await readers.triesOf(all)));
    const counted = readers.ledger.dialect.shared ? 1 : 0;
    expect(during).toEqual([counted, counted]);
  });
}
