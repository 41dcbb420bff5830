/**
 * Makes and checks API keys: `pk_<id>_<secret>`, or any text of at least 24 characters that the operator chose. The service stores only the SHA-256
 * of a key; a made key has 256 random bits, so a slow hash would guard nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';

/** Describes a key as it is stored. */
export interface StoredApiKey {
  id: string;
  /** SHA-256 of the whole key, hex. */
  hash: string;
  revokedAt?: number;
}

/** Finds stored keys. */
export interface ApiKeyLookup {
  find(id: string): Promise<StoredApiKey | undefined>;
}

/** Makes a new key. Show it once; store `describeApiKey(key)`. */
export function makeApiKey(): string {
  return `pk_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}

/** Reads one key, or several (newest first) with commas or new lines between them. Throws an `Error` that repeats nothing. */
export function parseApiKeys(text: string): string[] {
  const keys = text.split(/[,\n]/).map((part) => part.trim());
  const ids = new Set(keys.map((key) => describeApiKey(key).id));
  if (!keys.every((key) => /^[!-~]{24,512}$/.test(key)) || ids.size !== keys.length)
    throw new Error('different keys of at least 24 visible ASCII characters without spaces');
  return keys;
}

/** Computes the SHA-256 of a key, in hex. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Answers under which id a key is stored, and its hash. A key of the operator's own form gets its id from a second digest. */
export function describeApiKey(key: string): StoredApiKey {
  const id = /^pk_([0-9a-z]{1,64})_.{32,}$/.exec(key)?.[1];
  return { id: id ?? `own${hashApiKey(`parley api key id:${key}`).slice(0, 16)}`, hash: hashApiKey(key) };
}

/** Compares hashes in a time that does not depend on what they hold. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === 32 && right.length === 32 && timingSafeEqual(left, right);
}

const NOBODY = hashApiKey(randomBytes(32).toString('hex'));

/** Answers the key's record, or undefined for an unknown id, a wrong secret or a revoked key: the same work and answer for all three. */
export async function checkApiKey(key: string, lookup: ApiKeyLookup): Promise<StoredApiKey | undefined> {
  const { id, hash } = describeApiKey(key);
  const stored = await lookup.find(id);
  const matches = sameHash(hash, stored?.hash ?? NOBODY);
  return matches && stored !== undefined && stored.revokedAt === undefined ? stored : undefined;
}

/** The service takes a key for what it was for so long: another process may revoke it meanwhile. */
export const API_KEY_CACHE_MS = 5_000;

/** Looks known keys up every few seconds only, each once at a time, as every request asks for them. */
export function cachedLookup(lookup: ApiKeyLookup, clock: Pick<Clock, 'monotonic'>): ApiKeyLookup {
  const known = new Map<string, { at: number; key: Promise<StoredApiKey | undefined> }>();
  return {
    find(id) {
      const now = clock.monotonic();
      const kept = known.get(id);
      if (kept !== undefined && now - kept.at < API_KEY_CACHE_MS) return kept.key;
      const key = lookup.find(id);
      const entry = { at: now, key };
      known.set(id, entry);
      // Made-up ids must not fill the memory, and a database that fails must be asked again.
      const forget = () => void (known.get(id) === entry && known.delete(id));
      key.then((found) => found ?? forget(), forget);
      return key;
    },
  };
}

const HOW = 'Give the API key as "Authorization: Bearer <key>"; ';
const NO_KEY = `${HOW}the request has none.`;
const WRONG_KEY =
  `${HOW}the one given is not valid. ` +
  'The first key is in the file "api-key" of the data folder, unless PARLEY_API_KEY sets one.';

/** Checks the key that a header `Authorization` gives. Throws `ParleyError(401, 'unauthorized')`. */
export async function authorize(header: string | undefined, lookup: ApiKeyLookup): Promise<void> {
  const key = /^Bearer +(\S{1,512}) *$/i.exec(header ?? '')?.[1];
  if (key === undefined) throw new ParleyError(401, 'unauthorized', NO_KEY);
  if ((await checkApiKey(key, lookup)) === undefined) throw new ParleyError(401, 'unauthorized', WRONG_KEY);
}
