/** What people do, and the one event that each of it is on every channel. */
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';

/** Message ids that the speakers use: the person's own, and the one of ours they answer. */
export const OWN = 'IN1';
export const OURS = 'OUT1';

const said = (content: object, opensWindow = 'message', context?: object) => ({
  type: 'message.received',
  content,
  opensWindow,
  context,
});

/** Ids, instants, files' addresses and everything else that a provider makes are left out. */
export const ACTS = {
  'writes a text': said({ type: 'text', text: 'hello' }),
  'answers our message': said({ type: 'text', text: 'this' }, 'message', { replyToProviderId: OURS }),
  'taps a button': said({ type: 'button', buttonId: 'yes', text: 'Yes', source: 'message' }, 'button'),
  'picks from a list': said({ type: 'list', buttonId: 'row_1', text: 'Row 1' }, 'button'),
  'sends a captioned photo': said({ type: 'image', caption: 'look', media: {} }),
  'sends a voice note': said({ type: 'audio', media: {} }),
  'sends a file': said({ type: 'document', media: {} }),
  'sends a sticker': said({ type: 'sticker', media: {} }),
  'sends a place': said({ type: 'location', latitude: 52.52, longitude: 13.405 }),
  'sends an order': said({
    type: 'order',
    text: 'gift',
    items: [{ productId: 'sku', quantity: 2, price: 11, currency: 'EUR' }],
  }),
  'comes from an ad': said({ type: 'text', text: 'hello' }, 'ad', {
    referral: { sourceId: '61', sourceType: 'ad', headline: 'Sale', mediaUrl: 'https://ads.example/1' },
  }),
  reacts: said({ type: 'reaction', messageId: OURS, emoji: '👍' }, ''),
  'takes the reaction back': said({ type: 'reaction', messageId: OURS, emoji: '' }, ''),
  'corrects the message': {
    type: 'message.edited',
    providerMessageId: OWN,
    content: { type: 'text', text: 'corrected' },
  },
  'takes the message back': { type: 'message.deleted', providerMessageId: OWN },
  'wants no more marketing': { type: 'contact.preference', value: 'stop' },
  'wants marketing again': { type: 'contact.preference', value: 'resume' },
  'is answered elsewhere': { type: 'message.echo', content: { type: 'text', text: 'from elsewhere' } },
  'is given to us': { type: 'conversation.control', data: { event: 'control_passed' } },
  'has got our message': { type: 'message.status', providerMessageId: OURS, status: 'delivered' },
  'has read our message': { type: 'message.status', providerMessageId: OURS, status: 'read' },
  'sends what nobody knows': said({ type: 'unsupported' }),
} as const;
export type Act = keyof typeof ACTS;

/** A channel, and its provider's words for what it knows of all this. */
export interface Speaker {
  channel: string;
  parse(webhook: unknown): ChannelEvent[];
  says: Partial<Record<Act, unknown>>;
  /** Acts that the channel's rule lets open the session otherwise than in the table. */
  opens?: Partial<Record<Act, string>>;
}
