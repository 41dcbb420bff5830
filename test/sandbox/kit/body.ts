import { isObject, parseJson, type JsonObject } from './json.ts';

/** One file of a multipart body. */
export interface UploadedFile {
  field: string;
  filename: string;
  mimeType: string;
  content: Buffer;
}

/** What a request carried, whatever its encoding. `fields` is empty when the body could not be read. */
export interface ParsedBody {
  fields: JsonObject;
  files: UploadedFile[];
}

/** Reads JSON, form and multipart bodies by their content type; anything else yields no fields. */
export function parseBody(contentType: string | undefined, raw: Buffer): ParsedBody {
  const type = (contentType ?? '').toLowerCase();
  if (type.startsWith('application/json')) {
    const value = parseJson(raw.toString('utf8'));
    return { fields: isObject(value) ? value : {}, files: [] };
  }
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return { fields: fieldsOf(new URLSearchParams(raw.toString('utf8'))), files: [] };
  }
  if (type.startsWith('multipart/form-data')) return parseMultipart(contentType ?? '', raw);
  return { fields: {}, files: [] };
}

/** Parameters by name; those whose name ends in `[]` are a list without it. */
export function fieldsOf(parameters: URLSearchParams): JsonObject {
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name);
      return name.endsWith('[]') ? [name.slice(0, -2), values] : [name, values.at(-1)];
    }),
  );
}

function parseMultipart(contentType: string, raw: Buffer): ParsedBody {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const parsed: ParsedBody = { fields: {}, files: [] };
  if (!boundary) return parsed;
  const delimiter = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  let start = raw.indexOf(delimiter);
  while (start >= 0) {
    const next = raw.indexOf(delimiter, start + delimiter.length);
    if (next < 0) break;
    // Between two delimiters: CRLF, headers, empty line, content, CRLF.
    addPart(parsed, raw.subarray(start + delimiter.length + 2, next - 2));
    start = next;
  }
  return parsed;
}

function addPart(parsed: ParsedBody, part: Buffer): void {
  const split = part.indexOf('\r\n\r\n');
  if (split < 0) return;
  const head = part.subarray(0, split).toString('utf8');
  const content = Buffer.from(part.subarray(split + 4));
  const field = /[;\s]name="([^"]*)"/i.exec(head)?.[1];
  if (field === undefined) return;
  const filename = /filename="([^"]*)"/i.exec(head)?.[1];
  if (filename === undefined) {
    parsed.fields[field] = content.toString('utf8');
    return;
  }
  const mimeType = /content-type:\s*([^\r\n]+)/i.exec(head)?.[1]?.trim() ?? 'application/octet-stream';
  parsed.files.push({ field, filename, mimeType, content });
}
