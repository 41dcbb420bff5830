/** How long a throttled send waits: as told, spread, and longer each time. */
import { SendError } from '../../service/src/core/errors.ts';
import { decide } from '../../service/src/core/retry.ts';

function waitMs(retryAfterMs: number | undefined, throttled: number, random: number): number {
  const error = new SendError('throttled', 'Too many', retryAfterMs === undefined ? {} : { retryAfterMs });
  const decision = decide(error, { counted: 1, throttled, unavailable: 1, idempotent: false }, random);
  if (decision.action !== 'retry') throw new Error(`A throttled send is tried again, not: ${decision.action}`);
  expect(decision.costsAttempt).toBe(false);
  return decision.afterMs;
}

describe.each([undefined, 0, 1_000, 30_000, 3_600_000])('told to wait %s ms', (told) => {
  test.each([1, 2, 5, 50])('the %s. time: never shorter, and not all at the same instant', (times) => {
    const waits = [0, 0.25, 0.5, 0.999].map((random) => waitMs(told, times, random));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(told ?? 1);
    expect(new Set(waits).size).toBe(waits.length);
  });

  test('it waits longer when it is throttled again and again, and not for ever', () => {
    const waits = [1, 2, 4, 8, 16, 32, 64, 1_000].map((times) => waitMs(told, times, 0));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(Math.max(...waits)).toBeLessThanOrEqual(Math.max(told ?? 0, 10 * 60_000));
    if ((told ?? 0) < 60_000) expect(waits.at(-1)).toBeGreaterThan(waits[0] ?? 0);
  });
});
