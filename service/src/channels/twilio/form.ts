/** Forms: what webhooks come as, and what the 2010 API takes. */
import type { JsonObject } from '../kit/json.ts';

/** Parameters in the order in which they are written; a name may be repeated. */
export type Fields = [name: string, value: string][];

export const FORM_TYPE = 'application/x-www-form-urlencoded';

export function encodeForm(fields: Fields): Buffer {
  return Buffer.from(new URLSearchParams(fields).toString(), 'utf8');
}

export function decodeForm(body: Buffer): URLSearchParams {
  return new URLSearchParams(body.toString('utf8'));
}

/** One value for each name; of a repeated one the first. No prototype: names come from outside. */
export function membersOf(form: URLSearchParams): JsonObject {
  const members = Object.create(null) as JsonObject;
  for (const [name, value] of form) if (!(name in members)) members[name] = value;
  return members;
}
