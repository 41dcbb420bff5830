/** What can come in on a Page's Messenger besides what every account has: types of events and kinds of messages. */
import { MEDIA_KINDS } from '../../contract/media.ts';
import type { Inbound } from '../shared/trigger/description.ts';

export const MESSENGER_INBOUND: Inbound = {
  events: [
    'contact.preference',
    'link.clicked',
    'message.deleted',
    'message.echo',
    'message.edited',
    'template.status',
  ],
  kinds: [...MEDIA_KINDS, 'location', 'reaction', 'button', 'order', 'share', 'system'],
};
