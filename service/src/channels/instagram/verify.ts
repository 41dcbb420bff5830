/** Is a webhook from Meta? Signature over the raw bytes first, then its form; and the GET by which Meta proves the URL. */
import { VerificationError } from '../../core/errors.ts';
import type { Handshake, RawRequest } from '../channel.ts';
import { isSameSecret } from '../kit/constant-time.ts';
import { verifyHubSignature } from '../kit/hub-signature.ts';
import { readJsonObject } from '../kit/json-body.ts';
import { appSecrets } from '../kit/meta/settings.ts';
import type { InstagramSettings } from './settings.ts';

/** Throws `VerificationError`. */
export function verify(request: RawRequest, settings: InstagramSettings): void {
  verifyHubSignature(request.body, request.headers['x-hub-signature-256'], appSecrets(settings));
  const body = readJsonObject(request.body);
  if (body.object !== 'instagram' || !Array.isArray(body.entry)) {
    throw new VerificationError('malformed', 'The body is no Instagram webhook.');
  }
}

export const handshake: Handshake<InstagramSettings> = {
  answer(request, settings) {
    const { 'hub.verify_token': token, 'hub.challenge': challenge } = request.query;
    if (settings.verifyToken === undefined || token === undefined || challenge === undefined) {
      throw new VerificationError('missing', 'The request proves nothing.');
    }
    if (!isSameSecret(token, settings.verifyToken)) throw new VerificationError('mismatch', 'Wrong hub.verify_token.');
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: challenge };
  },
};
