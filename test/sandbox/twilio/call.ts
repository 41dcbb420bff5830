import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import type { World } from './world.ts';

/** One authenticated call. */
export interface Call {
  world: World;
  request: HttpRequest;
  /** Of the path, without a trailing `.json`. */
  params: Record<string, string>;
  /** Parameters of a form, in the order in which they came. */
  form: URLSearchParams;
}

export type Handler = (call: Call) => Promise<HttpReply> | HttpReply;

export const ok = (body: unknown, status = 200): HttpReply => ({ status, body });

/** Dates of the 2010 API are RFC 2822, in whole seconds. */
export function rfc2822(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

/** What the 2010 API takes is a form and nothing else. */
export function formOf(request: HttpRequest): URLSearchParams {
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return new URLSearchParams(isForm ? request.rawBody.toString('utf8') : '');
}
