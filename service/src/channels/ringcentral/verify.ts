/** Is a webhook from RingCentral? Every request brings the secret in `X-Dimelo-Secret`; nothing signs the body (page "Webhooks"). */
import type { Handshake, RawRequest } from '../../connectors/connector.ts';
import { VerificationError } from '../../core/errors.ts';
import { isSameSecret } from '../kit/constant-time.ts';
import { readJsonObject } from '../kit/json-body.ts';
import { webhookSecrets, type RingCentralSettings } from './settings.ts';

export const SECRET_HEADER = 'x-dimelo-secret';

function verifySecret({ headers }: RawRequest, settings: RingCentralSettings): void {
  const secrets = webhookSecrets(settings);
  if (secrets.length === 0) {
    const lacking = 'No webhookSecret is set for this account, so no webhook can be trusted.';
    throw new VerificationError('not_configured', lacking);
  }
  const given = headers[SECRET_HEADER];
  if (!given) throw new VerificationError('missing', 'The header X-Dimelo-Secret is missing.');
  // Each is compared, so time does not tell which one fits.
  const fitting = secrets.filter((secret) => isSameSecret(given, secret));
  if (fitting.length === 0) throw new VerificationError('mismatch', "X-Dimelo-Secret is not the webhook's secret.");
}

/** Throws `VerificationError`. The secret has no time: the ids of events are what protects from replays. */
export function verify(request: RawRequest, settings: RingCentralSettings): void {
  verifySecret(request, settings);
  const { events } = readJsonObject(request.body);
  if (!Array.isArray(events)) throw new VerificationError('malformed', 'The body is no webhook: it has no "events".');
}

/** Answers the check of the address, which brings the secret as well (PubSubHubbub 0.3). */
export const handshake: Handshake<RingCentralSettings> = {
  answer(request, settings) {
    verifySecret(request, settings);
    const { 'hub.mode': mode, 'hub.challenge': challenge, 'hub.verify_token': token = '' } = request.query;
    if (mode !== 'subscribe' || !challenge) {
      throw new VerificationError(
        'malformed',
        'This is no check of the address: hub.mode or hub.challenge is missing.',
      );
    }
    const { verifyToken } = settings;
    if (verifyToken !== undefined && !isSameSecret(token, verifyToken)) {
      throw new VerificationError('mismatch', 'hub.verify_token is not the verify token of the account.');
    }
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: challenge };
  },
};
