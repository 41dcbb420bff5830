/** Is a webhook from Meta, and what is in it? Signature over the raw bytes first, then its form. */
import { VerificationError } from '../../../core/errors.ts';
import type { ChannelEvent } from '../../channel.ts';
import type { RawRequest } from '../../../connectors/connector.ts';
import { fingerprint } from '../../kit/fingerprint.ts';
import { verifyHubSignature } from './hub-signature.ts';
import { readJsonObject } from '../../kit/json-body.ts';
import type { JsonObject } from '../../kit/json.ts';

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

/** Total, also for a body that `verify` would have refused: it is kept as one `unsupported`. */
export function parseMetaWebhook(request: RawRequest, parse: (body: JsonObject) => ChannelEvent[]): ChannelEvent[] {
  try {
    return parse(readJsonObject(request.body));
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    const raw = request.body.toString('utf8');
    return [{ type: 'unsupported', dedupeKey: `body:${fingerprint(raw)}`, raw, data: { reason: error.message } }];
  }
}
