/** What conformance suites look with: frozen inputs, broken inputs, and a search for what must not be seen. */
import fc from 'fast-check';

/** Frozen at every level, so that a function that changes its input throws. Buffers cannot be frozen and are left. */
export function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  Object.values(value).forEach(deepFrozen);
  return Object.freeze(value);
}

export type Path = (string | number)[];

export function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...members.flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

export function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? replaced(item, rest, by) : item));
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, by) };
}

/** `sample` with one to three of its parts, at any depth, replaced by any JSON. */
export function mutated(sample: unknown): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.nat(), fc.jsonValue());
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce<unknown>((value, [at, by]) => {
      const paths = pathsOf(value);
      return replaced(value, paths[at % paths.length] as Path, by);
    }, sample),
  );
}

/** The secret strings of some settings. */
export function secretValues(settings: Record<string, unknown>, names: readonly string[]): string[] {
  return names.flatMap((name) => settings[name] as string | string[]);
}

/** All text in a value, through errors, causes, and members that are not enumerable. */
function textsIn(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value];
  if (Buffer.isBuffer(value)) return [value.toString('latin1')];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  return Reflect.ownKeys(value).flatMap((key) => [String(key), ...textsIn(Reflect.get(value, key), seen)]);
}

/** Which of `values` can be read somewhere in `value`. */
export function revealed(value: unknown, values: readonly string[]): string[] {
  const texts = textsIn(value);
  return values.filter((secret) => texts.some((text) => text.includes(secret)));
}

/** What `run` throws; undefined when it does not. */
export function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
