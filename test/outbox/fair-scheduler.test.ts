/** Groups in turns: none waits for ever behind others, however many these are. */
import { z } from '../platform/service-zod.ts';
import { systemClock } from '../../service/src/core/clock.ts';
import { EmbeddedDriver } from '../../service/src/outbox/embedded.driver.ts';
import type { GroupGate } from '../../service/src/outbox/fair-scheduler.ts';
import { Outbox, type Job } from '../../service/src/outbox/outbox.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { eventually } from '../support/eventually.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const open = tempLedgers();
const drivers: EmbeddedDriver[] = [];

afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.stop();
});

const groupOf = (n: number) => `acc_${String(n).padStart(4, '0')}`;

/** Runs what is promised, but for the groups that are `held`; answers which groups had their turn, in order. */
async function runAll(ledger: Ledger, groups: number[], held: (group: string) => boolean): Promise<string[]> {
  const ran: string[] = [];
  const gate: GroupGate = {
    acquireSlots: async (group, wanted) => (held(group) ? 0 : wanted),
    releaseSlots: () => undefined,
    opensInMs: () => undefined,
  };
  const driver = new EmbeddedDriver(ledger, systemClock, () => undefined, { sweepMs: 3_600_000 });
  drivers.push(driver);
  const outbox = new Outbox(systemClock, driver);
  outbox.register([{ kind: 'send' }]);
  await ledger.write(async (tx) => {
    for (const n of groups) await outbox.enqueue(tx, { kind: 'send', groupKey: groupOf(n), payload: {} });
  });
  const run = async (job: Job) => {
    ran.push(job.groupKey);
    await ledger.write((tx) => outbox.finish(tx, job));
  };
  driver.start([{ kind: 'send', payload: z.unknown(), concurrency: 4, gate, run }]);
  return ran;
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test.each([
  { name: 'the last of many', open: 300 },
  { name: 'the first of many', open: 0 },
  { name: 'one in the middle', open: 150 },
])('$name has its turn although all others are held back', async ({ open: one }) => {
  const ran = await runAll(await open(), upTo(301), (group) => group !== groupOf(one));
  await eventually(() => ran.length > 0, 'the group to have its turn');
  expect(ran).toEqual([groupOf(one)]);
});

test('of many groups, some held back, each that is not has its turn once', async () => {
  const isHeld = (group: string) => Number(group.slice(4)) % 3 !== 0;
  const ran = await runAll(await open(), upTo(300), isHeld);
  await eventually(() => ran.length >= 100, 'all to have their turn');
  expect([...ran].sort()).toEqual(upTo(100).map((n) => groupOf(3 * n)));
});
