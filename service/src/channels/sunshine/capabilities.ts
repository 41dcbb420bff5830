/** What an account can do, as data: everywhere what Sunshine does, and on the channel behind it what that channel allows. */
import type { Capabilities, ConversationFacts } from '../../../../contract/channel.ts';
import type { MediaKind } from '../../../../contract/media.ts';
import { kindsOn } from './check.ts';
import { WINDOWS } from './surfaces.ts';

/** Of an upload (API description, "Limits"). */
const MAX_BYTES = 50 * 1024 * 1024;
const MINUTE = 60_000;
const OFFICE = 'application/vnd.openxmlformats-officedocument';

const MEDIA: Capabilities['media'] = {
  image: { mimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'], maxBytes: MAX_BYTES },
  video: { mimeTypes: ['video/mp4', 'video/quicktime', 'video/3gpp', 'video/webm'], maxBytes: MAX_BYTES },
  audio: {
    mimeTypes: ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/amr', 'audio/wav'],
    maxBytes: MAX_BYTES,
  },
  document: {
    mimeTypes: [
      ...['application/pdf', 'application/msword', 'application/zip', 'text/plain', 'text/csv', 'text/calendar'],
      ...['wordprocessingml.document', 'presentationml.presentation', 'spreadsheetml.sheet'].map(
        (it) => `${OFFICE}.${it}`,
      ),
    ],
    maxBytes: MAX_BYTES,
  },
};

function on(surface: string | undefined): Capabilities {
  const window = surface === undefined ? undefined : WINDOWS[surface];
  return {
    kinds: kindsOn(surface),
    media: MEDIA,
    ...(window && { window }),
    // No key makes a repeat safe: a message whose answer was lost is looked for.
    idempotentSends: false,
    // Nobody publishes the rate; who is refused waits.
    throughput: { perSecond: 50, scope: 'connection' },
    settleWithinMs: 15 * MINUTE,
    threads: 'required',
    stopCovers: 'all',
    readMarks: true,
    templates: true,
  };
}

const UNKNOWN = on(undefined);
const WITHOUT_TEMPLATES = on('any other');
const BY_SURFACE = new Map(Object.keys(WINDOWS).map((surface) => [surface, on(surface)]));

export function capabilities(_settings: unknown, facts?: ConversationFacts): Capabilities {
  const surface = facts?.['surface'];
  if (typeof surface !== 'string') return UNKNOWN;
  return BY_SURFACE.get(surface) ?? WITHOUT_TEMPLATES;
}

/** Tells as which kind of content a file of this type is sent. */
export function kindOf(mimeType: string): MediaKind | undefined {
  const type = (mimeType.split(';')[0] ?? '').trim().toLowerCase();
  return (Object.keys(MEDIA) as MediaKind[]).find((kind) => MEDIA[kind]?.mimeTypes.includes(type));
}
