/** What Messenger can do, as data. */
import type { Capabilities } from '../../../../contract/channel.ts';
import { MESSENGER } from '../protocols/meta/dialect.ts';

const MEGABYTE = 1024 * 1024;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** "Max 25 MB" (page "Send API", attachments); of `file` no list of types is published: these are what people send. */
const MEDIA: Capabilities['media'] = {
  image: { mimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'], maxBytes: 25 * MEGABYTE },
  video: {
    mimeTypes: ['video/mp4', 'video/quicktime', 'video/webm', 'video/ogg', 'video/x-msvideo'],
    maxBytes: 25 * MEGABYTE,
  },
  audio: {
    mimeTypes: ['audio/mpeg', 'audio/aac', 'audio/mp4', 'audio/x-m4a', 'audio/wav', 'audio/ogg', 'audio/amr'],
    maxBytes: 25 * MEGABYTE,
  },
  document: {
    mimeTypes: [
      'application/pdf',
      'text/plain',
      'text/csv',
      'text/calendar',
      'text/vcard',
      'application/json',
      'application/zip',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    ],
    maxBytes: 25 * MEGABYTE,
  },
};

export const capabilities: Capabilities = {
  kinds: MESSENGER.kinds,
  media: MEDIA,
  // 24 h after what the person does; 7 days after a click on an ad, and for what a person writes (page "Policy and usage guidelines").
  window: { lengthMs: DAY, lengthsMs: { ad: 7 * DAY }, personMs: 7 * DAY, outside: ['template'] },
  idempotentSends: false,
  // 300/s for text, 10/s for audio and video, per Page (page "Rate limits").
  throughput: { perSecond: 300 },
  // The echo comes within seconds when all is well; Meta's retries after a failed webhook take minutes.
  settleWithinMs: HOUR / 4,
  readMarks: true,
  templates: true,
};
