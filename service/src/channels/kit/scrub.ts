/** Keeps secrets and message texts out of what a provider's error message repeats. */

const MAX_LENGTH = 600;
const MIN_HIDDEN = 4;

/**
 * `text` with every occurrence of each value blanked, at most 600 characters. Values under 4 characters are left alone. It reads on only until it
 * has that many, so neither a long text nor many values make much work.
 */
export function scrub(text: string, values: readonly string[]): string {
  const hidden = values.filter((value) => value.length >= MIN_HIDDEN);
  let clean = '';
  for (let at = 0; at < text.length && clean.length <= MAX_LENGTH;) {
    const length = lengthAt(text, at, hidden);
    clean += length > 0 ? '[removed]' : (text[at] as string);
    at += Math.max(1, length);
  }
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
}

/** Of the longest value that stands there; 0: none does. */
function lengthAt(text: string, at: number, values: readonly string[]): number {
  let longest = 0;
  for (const value of values) if (value.length > longest && text.startsWith(value, at)) longest = value.length;
  return longest;
}

/** Every string in `value`, except under member names in `keep`. */
export function stringsIn(value: unknown, keep: ReadonlySet<string>): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item) => stringsIn(item, keep));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => (keep.has(name) ? [] : stringsIn(member, keep)));
}
