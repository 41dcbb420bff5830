/**
 * Standard Webhooks signatures (https://github.com/standard-webhooks/standard-webhooks, spec 1.0, symmetric scheme `v1`):
 * the service signs deliveries, the trigger node verifies them. Also the digest by which settings are compared.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How far `webhook-timestamp` may be from now: the specification's five minutes. */
export const SIGNATURE_TOLERANCE_MS = 5 * 60 * 1000;
const SECRET_PREFIX = 'whsec_';

/** Carries the signature of one delivery; `webhook-timestamp` is in seconds since the epoch. */
export interface SignatureHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Names the header, or the member of a JSON body, by which a receiver that confirms deliveries repeats the id of the one that it took. A 2xx by itself
 * proves nothing: n8n answers every URL with 200 while it starts, and so do log-in pages and pages of proxies.
 */
export const CONFIRMATION = 'webhook-id';

/** Encodes raw key bytes as a subscription secret, `whsec_<base64>`. */
export function encodeSecret(key: Uint8Array): string {
  return SECRET_PREFIX + Buffer.from(key).toString('base64');
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret, 'base64');
}

function digest(key: Buffer, id: string, timestamp: string, body: Uint8Array | string): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

/** Signs `body` as sent on the wire. `at` is milliseconds since the epoch. Throws when the secret is empty. */
export function signDelivery(secret: string, id: string, at: number, body: Uint8Array | string): SignatureHeaders {
  const key = keyOf(secret);
  if (key.length === 0) throw new Error('The subscription secret is empty');
  const timestamp = String(Math.floor(at / 1000));
  const signature = digest(key, id, timestamp, body).toString('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/**
 * Checks that a delivery is authentic and fresh. It never throws on what a stranger sends: anything missing or malformed is false, as is everything
 * when the secret is empty. `webhook-signature` may list several signatures (rotation). `now` is milliseconds since the epoch.
 */
export function verifyDelivery(
  secret: string,
  headers: Record<string, string | string[] | undefined>,
  body: Uint8Array | string,
  now: number,
): boolean {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > SIGNATURE_TOLERANCE_MS) return false;
  const key = keyOf(secret);
  if (key.length === 0) return false;
  const expected = digest(key, id, timestamp, body);
  return signatures.split(' ').some((entry) => {
    if (!entry.startsWith('v1,')) return false;
    const given = Buffer.from(entry.slice(3), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** Writes JSON with sorted members: two equal values always give the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Computes a digest by which two sides learn that settings differ without showing them: hex, independent of member order. */
export function settingsDigest(settings: Record<string, unknown>): string {
  return createHash('sha256').update('parley settings\n').update(canonicalJson(settings)).digest('hex');
}
