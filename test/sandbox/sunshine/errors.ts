import { PlainRefusal } from '../kit/refusal.ts';
import type { Issue } from '../kit/schema.ts';

/** A refusal in the shape of the API. */
export function refuse(status: number, code: string, title: string, headers?: Record<string, string>): PlainRefusal {
  return new PlainRefusal(status, { errors: [{ code, title }] }, headers);
}

export const notFound = (what: string): PlainRefusal => refuse(404, `${what}_not_found`, `${what} not found`);

/** What the API answers to what a schema refuses. */
export function refusalOf({ kind, path }: Issue): PlainRefusal {
  const name = path.join('.');
  const titles: Partial<Record<Issue['kind'], string>> = {
    missing: `"${name}" is required`,
    type: `"${name}" has a wrong type`,
    unknown: `"${name}" holds what is not allowed`,
  };
  return refuse(400, 'bad_request', titles[kind] ?? `"${name}" is not valid`);
}
