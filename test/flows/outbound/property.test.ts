/** The promises of the design, over random talk, faults and restarts: nothing lost, nothing out of order, nothing sent twice. */
import fc from 'fast-check';
import type { ParleyEvent } from '../../../contract/event.ts';
import type { FaultKind } from '../../sandbox/kit/faults.ts';
import { closeApps, MINUTE, startApp, type App } from '../../support/app.ts';
import type { Receiver } from '../../support/receiver.ts';

afterEach(closeApps);

const PEOPLE = ['15550004001', '15550004002', '15550004003'];
const FAULTS: FaultKind[] = [
  'throttled',
  'server_error',
  'unavailable',
  'maintenance',
  'answer_dropped',
  'connection_dropped',
];

type Step =
  | { do: 'customers write'; who: number[] }
  | { do: 'workflows send'; who: number[]; twice: boolean }
  | { do: 'provider fails'; kind: FaultKind; times: number }
  | { do: 'workflow fails'; answers: (number | 'cut')[] }
  | { do: 'provider repeats itself'; count: number }
  | { do: 'time passes'; byMs: number }
  | { do: 'service restarts' };

const who = fc.array(fc.nat(PEOPLE.length - 1), { minLength: 1, maxLength: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('customers write' as const), who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('workflows send' as const), who, twice: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('provider fails' as const),
      kind: fc.constantFrom(...FAULTS),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('workflow fails' as const),
      answers: fc.array(fc.constantFrom<number | 'cut'>(500, 404, 503, 'cut'), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('provider repeats itself' as const),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('time passes' as const), byMs: fc.integer({ min: 100, max: 5 * MINUTE }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('service restarts' as const) }) },
);

/** What was said so far, by person, in order. */
interface Said {
  written: Map<string, string[]>;
  sends: Map<string, string[]>;
}

const add = (map: Map<string, string[]>, person: string, id: string) =>
  map.set(person, [...(map.get(person) ?? []), id]);

async function run(app: App, workflow: Receiver, said: Said, now: Step): Promise<void> {
  switch (now.do) {
    case 'customers write':
      return eachInTurn(now.who, async (person) => {
        const { id, status } = await app.sandbox.customer.sends({ from: person, text: 'hi' });
        expect(status).toBe(200);
        add(said.written, person, id);
      });
    case 'workflows send':
      return eachInTurn(now.who, async (person) => {
        const key = `${person}-${said.sends.get(person)?.length ?? 0}`;
        const send = () => app.sent('hello', { to: `+${person}`, key });
        const [id = '', again] = await Promise.all(now.twice ? [send(), send()] : [send()]);
        if (now.twice) expect(again).toBe(id);
        add(said.sends, person, id);
      });
    case 'provider fails':
      return app.sandbox.faults.next({ kind: now.kind, times: now.times, retryAfterSeconds: 5 });
    case 'workflow fails':
      return void workflow.answers.push(...now.answers);
    case 'provider repeats itself':
      return void app.sandbox.redeliver(now.count);
    case 'time passes':
      return app.advance(now.byMs);
    case 'service restarts':
      await app.stop();
      await app.start();
  }
}

/** People talk at the same time, each in their own order. */
async function eachInTurn(indexes: readonly number[], act: (person: string) => Promise<void>): Promise<void> {
  const turns = PEOPLE.map(async (person, index) => {
    for (const one of indexes) if (one === index) await act(person);
  });
  await Promise.all(turns);
}

/** The faults are over; time passes until nothing is left to do. */
async function settle(app: App, workflow: Receiver): Promise<void> {
  app.sandbox.faults.clear();
  workflow.answers.length = 0;
  await app.sandbox.webhooks.settled();
  for (let turn = 0; turn < 60; turn++) {
    await app.idle();
    await app.sandbox.webhooks.settled();
    if (app.rows("SELECT seq FROM jobs WHERE kind <> 'maintenance'").length === 0) return;
    app.advance(MINUTE);
  }
  expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
}

/** Each event once, where it came first. */
function distinct(events: readonly ParleyEvent[]): ParleyEvent[] {
  const seen = new Set<string>();
  return events.filter(({ id }) => !seen.has(id) && seen.add(id));
}

async function checkPromises(app: App, workflow: Receiver, said: Said): Promise<void> {
  const received = distinct(workflow.taken()).filter(({ type }) => type === 'message.received');
  for (const person of PEOPLE) {
    const own = received.filter(({ contact }) => contact?.identities.some(({ address }) => address === person));
    expect(own.map(({ message }) => message?.providerMessageId)).toEqual(said.written.get(person) ?? []);
    const sends = said.sends.get(person) ?? [];
    const taken = app.sandbox.listReceivedMessages().filter(({ to }) => to.waId === person);
    const ids = taken.map(({ bizOpaqueCallbackData }) => bizOpaqueCallbackData ?? '');
    expect(ids).toEqual(sends.filter((id) => ids.includes(id)));
    for (const id of sends) {
      const { status } = await app.message(id);
      const arrived = ids.includes(id);
      expect([id, arrived, status]).toEqual([
        id,
        arrived,
        expect.stringMatching(arrived ? /^read$/ : /^(failed|unknown)$/),
      ]);
    }
  }
  expect(app.rows('SELECT * FROM deliveries')).toEqual([]);
}

test('whatever happens in between, at the end all promises are kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 18 }), async (steps) => {
      const app = await startApp({ sandbox: { limitPairRate: false } });
      const workflow = await app.listen({ events: ['message.received', 'message.status'], maxBatch: 5 });
      const said: Said = { written: new Map(), sends: new Map() };
      await run(app, workflow, said, { do: 'customers write', who: [0, 1, 2] });
      await app.idle();
      for (const one of steps) await run(app, workflow, said, one);
      await settle(app, workflow);
      await checkPromises(app, workflow, said);
      await closeApps();
    }),
    { seed: 20_261_122, numRuns: 8, endOnFailure: true },
  );
}, 120_000);
