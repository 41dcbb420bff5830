/**
 * Calls URLs that people or providers gave: the only way out to the network for them. It checks every address when the connection is opened (a name
 * that resolves to something else a moment later gains nothing), follows redirects on the host only, and says with every failure whether the request
 * may have arrived.
 */
import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import axios, { type AxiosRequestConfig, type AxiosResponse } from 'axios';
import type { HttpRequest, HttpResponse, HttpStreamResponse, ProviderHttp } from '../core/http.ts';
import { ParleyError, SendError } from '../core/errors.ts';
import { parseExactly } from '../core/exact-json.ts';
import { isAllowedAddress, type AllowedNetworks } from './addresses.ts';
import { RequestProgress } from './request-progress.ts';
import { multipart } from './multipart.ts';

/** Bounds of the calls; durations in milliseconds. */
export interface GuardedHttpOptions {
  /** Lists private networks that may be called; public addresses always may. */
  allow: AllowedNetworks;
  userAgent?: string;
  /** Bounds one try, without a `timeoutMs` of its own. Default 30,000. */
  timeoutMs?: number;
  /** Bounds the time to a standing connection. Default 10,000. */
  connectTimeoutMs?: number;
  /** Bounds an answer of `request`, unpacked. Default 10 MiB. */
  maxResponseBytes?: number;
  /** Bounds an answer of `stream`; the stream fails when it is longer. Default: no limit. */
  maxStreamBytes?: number;
  /** Connections to one host at a time. Default 256. */
  maxSockets?: number;
  /** Certificates of authorities to trust besides the usual ones. */
  ca?: string | Buffer;
  /** Name resolution; replaced in tests. */
  lookup?: typeof dnsLookup;
}

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Shorter than the 5 s after which Node servers, n8n among them, close an idle connection: reuse must not race with that. */
const IDLE_MS = 4_000;
const FORBIDDEN = 'PARLEY_FORBIDDEN_ADDRESS';

/** Implements `ProviderHttp` with its guards. */
export class GuardedHttp implements ProviderHttp {
  readonly #options: Required<Omit<GuardedHttpOptions, 'ca' | 'lookup'>>;
  readonly #agents: { http: http.Agent; https: https.Agent };

