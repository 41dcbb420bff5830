import fc from 'fast-check';
import { toldWaitMs } from '../../../service/src/channels/kit/retry-after.ts';

const DATE = 'Thu, 01 Jan 2026 12:00:00 GMT';
const HOUR = 3_600_000;

test.each<[string | undefined, string | undefined, number]>([
  [undefined, DATE, 0],
  ['0', undefined, 0],
  ['7', undefined, 7_000],
  ['1.5', undefined, 1_500],
  ['0.0012', undefined, 2],
  ['-30', undefined, 0],
  ['3600', undefined, HOUR],
  // A day, an instant in seconds, one in milliseconds.
  ['86400', undefined, HOUR],
  ['1767268800', undefined, HOUR],
  ['1767268800000', undefined, HOUR],
  ['1e309', undefined, 0],
  ['soon', DATE, 0],
  ['', DATE, 0],
  ['Thu, 01 Jan 2026 12:01:00 GMT', DATE, 60_000],
  ['Thu, 01 Jan 2026 11:00:00 GMT', DATE, 0],
  ['Fri, 31 Dec 2099 23:59:59 GMT', DATE, HOUR],
  // Nobody knows how late it is there.
  ['Thu, 01 Jan 2026 12:01:00 GMT', undefined, 0],
  ['Thu, 01 Jan 2026 12:01:00 GMT', 'today', 0],
])('Retry-After %s at %s is %i ms', (told, date, waitMs) => {
  const headers = { ...(told !== undefined && { 'retry-after': told }), ...(date !== undefined && { date }) };
  expect(toldWaitMs(headers)).toBe(waitMs);
});

test('whatever it says, the wait lies between none and an hour', () => {
  const text = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String), fc.date().map(String));
  fc.assert(
    fc.property(text, text, (told, date) => {
      const waitMs = toldWaitMs({ 'retry-after': told, date });
      expect(waitMs).toBeGreaterThanOrEqual(0);
      expect(waitMs).toBeLessThanOrEqual(HOUR);
    }),
  );
});
