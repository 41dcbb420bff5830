/** Is a webhook from Sunshine? Every call carries the webhook's secret in `X-API-Key`; nothing signs the body (API description, "Webhooks"). */
import type { RawRequest } from '../../connectors/connector.ts';
import { VerificationError } from '../../core/errors.ts';
import { isSameSecret } from '../kit/constant-time.ts';
import { readJsonObject } from '../kit/json-body.ts';
import { objectOf } from '../kit/json.ts';
import { webhookSecrets, type SunshineSettings } from './settings.ts';

export const SECRET_HEADER = 'x-api-key';

/** Throws `VerificationError`. The secret has no time: the ids of events are what protects from replays. */
export function verify({ headers, body }: RawRequest, settings: SunshineSettings): void {
  const secrets = webhookSecrets(settings);
  if (secrets.length === 0) {
    const lacking = 'No webhookSecret is set for this account, nor was one learned, so no webhook can be trusted.';
    throw new VerificationError('not_configured', lacking);
  }
  const given = headers[SECRET_HEADER];
  if (!given) throw new VerificationError('missing', 'The header X-API-Key is missing.');
  // Each is compared, so time does not tell which one fits.
  const fitting = secrets.filter((secret) => isSameSecret(given, secret));
  if (fitting.length === 0) {
    throw new VerificationError(
      'mismatch',
      "X-API-Key is not the webhook's secret. Where it was changed at Sunshine, save the account again: Parley reads it then.",
    );
  }
  const { app, events } = readJsonObject(body);
  if (!Array.isArray(events))
    throw new VerificationError('malformed', 'The body is no webhook of API v2: it has no "events".');
  if (objectOf(app).id !== settings.appId) throw new VerificationError('malformed', 'The webhook is of another app.');
}
