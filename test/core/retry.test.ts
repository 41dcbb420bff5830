import fc from 'fast-check';
import { SEND_ERROR_KINDS, SendError, type SendErrorKind } from '../../service/src/core/errors.ts';
import {
  backoffMs,
  decide,
  fetchAgainMs,
  fullJitterMs,
  MAX_AGE_MS,
  MAX_ATTEMPTS,
  type Tries,
} from '../../service/src/core/retry.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const wait = fc.option(fc.constantFrom(-1, 0, 1_000, 60_000, 3_600_000, 1_764_547_200_000, Infinity), {
  nil: undefined,
});
const errors = fc.record({
  kind: fc.constantFrom(...SEND_ERROR_KINDS),
  retryAfterMs: wait,
  random,
});
const tries = (counted: number, more: Partial<Tries> = {}): Tries => ({
  ...{ counted, throttled: 1, unavailable: 1, idempotent: false },
  ...more,
});
const failed = (kind: SendErrorKind, details = {}) => new SendError(kind, 'as told', details);

describe('what each kind of error means', () => {
  test.each<[SendErrorKind, object]>([
    ['settings', { action: 'pause', gateMs: 0 }],
    ['invalid', { action: 'fail', alert: false, gateMs: 0 }],
    ['session_closed', { action: 'fail', alert: false, gateMs: 0 }],
    ['opted_out', { action: 'fail', alert: false, gateMs: 0 }],
    ['rejected', { action: 'fail', alert: false, gateMs: 0 }],
    ['throttled', { action: 'retry', afterMs: 500, costsAttempt: false, gateMs: 500 }],
    ['unreachable', { action: 'retry', afterMs: 100, costsAttempt: true, gateMs: 0 }],
    ['unavailable', { action: 'retry', afterMs: 30_000, costsAttempt: true, gateMs: 30_000 }],
    ['uncertain', { action: 'settle', gateMs: 0 }],
  ])('%s', (kind, decision) => {
    expect(decide(failed(kind), tries(1), 0)).toEqual(decision);
  });

  test('the table above names every kind', () => {
    expect(SEND_ERROR_KINDS).toHaveLength(9);
  });
});

test.each<[string, SendErrorKind, object, number, object]>([
  ['the provider’s wait is kept', 'throttled', { retryAfterMs: 6_000 }, 1, { action: 'retry', afterMs: 6_000 }],
  ['no wait is no reason to hammer', 'throttled', { retryAfterMs: 0 }, 1, { action: 'retry', afterMs: 500 }],
  ['nor is one that is over', 'throttled', { retryAfterMs: -5 }, 1, { action: 'retry', afterMs: 500 }],
  ['waiting costs nothing, ever', 'throttled', {}, MAX_ATTEMPTS + 5, { action: 'retry', costsAttempt: false }],
  ['the longer of wait and backoff', 'unreachable', { retryAfterMs: 6_000 }, 1, { action: 'retry', afterMs: 6_000 }],
  ['the longer of backoff and wait', 'unreachable', { retryAfterMs: 10 }, 4, { action: 'retry', afterMs: 100 }],
  ['the last try but one', 'unreachable', {}, MAX_ATTEMPTS - 1, { action: 'retry' }],
  ['the last try', 'unreachable', {}, MAX_ATTEMPTS, { action: 'fail' }],
  ['settings that concern one message only', 'settings', { scope: 'message' }, 1, { action: 'fail', alert: true }],
  ['a throttled recipient alone', 'throttled', { scope: 'recipient' }, 1, { action: 'retry', gateMs: 0 }],
  ['never again when the outcome is unknown', 'uncertain', {}, 1, { action: 'settle', gateMs: 0 }],
  ['nor sooner than asked for others', 'uncertain', { retryAfterMs: 9_000 }, 1, { action: 'settle', gateMs: 9_000 }],
  ['an hour is the longest wait', 'throttled', { retryAfterMs: 9e15 }, 1, { action: 'retry', afterMs: 3_600_000 }],
  ['whoever asks for it', 'unreachable', { retryAfterMs: 9e15 }, 1, { action: 'retry', afterMs: 3_600_000 }],
  ['and of whatever', 'uncertain', { retryAfterMs: 9e15 }, 1, { action: 'settle', gateMs: 3_600_000 }],
  ['one message that waits alone', 'unavailable', { scope: 'message' }, 1, { action: 'retry', gateMs: 0 }],
])('%s', (_name, kind, details, attempts, decision) => {
  expect(decide(failed(kind, details), tries(attempts), 0)).toMatchObject(decision);
});