  constructor(options: GuardedHttpOptions) {
    this.#options = {
      userAgent: 'parley',
      timeoutMs: 30_000,
      connectTimeoutMs: 10_000,
      maxResponseBytes: 10 * 1024 * 1024,
      maxStreamBytes: -1,
      maxSockets: 256,
      ...options,
    };
    const lookup = guardedLookup(this.#options.allow, options.lookup ?? dnsLookup);
    const agent = { keepAlive: true, maxSockets: this.#options.maxSockets, timeout: IDLE_MS, lookup, ca: options.ca };
    this.#agents = { http: new http.Agent(agent), https: new https.Agent(agent) };
  }

  /**
   * Checks what can be told of a URL without calling it: syntax, http or https, no user or password in it, a literal address that is allowed. Throws
   * `ParleyError(400, 'forbidden_url')`.
   */
  checkUrl(url: string): URL {
    if (!URL.canParse(url)) throw forbidden('The URL cannot be read; write it in full, like https://example.com/path.');
    const parsed = new URL(url);
    if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw forbidden('The URL must be http or https.');
    if (parsed.username !== '' || parsed.password !== '')
      throw forbidden('The URL must hold no user name and password.');
    const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
    const literal = host.includes(':') || /^[\d.]+$/.test(host);
    if (literal && !isAllowedAddress(host, this.#options.allow)) throw forbiddenAddress();
    return parsed;
  }

  /** See `ProviderHttp`. Besides `SendError`, throws `ParleyError(400, 'forbidden_url')`. */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const { response, progress } = await this.#follow(request, 'arraybuffer');
    progress.finish();
    const headers = flatHeaders(response);
    return { status: response.status, headers, body: parseBody(response.data as Buffer, headers['content-type']) };
  }

  /** See `ProviderHttp`. The stream must be read or destroyed; it fails after `timeoutMs` of silence. */
  async stream(request: HttpRequest): Promise<HttpStreamResponse> {
    const { response, progress } = await this.#follow(request, 'stream');
    progress.finishWhenSilent(request.timeoutMs ?? this.#options.timeoutMs);
    return { status: response.status, headers: flatHeaders(response), stream: response.data as Readable };
  }

  /** Closes idle connections; those in use end with their request. */
  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async #follow(request: HttpRequest, responseType: 'arraybuffer' | 'stream'): Promise<Answer> {
    let url = withQuery(this.checkUrl(request.url), request.query);
    for (let hops = 0; ; hops++) {
      const answer = await this.#once(request, url, responseType);
      const next = request.method === 'GET' && hops < MAX_REDIRECTS ? redirectTarget(answer.response, url) : undefined;
      if (next === undefined) return answer;
      answer.progress.finish();
      if (responseType === 'stream') (answer.response.data as Readable).destroy();
      url = this.checkUrl(next);
    }
  }

  async #once(request: HttpRequest, url: URL, responseType: 'arraybuffer' | 'stream'): Promise<Answer> {
    const answerMs = request.timeoutMs ?? this.#options.timeoutMs;
    const progress = new RequestProgress({ connectMs: Math.min(this.#options.connectTimeoutMs, answerMs), answerMs });
    const { data, headers } = body(request);
    let sourceFailed = false;
    if (data instanceof Readable) data.once('error', () => (sourceFailed = true));
    const config: AxiosRequestConfig = {
      ...FIXED,
      method: request.method,
      url: url.href,
      headers: { 'user-agent': this.#options.userAgent, ...headers, ...request.headers },
      data,
      responseType,
      transport: progress.transport,
      httpAgent: this.#agents.http,
      httpsAgent: this.#agents.https,
      maxContentLength: responseType === 'stream' ? this.#options.maxStreamBytes : this.#options.maxResponseBytes,
    };
    try {
      return { response: await axios.request(config), progress };
    } catch (error) {
      progress.finish();
      if (data instanceof Readable) data.destroy();
      throw sourceFailed
        ? new SendError('unreachable', 'The file to upload could not be read to its end.')
        : failure(error, progress, url);
    }
  }
}

interface Answer {
  response: AxiosResponse<unknown>;
  progress: RequestProgress;
}

const FIXED: AxiosRequestConfig = {
  adapter: 'http',
  proxy: false,
  maxRedirects: 0,
  maxBodyLength: -1,
  validateStatus: null,
  // Bodies are written and read here: axios would guess at both.
  transformRequest: [],
  transformResponse: [],
};

/** Resolves a name by `dns.lookup`, and refuses it when any of its addresses is not allowed. */
function guardedLookup(allow: AllowedNetworks, lookup: typeof dnsLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      const first = found?.[0];
      if (error !== null) callback(error, '', 0);
      else if (first === undefined) callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 0);
      else if (!found.every((entry) => isAllowedAddress(entry.address, allow)))
        callback(Object.assign(new Error('address not allowed'), { code: FORBIDDEN }), '', 0);
      else if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}

function withQuery(url: URL, query: HttpRequest['query']): URL {
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) url.searchParams.append(name, String(value));
  return url;
}

function body(request: HttpRequest): { data?: string | Buffer | Readable; headers: Record<string, string | number> } {
  if (request.json !== undefined)
    return { data: JSON.stringify(request.json), headers: { 'content-type': 'application/json' } };
  if (request.form !== undefined) {
    const form = multipart(request.form);
    return { data: form.stream, headers: { 'content-type': form.contentType, 'content-length': form.bytes } };
  }
  if (request.bytes === undefined) return { headers: {} };
  return { data: request.bytes, headers: { 'content-type': 'application/octet-stream' } };
}

/** Answers where a redirect leads when it may be followed: the same host and port, and never from https to http. */
function redirectTarget(response: AxiosResponse<unknown>, from: URL): string | undefined {
  const location: unknown = response.headers['location'];
  if (!REDIRECTS.has(response.status) || typeof location !== 'string' || !URL.canParse(location, from.href))
    return undefined;
  const to = new URL(location, from.href);
  const downgraded = from.protocol === 'https:' && to.protocol !== 'https:';
  return to.host === from.host && !downgraded ? to.href : undefined;
}

function flatHeaders(response: AxiosResponse<unknown>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers))
    flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  return flat;
}

function parseBody(bytes: Buffer, contentType = ''): unknown {
  if (bytes.length === 0) return undefined;
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (contentType !== '' && !/json|javascript/i.test(contentType)) return text;
  try {
    return parseExactly(text);
  } catch {
    // Providers' gateways answer HTML or nothing sensible under a JSON type: the caller gets to see it.
    return text;
  }
}

/** Tells what a failed try means. The message names the host and the cause, nothing of the request. */
function failure(error: unknown, progress: RequestProgress, url: URL): SendError | ParleyError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === FORBIDDEN) return forbiddenAddress();
  const cause = progress.timedOut ? 'time-out' : /^[A-Z][A-Z0-9_]+$/.test(code) ? code : 'connection failed';
  return progress.written
    ? new SendError('uncertain', `No complete answer came from ${url.host} (${cause}).`)
    : new SendError('unreachable', `${url.host} could not be reached (${cause}).`);
}

function forbidden(detail: string): ParleyError {
  return new ParleyError(400, 'forbidden_url', detail);
}

function forbiddenAddress(): ParleyError {
  return forbidden(
    'The URL leads to an address that may not be called. Private networks are allowed by PARLEY_ALLOW_PRIVATE_NETWORKS ' +
      '(workflows) and PARLEY_ALLOW_PRIVATE_PROVIDERS (providers, media); link-local and metadata addresses never are.',
  );
}
