/** Mends texts that were cut within a letter: half an emoji is no text to most providers, who refuse the whole message for it. */

/** Pairs are letters to this pattern, and no match. */
const HALVES = /\p{Surrogate}/gu;

/** Answers a parsed JSON value with every half of a letter in its texts replaced by U+FFFD, as UTF-8 does. The value itself when it has none. */
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(HALVES, '\ufffd');
  if (typeof value !== 'object' || value === null) return value;
  for (const [name, member] of Object.entries(value as Record<string, unknown>)) {
    const mended = wellFormed(member);
    if (mended !== member) (value as Record<string, unknown>)[name] = mended;
  }
  return value;
}
