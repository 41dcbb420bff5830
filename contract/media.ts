/** Files in messages: how a send names one, and how an event describes one. */

/** Lists the kinds of content that are a file. */
export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const;
/** A kind of content that is a file. */
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** Names a file to send by exactly one of `link` (public https URL the provider fetches) or `mediaId` (from `POST /v1/media`). */
export interface MediaSource {
  link?: string;
  mediaId?: string;
}

/** Describes a file a contact sent. `id` is Parley's: fetch the bytes with `GET /v1/media/{id}`. */
export interface InboundMedia {
  id: string;
  /** Absent: the provider tells it with the bytes only. */
  mimeType?: string;
  /** Lower-case hex SHA-256 of the bytes, when the provider says it. */
  sha256?: string;
  filename?: string;
  voice?: boolean;
  animated?: boolean;
}