test('a backoff grows to its cap and keeps between half of its step and the whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), random, (attempt, chance) => {
      const waitMs = backoffMs(attempt, chance);
      const stepMs = Math.min(300_000, 1_000 * 2 ** (attempt - 1));
      expect(Number.isInteger(waitMs)).toBe(true);
      expect(waitMs).toBeGreaterThanOrEqual(stepMs / 2);
      expect(waitMs).toBeLessThanOrEqual(stepMs);
    }),
  );
});

test('a repeat with full jitter comes at any time up to the step, and no two that failed together need come together', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), random, (attempt, chance) => {
      const waitMs = fullJitterMs(attempt, chance);
      expect(waitMs).toBeGreaterThanOrEqual(100);
      expect(waitMs).toBeLessThanOrEqual(Math.min(300_000, 2_000 * 2 ** (attempt - 1)));
    }),
  );
  expect(fullJitterMs(4, 0.1)).toBe(1_600);
  expect(fullJitterMs(4, 0.9)).toBe(14_400);
});

test.each([0, 0.5, 0.999])('what the provider told is the least, and not the same for all (%s)', (chance) => {
  const decision = decide(failed('unreachable', { retryAfterMs: 120_000 }), tries(1), chance);
  expect(decision).toMatchObject({ action: 'retry', afterMs: Math.ceil(120_000 * (1 + chance / 4)) });
});

test.each([1, 5])('what was not accepted twice by the provider’s words is over (try %s)', (counted) => {
  const decision = decide(failed('unavailable'), tries(counted, { unavailable: 2 }), 0.5);
  expect(decision).toEqual({ action: 'fail', alert: false, gateMs: 33_750 });
});

test.each<[number, object]>([
  [1, { action: 'retry', costsAttempt: true }],
  [MAX_ATTEMPTS, { action: 'settle' }],
])('where the provider drops repeats, an uncertain send is sent again (try %s)', (counted, decision) => {
  expect(decide(failed('uncertain'), tries(counted, { idempotent: true }), 0.5)).toMatchObject(decision);
});

test('every message settles: whatever errors come, the tries and the waits end within their bounds', () => {
  fc.assert(
    fc.property(fc.array(errors, { minLength: 1, maxLength: 40 }), (sequence) => {
      let ageMs = 0;
      let counted = 0;
      let unavailable = 0;
      let calls = 0;
      let shortestMs = Infinity;
      while (ageMs <= MAX_AGE_MS) {
        const error = sequence[calls++ % sequence.length];
        if (error === undefined) break;
        const { kind, random: chance, ...details } = error;
        if (kind === 'unavailable') unavailable++;
        const decision = decide(failed(kind, details), tries(counted + 1, { unavailable }), chance);
        if (decision.action !== 'retry') break;
        ageMs += decision.afterMs;
        counted += decision.costsAttempt ? 1 : 0;
        shortestMs = Math.min(shortestMs, decision.afterMs);
        if (counted >= MAX_ATTEMPTS || shortestMs <= 0) break;
      }
      expect(counted).toBeLessThan(MAX_ATTEMPTS);
      expect(shortestMs).toBeGreaterThan(0);
    }),
    { numRuns: 50 },
  );
});

test('an unreachable provider alone is given up after about a quarter of an hour', () => {
  let ageMs = 0;
  for (let attempt = 1; ; attempt++) {
    const decision = decide(failed('unreachable'), tries(attempt), 0.5);
    if (decision.action !== 'retry') break;
    ageMs += decision.afterMs;
  }
  expect(ageMs).toBeGreaterThan(10 * 60_000);
  expect(ageMs).toBeLessThan(20 * 60_000);
});

const MINUTE = 60_000;

test.each<[SendErrorKind, boolean]>([
  ['settings', true],
  ['invalid', false],
  ['session_closed', false],
  ['opted_out', false],
  ['rejected', false],
  ['throttled', true],
  ['unreachable', true],
  ['uncertain', true],
])('a fetch that ends with %s is made again: %s', (kind, isAgain) => {
  const againMs = fetchAgainMs(failed(kind), 1, 0, 0.5);
  expect(againMs).toBe(isAgain ? 1_500 : undefined);
});

test.each<[string, number, number, number, number | undefined]>([
  ['longer each time', 4, 0, 0, 12_000],
  ['ten minutes apart at most', 40, 0, 0, 7.5 * MINUTE],
  ['as told', 1, 0, 20 * MINUTE, 20 * MINUTE],
  ['when the wait is over, though told to wait longer', 1, 50 * MINUTE, 30 * MINUTE, 10 * MINUTE],
  ['not after that', 1, 60 * MINUTE, 0, undefined],
])('a fetch is made again %s', (_when, attempt, waitedMs, retryAfterMs, againMs) => {
  expect(fetchAgainMs(failed('throttled', { retryAfterMs }), attempt, waitedMs, 0.5)).toBe(againMs);
});
