/** What can come in on a WhatsApp number besides what every account has: types of events and kinds of messages. */
import { MEDIA_KINDS } from '../../contract/media.ts';
import type { Inbound } from '../shared/trigger/description.ts';

export const WHATSAPP_INBOUND: Inbound = {
  events: [
    'call',
    'contact.identity_changed',
    'contact.preference',
    'link.clicked',
    'message.deleted',
    'message.echo',
    'message.edited',
    'payment.updated',
    'template.changed',
    'template.quality',
    'template.status',
  ],
  kinds: [
    ...MEDIA_KINDS,
    'location',
    'contacts',
    'reaction',
    'button',
    'list',
    'form',
    'address',
    'order',
    'system',
    'request_welcome',
    'call_permission',
  ],
};
