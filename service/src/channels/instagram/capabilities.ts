/** What Instagram can do, as data. */
import type { Capabilities } from '../../../../contract/channel.ts';
import { INSTAGRAM } from '../protocols/meta/dialect.ts';

const MEGABYTE = 1024 * 1024;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Page "Send API" of Instagram messaging: types and sizes of attachments. */
const MEDIA: Capabilities['media'] = {
  image: { mimeTypes: ['image/jpeg', 'image/png', 'image/gif'], maxBytes: 8 * MEGABYTE },
  video: {
    mimeTypes: ['video/mp4', 'video/ogg', 'video/x-msvideo', 'video/quicktime', 'video/webm'],
    maxBytes: 25 * MEGABYTE,
  },
  audio: { mimeTypes: ['audio/aac', 'audio/mp4', 'audio/x-m4a', 'audio/wav'], maxBytes: 25 * MEGABYTE },
  document: { mimeTypes: ['application/pdf'], maxBytes: 25 * MEGABYTE },
};

export const capabilities: Capabilities = {
  kinds: INSTAGRAM.kinds,
  media: MEDIA,
  // 24 h after what the person does; for what a person writes, 7 days (page "Messaging window").
  window: { lengthMs: DAY, personMs: 7 * DAY, outside: [] },
  idempotentSends: false,
  // 300/s for text, 10/s for audio and video, per account (page "Rate limits").
  throughput: { perSecond: 300 },
  // The echo comes within seconds when all is well; Meta's retries after a failed webhook take minutes.
  settleWithinMs: HOUR / 4,
  readMarks: true,
  templates: false,
};
