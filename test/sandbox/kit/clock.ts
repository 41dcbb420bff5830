/** Where a stand-in takes the time from: milliseconds since 1970. */
export interface SandboxClock {
  now(): number;
}

/** The machine's own time. */
export const systemClock: SandboxClock = { now: () => Date.now() };

/** A clock that only moves when told, for windows and rate limits. */
export interface ManualClock extends SandboxClock {
  advance(byMs: number): void;
  set(toMs: number): void;
}

/** Makes a clock standing at `startMs` (milliseconds since 1970). */
export function manualClock(startMs: number): ManualClock {
  let current = startMs;
  return {
    now: () => current,
    advance: (byMs) => {
      current += byMs;
    },
    set: (toMs) => {
      current = toMs;
    },
  };
}
