import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 10;

type Truthy<T> = Exclude<T, false | null | undefined | 0 | ''>;

/**
 * The first truthy result of `probe`, asked again and again. Rejects after `timeoutMs`, naming `what` and the last error of the
 * probe. The only place where a flow test waits.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  what: string | (() => string),
  timeoutMs = 20_000,
): Promise<Truthy<T>> {
  const endsAt = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < endsAt) {
    try {
      const found = await probe();
      if (found) return found as Truthy<T>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await pause(EVERY_MS);
  }
  throw new Error(`Waited ${timeoutMs} ms in vain for ${typeof what === 'string' ? what : what()}`, { cause: last });
}
