/** HMAC-SHA256 signatures in hex, as several providers write them. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether one of the secrets made `hex` (64 lower-case digits) of these bytes. Several during a rotation: each is tried, so time does
 * not tell which one fits.
 */
export function isSignedBy(body: Uint8Array, hex: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(hex, 'latin1');
  let isSigned = false;
  for (const secret of secrets) {
    // The key as text, the digest as hex: with Buffers Node 24 takes longer, and this runs for every webhook.
    const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('hex'), 'latin1');
    if (given.length === expected.length && timingSafeEqual(given, expected)) isSigned = true;
  }
  return isSigned;
}
