/** What can come in on a Twilio sender besides what every account has: types of events and kinds of messages. */
import { MEDIA_KINDS } from '../../contract/media.ts';
import type { Inbound } from '../shared/trigger/description.ts';

export const TWILIO_INBOUND: Inbound = {
  events: ['contact.preference'],
  kinds: [...MEDIA_KINDS, 'location', 'button', 'list', 'form'],
};
