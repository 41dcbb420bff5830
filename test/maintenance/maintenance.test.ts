/** How long work is done in steps: turns, rests, and what ends a job. */
import { z } from '../platform/service-zod.ts';
import { MaintenanceHandler, type MaintenanceTask, type Progress } from '../../service/src/maintenance/maintenance.ts';
import { Outbox, type Job } from '../../service/src/outbox/outbox.ts';
import { maintenanceJob } from '../../service/src/maintenance/maintenance-job.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { serviceClock } from '../support/service-clock.ts';
import { readPayload } from '../../service/src/outbox/payload.ts';
import { dueJobs } from '../support/due-jobs.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const SHELF = z.looseObject({ shelf: z.number() });
const DAY = 24 * 3_600_000;
const open = tempLedgers();
const clock = serviceClock(1_750_000_000_000);

let ledger: Ledger;
let outbox: Outbox;
beforeEach(async () => {
  ledger = await open();
  outbox = new Outbox(clock, { notify: () => undefined, start: () => undefined, stop: async () => undefined });
  outbox.register([{ kind: 'maintenance' }]);
});

interface Care {
  job: Job<{ task: string }>;
  steps: { payload: unknown; at: number; now: number }[];
  run(): Promise<void>;
}

/** A task that answers these in turn, then `done`; `slowMs`: how long a step takes. */
async function care(
  answers: Progress[],
  { slowMs = 0, load = { accepted: 0 }, shelf = 3 as unknown } = {},
): Promise<Care> {
  const steps: Care['steps'] = [];
  const task: MaintenanceTask = {
    name: 'dusting',
    payload: SHELF,
    step: async (_, payload, now) => {
      const until = performance.now() + slowMs;
      while (performance.now() < until);
      steps.push({ payload, at: performance.now(), now });
      return answers.shift() ?? 'done';
    },
  };
  await ledger.write((tx) => outbox.enqueue(tx, maintenanceJob('dusting', 'the shelf', { shelf })));
  const [job] = await dueJobs(ledger, 'maintenance', clock.now());
  if (job === undefined) throw new Error('There is no job');
  const handler = new MaintenanceHandler({ ledger, outbox, clock, tasks: [task], load });
  const read = readPayload(handler.payload, job);
  return { job: read, steps, run: () => handler.run(read) };
}

const left = () => ledger.reader.selectFrom('jobs').select(['key', 'dueAt', 'attempts']).execute();

test('a job goes on step by step until it is done, and is gone then', async () => {
  const { steps, run } = await care(['more', 'more']);
  await run();
  expect(steps.map(({ payload }) => payload)).toEqual(Array(3).fill({ task: 'dusting', shelf: 3 }));
  expect(await left()).toEqual([]);
});

test('between two steps there is a rest, as long as the step was', async () => {
  const { steps, run } = await care(['more'], { slowMs: 30 });
  await run();
  const [first, second] = steps.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(55);
});

test('while webhooks keep the process busy, the rest is long', async () => {
  const load = { accepted: 0 };
  const busy = setInterval(() => {
    load.accepted += 1;
    const until = performance.now() + 10;
    while (performance.now() < until);
  }, 1);
  const { steps, run } = await care(['more'], { slowMs: 100, load });
  await run();
  clearInterval(busy);
  const [first, second] = steps.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(550);
});

test('work that begins anew waits for its time', async () => {
  const againAt = clock.now() + 3_600_000;
  const { run } = await care(['more', { againAt }]);
  await run();
  expect(await left()).toEqual([{ key: 'maintenance:dusting:the shelf', dueAt: againAt, attempts: 0 }]);
});

test('a clock that jumps ahead makes nothing older before it has stood by its new time', async () => {
  const before = clock.now();
  const { steps, run } = await care([{ againAt: before + 3_600_000 }]);
  clock.jump(40 * DAY);
  await run();
  expect(steps.map(({ now }) => now)).toEqual([before]);
  // An hour from now, by the clock that runs the job.
  expect(await left()).toMatchObject([{ dueAt: before + 40 * DAY + 3_600_000 }]);
  clock.jump(-40 * DAY);
});

test('after a second the others have their turn', async () => {
  const { steps, run } = await care(Array<Progress>(50).fill('more'), { slowMs: 200 });
  await run();
  expect(steps.length).toBeLessThan(10);
  expect(await left()).toEqual([{ key: 'maintenance:dusting:the shelf', dueAt: clock.now(), attempts: 0 }]);
});

test('a step that fails leaves the job as it is', async () => {
  const { run, job } = await care([]);
  const handler = new MaintenanceHandler({
    ledger,
    outbox,
    clock,
    tasks: [{ name: 'dusting', payload: SHELF, step: () => Promise.reject(new Error('a cobweb')) }],
    load: { accepted: 0 },
  });
  await expect(handler.run(job)).rejects.toThrow('a cobweb');
  expect(await left()).toHaveLength(1);
  await run();
  expect(await left()).toEqual([]);
});

test('a job whose task cannot read its payload takes no step', async () => {
  const { job, steps, run } = await care([], { shelf: 'the upper one' });
  await expect(run()).rejects.toThrow(
    `The payload of job ${job.seq} (kind 'maintenance', key 'maintenance:dusting:the shelf') cannot be read: shelf: Invalid input: expected number, received string`,
  );
  expect(steps).toEqual([]);
});

test('a job of a task that this program does not know ends', async () => {
  const { job } = await care([]);
  await new MaintenanceHandler({ ledger, outbox, clock, tasks: [], load: { accepted: 0 } }).run(job);
  expect(await left()).toEqual([]);
});

test('the same work is promised once, however often', async () => {
  for (let i = 0; i < 3; i++) await ledger.write((tx) => outbox.enqueue(tx, maintenanceJob('dusting')));
  expect(await left()).toHaveLength(1);
});
