import { isObject, type JsonObject } from './json.ts';

/** Names of members and numbers of elements, from the outside in. */
export type Path = readonly (string | number)[];

/** What is wrong with a value. The provider has its own words for it. */
export type Issue =
  | { kind: 'missing'; path: Path }
  | { kind: 'type'; path: Path; expected: 'string' | 'object' | 'boolean' | 'list' | 'list of objects' }
  | { kind: 'length' | 'count' | 'range'; path: Path; min: number; max: number }
  | { kind: 'choice'; path: Path; options: readonly unknown[] }
  | { kind: 'url' | 'unique'; path: Path }
  | { kind: 'unknown'; path: Path; key: string }
  | { kind: 'rule'; path: Path; text: string };

/** A value that a schema refuses: its first fault, in the order in which the schema names members. */
export class Invalid extends Error {
  readonly issue: Issue;

  constructor(issue: Issue) {
    super(`${issue.kind} at ${issue.path.join('.')}`);
    this.issue = issue;
  }
}

/** Where a value stands, and what a check may look at besides. */
export interface Place<C> {
  path: Path;
  context: C;
}

/** Throws `Invalid`, or an error in the provider's own words. */
export type Check<C = unknown> = (value: unknown, at: Place<C>) => void;

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** Checks a value; `path` says where it stands. */
export function check<C>(schema: Check<C>, value: unknown, context: C, ...path: Path): void {
  schema(value, { path, context });
}

/** A string of `min` to `max` characters; where an empty one is too short, it counts as missing. */
export function text(max: number, min = 1): Check {
  return (value, { path }) => {
    if (isAbsent(value) || (value === '' && min > 0)) throw new Invalid({ kind: 'missing', path });
    if (typeof value !== 'string') throw new Invalid({ kind: 'type', path, expected: 'string' });
    const { length } = [...value];
    if (length < min || length > max) throw new Invalid({ kind: 'length', path, min, max });
  };
}

/** A number, or a string that is one. */
export function number(min: number, max: number): Check {
  return (value, { path }) => {
    if (isAbsent(value) || value === '') throw new Invalid({ kind: 'missing', path });
    const given = typeof value === 'string' ? Number(value) : value;
    if (typeof given !== 'number' || !Number.isFinite(given) || given < min || given > max) {
      throw new Invalid({ kind: 'range', path, min, max });
    }
  };
}

export const boolean: Check = (value, { path }) => {
  if (isAbsent(value)) throw new Invalid({ kind: 'missing', path });
  if (typeof value !== 'boolean') throw new Invalid({ kind: 'type', path, expected: 'boolean' });
};

export function oneOf(...options: readonly unknown[]): Check {
  return (value, { path }) => {
    if (isAbsent(value)) throw new Invalid({ kind: 'missing', path });
    if (!options.includes(value)) throw new Invalid({ kind: 'choice', path, options });
  };
}

/** A web address. */
export function url(max = 2000): Check {
  return (value, at) => {
    text(max)(value, at);
    if (!/^https?:\/\/[^\s/]+/i.test(String(value))) throw new Invalid({ kind: 'url', path: at.path });
  };
}

/** Takes anything, and its absence. */
export const anything: Check = () => undefined;

/** Whatever is there has to be an object. */
const plain: Check = (value, { path }) => {
  if (isAbsent(value)) throw new Invalid({ kind: 'missing', path });
  if (isObject(value)) return;
  const isElement = typeof path.at(-1) === 'number';
  if (isElement) throw new Invalid({ kind: 'type', path: path.slice(0, -1), expected: 'list of objects' });
  throw new Invalid({ kind: 'type', path, expected: 'object' });
};

/** An object with these members and no others. */
export function object<C = unknown>(members: Record<string, Check<C>>): Check<C> {
  return all(plain, known(...Object.keys(members)), open(members));
}

/** An object with these members; others are not looked at. */
export function open<C = unknown>(members: Record<string, Check<C>>): Check<C> {
  return (value, at) => {
    plain(value, at);
    for (const [name, member] of Object.entries(members)) {
      member((value as JsonObject)[name], { ...at, path: [...at.path, name] });
    }
  };
}

/** Refuses every member but these. */
export function known(...names: readonly string[]): Check {
  return (value, { path }) => {
    const key = Object.keys(value as JsonObject).find((name) => !names.includes(name));
    if (key !== undefined) throw new Invalid({ kind: 'unknown', path, key });
  };
}

/** A list of `min` to `max` elements. */
export function list<C = unknown>(element: Check<C>, min: number, max: number): Check<C> {
  return (value, at) => {
    const { path } = at;
    if (isAbsent(value)) throw new Invalid({ kind: 'missing', path });
    if (!Array.isArray(value)) throw new Invalid({ kind: 'type', path, expected: 'list of objects' });
    if (value.some(isAbsent)) throw new Invalid({ kind: 'type', path, expected: 'list of objects' });
    if (value.length < min || value.length > max) throw new Invalid({ kind: 'count', path, min, max });
    for (const [index, one] of value.entries()) element(one, { ...at, path: [...path, index] });
  };
}

/** Takes the absence of what `present` checks. */
export function optional<C = unknown>(present: Check<C>): Check<C> {
  return (value, at) => {
    if (value !== undefined) present(value, at);
  };
}

/** One check after the other. */
export function all<C = unknown>(...checks: readonly Check<C>[]): Check<C> {
  return (value, at) => {
    for (const each of checks) each(value, at);
  };
}

/** Gives the place a name of the provider's. */
export function named<C = unknown>(name: string, inner: Check<C>): Check<C> {
  return (value, at) => inner(value, { ...at, path: [name] });
}

/** The schema that the member `key` names; `key` itself is one of theirs. */
export function choose<C = unknown>(key: string, schemas: Record<string, Check<C>>): Check<C> {
  const kind = open({ [key]: oneOf(...Object.keys(schemas)) });
  return (value, at) => {
    kind(value, at);
    schemas[String((value as JsonObject)[key])]?.(value, at);
  };
}

/** A rule of the provider's, in its words. `V`: what the value is known to be by now. */
export function rule<V = JsonObject, C = unknown>(
  isKept: (value: V, context: C) => boolean,
  text: string | ((value: V) => string),
): Check<C> {
  return (value, { path, context }) => {
    if (isKept(value as V, context)) return;
    throw new Invalid({ kind: 'rule', path, text: typeof text === 'string' ? text : text(value as V) });
  };
}

/** Values that a list has to have once only; `names`: what they are, where that is said. */
export function unique<V>(valuesOf: (value: V) => unknown[], ...names: string[]): Check {
  return (value) => {
    const values = valuesOf(value as V);
    if (new Set(values).size !== values.length) throw new Invalid({ kind: 'unique', path: names });
  };
}

/** Exactly this string. */
export function exactly(wanted: string): Check {
  return (value, at) => {
    text(60)(value, at);
    if (value !== wanted) throw new Invalid({ kind: 'choice', path: at.path, options: [wanted] });
  };
}

/** Exactly one of these members. */
export function exclusive(first: string, second: string): Check {
  return (value, { path }) => {
    const given = [first, second].filter((name) => (value as JsonObject)[name] !== undefined);
    if (given.length === 0) throw new Invalid({ kind: 'missing', path: [...path, first] });
    if (given.length > 1)
      throw new Invalid({ kind: 'rule', path, text: `Only one of ${first} and ${second} is allowed.` });
  };
}
