/** Reads JSON of providers, who write ids as numbers that JavaScript would round. */

/** Finds what looks like an integer of 16 digits or more outside a string; inside one it costs a slower reading, nothing else. */
const LONG_INTEGER = /(?:^|[:,[\s])-?\d{16,}(?:[,}\]\s]|$)/;
const INTEGER = /^-?\d+$/;

/** Says what V8 tells of each value while it reads, which TypeScript's library does not know yet. */
interface Read {
  /** Holds the value as it is written; of strings, numbers and words only. */
  source?: string;
}

function exact(_name: string, value: unknown, read?: Read): unknown {
  const source = read?.source;
  const isRounded = typeof value === 'number' && source !== undefined && !Number.isSafeInteger(value);
  return isRounded && INTEGER.test(source) ? source : value;
}

/** Parses JSON text like `JSON.parse`, but integers beyond 2^53 become strings of their digits. Throws a `SyntaxError`, which may quote the text. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, LONG_INTEGER.test(text) ? exact : undefined) as unknown;
}
