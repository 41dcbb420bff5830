/**
 * Is a webhook from Sendbird? `x-sendbird-signature` is the hex of HMAC-SHA256 over the raw body, the key is the master API token as text (page
 * "Webhooks", section "Verifying webhook requests").
 */
import type { RawRequest } from '../../connectors/connector.ts';
import { VerificationError } from '../../core/errors.ts';
import { isSignedBy } from '../kit/hex-hmac.ts';
import { readJsonObject } from '../kit/json-body.ts';
import { textOf } from '../kit/json.ts';
import { webhookTokens, type SendbirdSettings } from './settings.ts';

export const SIGNATURE_HEADER = 'x-sendbird-signature';
const SIGNATURE = /^[0-9a-f]{64}$/;

/** Throws `VerificationError`. The signature has no time: de-duplication is what protects from replays. */
export function verify({ headers, body }: RawRequest, settings: SendbirdSettings): void {
  const tokens = webhookTokens(settings);
  if (tokens.length === 0) {
    throw new VerificationError(
      'not_configured',
      'No webhookToken is set for this account, so no webhook can be trusted.',
    );
  }
  const signature = headers[SIGNATURE_HEADER]?.trim().toLowerCase();
  if (!signature) throw new VerificationError('missing', 'The header x-sendbird-signature is missing.');
  if (!SIGNATURE.test(signature)) {
    throw new VerificationError('mismatch', 'x-sendbird-signature is not 64 hex digits.');
  }
  if (!isSignedBy(body, signature, tokens)) {
    throw new VerificationError(
      'mismatch',
      'The signature fits the body with no webhook token: Sendbird signs with the master API token of the application.',
    );
  }
  const { app_id: application } = readJsonObject(body);
  if (textOf(application) !== undefined && application !== settings.applicationId) {
    throw new VerificationError('malformed', 'The webhook is of another application.');
  }
}
