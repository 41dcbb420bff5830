/** What can come in on a Sunshine account besides what every account has: types of events and kinds of messages. */
import { MEDIA_KINDS } from '../../contract/media.ts';
import type { Inbound } from '../shared/trigger/description.ts';

export const SUNSHINE_INBOUND: Inbound = {
  events: [
    ...(['contact.identity_changed', 'contact.preference', 'contact.typing', 'conversation.members'] as const),
    ...(['link.clicked', 'message.deleted', 'message.echo'] as const),
  ],
  kinds: [...MEDIA_KINDS.filter((kind) => kind !== 'sticker'), 'location', 'button', 'list', 'form'],
  attributes: true,
};
