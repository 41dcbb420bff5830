/** What Twilio's two lines can do, as data. Files to send are links, which Twilio fetches itself. */
import type { Capabilities } from '../../../../contract/channel.ts';
import type { MediaKind } from '../../../../contract/media.ts';
import type { Line } from './addresses.ts';
import { kindsOf } from './check.ts';

const MEGABYTE = 1024 * 1024;
const HOUR = 3_600_000;

/** Pages "Accepted content types for media" and "MMS": 5 MB in all; carriers differ in what they show. */
const MMS_MEDIA: Capabilities['media'] = {
  image: { mimeTypes: ['image/jpeg', 'image/png', 'image/gif'], maxBytes: 5 * MEGABYTE },
  video: { mimeTypes: ['video/mp4', 'video/3gpp', 'video/quicktime', 'video/webm'], maxBytes: 5 * MEGABYTE },
  audio: {
    mimeTypes: ['audio/mpeg', 'audio/ogg', 'audio/amr', 'audio/mp4', 'audio/3gpp', 'audio/wav'],
    maxBytes: 5 * MEGABYTE,
  },
  document: {
    mimeTypes: ['application/pdf', 'text/vcard', 'text/x-vcard', 'text/csv', 'text/calendar', 'text/plain'],
    maxBytes: 5 * MEGABYTE,
  },
};

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** Page "Guide to WhatsApp media messages": 16 MB, images 5 MB. */
const WHATSAPP_MEDIA: Capabilities['media'] = {
  image: { mimeTypes: ['image/jpeg', 'image/png'], maxBytes: 5 * MEGABYTE },
  video: { mimeTypes: ['video/mp4'], maxBytes: 16 * MEGABYTE },
  audio: {
    mimeTypes: ['audio/ogg', 'audio/amr', 'audio/3gpp', 'audio/aac', 'audio/mpeg'],
    maxBytes: 16 * MEGABYTE,
  },
  document: {
    mimeTypes: [
      'application/pdf',
      'application/msword',
      `${OFFICE}.wordprocessingml.document`,
      `${OFFICE}.presentationml.presentation`,
      `${OFFICE}.spreadsheetml.sheet`,
      'text/vcard',
    ],
    maxBytes: 16 * MEGABYTE,
  },
  sticker: { mimeTypes: ['image/webp'], maxBytes: 500 * 1024 },
};

/** Uncertain sends are looked for in Twilio's list, and statuses tell our id: both within minutes. */
const SETTLE_MS = HOUR / 4;

const sms: Capabilities = {
  kinds: kindsOf('sms'),
  media: MMS_MEDIA,
  idempotentSends: false,
  settleWithinMs: SETTLE_MS,
  // 21610: "Attempt to send to unsubscribed recipient", whatever the message.
  stopCovers: 'all',
  readMarks: false,
  templates: true,
};

const whatsapp: Capabilities = {
  kinds: kindsOf('whatsapp'),
  media: WHATSAPP_MEDIA,
  // Meta's window of 24 h, and its 72 h of free entry point after the answer to an ad.
  window: { lengthMs: 24 * HOUR, freeEntryMs: 72 * HOUR, outside: ['template'] },
  idempotentSends: false,
  // Twilio's default for a WhatsApp sender; what is above is queued for up to 4 h.
  throughput: { perSecond: 80 },
  settleWithinMs: SETTLE_MS,
  stopCovers: 'all',
  readMarks: true,
  templates: true,
};

export const capabilities: Readonly<Record<Line, Capabilities>> = { sms, whatsapp };

/** Which kind of content a file of this type is sent as. */
export function kindOf(line: Line, mimeType: string): MediaKind | undefined {
  const type = (mimeType.split(';')[0] ?? '').trim().toLowerCase();
  const found = Object.entries(capabilities[line].media).find(([, rule]) => rule.mimeTypes.includes(type));
  return found?.[0] as MediaKind | undefined;
}
