/** Settings that every account has, whatever its channel: how Parley itself treats it. They lie with the channel's own settings. */
import { z } from 'zod';

/** Says what Parley makes of a stop that somebody writes. `all`: nothing but answers; `marketing`: no marketing; `off`: it reads none. */
export type StopWords = 'all' | 'marketing' | 'off';

/** Reads the settings that every account has; a member that is absent has its default. */
export const accountPolicy = z.object({
  stopWords: z.enum(['all', 'marketing', 'off'], "must be 'all', 'marketing' or 'off'").optional(),
});

/** Describes the settings that every account has. */
export type AccountPolicy = z.output<typeof accountPolicy>;

/** Reads how written stops are treated from the settings of an account. */
export function stopWordsOf(settings: unknown): StopWords {
  const { stopWords } = (typeof settings === 'object' && settings !== null ? settings : {}) as AccountPolicy;
  return stopWords ?? 'all';
}
