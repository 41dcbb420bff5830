/** Files on WhatsApp: what is taken, how it is uploaded, and when a contact's file is gone (page "Media"). */
import { ParleyError, SendError } from '../../../core/errors.ts';
import type { MediaFile } from '../../../connectors/connector.ts';
import type { FormField } from '../../../core/http.ts';
import { idOf, type JsonObject } from '../../kit/json.ts';
import { bareType } from '../meta/media-types.ts';
import { capabilities, kindOf } from './capabilities.ts';

/** An uploaded file is kept for 30 days. */
const UPLOAD_LIFETIME_MS = 30 * 24 * 3_600_000;

/** Graph codes of an object that is not there (any more). */
const GONE_CODES = new Set(['33', '100', '803']);

export function mediaGone(): ParleyError {
  return new ParleyError(410, 'media_gone', 'Meta no longer has this file: it keeps the files of contacts for 7 days.');
}

/** Whether an error of looking a file up says that Meta does not have it. */
export function saysGone(error: unknown): boolean {
  return error instanceof SendError && GONE_CODES.has(error.details.providerCode ?? '');
}

/** Throws what Meta would answer after the whole upload. */
export function checkFile(file: MediaFile): void {
  const kind = kindOf(file.mimeType);
  const rule = kind && capabilities.media[kind];
  if (rule === undefined) {
    const types = Object.values(capabilities.media).flatMap(({ mimeTypes }) => mimeTypes);
    throw new SendError(
      'invalid',
      `WhatsApp does not take files of type ${bareType(file.mimeType)}, only ${types.join(', ')}.`,
    );
  }
  if (file.bytes > rule.maxBytes) {
    throw new SendError(
      'invalid',
      `A file sent as ${kind} may have ${rule.maxBytes} bytes; this one has ${file.bytes}.`,
    );
  }
}

/** The body of an upload. Meta refuses `audio/ogg` that does not say its codec, and takes no other codec. */
export function uploadForm(file: MediaFile): FormField[] {
  const contentType = bareType(file.mimeType) === 'audio/ogg' ? 'audio/ogg; codecs=opus' : bareType(file.mimeType);
  return [
    { name: 'messaging_product', value: 'whatsapp' },
    { name: 'type', value: contentType },
    { name: 'file', value: { stream: file.stream, filename: file.filename, contentType, bytes: file.bytes } },
  ];
}

/** The answer to an upload. `now`: milliseconds since the epoch. */
export function uploaded(answer: JsonObject, now: number): { providerId: string; expiresAt: number } {
  const providerId = idOf(answer.id);
  if (providerId === undefined) throw new SendError('rejected', 'Meta took the file but its answer has no id.');
  return { providerId, expiresAt: now + UPLOAD_LIFETIME_MS };
}
