/** Is a webhook from Meta? Signature over the raw bytes first, then its form; and the GET by which Meta proves the URL. */
import { VerificationError } from '../../core/errors.ts';
import type { Handshake, RawRequest } from '../channel.ts';
import { isSameSecret } from '../kit/constant-time.ts';
import { verifyHubSignature } from '../kit/hub-signature.ts';
import { readJsonObject } from '../kit/json-body.ts';
import { appSecrets, type WhatsAppSettings } from './settings.ts';

/** Throws `VerificationError`. The signature has no timestamp: de-duplication is what protects from replays. */
export function verify(request: RawRequest, settings: WhatsAppSettings): void {
  verifyHubSignature(request.body, request.headers['x-hub-signature-256'], appSecrets(settings));
  const body = readJsonObject(request.body);
  if (body.object !== 'whatsapp_business_account' || !Array.isArray(body.entry)) {
    throw new VerificationError(
      'malformed',
      'The body is no WhatsApp webhook: "object" or "entry" is not as it has to be.',
    );
  }
}

/** `GET ?hub.mode=subscribe&hub.verify_token=…&hub.challenge=…` → the challenge (webhooks/create-webhook-endpoint). */
export const handshake: Handshake<WhatsAppSettings> = {
  answer(request, settings) {
    if (settings.verifyToken === undefined) {
      throw new VerificationError(
        'not_configured',
        'No verifyToken is set for this account, so the URL cannot be proved.',
      );
    }
    const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = request.query;
    if (mode !== 'subscribe' || token === undefined) {
      throw new VerificationError('missing', 'The request has no hub.mode=subscribe with a hub.verify_token.');
    }
    if (!isSameSecret(token, settings.verifyToken)) {
      throw new VerificationError('mismatch', 'hub.verify_token is not the verifyToken of this account.');
    }
    if (challenge === undefined) throw new VerificationError('malformed', 'The request has no hub.challenge.');
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: challenge };
  },
};
