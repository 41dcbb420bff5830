/** Answers what Node and Fastify refuse before any route is asked, as every other problem is answered; their own answers repeat the address. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { noRequest, toProblem } from './problem.ts';

const TYPE = 'application/problem+json; charset=utf-8';

/** The statuses of what Node's parser refuses; everything else is 400. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers bytes that are no request, headers that are too long and requests that do not come to their end, and ends the connection. */
export function answerClientError({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  // An answer under way would be spoiled by a second one.
  if (code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) return void socket.destroy();
  const { problem } = noRequest(STATUS[code] ?? 400);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `content-type: ${TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers requests of HTTP/1.1 without the name of a host, which may not be (RFC 9112, 3.2). False: it is not one. */
export function answerNoHost({ headers, httpVersion }: IncomingMessage, response: ServerResponse): boolean {
  if (headers.host !== undefined || httpVersion !== '1.1') return false;
  refuse(response, 400);
  return true;
}

/** Answers requests whose header `Expect` asks for what the service does not know. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  refuse(response, 417);
}

function refuse(response: ServerResponse, status: number): void {
  const body = JSON.stringify(noRequest(status).problem);
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'content-type': TYPE, 'content-length': length, connection: 'close' }).end(body);
}

/** Answers addresses that Fastify's router cannot read. */
export function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { problem } = toProblem(error, request.id);
  void reply.status(problem.status).type(TYPE).send(JSON.stringify(problem));
}
