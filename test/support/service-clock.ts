import { watchedClock, type WatchedClock } from '../../service/src/core/watched-clock.ts';
import { manualClock, type ManualClock } from '../sandbox/kit/clock.ts';

/** Makes a clock that only moves when told, and that knows of its jumps as the service's does. */
export function serviceClock(startMs: number): ManualClock & WatchedClock {
  const clock = manualClock(startMs);
  return { ...clock, ...watchedClock(clock) };
}
