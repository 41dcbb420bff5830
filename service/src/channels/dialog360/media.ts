/** Files: Meta's URLs cannot be fetched with a key of 360dialog, which serves the same paths itself. */
import { SendError } from '../../core/errors.ts';
import type { MediaPower } from '../../connectors/connector.ts';
import { kindOf } from '../protocols/whatsapp/capabilities.ts';
import { checkFile, mediaGone, saysGone, uploaded, uploadForm } from '../protocols/whatsapp/media.ts';
import { resolvedMedia } from '../protocols/whatsapp/payloads.ts';
import { dialog360Call, dialog360File } from './client.ts';
import { errorOf } from './errors.ts';
import type { Dialog360Settings } from './settings.ts';
import { pathSegment } from '../kit/path-segment.ts';

const META_FILES = 'https://lookaside.fbsbx.com';

/** The same path and query at 360dialog. The key goes along, so every other host is refused before anything is asked of it. */
function urlOf(given: string, { baseUrl }: Dialog360Settings): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.origin === META_FILES && url.username === '' && url.password === '') {
    return `${baseUrl}${url.pathname}${url.search}`;
  }
  throw new SendError('rejected', 'The file is not on the host from which 360dialog serves files; it was not fetched.');
}

/** Says that the file is not there; 360dialog's own 404 too, as the id is all that can be wrong in the path. */
const isGone = (error: unknown): boolean =>
  saysGone(error) || (error instanceof SendError && error.details.providerCode === 'http_404');

/**
 * Each file is looked up once: 20 refused look-ups in an hour, and 360dialog answers none for the next half. So a URL that ran out
 * between the two calls (it lives for 5 minutes) is not asked for again here.
 */
const download: MediaPower<Dialog360Settings>['download'] = async ({ providerId: id }, settings, io) => {
  const call = { method: 'GET', path: pathSegment(id) } as const;
  const answer = await dialog360Call(call, settings, io).catch((error: unknown) => {
    throw isGone(error) ? mediaGone() : error;
  });
  const media = resolvedMedia(answer);
  if (media === undefined) throw mediaGone();
  const response = await dialog360File(urlOf(media.url, settings), settings, io);
  if (response.status === 404 || response.status === 410) throw mediaGone();
  if (response.status !== 200) throw errorOf({ ...response, body: undefined }, false);
  const { mimeType, bytes } = media;
  return { stream: response.stream, mimeType, ...(bytes === undefined ? {} : { bytes }) };
};

/** 360dialog has no call for the sample files of templates. */
export const media = {
  download,
  async upload(file, settings, io) {
    checkFile(file);
    const call = { method: 'POST', path: 'media', form: uploadForm(file) } as const;
    return uploaded(await dialog360Call(call, settings, io), io.clock.now());
  },
  kindOf,
} satisfies MediaPower<Dialog360Settings>;
