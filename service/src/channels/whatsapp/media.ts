/** Files: contacts' files are fetched from Meta, files to send are uploaded once and reused (page "Media"). */
import { ParleyError, SendError } from '../../core/errors.ts';
import type { ChannelIo, HttpStreamResponse, MediaFile, MediaPower } from '../channel.ts';
import { idOf, textOf } from '../kit/json.ts';
import { bareType, capabilities, kindOf } from './capabilities.ts';
import { answerError, graph } from './graph.ts';
import { resolvedMedia, type ResolvedMedia } from './payloads.ts';
import type { WhatsAppSettings } from './settings.ts';

/** An uploaded file is kept for 30 days. */
const UPLOAD_LIFETIME_MS = 30 * 24 * 3_600_000;

/** Graph codes of an object that is not there (any more). */
const GONE_CODES = new Set(['33', '100', '803']);

const META_HOSTS = ['fbcdn.net', 'fbsbx.com', 'facebook.com', 'whatsapp.net'];

/** The token goes along with a download, so it goes to Meta only, or to the stand-in that was configured. */
function isTrusted(url: string, settings: WhatsAppSettings): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, protocol, hostname } = new URL(url);
  if (origin === new URL(settings.baseUrl).origin) return true;
  return protocol === 'https:' && META_HOSTS.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}

function gone(): ParleyError {
  return new ParleyError(410, 'media_gone', 'Meta no longer has this file: it keeps the files of contacts for 7 days.');
}

async function resolve(id: string, settings: WhatsAppSettings, io: ChannelIo): Promise<ResolvedMedia> {
  const query = { phone_number_id: settings.phoneNumberId };
  const answer = await graph({ method: 'GET', path: encodeURIComponent(id), query }, settings, io).catch((error) => {
    throw error instanceof SendError && GONE_CODES.has(error.details.providerCode ?? '') ? gone() : error;
  });
  const media = resolvedMedia(answer);
  if (media === undefined) throw gone();
  if (!isTrusted(media.url, settings)) {
    throw new SendError('rejected', 'The file is not on a host of Meta; it was not fetched.');
  }
  return media;
}

/** URLs live for 5 minutes. */
async function open(media: ResolvedMedia, settings: WhatsAppSettings, io: ChannelIo): Promise<HttpStreamResponse> {
  const headers = { authorization: `Bearer ${settings.accessToken}`, 'user-agent': 'parley' };
  const response = await io.http.stream({ method: 'GET', url: media.url, headers });
  if (response.status !== 200) response.stream.destroy();
  return response;
}

async function download(
  id: string,
  settings: WhatsAppSettings,
  io: ChannelIo,
): ReturnType<MediaPower<unknown>['download']> {
  let media = await resolve(id, settings, io);
  let response = await open(media, settings, io);
  if (response.status === 404) {
    // The URL ran out between the two calls: a new one is given once.
    media = await resolve(id, settings, io);
    response = await open(media, settings, io);
  }
  if (response.status === 404 || response.status === 410) throw gone();
  if (response.status !== 200) throw answerError(response, settings);
  return {
    stream: response.stream,
    mimeType: media.mimeType,
    ...(media.bytes === undefined ? {} : { bytes: media.bytes }),
  };
}

/** Throws what Meta would answer after the whole upload. */
function checkFile(file: MediaFile): void {
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

type Upload = NonNullable<MediaPower<WhatsAppSettings>['upload']>;

async function upload(...[file, settings, io]: Parameters<Upload>): ReturnType<Upload> {
  checkFile(file);
  // Meta refuses `audio/ogg` that does not say its codec, and takes no other codec.
  const contentType = bareType(file.mimeType) === 'audio/ogg' ? 'audio/ogg; codecs=opus' : bareType(file.mimeType);
  const form = [
    { name: 'messaging_product', value: 'whatsapp' },
    { name: 'type', value: contentType },
    { name: 'file', value: { stream: file.stream, filename: file.filename, contentType, bytes: file.bytes } },
  ];
  const answer = await graph({ method: 'POST', path: `${settings.phoneNumberId}/media`, form }, settings, io);
  const providerId = idOf(answer.id);
  if (providerId === undefined) throw new SendError('rejected', 'Meta took the file but its answer has no id.');
  return { providerId, expiresAt: io.clock.now() + UPLOAD_LIFETIME_MS };
}

/** The Resumable Upload API: a session, then the bytes. Its second call wants `OAuth` instead of `Bearer`. */
async function uploadExample(file: MediaFile, settings: WhatsAppSettings, io: ChannelIo): Promise<{ handle: string }> {
  if (settings.appId === undefined) {
    throw new SendError('settings', 'appId is needed to upload a sample file; set it in the account.');
  }
  const query = { file_name: file.filename, file_length: file.bytes, file_type: bareType(file.mimeType) };
  const session = await graph({ method: 'POST', path: `${settings.appId}/uploads`, query }, settings, io);
  const id = textOf(session.id);
  if (!id?.startsWith('upload:')) throw new SendError('rejected', 'Meta opened no upload session.');
  const headers = {
    authorization: `OAuth ${settings.accessToken}`,
    file_offset: '0',
    'content-type': 'application/octet-stream',
    'content-length': String(file.bytes),
  };
  const answer = await graph({ method: 'POST', path: id, headers, bytes: file.stream() }, settings, io);
  const handle = textOf(answer.h);
  if (handle === undefined) throw new SendError('rejected', 'Meta took the sample file but its answer has no handle.');
  return { handle };
}

export const media = { download, upload, uploadExample, kindOf } satisfies MediaPower<WhatsAppSettings>;
