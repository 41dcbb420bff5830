/** Reads and writes columns that hold JSON: text in the database, objects everywhere outside `store/`. */

/** Writes a member as its column has it. */
export function textOf(value: unknown): string {
  return JSON.stringify(value);
}

/** Writes a member that may be absent. */
export function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** Reads what a column holds. */
export function read<T>(text: string): T {
  return JSON.parse(text) as T;
}

/** Reads what a column holds that somebody else may have written; undefined: it is no JSON. */
export function readOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads what a column holds; null: it holds nothing. */
export function readOrNull<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
