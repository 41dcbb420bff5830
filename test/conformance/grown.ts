/** Makes of a sample what a stranger would: one part of it very long, or very many. */
import fc from 'fast-check';
import { LONG, MANY } from '../support/linear.ts';
import { pathsOf, replaced, type Path } from './probes.ts';

/** What patterns for ids, spaces, ends of sentences, links and variables try again and again. */
const PARTS = ['_', '.', ' ', '/', 'a', '1', '@', 'http://', '?', '{{', '\\', '"', '+', '%', '=', 'ä'];
/** Whoever multiplies what is large already gets less of it. */
const MAX_BYTES = 1_500_000;

/** A long text of one part, and an end that fits it or does not. */
export const longText = fc
  .tuple(fc.constantFrom(...PARTS), fc.constantFrom('', '!', 'x', '\n'))
  .map(([part, end]) => `${part.repeat(LONG / part.length)}${end}`);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isFilled = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;
const isLeaf = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);

/** The places in a sample of which `isPlace` holds; of lists, those in their first element. */
function placesOf(sample: unknown, isPlace: (value: unknown) => boolean): Path[] {
  return pathsOf(sample).filter(
    (path) => path.every((key) => typeof key === 'string' || key === 0) && isPlace(at(sample, path)),
  );
}

/** The same with other digits at the end of whatever has digits: another message of another person. */
function numbered(value: unknown, number: number): unknown {
  if (typeof value === 'string') {
    return value.replace(/(?<!\d)\d+(?=\D*$)/, (digits) => digits.slice(0, -6) + String(100_000 + number).slice(-6));
  }
  if (Array.isArray(value)) return value.map((one) => numbered(one, number));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, numbered(member, number)]));
}

function copies([first]: readonly unknown[], count: number): unknown[] {
  const length = Math.min(count, Math.ceil(MAX_BYTES / JSON.stringify(first).length));
  return Array.from({ length }, (_, number) => numbered(first, number));
}

/** A sample of which the lists of one object were made long. */
export interface Multiplied {
  /** Names the way to them. */
  name: string;
  /** What it was made of. */
  sample: unknown;
  grown: unknown;
}

/** Makes the lists of each object in turn `count` elements long. */
export function multiplied(sample: unknown, count = MANY): Multiplied[] {
  const hasList = (value: unknown) => isObject(value) && Object.values(value).some(isFilled);
  return placesOf(sample, hasList).map((path) => {
    const members = Object.entries(at(sample, path) as object);
    const lists = members.filter(([, member]) => isFilled(member));
    const long = lists.map(([name, list]) => [name, copies(list as unknown[], count)]);
    const name = [...path.filter((key) => key !== 0), lists.map(([one]) => one).join('+')].join('.');
    return { name, sample, grown: replaced(sample, path, Object.fromEntries([...members, ...long])) };
  });
}

/** Puts `text` in the place of one text or number of `sample`, in `body`: the sample or what was made of it. */
export function lengthened(sample: unknown, text: string, index: number, body = sample): unknown {
  const places = placesOf(sample, isLeaf);
  return places.length === 0 ? text : replaced(body, places[index % places.length] as Path, text);
}

/** Adds members of these names to one of the objects in a sample. */
export function widened(sample: unknown, names: readonly string[], index: number): unknown {
  const places = placesOf(sample, isObject);
  const path = places[index % places.length] as Path;
  const more = Object.fromEntries(names.map((name) => [name, '1']));
  return replaced(sample, path, { ...(at(sample, path) as object), ...more });
}
