/** What can come in on a Page's Messenger: the types of events and the kinds of messages that the trigger offers. */
import type { Inbound } from '../shared/trigger/description.ts';

export const MESSENGER_INBOUND: Inbound = {
  events: [
    'account.alert',
    'account.changed',
    'contact.preference',
    'conversation.control',
    'link.clicked',
    'message.deleted',
    'message.echo',
    'message.edited',
    'message.received',
    'message.status',
    'template.status',
    'unsupported',
  ],
  kinds: [
    'text',
    'image',
    'video',
    'audio',
    'document',
    'sticker',
    'location',
    'reaction',
    'button',
    'order',
    'share',
    'system',
    'unsupported',
  ],
};
