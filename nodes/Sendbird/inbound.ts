/** What can come in on a Sendbird account besides what every account has: types of events and kinds of messages. */
import { MEDIA_KINDS } from '../../contract/media.ts';
import type { Inbound } from '../shared/trigger/description.ts';

export const SENDBIRD_INBOUND: Inbound = {
  events: [
    ...(['contact.preference', 'conversation.members'] as const),
    ...(['message.deleted', 'message.echo', 'message.edited'] as const),
  ],
  kinds: [...MEDIA_KINDS.filter((kind) => kind !== 'sticker'), 'reaction', 'button', 'list', 'form'],
  attributes: true,
};
