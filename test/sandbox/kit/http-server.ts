import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseBody, type ParsedBody } from './body.ts';

/** A request as a stand-in sees it: read whole, body parsed by its content type. */
export interface HttpRequest {
  method: string;
  path: string;
  /** The path as it was written: a slash within a segment is still encoded. */
  rawPath: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  rawBody: Buffer;
  body: ParsedBody;
}

/** An answer: buffers and strings go out as they are, anything else as JSON. `dropped` cuts the connection instead. */
export type HttpReply =
  { status: number; headers?: Record<string, string>; body?: unknown; dropped?: false } | { dropped: true };

/** A running stand-in. */
export interface HttpServer {
  /** Origin without a trailing slash. */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Listens on `host:port` (0: any free port) and answers every request with `handle`. */
export async function startHttpServer(
  options: { host: string; port: number },
  handle: (request: HttpRequest) => Promise<HttpReply>,
): Promise<HttpServer> {
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, handle).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ sandbox_error: message }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (request: HttpRequest) => Promise<HttpReply>,
): Promise<void> {
  const reply = await handle(await readRequest(incoming));
  if (reply.dropped) {
    incoming.socket.destroy();
    return;
  }
  const isRaw = Buffer.isBuffer(reply.body) || typeof reply.body === 'string';
  outgoing.writeHead(reply.status, {
    'content-type': isRaw ? 'text/plain' : 'application/json; charset=UTF-8',
    ...reply.headers,
  });
  outgoing.end(isRaw ? reply.body : JSON.stringify(reply.body ?? {}));
}

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const rawBody = Buffer.concat(chunks);
  const url = new URL(incoming.url ?? '/', 'http://sandbox.invalid');
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    rawPath: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    rawBody,
    body: parseBody(incoming.headers['content-type'], rawBody),
  };
}
