/** Reads a verified webhook body, with a bound on nesting: parsers and everything behind them may then recurse safely. */
import { VerificationError } from '../../core/errors.ts';
import { isObject, type JsonObject } from './json.ts';

/** Deeper than any provider nests, and far from what exhausts the stack. */
export const MAX_JSON_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);

/** Whether no bracket is nested deeper than `max`. One pass over the bytes, nothing is parsed, brackets in strings do not count. */
export function isWithinDepth(body: Uint8Array, max: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] as number;
    if (isInString) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (OPEN.has(byte) && ++depth > max) return false;
    else if (CLOSE.has(byte)) depth -= 1;
  }
  return true;
}

/** The JSON object in `body`; throws `VerificationError('malformed')` for anything else, without quoting it. */
export function readJsonObject(body: Buffer): JsonObject {
  if (!isWithinDepth(body, MAX_JSON_DEPTH)) {
    throw new VerificationError('malformed', `The body nests deeper than ${MAX_JSON_DEPTH} levels.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new VerificationError('malformed', 'The body is not JSON.');
  }
  if (!isObject(value)) throw new VerificationError('malformed', 'The body is not a JSON object.');
  return value;
}
