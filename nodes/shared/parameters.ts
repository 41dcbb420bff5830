/** Reads node parameters as values of the right type, and says which one is wrong. Pure: tests give it plain objects. */
import { readInstant } from './instants.ts';

/** A parameter that the user has to correct: becomes a `NodeOperationError` with this message and description. */
export class ParameterError extends Error {
  readonly description: string;

  constructor(message: string, description: string) {
    super(message);
    this.description = description;
  }
}

type Values = Record<string, unknown>;

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A set of parameters: those of an item, a collection, or one entry of a list. */
export class Parameters {
  readonly #get: (name: string) => unknown;

  constructor(source: ((name: string) => unknown) | Values) {
    this.#get = typeof source === 'function' ? source : (name) => source[name];
  }

  /** Text; numbers and booleans from expressions are taken as text, unless JavaScript no longer knows all their digits. Absent: empty. */
  text(name: string): string {
    const value = this.#get(name);
    if (typeof value === 'string') return value;
    if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      throw new ParameterError(
        `The value of '${name}' is a number that is too long: its last digits are lost`,
        'Give it as text: format the column of the sheet as text, or put quotes around it where it comes from.',
      );
    }
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  }

  /** Text, or undefined when empty. */
  optional(name: string): string | undefined {
    const text = this.text(name);
    return text.trim() === '' ? undefined : text;
  }

  /** Text that must be there; `label` is the field's display name. */
  required(name: string, label: string): string {
    const text = this.optional(name);
    if (text === undefined) throw new ParameterError(`The field '${label}' is empty`, `Fill in '${label}'.`);
    return text;
  }

  number(name: string, label: string): number {
    const value = this.optionalNumber(name, label);
    if (value === undefined) throw new ParameterError(`The field '${label}' is empty`, `Give '${label}' a number.`);
    return value;
  }

  optionalNumber(name: string, label: string): number | undefined {
    const text = this.optional(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    throw new ParameterError(`The field '${label}' is not a number: ${text}`, `Give '${label}' a number.`);
  }

  /** A time as ISO 8601 in UTC, or undefined when empty; text without an offset is of `timezone`. */
  instant(name: string, label: string, timezone: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || value === null || value === '') return undefined;
    const at = readInstant(value, timezone);
    if (!Number.isNaN(at)) return new Date(at).toISOString();
    throw new ParameterError(
      `The field '${label}' is not a time: ${this.text(name)}`,
      `Give '${label}' a date and time.`,
    );
  }

  /** Whatever stands there, as it is. */
  value(name: string): unknown {
    return this.#get(name);
  }

  flag(name: string): boolean {
    const value = this.#get(name);
    return value === true || value === 'true';
  }

  /** The members of a collection; empty when it is not there. */
  group(name: string): Parameters {
    const value = this.#get(name);
    return new Parameters(isObject(value) ? value : {});
  }

  /** The entries of a fixed collection that takes several: `name.member[]`. */
  list(name: string, member: string): Parameters[] {
    const collection = this.#get(name);
    const entries = isObject(collection) ? collection[member] : undefined;
    if (Array.isArray(entries)) return entries.filter(isObject).map((entry) => new Parameters(entry));
    return isObject(entries) ? [new Parameters(entries)] : [];
  }

  /** Text split at commas and line breaks. */
  words(name: string): string[] {
    const value = this.#get(name);
    const parts = Array.isArray(value) ? value.map(String) : this.text(name).split(/[,\n]/);
    return parts.map((part) => part.trim()).filter((part) => part !== '');
  }

  /** JSON, as text or as the value of an expression; undefined when empty. */
  json(name: string, label: string): unknown {
    const value = this.#get(name);
    if (typeof value !== 'string') return value ?? undefined;
    if (value.trim() === '') return undefined;
    try {
      return JSON.parse(value);
    } catch {
      return notJson(label);
    }
  }

  /** A JSON object; undefined when empty. */
  object(name: string, label: string): Values | undefined {
    const value = this.json(name, label);
    if (value === undefined || isObject(value)) return value;
    throw new ParameterError(`The field '${label}' is not a JSON object`, `Write '${label}' as { "name": "value" }.`);
  }

  /** A JSON array of objects; undefined when empty. */
  objects(name: string, label: string): Values[] | undefined {
    const value = this.json(name, label);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every(isObject)) return value;
    throw new ParameterError(
      `The field '${label}' is not a JSON array of objects`,
      `Write '${label}' as [ { "name": "value" } ].`,
    );
  }
}

function notJson(label: string): never {
  throw new ParameterError(`The field '${label}' is not valid JSON`, `Check the quotes and commas in '${label}'.`);
}

/** Leaves out members that are undefined, so that what is sent holds only what was filled in. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
