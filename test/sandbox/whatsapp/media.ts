import { createHash } from 'node:crypto';
import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { textOf } from '../kit/json.ts';
import { bearer, firstOf, parameter } from '../kit/credentials.ts';
import { badParameter, GraphError, unknownObject } from './errors.ts';
import { numberOf, ok, type GraphCall } from './graph-call.ts';
import { requireProduct } from './message-body.ts';
import { bareType, isBareOgg, kindOfType, MEDIA_TYPES, maxBytes } from './media-types.ts';
import { numericId, type StoredMedia, type World } from './world.ts';

const DAY_MS = 24 * 3_600_000;
const UPLOADED_FOR_MS = 30 * DAY_MS;
const RECEIVED_FOR_MS = 7 * DAY_MS;
const URL_FOR_MS = 5 * 60_000;

/** POST /{phoneNumberId}/media: multipart with `messaging_product`, `type` and `file`. */
export function uploadMedia(call: GraphCall): HttpReply {
  numberOf(call);
  requireProduct(call.fields);
  const file = call.request.body.files.find(({ field }) => field === 'file');
  if (!file) throw badParameter('The parameter file is required.');
  const mimeType = textOf(call.fields['type']);
  if (!mimeType) throw badParameter('The parameter type is required.');
  const kind = kindOfType(mimeType);
  if (!kind || isBareOgg(mimeType, file.content)) {
    const types = Object.values(MEDIA_TYPES).flat().join(', ');
    const message = `(#100) Param file must be a file with one of the following types: ${types}. Received file of type '${mimeType}'.`;
    throw new GraphError(100, undefined, { message });
  }
  const limit = maxBytes(kind, file.content);
  if (file.content.length === 0) throw new GraphError(131053, 'The file is empty.');
  if (file.content.length > limit) throw new GraphError(131053, `File size is over the limit of ${limit} bytes.`);
  const media = storeMedia(call.world, { mimeType, content: file.content, filename: file.filename }, UPLOADED_FOR_MS);
  return ok({ id: media.id });
}

/** Keeps a file that a customer sent; its id lives 7 days. */
export function receiveMedia(
  world: World,
  file: { mimeType: string; content: Buffer; filename?: string },
): StoredMedia {
  return storeMedia(world, file, RECEIVED_FOR_MS);
}

function storeMedia(
  world: World,
  file: { mimeType: string; content: Buffer; filename?: string },
  lifeMs: number,
): StoredMedia {
  const media: StoredMedia = { id: numericId(world), ...file, expiresAt: world.clock.now() + lifeMs };
  world.media.set(media.id, media);
  world.changes.notify();
  return media;
}

/** GET /{mediaId}: a URL that lives 5 minutes. */
export function resolveMedia(call: GraphCall): HttpReply {
  const { world } = call;
  const media = mediaOf(call);
  return ok({
    messaging_product: 'whatsapp',
    url: mediaUrl(world, media),
    mime_type: media.mimeType,
    sha256: createHash('sha256').update(media.content).digest('hex'),
    file_size: media.content.length,
    id: media.id,
  });
}

/** DELETE /{mediaId}. */
export function deleteMedia(call: GraphCall): HttpReply {
  call.world.media.delete(mediaOf(call).id);
  return ok();
}

/** A fresh download URL for a file, valid 5 minutes. */
export function mediaUrl(world: World, media: StoredMedia): string {
  const mid = world.newId().replaceAll('-', '');
  world.mediaUrls.set(mid, { mediaId: media.id, expiresAt: world.clock.now() + URL_FOR_MS });
  return `${world.filesUrl ?? world.url}/whatsapp_business/attachments/?mid=${mid}&ext=${Math.floor(world.clock.now() / 1000)}`;
}

const presented = firstOf(bearer('Bearer', 'OAuth'), parameter('access_token'));

/** GET of such a URL, with the bearer token. The file host answers without Graph bodies. */
export function downloadMedia(world: World, request: HttpRequest): HttpReply {
  if (presented(request) !== world.settings.accessToken) return { status: 401, body: 'Unauthorized' };
  return fileAt(world, request);
}

/** What such a URL gives whoever may have it. */
export function fileAt(world: World, request: HttpRequest): HttpReply {
  const link = world.mediaUrls.get(request.query.get('mid') ?? '');
  const media = link && world.media.get(link.mediaId);
  if (!link || !media || link.expiresAt <= world.clock.now()) return { status: 404, body: 'Not Found' };
  return { status: 200, headers: { 'content-type': bareType(media.mimeType) }, body: media.content };
}

function mediaOf({ world, id, request, fields }: GraphCall): StoredMedia {
  const media = world.media.get(id);
  const owner = textOf(fields['phone_number_id']);
  if (!media || media.expiresAt <= world.clock.now() || (owner !== undefined && !world.numbers.has(owner))) {
    throw unknownObject(id, request.method);
  }
  return media;
}
