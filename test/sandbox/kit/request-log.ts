import type { IncomingHttpHeaders } from 'node:http';
import type { Answered } from './faulty.ts';
import type { HttpRequest } from './http-server.ts';

/** A request the stand-in answered, kept for assertions. */
export interface RecordedRequest {
  at: number;
  method: string;
  path: string;
  /** What it asked for, as fault injection calls it: `send` asks to send a message. */
  operation: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  fields: Record<string, unknown>;
  rawBody: Buffer;
  /** The HTTP status of the answer; undefined when the connection was cut. */
  status: number | undefined;
  /** The fault that was injected into this request, if any. */
  fault: string | undefined;
}

/** Puts a request and its answer into the form that is kept. */
export function recordOf(request: HttpRequest, { reply, operation, fault }: Answered, at: number): RecordedRequest {
  return {
    at,
    method: request.method,
    path: request.path,
    operation,
    query: Object.fromEntries(request.query),
    headers: request.headers,
    fields: request.body.fields,
    rawBody: request.rawBody,
    status: reply.dropped ? undefined : reply.status,
    fault,
  };
}
