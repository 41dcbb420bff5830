/** What can come in on an Instagram account: the types of events and the kinds of messages that the trigger offers. */
import type { Inbound } from '../shared/trigger/description.ts';

export const INSTAGRAM_INBOUND: Inbound = {
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
    'unsupported',
  ],
  kinds: ['text', 'image', 'video', 'audio', 'document', 'reaction', 'button', 'share', 'system', 'unsupported'],
};
