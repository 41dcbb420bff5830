/** Where a stand-in takes the time from: milliseconds since 1970. */
export interface SandboxClock {
  now(): number;
}

/** The machine's own time. */
export const systemClock: SandboxClock = { now: () => Date.now() };

/** A clock that only moves when told, for windows and rate limits. */
export interface ManualClock extends SandboxClock {
  /** The time that has passed, in milliseconds: `jump` and a `set` to an earlier time leave it as it is. */
  monotonic(): number;
  /** Lets time pass. */
  advance(byMs: number): void;
  /** Lets time pass until then; an earlier time is one that the clock is put back to. */
  set(toMs: number): void;
  /** Puts the clock forward or back, although no time passes. */
  jump(byMs: number): void;
}

/** Makes a clock standing at `startMs` (milliseconds since 1970). */
export function manualClock(startMs: number): ManualClock {
  let current = startMs;
  let passed = 0;
  const advance = (byMs: number) => {
    if (byMs < 0) throw new Error('Time does not run backwards: use jump');
    current += byMs;
    passed += byMs;
  };
  return {
    now: () => current,
    monotonic: () => passed,
    advance,
    set: (toMs) => {
      if (toMs > current) advance(toMs - current);
      else current = toMs;
    },
    jump: (byMs) => {
      current += byMs;
    },
  };
}
