/** What stands in messages besides words: headings, buttons, rows, cards, times to choose, pages of forms. */
import type { MediaSource } from './media.ts';

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

/** One row of a list. `imageUrl`: a picture beside it, where the channel shows one. */
export interface ListRow {
  id: string;
  title: string;
  description?: string;
  imageUrl?: string;
}

/** A heading of a list with its rows; a chosen row comes back as `buttonId`. */
export interface ListSection {
  title?: string;
  /** The contact may choose several of these rows: what is chosen comes back as one message of the kind `choices`. */
  multiple?: boolean;
  rows: ListRow[];
}

/** A time to choose. It comes back as a message of the kind `time_slot`. */
export interface TimeSlot {
  /** Comes back as `slotId`. */
  id: string;
  /** ISO 8601 with the offset, or UTC. */
  startsAt: string;
  durationMs: number;
}

/** Where something takes place. */
export interface Venue {
  latitude: number;
  longitude: number;
  title?: string;
  /** In metres: what counts as being there. */
  radius?: number;
}

/** A choice on a page of a form. */
export interface FormChoice {
  id: string;
  title: string;
  /** What comes back for it; absent: `id`. */
  value?: string;
  /** The page that follows it, where not the one that stands next does. Only where one choice is made. */
  nextPage?: string;
  imageUrl?: string;
}

/** What the pages of a form have in common. */
export interface FormPageBase {
  /** Comes back as the name of the answer. */
  id: string;
  title: string;
  subtitle?: string;
  /** The page that follows; absent: the one that stands next, and after the last the form is sent. */
  nextPage?: string;
}

/** A page of a form asks one thing. */
export type FormPage =
  | (FormPageBase & { type: 'select'; choices: FormChoice[]; multiple?: boolean })
  /** A wheel to turn. */
  | (FormPageBase & { type: 'picker'; choices: FormChoice[]; label?: string })
  /** Days are YYYY-MM-DD. */
  | (FormPageBase & { type: 'date'; label?: string; hint?: string; first?: string; last?: string; start?: string })
  | (FormPageBase & {
      type: 'input';
      label?: string;
      hint?: string;
      placeholder?: string;
      required?: boolean;
      multiline?: boolean;
      maxLength?: number;
      /** What is typed; absent: any text. */
      format?: 'email' | 'phone' | 'integer' | 'decimal';
      /** A regular expression that the answer has to match, for the device to check. */
      pattern?: string;
    });

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
