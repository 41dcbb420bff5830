/**
 * Watches the clock for jumps: somebody sets it, NTP mends it, a machine wakes. What ends by time asks this clock which time has come for certain, so that a
 * clock that jumps ahead ends nothing before it has stood by its new time for a while, and one that jumps ahead and comes back has ended nothing.
 */
import type { Clock } from './clock.ts';

/** The time of day moved by so much more or less than the time that passed: more than clocks are slewed by, less than anybody waits. */
export const JUMP_MS = 10_000;
/** A clock that jumped ahead is believed when it is back where it stood before, or has stood by its new time for so long: NTP looks at a clock more often (every 1,024 s at the most). */
export const QUIET_MS = 20 * 60_000;
/** What may be over, or not, is looked at again after so long. */
const LOOK_AGAIN_MS = 30_000;

/** Describes a clock that knows of its jumps. */
export interface WatchedClock extends Clock {
  /**
   * Tells the latest instant that has come for certain, in milliseconds since the epoch: `now()`, but for a while after a jump ahead what it would be
   * without it. Whoever ends something by time compares with this; it is never later than `now()`.
   */
  reached(): number;
}

/** Watches a clock from now on; `jumped` is told of each jump, by how many milliseconds the clock moved. */
export function watchedClock(clock: Clock, jumped: (byMs: number) => void = () => undefined): WatchedClock {
  let shown = clock.now() - clock.monotonic();
  /** How far the time of day was ahead of the time that passed when it was believed last, and when it had last stood by its time for a while. */
  let [believed, stood] = [shown, shown];
  let stoodSince = clock.monotonic();
  const look = () => {
    const [passed, now] = [clock.monotonic(), clock.now()];
    const movedMs = now - passed - shown;
    shown = now - passed;
    if (Math.abs(movedMs) > JUMP_MS) {
      stoodSince = passed;
      jumped(Math.round(movedMs));
    }
    const isBack = Math.abs(shown - stood) <= JUMP_MS;
    if (isBack || passed - stoodSince >= QUIET_MS) believed = stood = shown;
    // An earlier time ends nothing.
    else if (shown - believed <= JUMP_MS) believed = shown;
    return { now, passed };
  };
  return {
    now: () => look().now,
    monotonic: () => clock.monotonic(),
    reached() {
      const { now, passed } = look();
      return believed === shown ? now : Math.min(now, Math.floor(believed + passed));
    },
  };
}

/** Answers when to look whether `until` has come for certain, in milliseconds since the epoch: then, or soon where the clock shows it already. */
export function lookAgainAt(clock: WatchedClock, until: number): number {
  const now = clock.now();
  return until > now ? until : now + LOOK_AGAIN_MS;
}
