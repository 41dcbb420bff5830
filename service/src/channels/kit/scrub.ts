/** Keeps secrets and message texts out of what a provider's error message repeats. */

const MAX_LENGTH = 600;

/** `text` with every occurrence of each value blanked, at most 600 characters. Values under 4 characters are left alone. */
export function scrub(text: string, values: readonly string[]): string {
  const longestFirst = values.filter((value) => value.length >= 4).sort((a, b) => b.length - a.length);
  const clean = longestFirst.reduce((rest, value) => rest.split(value).join('[removed]'), text);
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
}

/** Every string in `value`, except under member names in `keep`. */
export function stringsIn(value: unknown, keep: ReadonlySet<string>): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item) => stringsIn(item, keep));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => (keep.has(name) ? [] : stringsIn(member, keep)));
}
