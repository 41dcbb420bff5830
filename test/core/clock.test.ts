import { systemClock } from '../../service/src/core/clock.ts';

test('the machine’s clock tells whole milliseconds: PostgreSQL stores no others', () => {
  const told = Array.from({ length: 1_000 }, () => [systemClock.now(), systemClock.monotonic()]).flat();
  expect(told.filter((at) => !Number.isSafeInteger(at))).toEqual([]);
});
