/**
 * Where providers post. Webhooks are answered ahead of Fastify and Nest: this is the hot path, and their layers cost as much there as
 * everything that is done with a webhook.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { FastifyServerFactory } from 'fastify';
import type { Accounts } from '../connectors/accounts.ts';
import type { LiveConnection } from '../connectors/live.ts';
import type { Provisioning } from '../connectors/provisioning.ts';
import type { RawRequest } from '../connectors/connector.ts';
import { VerificationError } from '../core/errors.ts';
import { queryOf, type Acceptor } from '../connectors/receive/accept.ts';
import { answerExpectation, answerNoHost } from '../platform/client-errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { toProblem } from '../platform/problem.ts';
import { drainRest, readBytes } from '../platform/raw-body.ts';
import { connectionOf, WEBHOOK_ROUTE } from './webhooks.route.ts';

interface Deps {
  accounts: Accounts;
  acceptor: Acceptor;
  provisioning: Provisioning;
  metrics: Metrics;
  logger: Logger;
  maxWebhookBytes: number;
}

/** A webhook that is being answered. */
interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  startedAt: number;
  connection?: LiveConnection;
}

const PATH = /^\/webhooks\/([^/?]+)\/([^/?]+)(?:\?|$)/;
const ACCEPTED = 'OK';
const ACCEPTED_HEADERS = { 'content-type': 'text/plain', 'content-length': ACCEPTED.length };

export class WebhookListener {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Answers the request if it is a POST to a webhook URL; false: it is someone else's. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const [, channel, endpoint] = (request.method === 'POST' && PATH.exec(plain(request.url ?? ''))) || [];
    if (channel === undefined || endpoint === undefined) return false;
    const call: Call = { request, response, startedAt: performance.now() };
    const known = this.#deps.accounts.connections.byEndpoint(channel, endpoint);
    if (known !== undefined) this.#read(call, known);
    else this.#look(call, channel, endpoint);
    return true;
  }

  /** Another process may have registered it a moment ago. */
  #look(call: Call, channel: string, endpoint: string): void {
    connectionOf(this.#deps.accounts, channel, endpoint).then(
      (connection) => this.#read(call, connection),
      (error: unknown) => this.#refuse(call, error),
    );
  }

  #read(call: Call, connection: LiveConnection): void {
    call.connection = connection;
    readBytes(call.request, this.#deps.maxWebhookBytes, (error, body) => {
      if (error === null) this.#accept(call, connection, body as Buffer);
      else this.#refuse(call, error);
    });
  }

  #accept(call: Call, connection: LiveConnection, body: Buffer): void {
    try {
      const request = rawRequest(call.request, connection, body, this.#deps.provisioning.publicUrl);
      this.#deps.acceptor.accept(connection, request).then(
        () => this.#acknowledge(call, connection, request),
        (error: unknown) => this.#refuse(call, error),
      );
    } catch (error) {
      this.#refuse(call, error);
    }
  }

  #acknowledge(call: Call, { channel, proofs }: LiveConnection, request: RawRequest): void {
    const answer = channel.answer?.(request, proofs[0]);
    if (answer === undefined) return this.#answer(call, 200, 'accepted', ACCEPTED_HEADERS, ACCEPTED);
    const { status, contentType, body } = answer;
    const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
    this.#answer(call, status, 'accepted', headers, body);
  }

  #refuse(call: Call, error: unknown): void {
    const requestId = randomUUID();
    const { problem, headers, unexpected } = toProblem(error, requestId);
    if (unexpected) {
      const facts = { err: error, requestId, method: 'POST', route: WEBHOOK_ROUTE };
      this.#deps.logger.error(facts, 'request failed');
    }
    if (error instanceof VerificationError && error.failure === 'malformed') {
      const facts = { connection: call.connection?.id, channel: call.connection?.channel.id, reason: error.message };
      this.#deps.logger.warn(facts, 'an authentic webhook was refused');
    }
    const body = Buffer.from(JSON.stringify(problem));
    const type = { 'content-type': 'application/problem+json; charset=utf-8', 'content-length': body.length };
    call.response.once('finish', () => drainRest(call.request));
    const outcome = error instanceof VerificationError ? error.failure : problem.code;
    this.#answer(call, problem.status, outcome, { ...headers, ...type }, body);
  }

  #answer(
    call: Call,
    status: number,
    outcome: string,
    headers: Record<string, string | number>,
    body: string | Buffer,
  ) {
    const { metrics } = this.#deps;
    call.response.writeHead(status, headers).end(body);
    metrics.webhooks.inc({ channel: call.connection?.channel.id ?? 'unknown', outcome });
    const labels = { method: 'POST', route: WEBHOOK_ROUTE, status: `${Math.floor(status / 100)}xx` };
    metrics.httpSeconds.observe(labels, (performance.now() - call.startedAt) / 1_000);
  }
}

/** Reads an address that is written with more escapes than it needs. */
function plain(url: string): string {
  if (!url.includes('%')) return url;
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** With the headers that the channel reads, and no others. */
function rawRequest(
  { url = '', headers }: IncomingMessage,
  { channel }: LiveConnection,
  body: Buffer,
  publicUrl: string,
): RawRequest {
  const read: Record<string, string> = {};
  for (const name of channel.webhookHeaders) {
    const value = headers[name];
    if (typeof value === 'string') read[name] = value;
  }
  return { method: 'POST', url: `${publicUrl}${url}`, headers: read, query: queryOf(url), body };
}

/** Leaves the host out of an address that was written in full, as proxies write it (RFC 9112, 3.2.2). */
function pathOf(url = ''): string {
  if (url.startsWith('/')) return url;
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '');
  return path === '' || path.startsWith('?') ? `/${path}` : path;
}

/** A server of which `webhooks` gets every request first. Its time limits are Fastify's. */
export function withWebhooks(webhooks: WebhookListener): FastifyServerFactory {
  return (others, options) => {
    const server = createServer({ requireHostHeader: false }, (request, response) => {
      // On the way out: the last answer of this connection, which would otherwise keep the process waiting.
      if (!server.listening) response.setHeader('connection', 'close');
      if (answerNoHost(request, response)) return;
      request.url = pathOf(request.url);
      if (webhooks.handle(request, response)) return;
      // The caller may have all bytes of a file before the answer is at its end; by then nobody looks for idle connections any more.
      response.once('finish', () => {
        if (!server.listening) server.closeIdleConnections();
      });
      others(request, response);
    });
    server.on('checkExpectation', answerExpectation);
    const { keepAliveTimeout, requestTimeout } = options as { keepAliveTimeout: number; requestTimeout: number };
    return Object.assign(server, { keepAliveTimeout, requestTimeout });
  };
}
