/** The port of HTTP calls carries what the service asks of a provider's API, and what comes back. `platform/guarded-http` implements it. */
import type { Readable } from 'node:stream';

/** Describes a field of a multipart/form-data body: text, or a file of `bytes` bytes whose `stream` opens anew for each try. */
export interface FormField {
  name: string;
  value: string | { stream: () => Readable; filename: string; contentType: string; bytes: number };
}

/** One call of a provider's API. At most one of `json`, `form` and `bytes` is its body. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, http or https. */
  url: string;
  headers?: Record<string, string>;
  /** The client appends these to `url` and leaves out the undefined ones. */
  query?: Record<string, string | number | undefined>;
  json?: unknown;
  form?: FormField[];
  bytes?: Readable | Buffer;
  /** Of one try, in milliseconds. Absent: the client's default. */
  timeoutMs?: number;
}

/** Describes a provider's answer, read in full. */
export interface HttpResponse {
  status: number;
  /** By lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** Parsed when the answer is JSON, else the text; `undefined` when empty. */
  body: unknown;
}

/** Describes a provider's answer whose bytes the caller reads as they come. The caller must read or destroy `stream`. */
export interface HttpStreamResponse {
  status: number;
  /** By lower-case names. */
  headers: Readonly<Record<string, string>>;
  stream: Readable;
}

/**
 * The client calls providers and guards where the calls go. Every status is an answer, not an error. What never got an answer
 * throws a `SendError`: `unreachable` when the request certainly did not reach the provider (refused, no such host, TLS),
 * `uncertain` when it was written and no answer came (reset, time-out). The client follows redirects for GET, to the same host only.
 */
export interface ProviderHttp {
  request(request: HttpRequest): Promise<HttpResponse>;
  stream(request: HttpRequest): Promise<HttpStreamResponse>;
}

/** Describes the rules where calls may go, asked before a URL is kept. */
export interface UrlRules {
  /** Throws a `ParleyError` when the URL may not be called. */
  checkUrl(url: string): unknown;
}
