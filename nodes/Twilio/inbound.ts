/** What can come in on a Twilio sender: the types of events and the kinds of messages that the trigger offers. */
import type { Inbound } from '../shared/trigger/description.ts';

export const TWILIO_INBOUND: Inbound = {
  events: [
    'account.alert',
    'account.changed',
    'contact.preference',
    'conversation.control',
    'message.received',
    'message.status',
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
    'button',
    'list',
    'form',
    'unsupported',
  ],
};
