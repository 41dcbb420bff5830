/** A provider's request with Meta's WhatsApp webhook in it → events. */
import { VerificationError } from '../../../core/errors.ts';
import type { ChannelEvent } from '../../channel.ts';
import type { RawRequest } from '../../../connectors/connector.ts';
import { fingerprint } from '../../kit/fingerprint.ts';
import { readJsonObject } from '../../kit/json-body.ts';
import { parseWhatsAppBody } from './parse-body.ts';

/** Total, also for a body that `verify` would have refused: it is kept as one `unsupported`. */
export function parse(request: RawRequest): ChannelEvent[] {
  try {
    return parseWhatsAppBody(readJsonObject(request.body));
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    const raw = request.body.toString('utf8');
    return [{ type: 'unsupported', dedupeKey: `body:${fingerprint(raw)}`, raw, data: { reason: error.message } }];
  }
}
