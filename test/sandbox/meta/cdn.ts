/** The content network: files of people behind signed URLs that nobody needs a token for. */
import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import type { CustomerWorld, SentFile } from './customer-world.ts';

const PREFIX = '/cdn/';

/** Keeps a file; answers its URL. */
export function publish(world: Pick<CustomerWorld, 'files' | 'newId' | 'url'>, file: SentFile): string {
  const id = Buffer.from(world.newId()).toString('base64url');
  world.files.set(id, file);
  return `${world.url}${PREFIX}${id}?oe=1&oh=sandbox`;
}

/** Answers what is asked of the content network; undefined: the request is not for it. 403: the URL ran out. */
export function answerCdn(world: Pick<CustomerWorld, 'files'>, request: HttpRequest): HttpReply | undefined {
  if (request.method !== 'GET' || !request.path.startsWith(PREFIX)) return undefined;
  const file = world.files.get(request.path.slice(PREFIX.length));
  if (file === undefined) return { status: 403, body: 'URL signature expired' };
  const headers = { 'content-type': file.mimeType, 'content-length': String(file.content.length) };
  return { status: 200, headers, body: file.content };
}
