/**
 * Message content: the one vocabulary in which workflows, the service and every channel talk about what is said.
 * A channel renders a kind natively or refuses it with `unsupported_by_channel`.
 */

import type { InboundMedia, MediaKind, MediaSource } from './media.ts';
import type { TemplateContent } from './template.ts';

/** Contents of the kind `template` are made of these parts. */
export type { TemplateButton, TemplateCard, TemplateContent, TemplateHeader, TemplateValue } from './template.ts';

/** Lists the kinds of content a workflow can ask to send. */
export const OUTBOUND_KINDS = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'reaction',
  'buttons',
  'quick_replies',
  'list',
  'link',
  'product',
  'products',
  'catalog',
  'carousel',
  'media_card',
  'coupon',
  'receipt',
  'form',
  'time_picker',
  'payment_request',
  'location_request',
  'address_request',
  'template',
  'native',
] as const;
/** A kind of content a workflow can ask to send. */
export type OutboundKind = (typeof OUTBOUND_KINDS)[number];

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
  'form',
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

/** A heading above an interactive message: a line of text or one file. */
export type Header =
  { type: 'text'; text: string } | ({ type: 'image' | 'video' | 'document'; filename?: string } & MediaSource);

/** A button that answers: a tap comes back as a message of the kind `button`. */
export interface ReplyButton {
  /** Comes back as `buttonId` when the contact taps it. */
  id: string;
  title: string;
}

/** A button of a card: answers with its `id`, opens `url`, or calls `phone`. */
export type CardButton = ReplyButton | { title: string; url: string } | { title: string; phone: string };

/** A suggestion above the keyboard; gone after one is tapped. */
export type QuickReply =
  | (ReplyButton & { imageUrl?: string })
  /** Offers the contact's own phone number or e-mail address, which comes back as a button. */
  | { ask: 'phone' | 'email' };

/** A heading of a list with its rows; a chosen row comes back as `buttonId`. */
export interface ListSection {
  title?: string;
  rows: { id: string; title: string; description?: string }[];
}

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

/** A card of a carousel. Each channel says what has to stand on it: WhatsApp wants a file, Messenger and Instagram a title. */
export type CarouselCard =
  | {
      header?: { type: 'image' | 'video' } & MediaSource;
      title?: string;
      body?: string;
      /** Opened by a tap on the card itself. */
      url?: string;
      link?: { title: string; url: string };
      buttons?: ReplyButton[];
    }
  | { productId: string };

/** What a workflow asks to send, discriminated by `type`. Lengths and counts are the channel's to check. */
export type OutboundContent =
  /** `choices` stand in the text as numbers: an answer by number or title comes back as a button. */
  | { type: 'text'; text: string; preview?: boolean; choices?: ReplyButton[] }
  | ({ type: 'image'; caption?: string } & MediaSource)
  | ({ type: 'video'; caption?: string } & MediaSource)
  | ({ type: 'audio'; voice?: boolean } & MediaSource)
  | ({ type: 'document'; caption?: string; filename?: string } & MediaSource)
  /** A file, or one of the provider's own stickers by `name`. */
  | ({ type: 'sticker'; name?: string } & MediaSource)
  | { type: 'location'; latitude: number; longitude: number; name?: string; address?: string }
  | { type: 'contacts'; contacts: ContactCard[] }
  /** `messageId`: Parley's or the provider's id of the message reacted to; an empty `emoji` takes the reaction back. */
  | { type: 'reaction'; messageId: string; emoji: string }
  | { type: 'buttons'; text: string; header?: Header; footer?: string; buttons: ReplyButton[] }
  | { type: 'quick_replies'; text?: string; media?: { type: MediaKind } & MediaSource; replies: QuickReply[] }
  | { type: 'list'; text: string; header?: Header; footer?: string; buttonTitle: string; sections: ListSection[] }
  | { type: 'link'; text: string; header?: Header; footer?: string; title: string; url: string }
  | { type: 'product'; text?: string; footer?: string; catalogId?: string; productId: string }
  | {
      type: 'products';
      text?: string;
      header?: string;
      footer?: string;
      catalogId?: string;
      sections: { title: string; productIds: string[] }[];
    }
  | { type: 'catalog'; text: string; footer?: string; thumbnailProductId?: string }
  | { type: 'carousel'; text?: string; catalogId?: string; cards: CarouselCard[] }
  /** One file with buttons below it. */
  | { type: 'media_card'; media: { type: 'image' | 'video' } & MediaSource; buttons: CardButton[] }
  | {
      type: 'coupon';
      title: string;
      subtitle?: string;
      code?: string;
      url?: string;
      urlTitle?: string;
      /** Said before the coupon. */
      text?: string;
      imageUrl?: string;
    }
  | { type: 'receipt'; receipt: Record<string, unknown> }
  | {
      type: 'form';
      text: string;
      header?: Header;
      footer?: string;
      formId: string;
      buttonTitle: string;
      token?: string;
      screen?: string;
      data?: Record<string, unknown>;
      draft?: boolean;
    }
  | {
      type: 'time_picker';
      text: string;
      slots: { id: string; startsAt: string; durationMs: number }[];
      timeZone?: string;
    }
  | { type: 'payment_request'; text: string; payment: Record<string, unknown> }
  | { type: 'location_request'; text: string }
  | { type: 'address_request'; text: string; country: string; values?: Record<string, string> }
  | TemplateContent
  /** The provider's own message body, passed through as it is. */
  | { type: 'native'; body: Record<string, unknown> };

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
  | { type: 'form'; name: string; text?: string; token?: string; data: Record<string, unknown> }
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

/** Lists the statuses of an outbound message: the ladder from the lowest up, then the ways it can end badly. */
export const MESSAGE_STATUSES = [
  'held',
  'queued',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
  'uncertain',
  'unknown',
] as const;
/** A status of an outbound message. */
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** Tells from which ad or post a conversation started. */
export interface Referral {
  sourceUrl?: string;
  sourceId?: string;
  sourceType?: string;
  headline?: string;
  body?: string;
  mediaType?: string;
  mediaUrl?: string;
  clickId?: string;
  /** What the business put into the link. */
  reference?: string;
  /** What the ad greeted the contact with: the message may be an answer to it. */
  welcomeMessage?: string;
}

/** Who wrote a message: a program, or a person of the business, at a desk where they have one. */
export type Author = { type: 'bot' } | { type: 'agent'; id: string; name?: string; desk?: string };

/** Tells what a message is an answer to, and how it came. */
export interface MessageContext {
  /** The provider's id of the message replied to or tapped. */
  replyToProviderId?: string;
  forwarded?: boolean;
  frequentlyForwarded?: boolean;
  product?: { catalogId?: string; productId: string };
  /** The story of the business that the message answers. */
  story?: { id?: string; url?: string };
  referral?: Referral;
  /** What another responder said before, where the provider sums it up. */
  summary?: string;
}
