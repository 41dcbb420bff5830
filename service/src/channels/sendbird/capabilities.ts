/** What a Sendbird account can do, as data. Files to send are links. */
import type { Capabilities } from '../../../../contract/channel.ts';
import type { MediaKind } from '../../../../contract/media.ts';
import { kindsFor } from './check.ts';
import type { SendbirdSettings } from './settings.ts';

const MEGABYTE = 1024 * 1024;
/** The plan decides, from 5 to 25 MB. */
const MAX_BYTES = 25 * MEGABYTE;
const MINUTE = 60_000;
const OFFICE = 'application/vnd.openxmlformats-officedocument';

const MEDIA: Capabilities['media'] = {
  image: { mimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'], maxBytes: MAX_BYTES },
  video: { mimeTypes: ['video/mp4', 'video/quicktime', 'video/webm', 'video/3gpp'], maxBytes: MAX_BYTES },
  audio: {
    mimeTypes: ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/wav', 'audio/webm'],
    maxBytes: MAX_BYTES,
  },
  document: {
    mimeTypes: [
      'application/pdf',
      'application/msword',
      `${OFFICE}.wordprocessingml.document`,
      `${OFFICE}.presentationml.presentation`,
      `${OFFICE}.spreadsheetml.sheet`,
      'application/zip',
      'text/plain',
      'text/csv',
      'text/calendar',
    ],
    maxBytes: MAX_BYTES,
  },
};

const plain: Capabilities = {
  kinds: kindsFor(false),
  media: MEDIA,
  // A repeat with the same `dedup_id` makes no second message, but nobody says for how long, nor what it answers.
  idempotentSends: false,
  // The tier decides, for all senders of the application together (page "Rate limits"): from 5 a second up. Whoever is refused waits.
  throughput: { perSecond: 100, scope: 'connection' },
  // The own message comes back as a webhook, and is listed at once.
  settleWithinMs: 15 * MINUTE,
  threads: 'required',
  // 900080: who blocks the sender gets nothing.
  stopCovers: 'all',
  readMarks: true,
  templates: false,
};

const drawing: Capabilities = { ...plain, kinds: kindsFor(true) };

export function capabilities({ drawsContent }: SendbirdSettings): Capabilities {
  return drawsContent === true ? drawing : plain;
}

/** Tells as which kind of content a file of this type is sent. */
export function kindOf(mimeType: string): MediaKind | undefined {
  const type = (mimeType.split(';')[0] ?? '').trim().toLowerCase();
  return (Object.keys(MEDIA) as MediaKind[]).find((kind) => MEDIA[kind]?.mimeTypes.includes(type));
}
