/** Webhooks → events. */
import type { ChannelEvent, RawRequest } from '../channel.ts';
import type { MessengerSettings } from './settings.ts';

export function parse(_request: RawRequest, _settings: MessengerSettings): ChannelEvent[] {
  return [];
}
