import type { HttpReply } from '../kit/http-server.ts';
import { badParameter, unknownObject } from './errors.ts';
import { ok, requireApp, type GraphCall } from './graph-call.ts';

const FILE_TYPES = ['application/pdf', 'image/jpeg', 'image/jpg', 'image/png', 'video/mp4'];

/** POST /{appId}/uploads: opens a resumable upload for a template example (docs: graph-api/guides/upload). */
export function openUpload(call: GraphCall): HttpReply {
  requireApp(call);
  const { world, fields } = call;
  const length = Number(fields['file_length']);
  const mimeType = String(fields['file_type'] ?? '');
  if (!Number.isInteger(length) || length < 1) throw badParameter('The parameter file_length is required.');
  if (!FILE_TYPES.includes(mimeType)) {
    throw badParameter(`Param file_type must be one of {${FILE_TYPES.join(', ')}}`);
  }
  const id = `upload:${Buffer.from(world.newId()).toString('base64url')}`;
  world.uploads.set(id, { id, length, mimeType });
  return ok({ id });
}

/** POST /{upload-id}: the bytes, whole, from offset 0; answers the handle. */
export function writeUpload(call: GraphCall): HttpReply {
  const { world, id, request } = call;
  const session = world.uploads.get(id);
  if (!session) throw unknownObject(id, request.method);
  if (request.headers['file_offset'] !== '0') {
    throw badParameter('The header file_offset must be 0.');
  }
  if (request.rawBody.length !== session.length) {
    throw badParameter(`Expected ${session.length} bytes, received ${request.rawBody.length}.`);
  }
  const handle = `4::${Buffer.from(`${session.mimeType}:${world.newId()}`).toString('base64')}`;
  world.handles.set(handle, session.mimeType);
  world.uploads.delete(id);
  return ok({ h: handle });
}
