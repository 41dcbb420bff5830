import { createHash } from 'node:crypto';
import type { JsonObject } from '../kit/json.ts';
import { mediaUrl, receiveMedia } from './media.ts';
import type { UserRef } from './users.ts';
import type { World } from './world.ts';

/** A file in a customer's message; without content a few bytes are made up. `contentBase64` is for HTTP callers. */
export interface CustomerMedia {
  mimeType?: string;
  content?: Buffer | string;
  contentBase64?: string;
  caption?: string;
  filename?: string;
  voice?: boolean;
  animated?: boolean;
}

/** What a customer sends. Exactly one of the content members. */
export interface CustomerMessage {
  from: UserRef;
  /** Profile name. */
  name?: string;
  username?: string;
  /** Phone number id written to; default: the first number. */
  to?: string;
  /** Message id; default: a new one. */
  id?: string;
  text?: string;
  image?: CustomerMedia;
  video?: CustomerMedia;
  audio?: CustomerMedia;
  document?: CustomerMedia;
  sticker?: CustomerMedia;
  location?: { latitude: number; longitude: number; name?: string; address?: string; url?: string };
  contacts?: JsonObject[];
  /** A reaction; without `emoji` it is taken back. */
  reaction?: { messageId: string; emoji?: string };
  order?: JsonObject;
  /** Any message, as it stands in `messages[]`: at least its `type`. */
  raw?: JsonObject;
  /** Id of the message this one answers. */
  replyTo?: string;
  forwarded?: boolean;
  /** The ad that started the conversation. */
  referral?: JsonObject;
}

const MEDIA = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg; codecs=opus',
  document: 'application/pdf',
  sticker: 'image/webp',
} as const;

/** `type` and content as they stand in the webhook. Throws when there is no content. */
export function contentOf(world: World, message: CustomerMessage): JsonObject & { type: string } {
  if (message.raw) return { ...message.raw, type: String(message.raw['type']) };
  if (message.text !== undefined) return { type: 'text', text: { body: message.text } };
  for (const [kind, mimeType] of Object.entries(MEDIA)) {
    const media = message[kind as keyof typeof MEDIA];
    if (media) return { type: kind, [kind]: mediaContent(world, media, mimeType) };
  }
  if (message.location) return { type: 'location', location: message.location };
  if (message.contacts) return { type: 'contacts', contacts: message.contacts };
  if (message.order) return { type: 'order', order: message.order };
  if (message.reaction) {
    const { messageId, emoji } = message.reaction;
    return { type: 'reaction', reaction: { message_id: messageId, ...(emoji === undefined ? {} : { emoji }) } };
  }
  throw new Error('The message has no content');
}

function mediaContent(world: World, media: CustomerMedia, defaultType: string): JsonObject {
  const mimeType = media.mimeType ?? defaultType;
  const content =
    media.contentBase64 === undefined
      ? Buffer.from(media.content ?? `sandbox ${mimeType}`)
      : Buffer.from(media.contentBase64, 'base64');
  const stored = receiveMedia(world, { mimeType, content, ...(media.filename ? { filename: media.filename } : {}) });
  const { caption, filename, voice, animated } = media;
  return {
    id: stored.id,
    mime_type: mimeType,
    sha256: createHash('sha256').update(content).digest('base64'),
    url: mediaUrl(world, stored),
    ...Object.fromEntries(
      Object.entries({ caption, filename, voice, animated }).filter(([, value]) => value !== undefined),
    ),
  };
}
