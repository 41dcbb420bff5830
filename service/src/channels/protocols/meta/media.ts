/** Files: contacts' files are fetched from the signed URLs of webhooks, files to send are uploaded once and reused. */
import type { Capabilities } from '../../../../../contract/channel.ts';
import type { MediaKind } from '../../../../../contract/media.ts';
import { ParleyError, SendError } from '../../../core/errors.ts';
import type { ConnectorIo, MediaFile, MediaPower } from '../../../connectors/connector.ts';
import type { HttpStreamResponse } from '../../../core/http.ts';
import { numberOf } from '../../kit/json.ts';
import { graph, type MetaAccount } from './account.ts';
import { answerErrorOf } from './graph.ts';
import { bareType, kindByType } from './media-types.ts';
import { attachmentIdOf } from './payloads.ts';

const META_HOSTS = ['fbcdn.net', 'fbsbx.com', 'cdninstagram.com'];
/** A signed URL that has run out answers 403. */
const GONE = [403, 404, 410];
const MAX_REDIRECTS = 3;

/** Webhooks say where a file is; it is fetched from Meta's hosts only, or from the stand-in that was configured. */
function isTrusted(url: string, { access }: MetaAccount): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, protocol, hostname } = new URL(url);
  if (origin === new URL(access.baseUrl).origin) return true;
  return protocol === 'https:' && META_HOSTS.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}

/** The URL is its own permission: no token goes along. */
async function open(
  url: string,
  account: MetaAccount,
  io: ConnectorIo,
  left = MAX_REDIRECTS,
): Promise<HttpStreamResponse> {
  if (!isTrusted(url, account)) {
    throw new SendError('rejected', 'The file is not on a host of Meta; it was not fetched.');
  }
  const response = await io.http.stream({ method: 'GET', url, headers: { 'user-agent': 'parley' } });
  const { status, headers, stream } = response;
  const next = status >= 300 && status < 400 ? headers.location : undefined;
  if (status !== 200) stream.destroy();
  if (next === undefined || left === 0 || !URL.canParse(next, url)) return response;
  return open(new URL(next, url).href, account, io, left - 1);
}

async function download(
  url: string,
  account: MetaAccount,
  io: ConnectorIo,
): ReturnType<MediaPower<unknown>['download']> {
  const { status, headers, stream } = await open(url, account, io);
  if (GONE.includes(status)) {
    throw new ParleyError(
      410,
      'media_gone',
      'Meta no longer has this file: the addresses of files run out within days.',
    );
  }
  if (status !== 200) throw answerErrorOf({ status, headers }, account.access);
  const bytes = numberOf(headers['content-length']);
  const mimeType = headers['content-type'] ?? 'application/octet-stream';
  return { stream, mimeType, ...(bytes !== undefined && { bytes }) };
}

function kindFor(file: MediaFile, account: MetaAccount, media: Capabilities['media']): MediaKind {
  const kind = kindByType(file.mimeType, media);
  const rule = kind && media[kind];
  if (kind === undefined || rule === undefined) {
    const types = Object.values(media).flatMap(({ mimeTypes }) => mimeTypes);
    const { name } = account.dialect;
    throw new SendError(
      'invalid',
      `${name} does not take files of type ${bareType(file.mimeType)}, only ${types.join(', ')}.`,
    );
  }
  if (file.bytes > rule.maxBytes) {
    const limit = `A file sent as ${kind} may have ${rule.maxBytes} bytes; this one has ${file.bytes}.`;
    throw new SendError('invalid', limit);
  }
  return kind;
}

/** Names of files are to be ASCII (Instagram); people see none of them. */
const asciiName = (filename: string): string => filename.replace(/[^\x20-\x7e]|["\\]/g, '_');

async function upload(
  file: MediaFile,
  account: MetaAccount,
  media: Capabilities['media'],
  io: ConnectorIo,
): Promise<{ providerId: string }> {
  const kind = kindFor(file, account, media);
  const attachment = { type: kind === 'document' ? 'file' : kind, payload: { is_reusable: true } };
  const contentType = bareType(file.mimeType);
  const value = { stream: file.stream, filename: asciiName(file.filename), contentType, bytes: file.bytes };
  const form = [
    ...(account.platform === undefined ? [] : [{ name: 'platform', value: account.platform }]),
    { name: 'message', value: JSON.stringify({ attachment }) },
    { name: 'filedata', value },
  ];
  const answer = await graph({ method: 'POST', path: `${account.node}/message_attachments`, form }, account, io);
  const providerId = attachmentIdOf(answer);
  if (providerId === undefined) throw new SendError('rejected', 'Meta took the file but its answer has no id.');
  return { providerId };
}

/** The power over files of a channel of these. */
export function mediaPower<S>(accountOf: (settings: S) => MetaAccount, media: Capabilities['media']): MediaPower<S> {
  return {
    download: ({ providerId: url }, settings, io) => download(url, accountOf(settings), io),
    upload: (file, settings, io) => upload(file, accountOf(settings), media, io),
    kindOf: (mimeType) => kindByType(mimeType, media),
  };
}
