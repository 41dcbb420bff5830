/** In what Messenger and Instagram differ, as data: everything else of a message is the same on both. */
import type { OutboundKind } from '../../../../../contract/message.ts';

export interface Dialect {
  /** As people call it, in errors. */
  name: string;
  kinds: readonly OutboundKind[];
  /** Of a text: so many characters, or so many bytes of UTF-8. */
  text: { max: number; unit: 'characters' | 'bytes' };
  /** What quick replies may stand under, ask for and show. */
  quickReplies: { underMedia: boolean; asks: readonly ('phone' | 'email')[]; images: boolean };
  /** Kinds of buttons of a card. */
  callButtons: boolean;
  /** Names of stickers. */
  stickers: readonly string[];
  /** Emoji → the provider's word. */
  reactions: Readonly<Record<string, string>>;
  /** A message carries our id, which its echo repeats. */
  metadata: boolean;
}

export const MESSENGER: Dialect = {
  name: 'Messenger',
  kinds: [
    'text',
    'image',
    'video',
    'audio',
    'document',
    'buttons',
    'quick_replies',
    'link',
    'product',
    'products',
    'carousel',
    'media_card',
    'coupon',
    'receipt',
    'template',
    'native',
  ],
  // "Must be less than 2000 characters".
  text: { max: 1999, unit: 'characters' },
  quickReplies: { underMedia: true, asks: ['phone', 'email'], images: true },
  callButtons: true,
  stickers: [],
  reactions: {},
  metadata: true,
};

export const INSTAGRAM: Dialect = {
  name: 'Instagram',
  kinds: [
    'text',
    'image',
    'video',
    'audio',
    'document',
    'sticker',
    'reaction',
    'buttons',
    'quick_replies',
    'link',
    'product',
    'products',
    'carousel',
    'native',
  ],
  text: { max: 1000, unit: 'bytes' },
  quickReplies: { underMedia: false, asks: ['phone'], images: false },
  callButtons: false,
  stickers: ['like_heart'],
  // "love" is the one reaction that is documented.
  reactions: { '❤️': 'love', '❤': 'love', love: 'love' },
  metadata: false,
};
