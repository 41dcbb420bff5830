/**
 * Encrypts account secrets at rest by AES-256-GCM, with the key's id beside the ciphertext, so that keys can be rotated, and bound to the account,
 * so that a row copied to another account cannot be read. No error tells anything of keys or contents.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import type { Sealer } from '../core/sealer.ts';

/** Describes a key with its name. */
export interface EncryptionKey {
  /** Letters, digits, `-` and `_`. */
  id: string;
  /** 32 bytes. A `KeyObject` cannot be printed by accident. */
  key: KeyObject;
}

/** The box throws it when it cannot open a text: unknown key, another account, or changed bytes. */
export class SecretBoxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretBoxError';
  }
}

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Implements `Sealer` with several keys. */
export class SecretBox implements Sealer {
  /** Lists what texts of each key begin with, the newest key first. */
  readonly prefixes: readonly [string, ...string[]];
  readonly #newest: EncryptionKey;
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** The first key encrypts; all of them decrypt. */
  constructor(keys: readonly EncryptionKey[]) {
    const newest = keys[0];
    if (newest === undefined) throw new SecretBoxError('There is no encryption key.');
    this.#newest = newest;
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]));
    this.prefixes = [prefixOf(newest), ...keys.slice(1).map(prefixOf)];
  }

  /** Makes a text `v1.<key id>.<base64url of iv, tag, ciphertext>`. `value` is anything JSON can hold. */
  encrypt(value: unknown, context: string): string {
    const { id, key } = this.#newest;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(id, context));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return `${VERSION}.${id}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** Opens what `encrypt` made. Throws `SecretBoxError`. */
  decrypt(box: string, context: string): unknown {
    const { id, bytes } = read(box);
    const key = this.#keys.get(id);
    if (key === undefined)
      throw new SecretBoxError(
        `Secrets were encrypted with the key "${id}", which is not configured. Add it to PARLEY_ENCRYPTION_KEY, after the newest.`,
      );
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(boundTo(id, context));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(opened.toString('utf8')) as unknown;
    } catch {
      // OpenSSL's words would add nothing, and a JSON error would quote the plain text.
      throw new SecretBoxError(
        'Secrets could not be decrypted: the key, the account or the stored bytes do not match.',
      );
    }
  }
}

function prefixOf({ id }: EncryptionKey): string {
  return `${VERSION}.${id}.`;
}

function boundTo(keyId: string, context: string): Buffer {
  return Buffer.from(`parley:${VERSION}:${keyId}:${context}`);
}

function read(box: string): { id: string; bytes: Buffer } {
  const match = /^v1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(box);
  const bytes = Buffer.from(match?.[2] ?? '', 'base64url');
  if (match?.[1] === undefined || bytes.length < IV_BYTES + TAG_BYTES)
    throw new SecretBoxError('Stored secrets are not in a form that can be decrypted.');
  return { id: match[1], bytes };
}

/**
 * Reads `key` or `id:key,id:key` (newest first; new lines do as well as commas); a key is 32 bytes in base64, base64url or hex. A key without an id is named by
 * its digest. Throws an `Error` that says what is expected and repeats nothing.
 */
export function parseEncryptionKeys(text: string): EncryptionKey[] {
  const keys = text.split(/[,\n]/).map((part) => parseKey(part.trim()));
  if (new Set(keys.map((key) => key.id)).size !== keys.length) throw new Error('keys with different ids');
  return keys;
}

function parseKey(text: string): EncryptionKey {
  const [, id, encoded] = /^(?:([A-Za-z0-9_-]+):)?([A-Za-z0-9+/_-]+=?)$/.exec(text) ?? [];
  const bytes = Buffer.from(encoded ?? '', /^[0-9a-f]{64}$/i.test(encoded ?? '') ? 'hex' : 'base64');
  if (bytes.length !== 32) throw new Error('32 bytes in base64 or hex, or a list id:key,id:key with the newest first');
  return { id: id ?? createHash('sha256').update(bytes).digest('hex').slice(0, 8), key: createSecretKey(bytes) };
}

/** Makes a new key as text for `parseEncryptionKeys`. */
export function makeEncryptionKey(): string {
  return randomBytes(32).toString('base64');
}

/** Stands for a secret in answers and logs; tells nothing, not even its length. */
export const MASK = '********';

/** Copies account settings and masks each member named in `secrets`, a list member by member. */
export function mask(settings: Readonly<Record<string, unknown>>, secrets: readonly string[]): Record<string, unknown> {
  const masked = { ...settings };
  for (const name of secrets) {
    const value = masked[name];
    if (value === undefined || value === null) continue;
    masked[name] = Array.isArray(value) ? value.map(() => MASK) : MASK;
  }
  return masked;
}
