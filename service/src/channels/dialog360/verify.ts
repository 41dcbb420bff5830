/**
 * Is a webhook from 360dialog? It does not pass Meta's signature on, so what was agreed with it counts: a header with our own value
 * (any account), its signature over the raw bytes (partners), or both, and then both have to be right.
 */
import { VerificationError } from '../../core/errors.ts';
import type { Handshake, RawRequest } from '../../connectors/connector.ts';
import { isSameSecret } from '../kit/constant-time.ts';
import { isSignedBy } from '../kit/hex-hmac.ts';
import { readJsonObject } from '../kit/json-body.ts';
import type { JsonObject } from '../kit/json.ts';
import { platformSecrets, type Dialog360Settings } from './settings.ts';

export const SIGNATURE_HEADER = 'x-360dialog-signature';

/** The vendor does not name the encoding; lower-case hex, bare or with a prefix, is what its integrators meet. */
const SIGNATURE = /^(?:sha256=)?([0-9a-f]{64})$/;

function verifySecretHeader({ headers }: RawRequest, name: string, expected: string): void {
  const given = headers[name];
  if (!given) throw new VerificationError('missing', `The header ${name} is missing.`);
  if (!isSameSecret(given, expected)) {
    throw new VerificationError('mismatch', `The header ${name} is not what was agreed with 360dialog.`);
  }
}

function verifySignature({ headers, body }: RawRequest, secrets: readonly string[]): void {
  const header = headers[SIGNATURE_HEADER];
  if (!header) throw new VerificationError('missing', `The header ${SIGNATURE_HEADER} is missing.`);
  const hex = SIGNATURE.exec(header)?.[1];
  if (hex === undefined) {
    throw new VerificationError('mismatch', `${SIGNATURE_HEADER} is not 64 lower-case hex digits.`);
  }
  if (!isSignedBy(body, hex, secrets)) {
    throw new VerificationError('mismatch', 'The signature does not fit the body.');
  }
}

/** Top-level members of webhooks of the on-premise hosting, which 360dialog has ended. */
const RETIRED = ['contacts', 'messages', 'statuses'];

function verifyForm(body: JsonObject): void {
  if (body.object === 'whatsapp_business_account' && Array.isArray(body.entry)) return;
  if (body.entry === undefined && RETIRED.some((name) => Array.isArray(body[name]))) {
    throw new VerificationError(
      'malformed',
      'This is a webhook of the retired on-premise hosting (contacts, messages and statuses at the top level). ' +
        "Move the number to 360dialog's Cloud API hosting.",
    );
  }
  throw new VerificationError(
    'malformed',
    'The body is no WhatsApp webhook: "object" or "entry" is not as it has to be.',
  );
}

/** Throws `VerificationError`. Neither way has a timestamp: de-duplication is what protects from replays. */
export function verify(request: RawRequest, settings: Dialog360Settings): void {
  const { webhookHeader, webhookSecret } = settings;
  const secrets = platformSecrets(settings);
  if (webhookSecret === undefined && secrets.length === 0) {
    const lacking =
      'Neither webhookSecret nor platformSecret is set for this account, nor was a secret made for its webhook, so no webhook can be trusted.';
    throw new VerificationError('not_configured', lacking);
  }
  if (webhookSecret !== undefined) verifySecretHeader(request, webhookHeader, webhookSecret);
  if (secrets.length > 0) verifySignature(request, secrets);
  verifyForm(readJsonObject(request.body));
}

/** 360dialog proves no URL, but people open it in a browser to see whether it answers. */
export const handshake: Handshake<Dialog360Settings> = {
  answer: () => ({ status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' }),
};
