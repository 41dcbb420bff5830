/** Webhooks → events. */
import type { ChannelEvent, RawRequest } from '../channel.ts';
import type { InstagramSettings } from './settings.ts';

export function parse(_request: RawRequest, _settings: InstagramSettings): ChannelEvent[] {
  return [];
}
