/** What one process measures (the pace of an account, the trials of a paused one) goes by the time that passes, however the time of day jumps. */
import fc from 'fast-check';
import { Accounts } from '../../service/src/connectors/accounts.ts';
import type { LiveAccount } from '../../service/src/connectors/live.ts';
import { makeIds } from '../../service/src/core/ids.ts';
import { Breaker } from '../../service/src/outbound/breaker.ts';
import { Circuit } from '../../service/src/outbound/circuit.ts';
import type { Outcomes } from '../../service/src/outbound/outcome/outcomes.ts';
import { Pacer, slotOf } from '../../service/src/outbound/pace.ts';
import { ratesOf } from '../../service/src/outbound/rates.ts';
import { parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import * as store from '../../service/src/store/account.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { serviceClock } from '../support/service-clock.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const START = 1_750_000_000_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const open = tempLedgers();
const sealer = new SecretBox(parseEncryptionKeys(Buffer.alloc(32, 7).toString('base64')));
const JUMPS = [-365 * DAY, -DAY, -10 * MINUTE, -1, 1, 10 * MINUTE, DAY, 365 * DAY];
const jump = fc.oneof(fc.constant(0), fc.constantFrom(...JUMPS), fc.integer({ min: -2 * DAY, max: 2 * DAY }));

function pacerOn(ledger: Ledger, clock: ReturnType<typeof serviceClock>, perSecond: number) {
  const channel = { capabilities: () => ({ throughput: { perSecond, perRecipient: { everyMs: 6_000, burst: 3 } } }) };
  const account = {
    id: 'acc',
    channel,
    perSecond,
    pause: null,
    throttle: null,
    updatedAt: 0,
  } as unknown as LiveAccount;
  const accounts = { find: () => account, list: () => [account], noted: () => undefined } as unknown as Accounts;
  const circuit = { cancelProbe: () => undefined } as unknown as Circuit;
  const breaker = new Breaker({ clock, log: { info: () => undefined, warn: () => undefined } });
  return { account, pacer: new Pacer({ ledger, accounts, circuit, breaker, clock, rates: ratesOf(ledger, clock) }) };
}

/** The most instants in any second. */
function mostInASecond(instants: readonly number[]): number {
  return Math.max(0, ...instants.map((from) => instants.filter((at) => at >= from && at < from + SECOND).length));
}

test('no second has more sends than are allowed, and none of them waits for longer than without jumps', async () => {
  const ledger = await open();
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), jump), { minLength: 10, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 20, 80), steps, async (perSecond, moves) => {
      const clock = serviceClock(START);
      const { pacer } = pacerOn(ledger, clock, perSecond);
      const started: number[] = [];
      for (const [passes, byMs] of moves) {
        const got = await pacer.acquireSlots('acc', 3);
        started.push(...Array<number>(got).fill(clock.monotonic()));
        clock.jump(byMs);
        if (got < 3) {
          const waitMs = pacer.opensInMs('acc') ?? 0;
          expect(waitMs).toBeLessThanOrEqual(slotOf(perSecond).lengthMs);
          clock.advance(waitMs);
          expect(await pacer.acquireSlots('acc', 1)).toBe(1);
          started.push(clock.monotonic());
        }
        clock.advance(passes);
      }
      expect(mostInASecond(started)).toBeLessThanOrEqual(perSecond);
    }),
    { numRuns: 100 },
  );
});

test.each(JUMPS)(
  'a provider that asked for a pause gets it, and no more, when the clock jumps by %i ms',
  async (byMs) => {
    const clock = serviceClock(START);
    const { account, pacer } = pacerOn(await open(), clock, 80);
    await pacer.backOff(account, 30 * SECOND, 'Slowly');
    clock.jump(byMs);
    clock.advance(30 * SECOND - 1);
    expect(await pacer.acquireSlots('acc', 1)).toBe(0);
    clock.advance(1);
    expect(await pacer.acquireSlots('acc', 1)).toBe(1);
  },
);

test('a recipient does not get more because the clock jumps ahead, and waits for no clock that is put back', async () => {
  const ledger = await open();
  const clock = serviceClock(START);
  const { account, pacer } = pacerOn(ledger, clock, 80);
  const ask = () => ledger.write((tx) => pacer.toRecipient(tx, account, 'cnv'));
  expect([await ask(), await ask(), await ask()]).toEqual([0, 0, 6_000]);
  clock.jump(DAY);
  expect(await ask()).toBe(6_000);
  clock.jump(-2 * DAY);
  expect(await ask()).toBe(0);
});

describe('a paused account', () => {
  async function paused(ledger: Ledger, clock: ReturnType<typeof serviceClock>, number: number) {
    const outbox = { enqueue: async () => undefined };
    const accounts = await Accounts.load({ ledger, sealer, clock, ids: makeIds(clock), outbox });
    const settings = { accessToken: 'token', phoneNumberId: String(number) };
    const { account } = await accounts.put('whatsapp', String(number), { settings });
    const pause = { since: clock.now(), reason: 'refused', probeAt: clock.now() + MINUTE, by: 'answer' as const };
    await ledger.write((tx) => store.pause(tx, account, pause));
    accounts.noted(account.id, { pause });
    const circuitOf = () => new Circuit({ ledger, accounts, outcomes: {} as Outcomes, clock });
    const current = () => accounts.find(account.id) as LiveAccount;
    return { circuitOf, current };
  }

  test('is tried once a minute at the most and once an hour at least, however the clock jumps', async () => {
    const ledger = await open();
    let number = 0;
    const steps = fc.array(fc.tuple(jump, fc.boolean()), { minLength: 3, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, async (moves) => {
        const clock = serviceClock(START);
        const { circuitOf, current } = await paused(ledger, clock, ++number);
        const circuit = circuitOf();
        await circuit.probe(current());
        let triedAt = clock.monotonic();
        for (const [byMs, early] of moves) {
          clock.jump(byMs);
          const waitMs = await circuit.probe(current());
          expect(waitMs).toBeGreaterThan(0);
          expect(waitMs).toBeLessThanOrEqual(HOUR);
          clock.advance(early ? waitMs - 1 : waitMs);
          if (early) {
            expect(await circuit.probe(current())).toBe(1);
            clock.advance(1);
          }
          expect(await circuit.probe(current())).toBe(0);
          expect(clock.monotonic() - triedAt).toBeGreaterThanOrEqual(MINUTE);
          triedAt = clock.monotonic();
        }
      }),
      { numRuns: 50 },
    );
  });

  test.each([10 * MINUTE, DAY, 365 * DAY])(
    'is tried within an hour of a start at which the clock is %i ms back',
    async (byMs) => {
      const clock = serviceClock(START);
      const { circuitOf, current } = await paused(await open(), clock, 1);
      clock.jump(-byMs);
      expect(await circuitOf().probe(current())).toBeLessThanOrEqual(byMs > HOUR ? 0 : HOUR);
    },
  );

  test('a trial that was not made is made by the next send, also when the clock jumped meanwhile', async () => {
    const clock = serviceClock(START);
    const { circuitOf, current } = await paused(await open(), clock, 1);
    const circuit = circuitOf();
    clock.advance(MINUTE);
    expect(await circuit.probe(current())).toBe(0);
    circuit.cancelProbe(current().id);
    clock.jump(-DAY);
    expect(await circuit.probe(current())).toBe(0);
    expect(await circuit.probe(current())).toBeGreaterThan(0);
  });
});
