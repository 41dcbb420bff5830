/** Verifies that a webhook is from Meta: its signature over the raw bytes first, then its form. */
import { VerificationError } from '../../../core/errors.ts';
import type { RawRequest } from '../../../connectors/connector.ts';
import { verifyHubSignature } from './hub-signature.ts';
import { readJsonObject } from '../../kit/json-body.ts';

/**
 * `object`: the topic that the body has to name. Throws `VerificationError`. The signature has no timestamp: de-duplication is what
 * protects from replays.
 */
export function verifyMetaWebhook(request: RawRequest, secrets: readonly string[], object: string): void {
  verifyHubSignature(request.body, request.headers['x-hub-signature-256'], secrets);
  const body = readJsonObject(request.body);
  if (body.object !== object || !Array.isArray(body.entry)) {
    throw new VerificationError('malformed', `The body is no webhook of the topic "${object}" with a list of entries.`);
  }
}
