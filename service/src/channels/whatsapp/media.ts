/** Files: contacts' files are fetched from Meta, files to send are uploaded once and reused (page "Media"). */
import { SendError } from '../../core/errors.ts';
import type { ConnectorIo, MediaFile, MediaPower, MediaRef } from '../../connectors/connector.ts';
import type { HttpStreamResponse } from '../../core/http.ts';
import { textOf } from '../kit/json.ts';
import { pathSegment } from '../kit/path-segment.ts';
import { bareType } from '../protocols/meta/media-types.ts';
import { kindOf } from '../protocols/whatsapp/capabilities.ts';
import { checkFile, mediaGone, saysGone, uploaded, uploadForm } from '../protocols/whatsapp/media.ts';
import { resolvedMedia, type ResolvedMedia } from '../protocols/whatsapp/payloads.ts';
import { answerError, graph } from './graph.ts';
import type { WhatsAppSettings } from './settings.ts';

const META_HOSTS = ['fbcdn.net', 'fbsbx.com', 'facebook.com', 'whatsapp.net'];

/** The token goes along with a download, so it goes to Meta only, or to the stand-in that was configured. */
function isTrusted(url: string, settings: WhatsAppSettings): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, protocol, hostname } = new URL(url);
  if (origin === new URL(settings.baseUrl).origin) return true;
  return protocol === 'https:' && META_HOSTS.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}

async function resolve(id: string, settings: WhatsAppSettings, io: ConnectorIo): Promise<ResolvedMedia> {
  const query = { phone_number_id: settings.phoneNumberId };
  const answer = await graph({ method: 'GET', path: pathSegment(id), query }, settings, io).catch((error) => {
    throw saysGone(error) ? mediaGone() : error;
  });
  const media = resolvedMedia(answer);
  if (media === undefined) throw mediaGone();
  if (!isTrusted(media.url, settings)) {
    throw new SendError('rejected', 'The file is not on a host of Meta; it was not fetched.');
  }
  return media;
}

/** URLs live for 5 minutes. */
async function open(media: ResolvedMedia, settings: WhatsAppSettings, io: ConnectorIo): Promise<HttpStreamResponse> {
  const headers = { authorization: `Bearer ${settings.accessToken}`, 'user-agent': 'parley' };
  const response = await io.http.stream({ method: 'GET', url: media.url, headers });
  if (response.status !== 200) response.stream.destroy();
  return response;
}

async function download(
  { providerId: id }: MediaRef,
  settings: WhatsAppSettings,
  io: ConnectorIo,
): ReturnType<MediaPower<unknown>['download']> {
  let media = await resolve(id, settings, io);
  let response = await open(media, settings, io);
  if (response.status === 404) {
    // The URL ran out between the two calls: a new one is given once.
    media = await resolve(id, settings, io);
    response = await open(media, settings, io);
  }
  if (response.status === 404 || response.status === 410) throw mediaGone();
  if (response.status !== 200) throw answerError(response, settings);
  return {
    stream: response.stream,
    mimeType: media.mimeType,
    ...(media.bytes === undefined ? {} : { bytes: media.bytes }),
  };
}

type Upload = NonNullable<MediaPower<WhatsAppSettings>['upload']>;

async function upload(...[file, settings, io]: Parameters<Upload>): ReturnType<Upload> {
  checkFile(file);
  const call = { method: 'POST', path: `${settings.phoneNumberId}/media`, form: uploadForm(file) } as const;
  return uploaded(await graph(call, settings, io), io.clock.now());
}

/** The Resumable Upload API: a session, then the bytes. Its second call wants `OAuth` instead of `Bearer`. */
async function uploadExample(
  file: MediaFile,
  settings: WhatsAppSettings,
  io: ConnectorIo,
): Promise<{ handle: string }> {
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
