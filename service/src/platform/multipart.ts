/**
 * Writes multipart/form-data (RFC 7578) as a stream of known length: providers refuse chunked uploads. It opens files only when their turn comes and
 * closes them when the request dies, which the `form-data` package does not do.
 */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FormField } from '../core/http.ts';

/** Describes a body with the headers that go with it. */
export interface Multipart {
  contentType: string;
  bytes: number;
  stream: Readable;
}

/** Makes the body of a form. The stream fails when a file has not the length it was announced with. */
export function multipart(fields: readonly FormField[]): Multipart {
  const boundary = `parley-${randomBytes(16).toString('hex')}`;
  const parts = fields.map((field) => ({ field, head: Buffer.from(head(field, boundary)) }));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const bytes = parts.reduce((sum, part) => sum + part.head.length + sizeOf(part.field) + 2, tail.length);

  async function* chunks(): AsyncGenerator<Buffer> {
    for (const { field, head } of parts) {
      yield head;
      if (typeof field.value === 'string') yield Buffer.from(field.value);
      else yield* fileChunks(field.value);
      yield Buffer.from('\r\n');
    }
    yield tail;
  }
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes,
    stream: Readable.from(chunks(), { objectMode: false }),
  };
}

async function* fileChunks(file: Exclude<FormField['value'], string>): AsyncGenerator<Buffer> {
  let left = file.bytes;
  for await (const chunk of file.stream()) {
    left -= (chunk as Buffer).length;
    if (left < 0) break;
    yield chunk as Buffer;
  }
  if (left !== 0) throw new Error('the file is not as long as announced');
}

function sizeOf(field: FormField): number {
  return typeof field.value === 'string' ? Buffer.byteLength(field.value) : field.value.bytes;
}

function head(field: FormField, boundary: string): string {
  const lines = [`--${boundary}`];
  const name = `Content-Disposition: form-data; name="${quoted(field.name)}"`;
  if (typeof field.value === 'string') lines.push(name);
  else {
    lines.push(`${name}; filename="${quoted(field.value.filename)}"`);
    lines.push(`Content-Type: ${field.value.contentType.replace(/[\r\n]/g, '')}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Escapes as the WHATWG form encoding does, so that a file name cannot end its header. */
function quoted(text: string): string {
  return text.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
}
