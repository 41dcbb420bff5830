/** The kinds of file that messages carry. */
export type MediaKind = 'audio' | 'document' | 'image' | 'sticker' | 'video';

const KB = 1024;
const MB = 1024 * KB;
const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** MIME types per kind (docs: cloud-api/reference/media). */
export const MEDIA_TYPES: Record<MediaKind, readonly string[]> = {
  audio: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
  document: [
    'text/plain',
    'application/pdf',
    'application/msword',
    'application/vnd.ms-excel',
    'application/vnd.ms-powerpoint',
    `${OFFICE}.wordprocessingml.document`,
    `${OFFICE}.spreadsheetml.sheet`,
    `${OFFICE}.presentationml.presentation`,
  ],
  image: ['image/jpeg', 'image/png'],
  sticker: ['image/webp'],
  video: ['video/mp4', 'video/3gpp'],
};

/** The type without parameters, in lower case. */
export function bareType(mimeType: string): string {
  return (mimeType.split(';')[0] ?? '').trim().toLowerCase();
}

/** The kind a MIME type belongs to; undefined when WhatsApp does not take it. */
export function kindOfType(mimeType: string): MediaKind | undefined {
  const type = bareType(mimeType);
  return (Object.keys(MEDIA_TYPES) as MediaKind[]).find((kind) => MEDIA_TYPES[kind].includes(type));
}

/** The largest file of this kind, in bytes. An animated sticker (ANIM chunk) may be larger than a static one. */
export function maxBytes(kind: MediaKind, content: Buffer): number {
  if (kind === 'sticker') return content.includes('ANIM') ? 500 * KB : 100 * KB;
  return { audio: 16 * MB, document: 100 * MB, image: 5 * MB, video: 16 * MB }[kind];
}

/** Ogg is taken with the Opus codec only: named in the type or found in the file's first page. */
export function isBareOgg(mimeType: string, content: Buffer): boolean {
  if (bareType(mimeType) !== 'audio/ogg') return false;
  return !/codecs=opus/i.test(mimeType) && !content.subarray(0, 128).includes('OpusHead');
}
