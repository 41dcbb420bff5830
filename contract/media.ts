/** Files in messages: how a send names one, and how an event describes one. */

/** Kinds of content that are a file. */
export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** A file to send: exactly one of `link` (public https URL the provider fetches) or `mediaId` (from `POST /v1/media`). */
export interface MediaSource {
  link?: string;
  mediaId?: string;
}

/** A file a contact sent. `id` is Parley's: fetch the bytes with `GET /v1/media/{id}`. */
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
