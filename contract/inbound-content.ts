/** What contacts say, in one vocabulary for every channel. */
import type { InboundMedia, MediaKind } from './media.ts';

/** Lists the kinds of content a contact can send; `unsupported` keeps the raw body so that nothing is lost. */
export const INBOUND_KINDS = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'reaction',
  'button',
  'list',
  'choices',
  'time_slot',
  'form',
  'payment',
  'authentication',
  'address',
  'order',
  'share',
  'system',
  'request_welcome',
  'call_permission',
  'unsupported',
] as const;
/** A kind of content a contact can send. */
export type InboundKind = (typeof INBOUND_KINDS)[number];

/** A shared address-book card. */
export interface ContactCard {
  name: { formatted: string; first?: string; last?: string; middle?: string; prefix?: string; suffix?: string };
  phones?: { phone: string; type?: string; address?: string }[];
  emails?: { email: string; type?: string }[];
  addresses?: {
    street?: string;
    city?: string;
    state?: string;
    zip?: string;
    country?: string;
    countryCode?: string;
    type?: string;
  }[];
  org?: { company?: string; department?: string; title?: string };
  urls?: { url: string; type?: string }[];
  /** YYYY-MM-DD */
  birthday?: string;
}

/** Tells what a contact shared: a page, a post, a reel, a story that names the business, a product. */
export type ShareSource = 'link' | 'post' | 'reel' | 'story_mention' | 'product';

/** Names something that is shown rather than said. */
export interface SharedThing {
  source: ShareSource;
  url?: string;
  title?: string;
  id?: string;
}

/** One line of an order. `price` is for one piece, in units of `currency` (ISO 4217). */
export interface OrderItem {
  productId: string;
  quantity: number;
  price: number;
  currency: string;
}

/** One row that was chosen. */
export interface Choice {
  buttonId: string;
  text: string;
}

/** What a contact said, discriminated by `type`. Generic in the file reference: a channel knows the provider's id only. */
export type InboundContentOf<Media> =
  | { type: 'text'; text: string }
  /** `more`: further files of the same message; `shares`: what is shown beside them; `stickerId`: which of the provider's stickers it is. */
  | {
      type: MediaKind;
      caption?: string;
      media: Media;
      more?: { type: MediaKind; media: Media }[];
      shares?: SharedThing[];
      stickerId?: string;
    }
  | { type: 'location'; latitude: number; longitude: number; name?: string; address?: string; url?: string }
  /** `requested`: the contact was asked for it. */
  | { type: 'contacts'; contacts: ContactCard[]; vcards?: string[]; requested?: true }
  | { type: 'reaction'; messageId: string; emoji: string }
  /** A tapped button: `source` says whether it stood in a message or in a template. */
  | { type: 'button'; buttonId: string; text: string; source: 'message' | 'template' }
  | { type: 'list'; buttonId: string; text: string; description?: string }
  /** Rows chosen of a list, one or several, in its order. `text` is what was chosen, in words. */
  | { type: 'choices'; choices: Choice[]; text: string }
  /** A time chosen. `startsAt` is ISO 8601 UTC; `text` is what was chosen, in words. */
  | { type: 'time_slot'; slotId: string; startsAt: string; durationMs?: number; text: string }
  | { type: 'form'; name: string; text?: string; token?: string; data: Record<string, unknown> }
  /** The answer to a request to pay, in the provider's words; whether it was paid, `payment.updated` and the gateway tell. */
  | { type: 'payment'; status: string; referenceId?: string; text?: string; data: Record<string, unknown> }
  /** The answer to a request to sign in. `token` or `code` is for the business's own service. */
  | {
      type: 'authentication';
      status: 'authenticated' | 'failed';
      state?: string;
      token?: string;
      code?: string;
      text?: string;
    }
  | { type: 'address'; text?: string; data: Record<string, unknown> }
  | { type: 'order'; catalogId?: string; text?: string; items: OrderItem[] }
  /** Something shown rather than said: a post, a reel, a page, a product, a story that names the business. */
  | ({ type: 'share'; text?: string; shares?: SharedThing[] } & SharedThing)
  | { type: 'system'; event: string; text?: string; data?: Record<string, unknown> }
  | { type: 'request_welcome' }
  | { type: 'call_permission'; response: string; expiresAt?: number }
  | { type: 'unsupported'; reason: string };
/** What a contact said, with files by Parley's ids: the form in which events and the API show it. */
export type InboundContent = InboundContentOf<InboundMedia>;
