/** What an account can do, as data: by the channel behind the source, and by what the person's device shows of structured messages. */
import type { Capabilities, ConversationFacts } from '../../../../contract/channel.ts';
import type { MediaKind } from '../../../../contract/media.ts';
import { kindsWhere, STRUCTURED } from './check.ts';
import { windowOn } from './surfaces.ts';

/** Attachments are smaller than 10 MB. */
const MAX_BYTES = 10 * 1024 * 1024 - 1;
const MINUTE = 60_000;
const OFFICE = 'application/vnd.openxmlformats-officedocument';

const MEDIA: Capabilities['media'] = {
  image: { mimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/bmp', 'image/tiff'], maxBytes: MAX_BYTES },
  video: { mimeTypes: ['video/mp4', 'video/quicktime', 'video/mpeg', 'video/x-msvideo'], maxBytes: MAX_BYTES },
  audio: { mimeTypes: ['audio/mpeg'], maxBytes: MAX_BYTES },
  document: {
    mimeTypes: [
      ...['application/pdf', 'application/msword', 'message/rfc822'],
      ...['wordprocessingml.document', 'presentationml.presentation', 'spreadsheetml.sheet'].map(
        (it) => `${OFFICE}.${it}`,
      ),
    ],
    maxBytes: MAX_BYTES,
  },
};

const KNOWN: readonly string[] = [...new Set(Object.values(STRUCTURED))].sort();

function make(surface: string | undefined, shown: ReadonlySet<string> | undefined): Capabilities {
  const window = windowOn(surface);
  const templates = surface === undefined || surface.includes('whatsapp');
  return {
    kinds: kindsWhere(shown, templates),
    media: MEDIA,
    ...(window && { window }),
    // No key makes a repeat safe: a content whose answer was lost is looked for.
    idempotentSends: false,
    // 500 calls a minute for the whole account (page "Rate limits"); some are for other things than sends.
    throughput: { perSecond: 5, scope: 'connection' },
    settleWithinMs: 15 * MINUTE,
    threads: true,
    readMarks: false,
    templates: false,
  };
}

/** One for each combination that there is: the same is asked for every message. */
const MADE = new Map<string, Capabilities>();
const UNKNOWN = make(undefined, undefined);

export function capabilities(_settings: unknown, facts?: ConversationFacts): Capabilities {
  const { surface, can } = facts ?? {};
  if (typeof surface !== 'string' && typeof can !== 'string') return UNKNOWN;
  const shown = typeof can === 'string' ? KNOWN.filter((name) => can.split(',').includes(name)) : undefined;
  const type =
    typeof surface === 'string'
      ? (['whatsapp', 'instagram', 'messenger'].find((part) => surface.includes(part) && windowOn(surface)) ?? 'other')
      : undefined;
  const key = `${type} ${shown?.join(',')}`;
  const known = MADE.get(key);
  if (known !== undefined) return known;
  const made = make(type, shown && new Set(shown));
  MADE.set(key, made);
  return made;
}

/** Tells as which kind of content a file of this type is sent. */
export function kindOf(mimeType: string): MediaKind | undefined {
  const type = (mimeType.split(';')[0] ?? '').trim().toLowerCase();
  return (Object.keys(MEDIA) as MediaKind[]).find((kind) => MEDIA[kind]?.mimeTypes.includes(type));
}
