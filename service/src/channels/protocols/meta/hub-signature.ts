/**
 * Meta's webhook signature, the same for WhatsApp, Messenger and Instagram:
 * `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body, keyed with the app secret>`.
 */
import { VerificationError } from '../../../core/errors.ts';
import { isSignedBy } from '../../kit/hex-hmac.ts';

/** Meta writes lower-case hex only; anything else was not written by Meta and is refused without computing a digest. */
const HEADER = /^sha256=([0-9a-f]{64})$/;

/**
 * Verifies the bytes as received against every secret (several during a rotation; each is tried, so time does not tell which
 * one fits). Throws `VerificationError` that says nothing of what was expected.
 */
export function verifyHubSignature(body: Uint8Array, header: string | undefined, secrets: readonly string[]): void {
  if (secrets.length === 0) {
    throw new VerificationError(
      'not_configured',
      'No app secret is set for this account, so no webhook can be trusted.',
    );
  }
  if (!header) throw new VerificationError('missing', 'The header X-Hub-Signature-256 is missing.');
  const hex = HEADER.exec(header)?.[1];
  if (hex === undefined) {
    throw new VerificationError('mismatch', 'X-Hub-Signature-256 is not "sha256=" and 64 lower-case hex digits.');
  }
  if (!isSignedBy(body, hex, secrets)) {
    throw new VerificationError('mismatch', 'The signature does not fit the body.');
  }
}
