import type { HttpReply } from '../kit/http-server.ts';
import { objectOf, parseJson, textOf } from '../kit/json.ts';
import { check, oneOf, open, optional, url } from '../kit/schema.ts';
import { GraphError, invalid, missing } from './errors.ts';
import { ok, sideOf, type GraphCall } from './graph-call.ts';
import { numericId } from './world.ts';

const MB = 1024 * 1024;
const TYPES: Record<string, RegExp> = {
  image: /^image\//,
  video: /^video\//,
  audio: /^audio\//,
  file: /^(application|text)\//,
};

/** POST /{account}/message_attachments: by URL as JSON, or multipart with `message` and `filedata`. */
export function uploadAttachment(call: GraphCall): HttpReply {
  const side = sideOf(call);
  const { fields, request, world } = call;
  const given = typeof fields['message'] === 'string' ? parseJson(fields['message']) : fields['message'];
  check(open({ attachment: open({ type: oneOf(...Object.keys(TYPES)) }) }), given, side, 'message');
  const attachment = objectOf(objectOf(given)['attachment']);
  const [kind, { url: link }] = [String(attachment['type']), objectOf(attachment['payload'])];
  const file = request.body.files.find(({ field }) => field === 'filedata');
  if (link === undefined && file === undefined) throw missing('filedata');
  check(optional(url()), link, side, 'payload', 'url');
  const mimeType = file?.mimeType ?? 'application/octet-stream';
  const content = file?.content ?? Buffer.alloc(0);
  if (file) {
    if (!TYPES[kind]?.test(mimeType)) throw invalid(`A file of the type ${mimeType} is no ${kind}`, 2018047);
    if (/[^\x20-\x7e]/.test(file.filename)) throw invalid('File names have to be ASCII');
    const limit = kind === 'image' && side.platform === 'instagram' ? 8 * MB : 25 * MB;
    if (content.length > limit) throw new GraphError(100, { subcode: 2018109 });
    if (content.length === 0) throw invalid('The file is empty');
  }
  const id = numericId(world);
  side.uploads.set(id, { id, kind, mimeType, content });
  world.changes.notify();
  return ok({ attachment_id: textOf(id) });
}
