/** Attachments of a message: files, and what is shown rather than sent. */
import type { SharedThing, ShareSource } from '../../../../../contract/message.ts';
import type { MediaKind } from '../../../../../contract/media.ts';
import { iso } from '../../../core/clock.ts';
import { pick } from '../../../core/pick.ts';
import type { ParsedContent, ProviderMedia } from '../../channel.ts';
import { compact, idOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { momentOf, wordOf } from './item.ts';

interface File {
  type: MediaKind;
  media: ProviderMedia;
  stickerId?: string;
}

const FILES: ReadonlyMap<unknown, MediaKind> = new Map<unknown, MediaKind>([
  ['image', 'image'],
  ['video', 'video'],
  ['audio', 'audio'],
  ['file', 'document'],
  ['sticker', 'sticker'],
]);

/** Meta gives a signed URL that expires, and no type: the type comes with the bytes. */
function fileOf(attachment: JsonObject): File | undefined {
  const payload = objectOf(attachment.payload);
  const kind = FILES.get(attachment.type);
  const url = textOf(payload.url);
  if (kind === undefined || url === undefined) return undefined;
  const stickerId = idOf(payload.sticker_id);
  return compact({ type: stickerId === undefined ? kind : 'sticker', media: { providerId: url }, stickerId });
}

/** Until 2026-08-30 a sticker also stands among the attachments as an image, with the same `sticker_id`. */
function filesOf(attachments: readonly JsonObject[]): File[] {
  const seen = new Set<string>();
  const isNew = (attachment: JsonObject): boolean => {
    const { sticker_id: sticker } = objectOf(attachment.payload);
    const id = idOf(sticker);
    if (id === undefined) return true;
    const isFirst = !seen.has(id);
    seen.add(id);
    return isFirst;
  };
  return attachments.filter(isNew).flatMap((attachment) => fileOf(attachment) ?? []);
}

type Shown = (payload: JsonObject, attachment: JsonObject, text: string | undefined) => ParsedContent | undefined;

function share(source: ShareSource, idMember?: string): Shown {
  return (payload, attachment, text) => {
    const url = textOf(payload.url) ?? textOf(attachment.url);
    const title = textOf(payload.title) ?? textOf(attachment.title);
    const id = idMember === undefined ? undefined : idOf(payload[idMember]);
    if (url === undefined && title === undefined && id === undefined) return undefined;
    return compact({ type: 'share' as const, source, url, title, id, text });
  };
}

const location: Shown = (payload, attachment) => {
  const { lat, long } = objectOf(payload.coordinates);
  const latitude = numberOf(lat);
  const longitude = numberOf(long);
  if (latitude === undefined || longitude === undefined) return undefined;
  const more = { name: textOf(attachment.title), url: textOf(attachment.url) };
  return compact({ type: 'location' as const, latitude, longitude, ...more });
};

/** A product that is shown, or (in echoes) a template of another app, by its words. */
const template: Shown = (payload, _attachment, text) => {
  const [product] = objectsOf(objectOf(payload.product).elements);
  const id = product && (idOf(product.id) ?? idOf(product.retailer_id));
  if (product !== undefined && id !== undefined) {
    return compact({ type: 'share' as const, source: 'product' as const, id, title: textOf(product.title), text });
  }
  const said = textOf(payload.text) ?? textOf(objectsOf(payload.elements)[0]?.title);
  return said === undefined ? undefined : { type: 'text', text: text ?? said };
};

const appointment: Shown = (payload) => ({
  type: 'system',
  event: 'appointment',
  data: compact({
    bookingId: idOf(payload.booking_id),
    status: textOf(payload.status),
    startsAt: iso(momentOf(payload.start_time)),
    endsAt: iso(momentOf(payload.end_time)),
    timeZone: textOf(payload.timezone),
  }),
});

const SHOWN: ReadonlyMap<unknown, Shown> = new Map<unknown, Shown>([
  ['fallback', share('link')],
  ['share', share('post', 'id')],
  ['post', share('post', 'id')],
  ['ig_post', share('post', 'id')],
  ['reel', share('reel', 'reel_video_id')],
  ['ig_reel', share('reel', 'reel_video_id')],
  ['story_mention', share('story_mention', 'id')],
  ['location', location],
  ['template', template],
  ['appointment_booking', appointment],
  // The heart that Instagram has a button for: a sticker without a file.
  ['like_heart', () => ({ type: 'text', text: '❤️' })],
]);

/** What is shown beside something else. */
function sharesIn(shown: readonly ParsedContent[]): SharedThing[] | undefined {
  const shares = shown.flatMap((one) => (one.type === 'share' ? [pick(one, 'source', 'url', 'title', 'id')] : []));
  return shares.length > 0 ? shares.map((one) => compact(one)) : undefined;
}

/** What the attachments of a message say; `undefined`: nothing that Parley can read. */
export function attachmentsContent(value: unknown, text: string | undefined): ParsedContent | undefined {
  const attachments = objectsOf(value);
  const caption = text || undefined;
  const shown = attachments.flatMap(
    (attachment) => SHOWN.get(attachment.type)?.(objectOf(attachment.payload), attachment, caption) ?? [],
  );
  const [first, ...rest] = filesOf(attachments);
  if (first !== undefined) {
    const more = rest.length > 0 ? rest.map(({ type, media }) => ({ type, media })) : undefined;
    return compact({ ...first, caption, more, shares: sharesIn(shown) });
  }
  const [sole, ...others] = shown;
  return sole?.type === 'share' ? compact({ ...sole, shares: sharesIn(others) }) : sole;
}

/** Why nothing could be made of them. */
export function attachmentsReason(value: unknown): string | undefined {
  const [first] = objectsOf(value);
  if (first === undefined) return undefined;
  if (first.type === 'ephemeral') return 'a photo or video that disappears: it is not handed over';
  return `attachment kind "${wordOf(first.type)}" is not known, or its content is missing`;
}
