/** A provider's request with Meta's WhatsApp webhook in it → events. */
import type { ChannelEvent } from '../../channel.ts';
import type { RawRequest } from '../../../connectors/connector.ts';
import { parseJsonBody } from '../../kit/json-body.ts';
import { parseWhatsAppBody } from './parse-body.ts';

/** Parses the webhook. Total, also for a body that `verify` would have refused. */
export function parse({ body }: RawRequest): ChannelEvent[] {
  return parseJsonBody(body, parseWhatsAppBody);
}
