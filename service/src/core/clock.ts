/** A clock tells the time. Everything gets it injected; only `systemClock` reads the machine's. */
export interface Clock {
  /** Tells the time of day in milliseconds since the epoch: for what is stored, shown or compared with others' times. It may jump, either way. */
  now(): number;
  /**
   * Tells how long something has run, in whole milliseconds, as instants that are made of it are stored: for durations within this process. It only
   * goes forward, and evenly.
   */
  monotonic(): number;
}

/** Reads the machine's own clock. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => Math.floor(performance.now()) };

/** Writes an instant (milliseconds since the epoch) as ISO 8601 UTC: the form of every instant that leaves the service. */
export function iso(at: number): string;
/** Writes an instant that may be missing; undefined for none. */
export function iso(at: number | null | undefined): string | undefined;
/** Writes either. */
export function iso(at: number | null | undefined): string | undefined {
  return at === null || at === undefined ? undefined : new Date(at).toISOString();
}
