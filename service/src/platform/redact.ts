/** Takes secrets and what people wrote out of anything that is about to be logged. */

export const REDACTED = '[redacted]';

/** Lists names of members, in lower case and without `-` and `_`, whose value is never logged. */
const HIDDEN = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'settings',
  'secrets',
  'body',
  'rawbody',
  'raw',
  'content',
  'text',
  'caption',
  'payload',
]);
const HIDDEN_ENDING = /(token|secret|password|passphrase|apikey|privatekey|encryptionkey|signature|signature256)s?$/;

const MAX_DEPTH = 6;
const MAX_MEMBERS = 50;
const MAX_TEXT = 2_000;

/** Makes a copy that may be logged: plain data, bounded in depth, breadth and length. Never throws for cycles or odd values. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return typeof value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (isError(value)) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map((member) => redact(member, depth + 1));
  return redactMembers(value, depth);
}

/** Takes keys, bearer tokens and the queries and credentials of URLs out of a text, and shortens it. */
export function redactText(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replace(/(:\/\/)[^\s/@"']*@/g, `$1${REDACTED}@`)
    .replace(/(\/[^\s/?"'<>]*)\?[^\s"'<>]+/g, `$1?${REDACTED}`)
    .replace(/\b(Bearer|Basic)\s+[^\s"',]+/gi, `$1 ${REDACTED}`)
    .replace(/\bpk_[0-9a-z]+_[A-Za-z0-9_-]+/g, REDACTED)
    .replace(/((?:token|secret|password|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi, `$1${REDACTED}`);
}

function redactMembers(value: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value).slice(0, MAX_MEMBERS))
    copy[name] = isHidden(name) && member !== undefined && member !== null ? REDACTED : redact(member, depth + 1);
  return copy;
}

function isHidden(name: string): boolean {
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  return HIDDEN.has(plain) || HIDDEN_ENDING.test(plain);
}

/** Recognises errors of other realms (workers, test runners), which are no `instanceof Error`. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/**
 * Keeps of an error only what says what and where: libraries hang requests, configurations and answers on their errors. The message stands in the
 * stack again, so it cleans both.
 */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const { code, kind, status } = error as Error & Record<string, unknown>;
  const known = Object.entries({ code, kind, status }).filter(([, member]) => /^(string|number)$/.test(typeof member));
  return {
    type: error.name,
    message: redactText(error.message),
    ...Object.fromEntries(known.map(([name, member]) => [name, redact(member)])),
    stack: typeof error.stack === 'string' ? redactText(error.stack) : undefined,
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}
