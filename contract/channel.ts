/** What a channel can do, as data: read by admission, the API and the nodes. Nothing else asks which channel it is. */
import type { WindowOpener } from './event.ts';
import type { OutboundKind } from './message.ts';
import type { MediaKind } from './media.ts';

/** Says which files of a kind a channel takes. */
export interface MediaRule {
  /** Accepted MIME types, without parameters. */
  mimeTypes: readonly string[];
  maxBytes: number;
}

/** Says when a channel allows free-form sends. Durations are in milliseconds. */
export interface WindowRule {
  /** How long a contact's message keeps the session open; absent: free-form sends are always allowed. */
  lengthMs: number;
  /** For what opens it for another time. */
  lengthsMs?: Partial<Record<WindowOpener, number>>;
  /** How long after the contact's last act a person (`author: 'human'`) may still write. */
  personMs?: number;
  /** How long sends are free after the first answer to an ad. */
  freeEntryMs?: number;
  /** Kinds that may be sent when the session is closed. */
  outside: readonly OutboundKind[];
}

/**
 * What a channel told of a conversation that decides what can be sent there: the surface behind an aggregator, what the contact's device shows. The names
 * are the channel's own.
 */
export type ConversationFacts = Readonly<Record<string, string | number | boolean>>;

/** Says what a channel can do. Durations are in milliseconds. */
export interface Capabilities {
  /** Kinds that can be sent. */
  kinds: readonly OutboundKind[];
  media: Partial<Record<MediaKind, MediaRule>>;
  window?: WindowRule;
  /** The provider drops a repeated send by our key: an uncertain send may simply be sent again. */
  idempotentSends: boolean;
  /**
   * Sends per second for one account, or (`scope`) for all accounts of one application at the provider together; and for one recipient with a
   * burst. Default scope: `account`.
   */
  throughput?: {
    perSecond: number;
    scope?: 'account' | 'connection';
    perRecipient?: { everyMs: number; burst: number };
  };
  /** How long an uncertain send waits for a status webhook before it is reported as unknown. */
  settleWithinMs: number;
  /**
   * An account may have several conversations with one contact, told apart by `thread`. Absent: it has one. `required`: there is none without a
   * thread, so whoever writes to an address names it.
   */
  threads?: true | 'required';
  /** What the provider sends no more of to a contact who told it stop. Absent: marketing; `all`: nothing at all is sent until they take it back. */
  stopCovers?: 'all';
  readMarks: boolean;
  templates: boolean;
}

/** One send identity, as workflows name it. */
export interface AccountRef {
  channel: string;
  externalId: string;
  /** `settingsDigest` of the caller's credential: a change answers `account_required`, so that no node runs on old settings. */
  settingsDigest?: string;
}
