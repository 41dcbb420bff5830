/** Bounds how deep JSON may nest: deeper than anybody means it, and far from what exhausts the stack of code that recurses. */
export const MAX_JSON_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{` differ in this bit only, and so do `]` and `}`. */
const CURLY = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Checks that no bracket is nested deeper than `max`. It reads the bytes once and parses nothing; brackets in strings do not count. */
export function isWithinDepth(body: Uint8Array, max: number = MAX_JSON_DEPTH): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] as number;
    if (isInString) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if ((byte | CURLY) === OPEN && ++depth > max) return false;
    else if ((byte | CURLY) === CLOSE) depth -= 1;
  }
  return true;
}
