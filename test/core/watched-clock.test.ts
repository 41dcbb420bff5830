/** Which time has come for certain, when the time of day jumps. */
import fc from 'fast-check';
import { JUMP_MS, lookAgainAt, QUIET_MS, watchedClock } from '../../service/src/core/watched-clock.ts';
import { manualClock } from '../sandbox/kit/clock.ts';
import { serviceClock } from '../support/service-clock.ts';

const START = 1_750_000_000_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

test('as long as it goes evenly, what it shows has come', () => {
  const clock = serviceClock(START);
  for (const ms of [0, 1, 999, MINUTE, DAY, 30 * DAY]) {
    clock.advance(ms);
    expect(clock.reached()).toBe(clock.now());
  }
});

test.each([
  ['ten minutes', 10 * MINUTE],
  ['a day', DAY],
  ['thirty years', 365 * 30 * DAY],
])('a jump of %s ahead is believed when it has stood for a while', (_what, byMs) => {
  const clock = serviceClock(START);
  clock.jump(byMs);
  expect([clock.now(), clock.reached()]).toEqual([START + byMs, START]);
  clock.advance(QUIET_MS - 1);
  expect(clock.reached()).toBe(START + QUIET_MS - 1);
  clock.advance(1);
  expect(clock.reached()).toBe(START + byMs + QUIET_MS);
});

test('one that comes back was none, and one that jumps on begins to stand anew', () => {
  const clock = serviceClock(START);
  clock.jump(DAY);
  clock.advance(QUIET_MS - MINUTE);
  expect(clock.reached()).toBe(START + QUIET_MS - MINUTE);
  clock.jump(DAY);
  clock.advance(2 * MINUTE);
  expect(clock.reached()).toBe(START + QUIET_MS + MINUTE);
  clock.jump(-2 * DAY);
  expect([clock.reached(), clock.now()]).toEqual(Array(2).fill(START + QUIET_MS + MINUTE));
});

test('one that is put back shows what has come, and is believed when it is put right again', () => {
  const clock = serviceClock(START);
  clock.jump(-DAY);
  expect(clock.reached()).toBe(START - DAY);
  clock.advance(MINUTE);
  clock.jump(DAY);
  expect(clock.reached()).toBe(START + MINUTE);
});

test('one that has stood by an earlier time is doubted when it jumps ahead of that', () => {
  const clock = serviceClock(START);
  clock.jump(-DAY);
  expect(clock.reached()).toBe(START - DAY);
  clock.advance(QUIET_MS);
  expect(clock.reached()).toBe(clock.now());
  clock.jump(DAY);
  expect(clock.reached()).toBe(START - DAY + QUIET_MS);
});

test('what drifts, or is mended a little, is no jump', () => {
  const clock = serviceClock(START);
  for (let i = 0; i < 100; i++) {
    clock.jump(i % 3 === 0 ? -JUMP_MS : JUMP_MS);
    clock.advance(1_000);
    expect(clock.reached()).toBe(clock.now());
  }
});

test('each jump is told once', () => {
  const machine = manualClock(START);
  const told: number[] = [];
  const clock = watchedClock(machine, (byMs) => told.push(byMs));
  for (const byMs of [DAY, -DAY, JUMP_MS, 11 * MINUTE]) {
    machine.jump(byMs);
    clock.now();
    machine.advance(MINUTE);
    clock.reached();
  }
  expect(told).toEqual([DAY, -DAY, 11 * MINUTE]);
});

test('what the clock shows to be over and may not be is looked at again soon, all else in its time', () => {
  const clock = serviceClock(START);
  expect(lookAgainAt(clock, START + DAY)).toBe(START + DAY);
  clock.jump(2 * DAY);
  expect(lookAgainAt(clock, START + DAY)).toBe(START + 2 * DAY + 30_000);
});

const step = fc.record({
  passes: fc.integer({ min: 0, max: 40 * MINUTE }),
  jumps: fc.oneof(
    fc.constant(0),
    fc.integer({ min: -400 * DAY, max: 400 * DAY }),
    fc.integer({ min: -MINUTE, max: MINUTE }),
  ),
});

test('however it jumps, nothing has come before the time that passed says so, until a new time has stood', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const clock = serviceClock(START);
      let [before, offset, stood, stoodAt] = [clock.reached(), 0, 0, 0];
      for (const { passes, jumps } of steps) {
        clock.jump(jumps);
        const isJump = Math.abs(jumps) > JUMP_MS;
        if (isJump) stood = 0;
        offset += jumps;
        expect(clock.reached()).toBeLessThanOrEqual(clock.now());
        clock.advance(passes);
        stood += passes;
        const reached = clock.reached();
        expect(reached).toBeLessThanOrEqual(clock.now());
        const isNew = isJump && jumps > 0 && Math.abs(offset - stoodAt) > 40 * MINUTE;
        if (isNew && stood < QUIET_MS) expect(reached - before).toBeLessThanOrEqual(passes + JUMP_MS);
        if (stood >= QUIET_MS) {
          expect(reached).toBe(clock.now());
          stoodAt = offset;
        }
        before = reached;
      }
      expect(clock.now()).toBe(START + clock.monotonic() + offset);
    }),
    { numRuns: 500 },
  );
});
