/** What can come in on an Instagram account besides what every account has: types of events and kinds of messages. */
import type { Inbound } from '../shared/trigger/description.ts';

export const INSTAGRAM_INBOUND: Inbound = {
  events: ['contact.preference', 'link.clicked', 'message.deleted', 'message.echo', 'message.edited'],
  kinds: ['image', 'video', 'audio', 'document', 'reaction', 'button', 'share', 'system'],
};
