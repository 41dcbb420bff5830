/**
 * Message content: the one vocabulary in which workflows, the service and every channel talk about what is said.
 * A channel renders a kind natively or refuses it with `unsupported_by_channel`.
 */

import type {
  CardButton,
  CarouselCard,
  FormPage,
  Header,
  ListSection,
  QuickReply,
  ReplyButton,
  TimeSlot,
  Venue,
} from './interactive.ts';
import type { ContactCard } from './inbound-content.ts';
import type { MediaKind, MediaSource } from './media.ts';
import type { TemplateContent } from './template.ts';

/** Lists the kinds of what contacts say. */
export { INBOUND_KINDS } from './inbound-content.ts';
/** What contacts say, and what both sides say. */
export type {
  Choice,
  ContactCard,
  InboundContent,
  InboundContentOf,
  InboundKind,
  OrderItem,
  SharedThing,
  ShareSource,
} from './inbound-content.ts';
/** Interactive contents are made of these parts. */
export type {
  CardButton,
  CarouselCard,
  FormChoice,
  FormPage,
  FormPageBase,
  Header,
  ListRow,
  ListSection,
  QuickReply,
  ReplyButton,
  TimeSlot,
  Venue,
} from './interactive.ts';
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
  'authentication_request',
  'app',
  'location_request',
  'address_request',
  'template',
  'native',
] as const;
/** A kind of content a workflow can ask to send. */
export type OutboundKind = (typeof OUTBOUND_KINDS)[number];

/** What a workflow asks to send, discriminated by `type`. Lengths and counts are the channel's to check. */
export type OutboundContent =
  /**
   * `choices` stand in the text as numbers: an answer by number or title comes back as a button; with `multiple` one by several numbers as `choices`.
   */
  | { type: 'text'; text: string; preview?: boolean; choices?: ReplyButton[]; multiple?: boolean }
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
  /** A form that the provider keeps, by `formId`, or one that is said by `pages`. */
  | {
      type: 'form';
      text: string;
      header?: Header;
      footer?: string;
      formId?: string;
      pages?: FormPage[];
      /** Shows the answers once more before they are sent. */
      summary?: boolean;
      buttonTitle: string;
      token?: string;
      screen?: string;
      data?: Record<string, unknown>;
      draft?: boolean;
    }
  /** `timeZone` (IANA) is the one that times are shown in; absent: the contact's own where the channel knows it, else UTC. `locale`: BCP 47. */
  | {
      type: 'time_picker';
      text: string;
      header?: Header;
      footer?: string;
      slots: TimeSlot[];
      timeZone?: string;
      locale?: string;
      venue?: Venue;
    }
  | { type: 'payment_request'; text: string; header?: Header; footer?: string; payment: Record<string, unknown> }
  /** Asks the contact to sign in at the business's own service. `state` comes back with the answer. */
  | {
      type: 'authentication_request';
      text: string;
      header?: Header;
      footer?: string;
      scopes?: string[];
      responseType?: 'code' | 'token';
      state?: string;
    }
  /** Opens an app of the business in the conversation. `url` is what the app is given, a query such as `?order=42`. */
  | {
      type: 'app';
      text: string;
      header?: Header;
      footer?: string;
      /** The provider's name of the app, e.g. `<team id>:<bundle id of the extension>`. */
      appId: string;
      name: string;
      /** The app's number in the store, for those who have not got it. */
      storeId?: number;
      url: string;
      /** Messages with the same one replace each other. */
      sessionId?: string;
    }
  | { type: 'location_request'; text: string }
  | { type: 'address_request'; text: string; country: string; values?: Record<string, string> }
  | TemplateContent
  /** The provider's own message body, passed through as it is. */
  | { type: 'native'; body: Record<string, unknown> };

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
