import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import type { Call } from './call.ts';
import { TWILIO_DEFAULTS } from './defaults.ts';
import { notFound } from './errors.ts';
import { newSid, type World } from './world.ts';

/** Puts a file there and answers its URL, as webhooks name it. */
export function storeMedia(world: World, messageSid: string, mimeType: string, content: Buffer): string {
  const sid = newSid(world, 'ME');
  world.media.set(sid, { sid, messageSid, mimeType, content, misses: world.settings.mediaMisses });
  return `${world.url}/2010-04-01/Accounts/${TWILIO_DEFAULTS.accountSid}/Messages/${messageSid}/Media/${sid}`;
}

/** Twilio sends on to a storage on another host, with a short-lived signature in the URL. */
export function redirectToStorage({ world, params, request }: Call): HttpReply {
  const media = world.media.get(params['media'] ?? '');
  if (media === undefined) throw notFound(request.path);
  if (media.misses > 0) {
    media.misses -= 1;
    throw notFound(request.path);
  }
  return { status: 307, headers: { location: `${world.storageUrl}/${media.sid}?X-Amz-Signature=sandbox` } };
}

/** The storage takes one kind of proof only: with an Authorization header beside the signature it refuses, as Amazon S3 does. */
export function answerStorage(world: World, request: HttpRequest): HttpReply {
  if (request.headers.authorization !== undefined) {
    return { status: 400, body: '<Error><Code>InvalidArgument</Code></Error>' };
  }
  const media = world.media.get(request.path.slice(1));
  if (media === undefined || request.query.get('X-Amz-Signature') !== 'sandbox') return { status: 403, body: 'denied' };
  const headers = { 'content-type': media.mimeType, 'content-length': String(media.content.length) };
  return { status: 200, headers, body: media.content };
}
