/** The GET by which Meta proves a webhook URL: the same for WhatsApp, Messenger and Instagram. */
import { VerificationError } from '../../../core/errors.ts';
import type { RawRequest, RawResponse } from '../../../connectors/connector.ts';
import { isSameSecret } from '../../kit/constant-time.ts';

/** `GET ?hub.mode=subscribe&hub.verify_token=…&hub.challenge=…` → the challenge. Throws `VerificationError`. */
export function answerHandshake(request: RawRequest, verifyToken: string | undefined): RawResponse {
  if (verifyToken === undefined) {
    throw new VerificationError(
      'not_configured',
      'No verifyToken is set for this account, so the URL cannot be proved.',
    );
  }
  const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = request.query;
  if (mode !== 'subscribe' || token === undefined) {
    throw new VerificationError('missing', 'The request has no hub.mode=subscribe with a hub.verify_token.');
  }
  if (!isSameSecret(token, verifyToken)) {
    throw new VerificationError('mismatch', 'hub.verify_token is not the verifyToken of this account.');
  }
  if (challenge === undefined) throw new VerificationError('malformed', 'The request has no hub.challenge.');
  return { status: 200, contentType: 'text/plain; charset=utf-8', body: challenge };
}
