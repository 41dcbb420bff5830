/** Webhook → events. */
import { VerificationError } from '../../core/errors.ts';
import type { ChannelEvent, RawRequest } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { readJsonObject } from '../kit/json-body.ts';
import { parseWhatsAppBody } from '../kit/whatsapp/parse-body.ts';
import type { WhatsAppSettings } from './settings.ts';

/** Total, also for a body that `verify` would have refused: it is kept as one `unsupported`. */
export function parse(request: RawRequest, settings: WhatsAppSettings): ChannelEvent[] {
  try {
    return parseWhatsAppBody(readJsonObject(request.body), { wabaId: settings.wabaId });
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    const raw = request.body.toString('utf8');
    return [{ type: 'unsupported', dedupeKey: `body:${fingerprint(raw)}`, raw, data: { reason: error.message } }];
  }
}
