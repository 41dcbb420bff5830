/** Total readers for provider JSON: whatever stands there, they answer a value of the asked type or `undefined`; never throw. */

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The list, or an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of a list; anything else in it is left out. */
export function objectsOf(value: unknown): JsonObject[] {
  return listOf(value).filter(isObject);
}

/** A string that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Bounds what every fact of a webhook repeats: what stands there once and is long would weigh as much as its length times their number.
 */
const MAX_ID = 1024;
const MAX_LABEL = 256;

/** An id that providers write as a string or as a whole number. What is longer than any id is none. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  const text = textOf(value);
  return text === undefined || text.length > MAX_ID ? undefined : text;
}

/** The name of a person or of a thing, cut where nobody would read on, but within no letter. */
export function labelOf(value: unknown): string | undefined {
  return textOf(value)
    ?.slice(0, MAX_LABEL)
    .replace(/[\ud800-\udbff]$/, '');
}

/** A finite number, also when it is written as a string. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Reads a flag, also one that is written as a word. */
export function flagOf(value: unknown): boolean | undefined {
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'boolean' ? value : undefined;
}

/** The last millisecond that a `Date` can hold. */
const MAX_INSTANT = 8.64e15;

/** Unix seconds, as number or string → milliseconds; `undefined` for what is no instant after the epoch. */
export function instantOf(seconds: unknown): number | undefined {
  const at = (numberOf(seconds) ?? 0) * 1000;
  return at > 0 && at <= MAX_INSTANT ? Math.trunc(at) : undefined;
}

/** Copies without the members that are `undefined`, so that absent means absent, and without `__proto__`, which would not be a member of the copy. */
export function compact<const T extends object>(value: T): T {
  const copy: JsonObject = {};
  for (const [name, member] of Object.entries(value))
    if (member !== undefined && name !== '__proto__') copy[name] = member;
  return copy as T;
}

export function camelCase(name: string): string {
  return name.replace(/(?<!_)_+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The same value with member names in camel case, at every level. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [camelCase(name), camelCased(member)]));
}
