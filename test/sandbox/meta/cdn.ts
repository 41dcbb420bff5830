/** The content network: files of people behind signed URLs that nobody needs a token for. */
import type { Call } from '../kit/api.ts';
import type { HttpReply } from '../kit/http-server.ts';
import type { CustomerWorld, SentFile } from './customer-world.ts';
import type { World } from './world.ts';

const PREFIX = '/cdn/';

/** Keeps a file; answers its URL. */
export function publish(world: Pick<CustomerWorld, 'files' | 'newId' | 'url'>, file: SentFile): string {
  const id = Buffer.from(world.newId()).toString('base64url');
  world.files.set(id, file);
  return `${world.url}${PREFIX}${id}?oe=1&oh=sandbox`;
}

/** GET /cdn/{file}. 403: the URL ran out. */
export function sendFile({ world, params }: Pick<Call<Pick<World, 'sides'>>, 'world' | 'params'>): HttpReply {
  const { messenger, instagram } = world.sides;
  const id = params['file'] ?? '';
  const file = messenger.files.get(id) ?? instagram.files.get(id);
  if (file === undefined) return { status: 403, body: 'URL signature expired' };
  const headers = { 'content-type': file.mimeType, 'content-length': String(file.content.length) };
  return { status: 200, headers, body: file.content };
}
