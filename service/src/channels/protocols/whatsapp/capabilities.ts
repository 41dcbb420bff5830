/** What WhatsApp can do, as data. */
import type { Capabilities } from '../../../../../contract/channel.ts';
import type { MediaKind } from '../../../../../contract/media.ts';
import { kindByType } from '../meta/media-types.ts';
import { WHATSAPP_KINDS } from './check.ts';

const MEGABYTE = 1024 * 1024;
const HOUR = 3_600_000;

/** Meta's page "Media": accepted types and sizes. A static sticker may have 100 KB, an animated one 500 KB. */
const MEDIA: Capabilities['media'] = {
  image: { mimeTypes: ['image/jpeg', 'image/png'], maxBytes: 5 * MEGABYTE },
  video: { mimeTypes: ['video/mp4', 'video/3gpp'], maxBytes: 16 * MEGABYTE },
  audio: {
    mimeTypes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
    maxBytes: 16 * MEGABYTE,
  },
  document: {
    mimeTypes: [
      'text/plain',
      'application/pdf',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    ],
    maxBytes: 100 * MEGABYTE,
  },
  sticker: { mimeTypes: ['image/webp'], maxBytes: 500 * 1024 },
};

export const capabilities: Capabilities = {
  kinds: WHATSAPP_KINDS,
  media: MEDIA,
  // 24 h of customer service window; 72 h of free entry point after the answer to an ad (page "Pricing").
  window: { lengthMs: 24 * HOUR, freeEntryMs: 72 * HOUR, outside: ['template'] },
  idempotentSends: false,
  // 80/s per number, 1 per 6 s to one person with a burst of 45 borrowed from the future (page "Throughput").
  throughput: { perSecond: 80, perRecipient: { everyMs: 6000, burst: 45 } },
  // The `sent` status comes within seconds when all is well; Meta's retries after a failed webhook take minutes.
  settleWithinMs: HOUR / 4,
  readMarks: true,
  templates: true,
};

/** Which kind of content a file of this type is sent as. */
export const kindOf = (mimeType: string): MediaKind | undefined => kindByType(mimeType, MEDIA);
